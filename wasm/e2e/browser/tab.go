//go:build !js

package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/debugger"
	"github.com/chromedp/cdproto/inspector"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Tab is one page of a phone. Its methods fail the test they were made for.
type Tab struct {
	tb     testing.TB
	ctx    context.Context
	cancel context.CancelFunc
	dead   bool

	crashed chan struct{} // closed when the page has crashed
	paused  chan struct{} // one for each stop at a debugger statement

	mu       sync.Mutex
	expected []string
	bindings map[string]func(string)
}

// Tab opens an empty tab of a phone's width.
func (p *Phone) Tab(tb testing.TB) *Tab {
	tb.Helper()
	t := &Tab{tb: tb, bindings: map[string]func(string){}, paused: make(chan struct{}, 100)}
	t.ctx, t.cancel = p.context()
	tb.Cleanup(t.Close)
	if err := chromedp.Do(t.ctx); err != nil {
		tb.Fatal("open a tab:", err)
	}
	if err := chromedp.Listen(t.ctx, t.hear); err != nil {
		tb.Fatal("listen to the tab:", err)
	}
	for _, domain := range []string{"Runtime", "Log", "Page", "Network", "Accessibility"} {
		t.must(domain+".enable", nil, nil)
	}
	t.Size(360, 740)
	return t
}

// Open loads an address and waits until its document has loaded.
func (t *Tab) Open(url string) {
	t.tb.Helper()
	var r struct {
		ErrorText string `json:"errorText"`
	}
	t.must("Page.navigate", params{"url": url}, &r)
	if r.ErrorText != "" {
		t.tb.Fatalf("open %s: %s", url, r.ErrorText)
	}
	t.loaded(url)
}

// TryOpen loads an address and reports the browser's network error, if any.
func (t *Tab) TryOpen(url string) string {
	t.tb.Helper()
	var r struct {
		ErrorText string `json:"errorText"`
	}
	t.must("Page.navigate", params{"url": url}, &r)
	return r.ErrorText
}

// Reload loads the page again and waits for it.
func (t *Tab) Reload() {
	t.tb.Helper()
	t.Eval(`void (window.__old = true)`, nil)
	t.must("Page.reload", nil, nil)
	t.Wait("the page to load again", `!window.__old && document.readyState === 'complete'`)
}

// Back goes one step back in the tab's history.
func (t *Tab) Back() {
	t.tb.Helper()
	t.Eval(`history.back()`, nil)
}

func (t *Tab) loaded(url string) {
	t.tb.Helper()
	t.Wait("the page to load", `document.readyState === 'complete' && location.href !== 'about:blank'`)
}

// Wait waits until a JavaScript expression, or the promise it gives, is true, looking after each change of the
// page and every 100 ms, over navigations. what names the condition if it never comes.
func (t *Tab) Wait(what, expr string) {
	t.tb.Helper()
	until := time.Now().Add(Patience)
	for time.Now().Before(until) {
		ok, err := t.await(expr, min(10*time.Second, time.Until(until)))
		if ok {
			return
		}
		if err != nil && !passing(err) {
			t.fatalf("waited for %s: %v", what, err)
		}
	}
	t.fatalf("waited %v for %s", Patience, what)
}

const watcher = `new Promise(resolve => {
	let busy = false, again = false;
	const end = v => { clearInterval(timer); clearTimeout(limit); seer.disconnect(); resolve(v) };
	const look = async () => {
		again = busy;
		if (busy) return;
		busy = true;
		do {
			again = false;
			try { if (await (%s)) return end(true) } catch { /* not yet */ }
		} while (again);
		busy = false;
	};
	const seer = new MutationObserver(look);
	const timer = setInterval(look, 100), limit = setTimeout(() => end(false), %d);
	seer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
	look();
})`

func (t *Tab) await(expr string, limit time.Duration) (ok bool, err error) {
	err = t.eval(fmt.Sprintf(watcher, expr, limit.Milliseconds()), &ok, limit+5*time.Second)
	return ok, err
}

// passing tells the errors of a page that is being replaced.
func passing(err error) bool {
	for _, s := range []string{"context was destroyed", "navigated or closed", "Cannot find context", "context with specified id", "deadline exceeded", "Promise was collected"} {
		if strings.Contains(err.Error(), s) {
			return true
		}
	}
	return false
}

