//go:build js && wasm

package device_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"lixianban/app/device"
	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
)

// fakeClock is set by the test.
type fakeClock struct{ now time.Time }

func (c *fakeClock) Now() time.Time      { return c.now }
func (c *fakeClock) Mono() time.Duration { return 0 }

func TestALockAdmitsOnePageAtATime(t *testing.T) {
	store, clock := memstore.New(), &fakeClock{now: time.Unix(1e9, 0)}
	for name, pair := range map[string][2]outbox.Locks{
		"web locks": {device.Locks(store, clock), device.Locks(store, clock)},
		"lease":     {device.Lease(store, clock), device.Lease(store, clock)},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := pair[0], pair[1]
			took := func(l outbox.Locks, name string, f func()) bool {
				ok, err := l.TryDo(t.Context(), name, func(context.Context) error { f(); return nil })
				if err != nil {
					t.Fatal(err)
				}
				return ok
			}
			done := 0
			if !took(a, "send", func() {
				if took(b, "send", func() { done++ }) || took(a, "send", func() { done++ }) {
					t.Error("two hold the lock")
				}
				if !took(b, "other", func() { done++ }) {
					t.Error("another name is refused")
				}
			}) {
				t.Error("a free lock is refused")
			}
			if !took(b, "send", func() { done++ }) || done != 2 {
				t.Error("the lock was not given back")
			}
		})
	}
}

func TestTheErrorOfTheWorkComesBack(t *testing.T) {
	store, clock, mine := memstore.New(), &fakeClock{now: time.Unix(1e9, 0)}, errors.New("mine")
	for _, l := range []outbox.Locks{device.Locks(store, clock), device.Lease(store, clock)} {
		for range 2 { // and the lock is free again
			if ok, err := l.TryDo(t.Context(), "x", func(context.Context) error { return mine }); !ok || !errors.Is(err, mine) {
				t.Errorf("got %v, %v", ok, err)
			}
		}
	}
}

func TestWithoutWebLocksTheLeaseDecides(t *testing.T) {
	for _, navigator := range []string{`{}`, `{locks: {request() { throw new DOMException('', 'SecurityError') }}}`, `{locks: {request: async () => { throw new DOMException('', 'SecurityError') }}}`} {
		undo := replace("navigator", eval(navigator))
		store, clock := memstore.New(), &fakeClock{now: time.Unix(1e9, 0)}
		a, b := device.Locks(store, clock), device.Locks(store, clock)
		ok, err := a.TryDo(t.Context(), "send", func(ctx context.Context) error {
			if _, err := store.Get(ctx, outbox.TableMeta, "lease/send"); err != nil {
				t.Errorf("%s: no lease: %v", navigator, err)
			}
			if ok, err := b.TryDo(ctx, "send", func(context.Context) error { return nil }); ok || err != nil {
				t.Errorf("%s: a second holder: %v, %v", navigator, ok, err)
			}
			return nil
		})
		undo()
		if !ok || err != nil {
			t.Errorf("%s: got %v, %v", navigator, ok, err)
		}
	}
}

func TestALeaseOfAPageThatDiedIsTakenOver(t *testing.T) {
	begin := time.Unix(1e9, 0)
	for name, c := range map[string]struct {
		later time.Duration
		taken bool
	}{
		"it still beats":                    {19 * time.Second, false},
		"it is silent for 20 s":             {20 * time.Second, true},
		"the clock was set a day back":      {-24 * time.Hour, true},
		"the clock was set a little back":   {-time.Second, true},
		"the clock was set a year forward":  {365 * 24 * time.Hour, true},
		"it has not even begun to be stale": {0, false},
	} {
		t.Run(name, func(t *testing.T) {
			store, clock := memstore.New(), &fakeClock{now: begin}
			dead := make(chan struct{})
			held := make(chan struct{})
			go device.Lease(store, clock).TryDo(t.Context(), "send", func(context.Context) error { close(held); <-dead; return nil })
			<-held
			clock.now = begin.Add(c.later)
			ok, err := device.Lease(store, clock).TryDo(t.Context(), "send", func(context.Context) error { return nil })
			close(dead)
			if ok != c.taken || err != nil {
				t.Errorf("got %v, %v; want %v", ok, err, c.taken)
			}
		})
	}
}

func TestAHolderThatLostItsLeaseIsToldToStop(t *testing.T) {
	store, clock := memstore.New(), &fakeClock{now: time.Unix(1e9, 0)}
	l := device.QuickLease(store, clock, time.Millisecond)
	ok, err := l.TryDo(t.Context(), "send", func(ctx context.Context) error {
		put(t, store, outbox.TableMeta, "lease/send", `{"owner":"another"}`) // while this page was frozen
		<-ctx.Done()
		return ctx.Err()
	})
	if !ok || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", ok, err)
	}
	if r, err := store.Get(t.Context(), outbox.TableMeta, "lease/send"); err != nil || string(r.Value) != `{"owner":"another"}` {
		t.Errorf("the other's lease was touched: %s, %v", r.Value, err)
	}
}

func TestLocksLeaveNoCallbackBehind(t *testing.T) {
	l := device.Locks(memstore.New(), &fakeClock{})
	before := device.Live()
	for range 200 {
		l.TryDo(t.Context(), "x", func(ctx context.Context) error {
			l.TryDo(ctx, "x", func(context.Context) error { return nil })
			return nil
		})
	}
	eventually(t, func() bool { return device.Live() == before })
}

// eventually lets the page's event loop turn until ok.
func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		device.Await(t.Context(), eval(`new Promise(r => setTimeout(r))`))
	}
	t.Error("it never came")
}
