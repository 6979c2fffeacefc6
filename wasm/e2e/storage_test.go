//go:build !js

package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lixianban/wasm/e2e/browser"
)

var probe struct {
	sync.Once
	url string
}

// probed opens the probe page in a tab and the store in the page.
func probed(t *testing.T, phone *browser.Phone) *browser.Tab {
	t.Helper()
	tab := phone.Tab(t)
	start(t, tab)
	return tab
}

// start loads the probe and opens the store.
func start(t *testing.T, tab *browser.Tab) {
	t.Helper()
	tab.Open(probeURL(t))
	tab.Wait("the probe to start", `window.probe`)
	if got := call(tab, "open", "lixianban"); got != "ok" {
		t.Fatalf("open the store: %s", got)
	}
}

// probeURL serves the probe for the whole test binary, on one origin.
func probeURL(t *testing.T) string {
	t.Helper()
	probe.Do(func() { probe.url = httptest.NewServer(browser.Program(t, "lixianban/wasm/e2e/probe")).URL })
	return probe.url
}

func call(tab *browser.Tab, command, arg string) (answer string) {
	tab.Eval(fmt.Sprintf("probe.%s(%q)", command, arg), &answer)
	return answer
}

// counted is what the probe's counter left in its three tables.
type counted struct{ draft, outbox, rows int }

func state(t *testing.T, tab *browser.Tab) counted {
	t.Helper()
	var n [3]int
	answer := call(tab, "state", "")
	if err := json.Unmarshal([]byte(answer), &n); err != nil {
		t.Fatalf("state: %s", answer)
	}
	return counted{n[0], n[1], n[2]}
}

// count runs the counter until told says that the next number is safe, waits a random
// part of a write longer, and returns the last number told by then.
func count(t *testing.T, tab *browser.Tab, from int, rnd *rand.Rand, kill func()) (told int64) {
	t.Helper()
	var last atomic.Int64
	reached := make(chan struct{})
	stop := int64(from + 1 + rnd.IntN(4))
	tab.Bind("told", func(s string) {
		n, _ := strconv.ParseInt(s, 10, 64)
		last.Store(n)
		if n == stop {
			close(reached)
		}
	})
	tab.Eval(fmt.Sprintf(`void probe.count("%d")`, from), nil)
	<-reached
	time.Sleep(time.Duration(rnd.IntN(12_000)) * time.Microsecond) // somewhere inside the next writes
	told = last.Load()
	kill()
	return told
}

// whole fails unless the three tables agree and hold all that was told.
func whole(t *testing.T, got counted, told int64) {
	t.Helper()
	if got.draft != got.outbox || got.outbox != got.rows {
		t.Errorf("a batch was written in part: %+v", got)
	}
	if int64(got.outbox) < told {
		t.Errorf("the page was told %d was safe, only %d is there", told, got.outbox)
	}
}

func TestAPageKilledWhileItWritesLosesNothingAndWritesNothingByHalf(t *testing.T) {
	tab, rnd := probed(t, browser.Shared(t).Phone(t)), rand.New(rand.NewPCG(1, 1))
	var got counted
	for range 60 {
		told := count(t, tab, got.outbox, rnd, tab.Crash)
		start(t, tab)
		got = state(t, tab)
		whole(t, got, told)
	}
	t.Logf("60 kills, %d batches", got.outbox)
}

func TestABrowserKilledWhileItWritesLosesNothing(t *testing.T) {
	b, rnd := browser.Start(t), rand.New(rand.NewPCG(2, 2))
	var got counted
	for range 5 {
		told := count(t, probed(t, b.Profile()), got.outbox, rnd, func() { b.Kill(t) })
		b.Restart(t)
		tab := probed(t, b.Profile())
		got = state(t, tab)
		whole(t, got, told)
		if t.Failed() {
			t.Fatalf("lost: %s; %s", call(tab, "lost", ""), b.Stored())
		}
	}
}

