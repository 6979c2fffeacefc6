//go:build !js

package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lixianban/wasm/e2e/browser"
	"lixianban/wasm/e2e/proxy"
)

// counter is the part of the API that takes applications and tells their state.
const counter = "/v1/s"

// badNetwork is a house behind a fault proxy, and a phone that knows the site by it.
func badNetwork(t *testing.T) (*house, *proxy.Proxy, *villager) {
	t.Helper()
	return spoiled(newHouse(t))
}

func spoiled(h *house) (*house, *proxy.Proxy, *villager) {
	t := h.t
	t.Helper()
	p, err := proxy.New(1, h.URL(""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return h, p, installed(t, p.URL)
}

// meets presses 现在送一次 until the network has spoiled n exchanges with the counter.
func (v *villager) meets(p *proxy.Proxy, n int) {
	v.t.Helper()
	for until := time.Now().Add(browser.Patience); p.Met(counter) < n; {
		if time.Now().After(until) {
			v.t.Fatalf("the phone sent %d times in %v, not %d times; log: %v", p.Met(counter), browser.Patience, n, p.Log())
		}
		v.ClickIf("现在送一次")
		v.WaitNoText("正在送出")
	}
}

// sends presses 现在送一次 unless the phone sends by itself first, until it is there.
func (v *villager) sends(h *house) {
	v.t.Helper()
	for until := time.Now().Add(browser.Patience); !v.Shows("已送到，编号 ") && time.Now().Before(until); {
		v.ClickIf("现在送一次")
		v.WaitNoText("正在送出")
	}
	v.delivered(h)
}

// delivered waits for the receipt and then looks at the server.
func (v *villager) delivered(h *house) {
	v.t.Helper()
	v.WaitText("已送到，编号 ")
	if n := h.rows(); n != 1 {
		v.t.Errorf("%d rows of one application", n)
	}
}

// F26: the server has it, the phone never heard so.
func TestALostAnswerIsAskedForAgainAndCountsOnce(t *testing.T) { aLostAnswer(newHouse(t)) }

func aLostAnswer(house *house) {
	t := house.t
	h, p, v := spoiled(house)
	v.applies()
	p.Add(proxy.Rule{Path: counter, Fault: proxy.LoseAnswer{}})
	v.submits()
	v.at("/mine/view")
	v.meets(p, 2)
	if h.rows() != 1 {
		t.Fatalf("%d rows: the server was to take it", h.rows())
	}
	if v.Shows("已送到") {
		t.Error("the phone says 已送到 with no receipt")
	}
	p.Heal()
	v.sends(h)
}

// F30: the hotel's log-in page answers everything, with 200 or by a redirect.
func TestACaptivePortalIsNoNetwork(t *testing.T) {
	for name, portal := range map[string]proxy.Portal{"a page": {}, "a redirect": {Redirect: "http://127.0.0.1:9/login"}} {
		t.Run(name, func(t *testing.T) {
			h, p, v := badNetwork(t)
			v.applies()
			p.Add(proxy.Rule{Fault: portal})
			v.submits()
			v.at("/mine/view")
			v.meets(p, 2)
			v.Reload() // the site itself is the phone's own copy
			v.Wait("the program", `lixianban.state === 'running'`)
			v.WaitText("已填好，等有网自动送出")
			if h.rows() != 0 || v.Shows("已送到") || v.Shows("登录无线网络") {
				t.Errorf("%d rows; the phone shows %s", h.rows(), v.Text())
			}
			p.Heal()
			v.sends(h)
		})
	}
}

// Spoiled answers of every kind leave the item queued.
func TestAnAnswerThatCannotBeTrustedIsNoAnswer(t *testing.T) {
	h, p, v := badNetwork(t)
	sid := v.applies()
	p.Add(proxy.Rule{Path: counter, Fault: proxy.Refuse{}})
	v.submits()
	v.at("/mine/view")
	for _, fault := range []proxy.Fault{
		proxy.FlipAnswer{Bits: 40}, proxy.CutAnswer{Bytes: 60}, proxy.EmptyAnswer{}, proxy.EmptyRequest{}, proxy.CutRequest{Bytes: 900},
		proxy.Status{Code: 200, Body: "{}"}, proxy.Status{Code: 503, RetryAfter: "0"}, proxy.Status{Code: 500, Body: "<html>"},
	} {
		p.Heal()
		p.Add(proxy.Rule{Path: counter, Fault: fault})
		before := p.Met(counter)
		v.comes("/mine/view?id=" + sid) // a fresh page has no backoff to sit out
		v.meets(p, before+1)
		if v.Shows("已送到") {
			t.Errorf("%T: the phone says 已送到", fault)
		}
	}
	p.Heal()
	v.comes("/mine/view?id=" + sid)
	v.delivered(h)
}

// F27: everything arrives many times.
func TestCopiesOfARequestCountOnce(t *testing.T) {
	h, p, v := badNetwork(t)
	p.Add(proxy.Rule{Path: counter, Fault: proxy.Repeat{Copies: 20, Together: true}})
	v.applies()
	v.submits()
	v.delivered(h)
}

// F06: two taps, one envelope.
func TestADoubleTapSubmitsOnce(t *testing.T) { aDoubleTap(newHouse(t)) }

func aDoubleTap(house *house) {
	t := house.t
	h, p, v := spoiled(house)
	p.Add(proxy.Rule{Path: counter, Fault: proxy.Refuse{}})
	sid := v.applies()
	v.DoubleTap("封好，排队送出")
	v.WaitText("已填好，等有网自动送出")
	if keys := v.keys("outbox"); !slices.Equal(keys, []string{sid}) {
		t.Errorf("outbox holds %q, want one envelope for %s", keys, sid)
	}
	p.Heal()
	v.sends(h)
}

// F05: two tabs wake at the same moment.
func TestTwoTabsSendOnce(t *testing.T) {
	h, p, a := badNetwork(t)
	p.Add(proxy.Rule{Path: counter, Fault: proxy.Refuse{}})
	a.applies()
	a.submits()
	a.WaitText("已填好，等有网自动送出")
	b := a.again()
	for _, v := range []*villager{a, b} {
		v.comes("/mine")
		v.WaitText("已填好，等有网自动送出")
	}
	p.Heal()
	before := len(p.Log())
	for _, v := range []*villager{a, b} {
		v.Eval(`void dispatchEvent(new Event('online'))`, nil)
	}
	for _, v := range []*villager{a, b} {
		v.delivered(h)
	}
	posts := 0
	for _, e := range p.Log()[before:] {
		if strings.HasPrefix(e.Path, counter) && e.Bytes > 1000 { // as long as an envelope
			posts++
		}
	}
	if posts > 2 {
		t.Errorf("the envelope was posted %d times", posts)
	}
}

// F10: the disk is full.
func TestAFullPhoneSaysSoAndKeepsWhatWasKept(t *testing.T) {
	h := newHouse(t)
	v := newcomer(t, h.URL(""))
	v.Quota(v.site, 80<<20) // the site itself needs some
	v.comes("/apply/resident-stop")
	v.Click("开始填")
	v.fillsIn("contact")
	v.at("#contact")
	v.Eval(fillDisk, nil)
	v.Fill("电话", "13812345678")
	v.Click("下一步")
	v.WaitText("手机没有空地方了")
	if v.Shows("已存在这部手机上") {
		t.Error("the screen says that it is kept")
	}
	v.Eval(freeDisk, nil)
	v.ClickIf("再存一次") // unless it has kept it by itself meanwhile
	v.WaitNoText("手机没有空地方了")
	v.Crash()
	v.comes("/mine")
	v.Click("草稿")
	v.fillsInFrom("notes")
	v.WaitText("13812345678")
	v.submits()
	v.delivered(h)
}

// fillDisk writes until the origin's quota refuses the smallest row.
const fillDisk = `new Promise((done, fail) => {
	const r = indexedDB.open('filler', 1);
	r.onupgradeneeded = () => r.result.createObjectStore('s', {autoIncrement: true});
	r.onerror = () => fail(r.error);
	r.onsuccess = () => {
		const row = n => { const b = new Uint8Array(n); for (let i = 0; i < n; i += 65536) crypto.getRandomValues(b.subarray(i, i + 65536)); return b };
		const write = n => {
			const t = r.result.transaction('s', 'readwrite', {durability: 'strict'});
			t.objectStore('s').put(row(n));
			t.oncomplete = () => write(n);
			t.onabort = () => n > 512 ? write(n >> 2) : (r.result.close(), done());
		};
		write(4 << 20);
	};
})`

const freeDisk = `new Promise((done, fail) => { const r = indexedDB.deleteDatabase('filler'); r.onsuccess = () => done(); r.onerror = () => fail(r.error) })`
