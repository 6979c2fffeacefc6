//go:build !js

package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lixianban/wasm/e2e/proxy"
)

// The network goes after the pages have come and before the signed list of offices has.
func TestAPhoneCutOffBeforeItHasHeardOfOfficesSaysSoAndAsksAgain(t *testing.T) {
	h := newHouse(t)
	p, err := proxy.New(1, h.URL(""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	p.Add(proxy.Rule{Path: "/v1/", Fault: proxy.Refuse{}})
	v := newcomer(t, p.URL)
	v.comes("/")
	v.WaitText("连着网再开一会儿")
	v.Wait("the program to be kept", `lixianban.worker === 'ready' && lixianban.kept`)
	h.stop()

	v.comes("/apply/resident-stop")
	v.WaitText("要连一次网，才知道这里的窗口能不能收")
	if v.Shows("还没有在这里收申请") {
		t.Error("the phone says that no office takes it, and can't know")
	}
	if v.comes("/"); v.Shows("没有网也能用") {
		t.Error("the front page promises what isn't so yet")
	}

	v.comes("/apply/resident-stop")
	h.start()
	p.Heal()
	v.Eval(`void dispatchEvent(new Event('online'))`, nil)
	v.WaitText("开始填") // by itself
	v.comes("/")
	v.WaitText("没有网也能用")
}

// F04: one draft in two tabs.
func TestF04ASecondTabOfADraftOnlyReadsUntilItTakesOver(t *testing.T) {
	h := newHouse(t)
	a := installed(t, h.URL(""))
	a.comes("/apply/resident-stop")
	a.Click("开始填")
	a.fillsIn("contact")
	a.at("#contact")
	b := a.again()
	b.comes(a.here())
	b.WaitText("正在另一个页面里填")
	if b.CanFill("电话") {
		t.Error("both tabs write")
	}
	a.Fill("电话", "13812345678")

	b.Click("在这一页接着填")
	b.WaitNoText("正在另一个页面里填")
	if got := b.Value("电话"); got != "13812345678" {
		t.Errorf("the second tab took over %q, not what the first had written", got)
	}
	b.Fill("电话", "13900000000")
	b.goesOn()

	a.Type("电话", "13711111111") // it has not heard yet
	a.WaitText("正在另一个页面里填")
	b.comes(strings.Replace(b.here(), "#notes", "#contact", 1))
	if got := b.Value("电话"); got != "13900000000" {
		t.Errorf("the draft holds %q", got)
	}
}

// F09: the program dies in the middle of a page.
func TestF09ADeadProgramSaysThatAllIsKeptAndDoesNotDieForEver(t *testing.T) {
	h := newHouse(t)
	v := installed(t, h.URL(""))
	v.Expect("a fault of the test", "panic", "goroutine", "exit code", "Go program has already exited")
	v.comes("/apply/resident-stop")
	v.Click("开始填")
	v.fillsIn("contact")
	v.at("#contact")
	v.Fill("电话", "13812345678")
	form := v.here()
	v.dies("字大小")
	v.WaitText("出错了，资料还在")
	v.Click("重新打开")
	v.Wait("the program", `window.lixianban && lixianban.state === 'running'`)

	v.dies("我的申请")
	v.WaitText("出错了，资料还在")
	v.Reload()
	v.Wait("the program", `lixianban.state === 'running'`)
	v.dies("字大小")
	v.WaitText("连着出了两次错")
	v.Reload()
	v.WaitText("先不启动程序了")
	v.Click("重新打开")
	v.Wait("the program", `window.lixianban && lixianban.state === 'running'`)
	v.comes(form)
	if got := v.Value("电话"); got != "13812345678" {
		t.Errorf("after all that the field holds %q", got)
	}
}

// dies makes the turn to another page end the program.
func (v *villager) dies(link string) {
	v.t.Helper()
	v.Eval(`void (window.scrollTo = () => { throw new Error("a fault of the test") })`, nil)
	v.Click(link)
}

// F14: the browser has thrown the database away.
func TestF14LostDataIsToldWithTheNumbersThatAreLeft(t *testing.T) {
	h := newHouse(t)
	v := installed(t, h.URL(""))
	v.applies()
	v.submits()
	v.delivered(h)
	number := v.number()
	v.ClearStorage("indexeddb")
	v.comes("/")
	v.WaitText("这个浏览器把以前存的东西清掉了")
	v.WaitText(number)
	v.Reload()
	v.WaitText(number) // until it was read
	v.Click("知道了")
	v.WaitNoText("清掉了")
	v.Reload()
	v.Wait("the program", `lixianban.state === 'running'`)
	v.Heading("医保的事，想办什么？")
	if v.Shows("清掉了") {
		t.Error("it is said again")
	}
}

// F16: nothing may be stored.
func TestF16ABrowserThatKeepsNothingSaysSoAndCanFillSendAndPrint(t *testing.T) {
	h := newHouse(t)
	v := newcomer(t, h.URL(""))
	v.Inject(storageDenied)
	sid := v.applies()
	v.WaitText("这个浏览器不让保存")
	v.Click("打印填好的表")
	v.at("/print/resident-stop")
	v.WaitText("王秀英")
	v.Click("打印")
	v.Wait("the printer", `window.printed === 1`)
	v.Back()
	v.at("id=" + sid)
	v.submits()
	v.delivered(h)
	v.WaitText("这个浏览器不让保存")
}

const storageDenied = `
for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
	Object.defineProperty(window, name, {configurable: true, get() { throw new DOMException('denied', 'SecurityError') }});
Object.defineProperty(navigator, 'serviceWorker', {get() { throw new DOMException('denied', 'SecurityError') }});
window.print = () => { window.printed = (window.printed || 0) + 1 };`

// F19: a new version comes while a form is open.
func TestF19ANewVersionWaitsForTheFormThatIsOpen(t *testing.T) {
	h := newHouse(t)
	s := h.machine.(*server)
	newer := nextBuild(t, h)
	a := installed(t, h.URL(""))
	a.comes("/apply/resident-stop")
	a.Click("开始填")
	a.fillsIn("contact")
	a.at("#contact")
	a.Fill("电话", "13812345678")
	old := a.build()
	h.stop()
	s.site = newer
	h.start()

	b := a.again()
	b.comes("/") // the next opening finds the new version
	for _, v := range []*villager{a, b} {
		v.WaitText("新版本下好了")
		if v.build() != old {
			t.Errorf("the page runs %s, nobody asked for it", v.build())
		}
	}
	if got := a.Value("电话"); got != "13812345678" {
		t.Errorf("the open form holds %q", got)
	}
	a.goesOn() // the old version still works
	a.at("#notes")

	a.Click("换成新版")
	a.Wait("the new version", `window.lixianban && lixianban.state === 'running' && lixianban.build !== `+"`"+old+"`")
	a.at("#notes")
	a.fillsInFrom("notes")
	a.WaitText("13812345678")
	a.submits()
	a.delivered(h)
	if b.build() != old {
		t.Error("the other page was changed under its reader")
	}
}

// nextBuild is the house's site as a later release.
func nextBuild(t *testing.T, h *house) (site string) {
	t.Helper()
	site = filepath.Join(t.TempDir(), "dist")
	cmd := exec.Command("go", "run", "./static/build", "-out", site, "-anchor", filepath.Join(h.data, "documents", "root"), "-demo", "-seq", "4102444800")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the next release: %v\n%s", err, out)
	}
	return site
}

func (v *villager) build() (id string) {
	v.t.Helper()
	v.Eval(`lixianban.build`, &id)
	return id
}

// F31: the phone's clock is years off.
func TestF31AClockYearsOffStopsNeitherAnswersNorSending(t *testing.T) {
	for name, years := range map[string]string{"twenty years back": "-20", "three years ahead": "3"} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			v := newcomer(t, h.URL(""))
			v.Inject(strings.Replace(clockOff, "YEARS", years, 1))
			v.comes("/")
			v.WaitText("没有网也能用")
			v.Click("停掉居民医保")
			v.at("/ask/resident-stop")
			v.answers("不想要了", "只交了今年的")
			v.at("/result/resident-stop")
			v.WaitText("为什么这样说")
			v.applies()
			v.submits()
			v.delivered(h)
			h.office("decide", v.number(), "accept", "-reason", "办好了")
			v.comes("/mine")
			v.WaitText("已受理")
		})
	}
}

const clockOff = `(() => {
	const Real = Date, off = YEARS * 365.25 * 864e5;
	globalThis.Date = class extends Real {
		constructor(...a) { if (a.length) super(...a); else super(Real.now() + off); }
		static now() { return Real.now() + off; }
	};
})()`
