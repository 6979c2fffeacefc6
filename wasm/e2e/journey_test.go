//go:build !js

package e2e

import (
	"bytes"
	"testing"
)

// One person, no signal, one real application: asked, filled in, sealed and queued with
// the server gone; the tab killed; delivered once when the server is back; answered by
// the office; the answer seen on the phone.
func TestTheWholeJourney(t *testing.T) { theWholeJourney(newHouse(t)) }

func theWholeJourney(h *house) {
	t := h.t
	v := installed(t, h.URL(""))
	v.Screenshot("home", 360, 740, 0)
	v.Screenshot("home", 768, 1024, 0)

	h.stop()
	v.Reload()
	v.Wait("the program", `lixianban.state === 'running'`)
	v.comes("/guide/resident-stop")
	v.WaitText("12393")
	v.Screenshot("guide", 360, 740, 0)

	v.comes("/")
	v.Click("停掉居民医保")
	v.at("/ask/resident-stop")
	v.Screenshot("question", 360, 740, 0)
	v.answers("不想要了", "只交了今年的")
	v.at("/result/resident-stop")
	v.WaitText("为什么这样说")
	v.Screenshot("result", 360, 740, 0)

	v.begins()
	v.fillsIn("consent")
	v.at("#consent")
	v.Screenshot("consent", 360, 740, 0)
	v.Crash() // and nothing typed is lost
	v.comes("/mine")
	v.WaitText("草稿，存在这部手机上")
	v.Click("草稿")
	if v.WaitAny("要你同意一件事", "还有要说的吗") == "还有要说的吗" {
		v.Click("下一步") // the turn of the page itself came too late to be kept
	}
	v.Heading("要你同意一件事")
	v.Click("我看明白了")
	v.Click("下一步")
	v.Heading("看一遍，对不对")
	for _, typed := range []string{"王秀英", "411681 19650315 2328", "13812345678", "河南", "项城市南顿镇"} {
		v.WaitText(typed)
	}
	v.Screenshot("check", 360, 740, 0)
	v.submits()
	v.WaitText("已填好，等有网自动送出")
	v.Screenshot("queued", 360, 740, 0)

	v.Crash()
	v.comes("/mine")
	v.WaitText("已填好，等有网自动送出")
	if n := h.rows(); n != 0 {
		t.Fatalf("%d rows with the server gone", n)
	}
	h.start()
	v.Click("已填好")
	v.sends(h)
	v.Screenshot("delivered", 360, 740, 0)
	h.holdsNothingReadable("王秀英", "411681196503152328", "13812345678", "南顿")

	number := v.number()
	if got := h.office("open", number); !bytes.Contains([]byte(got), []byte("王秀英")) {
		t.Errorf("the office reads %s", got)
	}
	h.office("decide", number, "accept", "-reason", "已办好暂停，请带身份证来领回单")
	v.comes("/mine")
	v.WaitText("已受理")
	v.Click("已受理")
	v.WaitText("已办好暂停，请带身份证来领回单")
	if v.Shows("没送到以前") {
		t.Error("what was decided long ago is promised to be kept until it arrives")
	}
	v.Screenshot("answered", 360, 740, 0)
	v.Screenshot("answered", 768, 1024, 0)
}

func TestEveryAddressOpensWithoutANetwork(t *testing.T) {
	h := newHouse(t)
	v := installed(t, h.URL(""))
	h.stop()
	for path, shows := range map[string]string{
		"/":                             "医保的事，想办什么？",
		"/?from=wechat&x=1":             "医保的事，想办什么？",
		"/guide/resident-stop?s=1":      "停掉居民医保",
		"/ask/resident-stop?x=2":        "为什么想停居民医保？",
		"/apply/resident-stop?utm=none": "开始填",
		"/mine?y":                       "我的申请",
		"/phones":                       "12393",
		"/en":                           "Medical insurance",
		"/no/such/page?z=3":             "没有这一页",
		"/en/no-such-page":              "There is no such page",
		"/guide/no-such-service":        "没有这一页",
	} {
		v.comes(path)
		v.WaitText(shows)
	}
}
