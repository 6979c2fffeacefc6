package static_test

import (
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lixianban/static"
	"lixianban/static/site"
	"lixianban/wasm/e2e/browser"
	"lixianban/wasm/e2e/proxy"
)

func TestMain(m *testing.M) { browser.Main(m) }

// host serves a built fixture; Swap publishes another one at the same address.
type host struct {
	tb   testing.TB
	dir  string
	srv  *httptest.Server
	addr string
	// before is a script that each page runs first: the phone as it is elsewhere.
	before string
}

// ServeHTTP serves the site as it is, or with the script of before in front.
func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.before == "" {
		site.Handler(os.DirFS(h.dir)).ServeHTTP(w, r)
		return
	}
	if r.URL.Path == "/before.js" {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte(h.before))
		return
	}
	r.Header.Del("Accept-Encoding")
	rec := httptest.NewRecorder()
	site.Handler(os.DirFS(h.dir)).ServeHTTP(rec, r)
	maps.Copy(w.Header(), rec.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(rec.Code)
	_, _ = w.Write([]byte(strings.Replace(rec.Body.String(), "<script defer", `<script src="/before.js"></script><script defer`, 1)))
}

func serve(t *testing.T, change func(*static.Config)) *host {
	t.Helper()
	h := &host{tb: t, dir: filepath.Join(t.TempDir(), "dist")}
	h.build(change)
	h.start("127.0.0.1:0")
	t.Cleanup(func() { h.stop() })
	return h
}

// build puts a fixture's site in place, with the real program.
func (h *host) build(change func(*static.Config)) static.Report {
	h.tb.Helper()
	wasm, err := program()
	if err != nil {
		h.tb.Fatal(err)
	}
	c := fixture(h.dir, wasm)
	if change != nil {
		change(&c)
	}
	return mustBuild(h.tb, c)
}

func (h *host) start(addr string) {
	h.tb.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		h.tb.Fatal(err)
	}
	h.addr = l.Addr().String()
	h.srv = &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
	h.srv.Start()
}

// stop is a network that is really gone: nothing listens any more.
func (h *host) stop() {
	if h.srv != nil {
		h.srv.CloseClientConnections()
		h.srv.Close()
		h.srv = nil
	}
}

func (h *host) url(path string) string { return "http://" + h.addr + path }

const (
	running  = `window.lixianban && lixianban.state === "running" && !!document.getElementById("live")`
	ready    = `window.lixianban && lixianban.worker === "ready"`
	complete = `caches.open("lixianban-pieces").then(c => c.keys()).then(k => k.filter(r => !/(next|whole)$/.test(r.url)).length)`
)

// open loads a page and waits until its program runs and the worker has kept the site.
func open(t *testing.T, url string) *browser.Tab {
	t.Helper()
	tab := browser.Shared(t).Phone(t).Tab(t)
	tab.Open(url)
	tab.Wait("the program to run", running)
	tab.Wait("the worker to be ready", ready)
	return tab
}

// until waits in the page for an asynchronous condition.
func until(tab *browser.Tab, condition string) {
	tab.Eval(`(async () => { while (!await (`+condition+`)) await new Promise((ok) => setTimeout(ok, 50)) })()`, nil)
}

func heading(tab *browser.Tab) (text string) {
	tab.Eval(`document.querySelector("h1").textContent`, &text)
	return text
}

func TestEveryAddressOpensWithTheServerGone(t *testing.T) {
	h := serve(t, nil)
	tab := open(t, h.url("/"))
	h.stop()
	tab.Expect("Failed to load resource", "ERR_") // the page asks for a newer version and gets no answer
	for _, tc := range []struct{ path, head string }{
		{"/", "首页"}, {"/?src=pwa", "首页"}, {"/ask/x", "问题"}, {"/ask/x?step=2", "问题"}, {"/ask/x/", "没有这一页"}, {"/nowhere/at/all", "没有这一页"},
		{"/en", "Home"}, {"/en/nowhere", "没有这一页"},
	} {
		tab.Open(h.url(tc.path))
		tab.Wait("the program to run at "+tc.path, running)
		if got := heading(tab); got != tc.head {
			t.Errorf("%s shows %q, want %q", tc.path, got, tc.head)
		}
	}
	tab.Reload()
	tab.Wait("the program to run after a reload", running)
}

