//go:build !js

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lixianban/wasm/e2e/browser"
)

// villager is one person with one phone, in front of one house's site.
type villager struct {
	*browser.Tab
	t     *testing.T
	phone *browser.Phone
	site  string // origin of the site as the phone knows it
}

// installed opens the site with a network, until it works without one.
func installed(t *testing.T, site string) *villager {
	t.Helper()
	v := newcomer(t, site)
	v.comes("/")
	v.WaitText("没有网也能用")
	return v
}

// newcomer has never seen the site.
func newcomer(t *testing.T, site string) *villager {
	t.Helper()
	v := &villager{t: t, phone: browser.Shared(t).Phone(t), site: site}
	v.Tab = v.phone.Tab(t)
	return v
}

// again is another tab of the same phone.
func (v *villager) again() *villager {
	v.t.Helper()
	return &villager{Tab: v.phone.Tab(v.t), t: v.t, phone: v.phone, site: v.site}
}

// applies fills in a whole application, without the interview, up to the last button,
// and returns its id.
func (v *villager) applies() (sid string) {
	v.t.Helper()
	v.comes("/apply/resident-stop")
	v.Click("开始填")
	v.fillsIn("")
	v.Heading("看一遍，对不对")
	v.Eval(`new URLSearchParams(location.search).get('id')`, &sid)
	return sid
}

// comes opens a page and waits for the program.
func (v *villager) comes(path string) {
	v.t.Helper()
	v.Open(v.site + path)
	v.Wait("the program", `window.lixianban && lixianban.state === 'running'`)
}

// at waits until the address contains the part.
func (v *villager) at(part string) {
	v.t.Helper()
	v.Wait("the address …"+part, fmt.Sprintf("location.href.includes(%q)", part))
}

// here is the address after the origin.
func (v *villager) here() (address string) {
	v.t.Helper()
	v.Eval(`location.pathname + location.search + location.hash`, &address)
	return address
}

// turns waits until the address is another one than before.
func (v *villager) turns(before string) {
	v.t.Helper()
	v.Wait("the next page after "+before, fmt.Sprintf("location.pathname + location.search + location.hash !== %q", before))
}

// answers goes through the interview: the given answers first, then 不知道 to the result.
func (v *villager) answers(first ...string) {
	v.t.Helper()
	for i := 0; strings.HasPrefix(v.here(), "/ask/"); i++ {
		if i > 40 {
			v.t.Fatal("the interview does not end")
		}
		before, answer := v.here(), "不知道"
		if i < len(first) {
			answer = first[i]
		}
		v.Click(answer)
		v.turns(before)
	}
}

// page is one page of the form: what to fill, what to choose, from the words on it.
type page struct {
	step   string // of the address
	fill   [][2]string
	choose []string
}

// application is Wang's: pause the resident scheme, no refund, for herself.
var application = []page{
	{step: "acting", choose: []string{"给我自己"}},
	{step: "wish", choose: []string{"先停一停", "不想要了"}},
	{step: "when", choose: []string{"不用"}},
	{step: "place", fill: [][2]string{{"哪个县、乡、村", "项城市南顿镇"}}, choose: []string{"在哪个省参保=河南"}},
	{step: "applicant", fill: [][2]string{{"名字", "王秀英"}, {"身份证号", "411681196503152328"}}},
	{step: "contact", fill: [][2]string{{"电话", "13812345678"}}},
	{step: "notes"},
	{step: "consent", choose: []string{"我看明白了"}},
}

// fillsIn writes the pages of the form, up to and without the step named.
func (v *villager) fillsIn(until string) {
	v.t.Helper()
	v.fills(application, until)
}

// fillsInFrom writes the pages from the step named to the end.
func (v *villager) fillsInFrom(step string) {
	v.t.Helper()
	v.fills(application[slices.IndexFunc(application, func(p page) bool { return p.step == step }):], "")
}

func (v *villager) fills(pages []page, until string) {
	v.t.Helper()
	for i, p := range pages {
		if p.step == until {
			return
		}
		if i > 0 { // a draft opened again shows its page under the form's address
			v.at("#" + p.step)
		}
		for _, f := range p.fill {
			v.Fill(f[0], f[1])
		}
		for _, c := range p.choose {
			if list, option, ok := strings.Cut(c, "="); ok {
				v.Select(list, option)
			} else {
				v.Click(c)
			}
		}
		v.goesOn()
	}
}

// keysOf is JavaScript for the keys of a table of the phone's store.
func keysOf(table string) string {
	return fmt.Sprintf(`new Promise((done, fail) => {
		const r = indexedDB.open('lixianban');
		r.onerror = () => fail(r.error);
		r.onsuccess = () => {
			const q = r.result.transaction(%q).objectStore(%q).getAllKeys();
			q.onsuccess = () => { r.result.close(); done(q.result.map(k => new TextDecoder().decode(k))) };
			q.onerror = () => fail(q.error);
		};
	})`, table, table)
}

// keys lists the keys of a table of the phone's store.
func (v *villager) keys(table string) (keys []string) {
	v.t.Helper()
	v.Eval(keysOf(table), &keys)
	return keys
}

// goesOn turns the form's page.
func (v *villager) goesOn() {
	v.t.Helper()
	before := v.here()
	v.Click("下一步")
	v.turns(before)
}

// number is the receipt's.
func (v *villager) number() (number string) {
	v.t.Helper()
	v.Eval(`document.body.innerText.match(/编号 ([0-9A-Z-]+)/)[1]`, &number)
	return number
}

// begins starts an application from the result page.
func (v *villager) begins() {
	v.t.Helper()
	v.Click("在手机上申请")
	v.Click("开始填")
	v.at("#acting")
}

// submits presses the last button.
func (v *villager) submits() {
	v.t.Helper()
	v.Heading("看一遍，对不对")
	v.Click("封好，排队送出")
}