// Eval runs JavaScript, awaits a promise, and decodes the result into out (may be nil).
func (t *Tab) Eval(expr string, out any) {
	t.tb.Helper()
	if err := t.eval(expr, out, Patience); err != nil {
		t.fatalf("run %.80q: %v", expr, err)
	}
}

func (t *Tab) eval(expr string, out any, limit time.Duration) error {
	var r reply
	err := t.call(limit, "Runtime.evaluate", params{"expression": expr, "awaitPromise": true, "returnByValue": true, "userGesture": true}, &r)
	if err != nil {
		return err
	}
	return r.decode(out)
}

// reply is what the page's JavaScript answers.
type reply struct {
	Result struct {
		Value json.RawMessage `json:"value"`
	} `json:"result"`
	Exception *exception `json:"exceptionDetails"`
}

func (r reply) decode(out any) error {
	if r.Exception != nil {
		return errors.New(r.Exception.String())
	}
	if out == nil || len(r.Result.Value) == 0 {
		return nil
	}
	return json.Unmarshal(r.Result.Value, out)
}

type exception struct {
	Text      string `json:"text"`
	Exception struct {
		Description string `json:"description"`
	} `json:"exception"`
}

func (e *exception) String() string { return e.Text + " " + e.Exception.Description }

// Bind makes a function of the page's window that calls f with its one string.
func (t *Tab) Bind(name string, f func(string)) {
	t.tb.Helper()
	t.mu.Lock()
	t.bindings[name] = f
	t.mu.Unlock()
	t.must("Runtime.addBinding", params{"name": name}, nil)
}

// Expect lets console errors and exceptions pass that contain one of the texts.
func (t *Tab) Expect(texts ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expected = append(t.expected, texts...)
}

// Close closes the tab as a person does.
func (t *Tab) Close() {
	t.dead = true
	t.cancel()
}

// hear runs on the browser's event loop and must not call back into it.
func (t *Tab) hear(ev any) {
	switch ev := ev.(type) {
	case *runtime.EventBindingCalled:
		t.mu.Lock()
		f := t.bindings[ev.Name]
		t.mu.Unlock()
		if f != nil {
			f(ev.Payload)
		}
	case *runtime.EventConsoleAPICalled:
		t.note(ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeAssert, "console."+string(ev.Type), words(ev.Args))
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if ev.ExceptionDetails.Exception != nil {
			text += " " + ev.ExceptionDetails.Exception.Description
		}
		t.note(true, "uncaught", text)
	case *cdplog.EventEntryAdded:
		t.note(ev.Entry.Source == cdplog.EntrySourceSecurity, "log "+string(ev.Entry.Source), ev.Entry.Text)
	case *inspector.EventTargetCrashed:
		t.mu.Lock()
		close(t.crashed)
		t.mu.Unlock()
	case *debugger.EventPaused:
		t.paused <- struct{}{}
	case *page.EventJavascriptDialogOpening:
		t.note(true, "dialog", ev.Message)
	}
}

func words(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args {
		var s string
		if json.Unmarshal([]byte(a.Value), &s) != nil {
			s = string(a.Value)
		}
		if s == "" {
			s = a.Description
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func (t *Tab) note(bad bool, kind, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.expected {
		if strings.Contains(text, e) {
			bad = false
		}
	}
	if t.dead {
		return // the test may be over, and its log closed
	}
	if bad {
		t.tb.Errorf("%s: %s", kind, text)
		return
	}
	t.tb.Logf("%s: %s", kind, text)
}

type params map[string]any

func (t *Tab) must(method string, p params, out any) {
	t.tb.Helper()
	if err := t.call(Patience, method, p, out); err != nil {
		t.fatalf("%s: %v", method, err)
	}
}

func (t *Tab) call(limit time.Duration, method string, p params, out any) error {
	ctx, cancel := context.WithTimeout(t.ctx, limit)
	defer cancel()
	if p == nil {
		p = params{}
	}
	return chromedp.FromContext(t.ctx).Target.Call(ctx, method, p, out)
}

// fatalf ends the test and shows what the page shows.
func (t *Tab) fatalf(format string, args ...any) {
	t.tb.Helper()
	var text string
	t.eval(`location.href + "\n" + (document.body ? document.body.innerText : '')`, &text, 5*time.Second)
	if len(text) > 3000 {
		text = text[:3000] + "…"
	}
	t.tb.Fatalf(format+"\nthe page shows:\n%s", append(args, text)...)
}