func TestThePageReadsBeforeTheProgramAndWithoutIt(t *testing.T) {
	h := serve(t, nil)
	p := mustProxy(t, h.url(""))
	p.Add(proxy.Rule{Path: "/p/", Fault: proxy.Refuse{}})
	tab := browser.Shared(t).Phone(t).Tab(t)
	tab.Expect("Failed to load resource")
	tab.Open(p.URL + "/ask/x")
	tab.WaitText("要3 到 4 个月，打 12393。")
	tab.WaitText("已下载 0 /")
	p.Heal()
	tab.Eval(`dispatchEvent(new Event("online"))`, nil)
	tab.Wait("the program to run", running)
	var height float64
	tab.Eval(`document.getElementById("porch").getBoundingClientRect().height`, &height)
	if height != 0 {
		t.Error("the line about the download stays after the program has started")
	}
	tab.Open(p.URL + "/?plain")
	tab.WaitText("首页")
	var state string
	tab.Eval(`lixianban.state`, &state)
	if state != "porch" {
		t.Errorf("the version that needs no download is %q", state)
	}
}

func mustProxy(t *testing.T, target string) *proxy.Proxy {
	t.Helper()
	p, err := proxy.New(1, target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// F18: answers end after 20 KB or hold nothing, and the tab dies on the way; what has come stays.
func TestALineThatIsCutAllTheTimeStillBringsTheProgram(t *testing.T) {
	h := serve(t, nil)
	p := mustProxy(t, h.url(""))
	for range 5 {
		p.Add(proxy.Rule{Path: "/p/", Times: 4, Fault: proxy.CutAnswer{Bytes: 20 << 10}})
		p.Add(proxy.Rule{Path: "/p/", Times: 1, Fault: proxy.EmptyAnswer{}})
	}
	phone := browser.Shared(t).Phone(t)
	tab := phone.Tab(t)
	tab.Expect("Failed to load resource")
	tab.Open(p.URL + "/")
	until(tab, complete+`.then(n => n > 3)`)
	var kept []string
	tab.Eval(`caches.open("lixianban-pieces").then(c => c.keys()).then(k => k.map(r => r.url))`, &kept)
	tab.Crash()
	if got := p.Met("/p/"); got == 0 {
		t.Fatal("no answer was spoiled")
	}
	p.Heal()
	tab = phone.Tab(t)
	tab.Open(p.URL + "/")
	tab.Wait("the program to run", running)
	var again []string
	tab.Eval(`performance.getEntriesByType("resource").map(e => e.name)`, &again)
	for _, name := range kept {
		if slices.Contains(again, name) {
			t.Errorf("%s was fetched again though it had been kept", name)
		}
	}
}

// A second opening fetches no piece again, and a spoilt kept piece is fetched anew (L21).
func TestKeptPiecesAreUsedAndSpoiltOnesReplaced(t *testing.T) {
	h := serve(t, nil)
	tab := open(t, h.url("/"))
	var before, fetched int
	tab.Eval(complete, &before)
	tab.Reload()
	tab.Wait("the program to run", running)
	tab.Eval(asked, &fetched)
	if fetched != 0 {
		t.Errorf("%d pieces were fetched again", fetched)
	}
	tab.Eval(`caches.open("lixianban-pieces").then(async c => { const k = await c.keys();
		await c.put(k[0], new Response(new Uint8Array(5))); await c.put(k[1], new Response("")); await c.delete(k[2]); })`, nil)
	tab.Reload()
	tab.Wait("the program to run", running)
	tab.Eval(asked, &fetched)
	if fetched != 3 {
		t.Errorf("%d pieces were fetched, want the 3 spoilt ones", fetched)
	}
}

// asked counts the pieces that this page fetched from the network.
const asked = `performance.getEntriesByType("resource").filter(e => e.name.includes("/p/")).length`

// F21, F30, F39: what is not what was built is never kept nor run.
func TestWrongBytesAreRefusedUntilTheRightOnesCome(t *testing.T) {
	h := serve(t, nil)
	p := mustProxy(t, h.url(""))
	p.Add(proxy.Rule{Path: "/p/", Times: 4, Fault: proxy.FlipAnswer{Bits: 3}})
	p.Add(proxy.Rule{Path: "/p/", Times: 3, Fault: proxy.Portal{}})
	p.Add(proxy.Rule{Path: "/p/", Times: 3, Fault: proxy.Portal{Redirect: h.url("/")}})
	p.Add(proxy.Rule{Path: "/a/program.", Times: 1, Fault: proxy.Portal{}})
	tab := browser.Shared(t).Phone(t).Tab(t)
	tab.Expect("Failed to load resource", "integrity", "Failed to find a valid digest")
	tab.Open(p.URL + "/")
	tab.Wait("the program to run", running)
}

func TestANewVersionWaitsForThePersonAndIsWhole(t *testing.T) {
	h := serve(t, nil)
	tab := open(t, h.url("/"))
	old := buildOf(tab)
	// The new release changes one piece: some bytes more at the end of the program's custom data.
	release := h.build(func(c *static.Config) { c.Seq++; c.Wasm = withSection(c.Wasm, "release 2") })
	newer, pieces := release.Build, release.Pieces
	tab.Eval(`goappTryUpdate()`, nil)
	tab.Wait("the new version to be offered", `lixianban.updateReady`)
	if buildOf(tab) != old {
		t.Fatal("the page changed under the person's hand")
	}
	h.stop() // nothing may be missing now
	tab.Expect("Failed to load resource", "ERR_")
	tab.Reload()
	tab.Wait("the program to run", running)
	if buildOf(tab) != old {
		t.Fatal("a reload alone took the new version")
	}
	tab.Wait("the offer to be made again", `lixianban.updateReady`)
	tab.Eval(`void setTimeout(() => lixianban.apply())`, nil)
	tab.Wait("the new version to run", `window.lixianban && lixianban.build === "`+newer+`" && `+running)
	until(tab, `caches.keys().then(k => k.filter(n => n.startsWith("lixianban-shell-")).length === 1)`)
	until(tab, `caches.open("lixianban-pieces").then(c => c.keys()).then(k => k.length === `+strconv.Itoa(pieces+2)+`)`)
	tab.Open(h.url("/ask/x?step=3"))
	tab.Wait("the new program to run offline", running)
}

func buildOf(tab *browser.Tab) (build string) {
	tab.Eval(`lixianban.build`, &build)
	return build
}

// withSection appends a custom section, which wasm ignores: another program that does the same.
func withSection(wasm []byte, name string) []byte {
	body := append([]byte{byte(len(name))}, name...)
	return append(append(append([]byte{}, wasm...), 0, byte(len(body))), body...)
}

// F18, F22: half a version, or an older one, is not installed.
func TestAnIncompleteOrOlderVersionIsRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*static.Config)
		spoil  func(*host)
	}{
		"older":      {func(c *static.Config) { c.Seq--; c.Wasm = withSection(c.Wasm, "older") }, func(*host) {}},
		"incomplete": {func(c *static.Config) { c.Seq++; c.Wasm = withSection(c.Wasm, "half") }, func(h *host) { h.losePieces(t, 1) }},
	} {
		t.Run(name, func(t *testing.T) {
			h := serve(t, nil)
			tab := open(t, h.url("/"))
			tab.Expect("Failed to load resource")
			old := buildOf(tab)
			h.build(tc.change)
			tc.spoil(h)
			var installed bool
			tab.Eval(`navigator.serviceWorker.getRegistration().then(r => r.update().catch(() => {}).then(() => new Promise(ok => {
				const s = r.installing; if (!s) return ok(!!r.waiting);
				s.addEventListener("statechange", () => ok(s.state === "installed")); })))`, &installed)
			if installed {
				t.Error("the worker was installed")
			}
			tab.Reload()
			tab.Wait("the program to run", running)
			if buildOf(tab) != old {
				t.Error("the page runs another version")
			}
		})
	}
}