func TestAFullDiskIsSaidAndLeavesWhatIsThere(t *testing.T) {
	tab := browser.Shared(t).Phone(t).Tab(t)
	tab.Open(probeURL(t))
	tab.Quota(probeURL(t), 2<<20)
	start(t, tab)
	call(tab, "draft", "typed before")
	got := call(tab, "fill", "")
	var fit int
	if _, err := fmt.Sscanf(got, "full after %d", &fit); err != nil || fit == 0 || fit > 40 {
		t.Fatalf("with 2 MB of room: %s", got)
	}
	if got := call(tab, "read", "d"); got != "typed before" {
		t.Errorf("the draft after that: %q", got)
	}
	tab.Quota(probeURL(t), -1)
	start(t, tab)
	if got := call(tab, "submit", "sealed"); got != "ok" {
		t.Errorf("with room again: %s", got)
	}
	if got := call(tab, "read", "d"); got != "missing" {
		t.Errorf("the draft after its submission: %q", got)
	}
}

func TestTwoPagesShareOneLockAndADeadPageGivesItBack(t *testing.T) {
	phone := browser.Shared(t).Phone(t)
	a, b := probed(t, phone), probed(t, phone)
	for i, step := range []struct {
		tab           *browser.Tab
		command, want string
	}{{a, "lock", "held"}, {b, "lock", "refused"}, {a, "unlock", "ok"}, {b, "lock", "held"}, {a, "lock", "refused"}} {
		if got := call(step.tab, step.command, "send"); got != step.want {
			t.Errorf("step %d: %s gives %s, want %s", i, step.command, got, step.want)
		}
	}
	b.Crash()
	a.Wait("the dead page's lock", `probe.lock("send").then(s => s === 'held')`)
}

func TestAFrozenPageGivesNothingToASecondSender(t *testing.T) {
	phone := browser.Shared(t).Phone(t)
	a, b := probed(t, phone), probed(t, phone)
	call(a, "lock", "send")
	a.Freeze()
	if got := call(b, "lock", "send"); got != "refused" {
		t.Errorf("while the holder sleeps: %s", got)
	}
	a.Resume()
	call(a, "unlock", "send")
	if got := call(b, "lock", "send"); got != "held" {
		t.Errorf("after it woke: %s", got)
	}
}

func TestANewerPageGetsTheDatabaseAtOnceAndTheOlderIsTold(t *testing.T) {
	phone := browser.Shared(t).Phone(t)
	old, newer := probed(t, phone), probed(t, phone)
	call(old, "draft", "typed")
	var how string
	newer.Eval(`new Promise(done => {
		const r = indexedDB.open('lixianban', 99);
		r.onblocked = () => done('blocked');
		r.onupgradeneeded = () => r.result.createObjectStore('photos');
		r.onsuccess = () => { r.result.close(); done('upgraded') };
	})`, &how)
	if how != "upgraded" {
		t.Errorf("the newer page was %s", how)
	}
	if got := call(old, "events", ""); got != "superseded" {
		t.Errorf("the older page was told %q", got)
	}
	if got := call(old, "draft", "typed more"); got != "ok" {
		t.Errorf("the older page's next save: %s", got)
	}
}

func TestAWipeInOnePageEndsTheOther(t *testing.T) {
	phone := browser.Shared(t).Phone(t)
	a, b := probed(t, phone), probed(t, phone)
	call(a, "draft", "typed")
	if got := call(b, "wipe", ""); got != "ok" {
		t.Fatalf("wipe: %s", got)
	}
	if got := call(a, "draft", "typed again"); got != "unavailable" {
		t.Errorf("the other page's save after the wipe: %s", got)
	}
	fresh := probed(t, phone)
	if got := state(t, fresh); got != (counted{}) {
		t.Errorf("after the wipe there is %+v", got)
	}
	if got := call(fresh, "lost", ""); strings.HasPrefix(got, "true") {
		t.Errorf("a wipe looks like a loss: %s", got)
	}
}

func TestAnEvictedDatabaseIsToldAtTheNextVisit(t *testing.T) {
	phone := browser.Shared(t).Phone(t)
	tab := probed(t, phone)
	call(tab, "draft", "typed")
	call(tab, "mark", "1 unsent; 7KQD-M2XA-K")
	tab.ClearStorage("indexeddb")
	tab.Wait("the page to hear of it", `probe.events("").then(e => e === 'closed')`)
	tab.Close()
	tab = probed(t, phone)
	if got := call(tab, "lost", ""); got != "true 1 unsent; 7KQD-M2XA-K" {
		t.Errorf("the next visit hears %q", got)
	}
}
