//go:build !js

package e2e

import (
	_ "embed"
	"fmt"
	"slices"
	"testing"
	"time"

	"lixianban/wasm/e2e/browser"
	"lixianban/wasm/e2e/proxy"
)

// moments numbers every turn of the page's storage work from the moment it is armed
// with a number, stops the page at that one, and tells when the item is on screen.
//
//go:embed moments.js
var moments string

// F01: the tab dies at each turn of the storage work that a submit does, one after the
// other. Each time exactly one of draft and item is there, with the same id, and the
// screen says which; in the end the application arrives once.
func TestATabKilledAtEachStepOfASubmitKeepsTheApplication(t *testing.T) {
	h, p, v := badNetwork(t)
	p.Add(proxy.Rule{Path: counter, Fault: proxy.Refuse{}})
	v.Inject(moments)
	arrived := make(chan struct{}, 1)
	v.Bind("arrived", func(string) { arrived <- struct{}{} })
	paused := v.Breakpoints()
	sid := v.applies()
	v.Eval(`copyStore('lixianban', 'snapshot')`, nil)

	drafts, items := 0, 0
	for k := 1; ; k++ {
		v.Open(v.site + "/v1/ping?n=00") // our origin without our program
		v.Eval(`copyStore('snapshot', 'lixianban')`, nil)
		v.comes("/apply/resident-stop?id=" + sid)
		v.Heading("看一遍，对不对")
		v.Eval(fmt.Sprintf(`void armed(%d, '封好，排队送出')`, k), nil)
		select {
		case <-paused:
		case <-arrived:
			t.Logf("killed at %d moments: %d drafts, %d items", k-1, drafts, items)
			if drafts == 0 || items == 0 || k <= 20 {
				t.Errorf("the kills did not surround the write")
			}
			v.deliversOnce(h, p)
			return
		case <-time.After(browser.Patience):
			t.Fatalf("moment %d never came: %s", k, v.Text())
		}
		v.Crash()
		if v.keptWhole(sid) {
			items++
		} else {
			drafts++
		}
	}
}

// keptWhole looks at the phone after a kill; it reports whether the application is an
// item already.
func (v *villager) keptWhole(sid string) (item bool) {
	v.t.Helper()
	v.comes("/mine")
	shown := v.WaitAny("已填好，等有网自动送出", "草稿，存在这部手机上")
	held := [2]bool{slices.Contains(v.keys("draft"), sid), slices.Contains(v.keys("outbox"), sid)}
	item = shown == "已填好，等有网自动送出"
	if held != [2]bool{!item, item} {
		v.t.Errorf("the screen says %q; draft held: %v, item held: %v", shown, held[0], held[1])
	}
	return item
}

func (v *villager) deliversOnce(h *house, p *proxy.Proxy) {
	v.t.Helper()
	p.Heal()
	v.comes("/mine")
	v.delivered(h)
}