// losePieces deletes the last n pieces of the published program.
func (h *host) losePieces(t *testing.T, n int) {
	pieces := siteOf(t, mustRead(t, h.dir, "sw.js")).Pieces
	for _, p := range pieces[len(pieces)-n:] {
		for _, ext := range []string{"", ".br", ".gz"} {
			if err := os.Remove(filepath.Join(h.dir, p+ext)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// N3, L1: other caches of the origin stay, and the API passes untouched.
func TestTheWorkerTouchesOnlyItsOwn(t *testing.T) {
	h := serve(t, nil)
	tab := open(t, h.url("/"))
	tab.Expect("Failed to load resource")
	tab.Eval(`caches.open("someone-else").then(c => c.put("/x", new Response("y")))`, nil)
	tab.Reload()
	tab.Wait("the program to run", running)
	tab.Eval(`navigator.serviceWorker.ready.then(r => { r.active.postMessage("tidy"); })`, nil)
	until(tab, `caches.keys().then(k => k.length >= 4)`)
	var kept []string
	tab.Eval(`caches.keys()`, &kept)
	if !strings.Contains(strings.Join(kept, " "), "someone-else") {
		t.Errorf("another cache was deleted: %v", kept)
	}
	var status int
	tab.Eval(`fetch("/v1/ping", {method: "POST", body: "x"}).then(r => r.status)`, &status)
	if status != http.StatusMethodNotAllowed {
		t.Errorf("a POST below /v1/ answered %d, not the server's own 405", status)
	}
}

// F16: storage that throws when touched.
func TestPrivateModeStillRuns(t *testing.T) {
	h := serve(t, nil)
	tab := browser.Shared(t).Phone(t).Tab(t)
	h.before = `for (const n of ["localStorage", "sessionStorage"]) Object.defineProperty(window, n, {configurable: true, get() { throw new DOMException("no", "SecurityError"); }})`
	tab.Open(h.url("/"))
	tab.Wait("the program to run", running)
	var volatile bool
	tab.Eval(`lixianban.volatile`, &volatile)
	if !volatile {
		t.Error("nobody is told that nothing is kept")
	}
}

// F23: WeChat and web views.
func TestNoServiceWorkerStillRuns(t *testing.T) {
	h := serve(t, nil)
	tab := browser.Shared(t).Phone(t).Tab(t)
	h.before = `delete Navigator.prototype.serviceWorker`
	tab.Open(h.url("/"))
	tab.Wait("the program to run", running)
	var worker string
	tab.Eval(`lixianban.worker`, &worker)
	if worker != "none" {
		t.Errorf("the worker is said to be %q", worker)
	}
}

// F08, F09: failure leaves the page, says so in words and a code, and never loops.
func TestAProgramThatCannotStartLeavesThePage(t *testing.T) {
	h := serve(t, nil)
	for _, tc := range []struct{ name, before, want string }{
		{"no wasm", `delete window.WebAssembly`, "E-WASM"},
		{"no memory", `WebAssembly.instantiateStreaming = async () => { throw new RangeError("memory") }`, "E-START"},
		{"two crashes", `sessionStorage.setItem("lixianban:crashes", JSON.stringify([Date.now(), Date.now()]))`, "E-LOOP"},
		{"a panic", `WebAssembly.instantiateStreaming = async () => ({instance: null}); Object.defineProperty(window, "Go", {get: () => class { run() { return Promise.reject(new Error("panic")) } }})`, "E-PANIC"},
	} {
		tab := browser.Shared(t).Phone(t).Tab(t)
		tab.Expect("RangeError", "panic")
		h.before = tc.before
		tab.Open(h.url("/ask/x"))
		tab.WaitText(tc.want)
		tab.WaitText("问题")
		if !tab.Can("先看不用下载的版本") || !tab.Can("重新打开") {
			t.Errorf("%s: there is no way on", tc.name)
		}
	}
}

func TestTheLookIsRemembered(t *testing.T) {
	h := serve(t, nil)
	tab := open(t, h.url("/"))
	tab.Eval(`lixianban.look("size", "30"), lixianban.look("theme", "dark"), lixianban.look("size2", "x"), lixianban.look("density", "wrong")`, nil)
	tab.Reload()
	var got string
	tab.Eval(`JSON.stringify(document.documentElement.dataset) + getComputedStyle(document.documentElement).fontSize`, &got)
	if got != `{"size":"30","theme":"dark"}30px` {
		t.Errorf("after a reload: %s", got)
	}
}

// SR-14: what the policy must stop, it stops.
func TestThePolicyStopsInlineCode(t *testing.T) {
	h := serve(t, nil)
	tab := open(t, h.url("/"))
	tab.Expect("Content Security Policy", "TrustedScript", "TrustedHTML", "TrustedTypePolicy", "unsafe-eval", "EvalError")
	var got []string
	// In a task of the page: what the debugger runs itself is exempt from the policy.
	tab.Eval(`new Promise((ok) => setTimeout(() => { const out = [];
		try { eval("1"); out.push("eval") } catch {}
		try { document.body.innerHTML += "<i></i>"; out.push("innerHTML") } catch {}
		try { const s = document.createElement("script"); s.src = "/x.js"; out.push("script") } catch {}
		try { trustedTypes.createPolicy("other", {}); out.push("policy") } catch {}
		const d = document.createElement("div"); d.setAttribute("style", "color: rgb(1, 2, 3)"); document.body.append(d);
		if (getComputedStyle(d).color === "rgb(1, 2, 3)") out.push("style");
		d.remove(); ok(out) }))`, &got)
	if len(got) != 0 {
		t.Errorf("the policy let pass: %v", got)
	}
}
