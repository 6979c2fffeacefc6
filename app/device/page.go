//go:build js && wasm

package device

import (
	"context"
	"crypto/rand"
	"fmt"
	"syscall/js"
	"time"

	"lixianban/app/outbox"
)

// Clock is the device's clock: Now jumps when the person sets it, Mono does not.
func Clock() outbox.Clock { return clock{start: time.Now()} }

type clock struct{ start time.Time }

func (c clock) Now() time.Time      { return time.Now() }
func (c clock) Mono() time.Duration { return time.Since(c.start) }

// Rand is the browser's getRandomValues.
func Rand() outbox.Rand { return rand.Reader }

// Event is a turn in the page's life.
type Event string

// The events of Lifecycle, as the browser names them.
const (
	Online   Event = "online"
	Offline  Event = "offline"
	Visible  Event = "visible"
	Hidden   Event = "hidden"
	PageShow Event = "pageshow" // also when it returns from the back/forward cache
	PageHide Event = "pagehide"
	Freeze   Event = "freeze"
	Resume   Event = "resume"
)

// Lifecycle calls on, inside the event, until stop.
func Lifecycle(on func(Event)) (stop func()) {
	window, document := js.Global(), js.Global().Get("document")
	var s scope
	var undo []func()
	listen := func(target js.Value, name string, f func()) {
		fn := s.on(func([]js.Value) { f() })
		target.Call("addEventListener", name, fn)
		undo = append(undo, func() { target.Call("removeEventListener", name, fn) })
	}
	for _, e := range []Event{Online, Offline, PageShow, PageHide} {
		listen(window, string(e), func() { on(e) })
	}
	for _, e := range []Event{Freeze, Resume} {
		listen(document, string(e), func() { on(e) })
	}
	listen(document, "visibilitychange", func() { on(Event(document.Get("visibilityState").String())) })
	return func() {
		for _, f := range undo {
			f()
		}
		s.release()
	}
}

// MaybeOnline is false only when the browser is sure there is no network. True
// means little: any adapter counts.
func MaybeOnline() bool {
	v := get(js.Global(), "navigator", "onLine")
	return v.Type() != js.TypeBoolean || v.Bool()
}

// Persist asks the browser to spare our data when it needs room. It reports the
// browser's answer; false is common and no error.
func Persist(ctx context.Context) (bool, error) {
	v, err := storageManager(ctx, "persist")
	return err == nil && v.Type() == js.TypeBoolean && v.Bool(), err
}

// Usage is in bytes; the browser rounds both.
type Usage struct{ Used, Quota int64 }

// Estimate asks how much room the origin uses and may use.
func Estimate(ctx context.Context) (Usage, error) {
	v, err := storageManager(ctx, "estimate")
	if err != nil {
		return Usage{}, err
	}
	return Usage{Used: integer(get(v, "usage")), Quota: integer(get(v, "quota"))}, nil
}

func integer(v js.Value) int64 {
	if v.Type() != js.TypeNumber {
		return 0
	}
	return int64(v.Float())
}

func storageManager(ctx context.Context, method string) (js.Value, error) {
	p, err := call(get(js.Global(), "navigator", "storage"), method)
	if err == nil {
		p, err = Await(ctx, p)
	}
	if err != nil {
		return js.Undefined(), fmt.Errorf("the browser does not tell about its storage: %w", err)
	}
	return p, nil
}

// Channel carries short notices between the pages of one browser, such as "this
// draft is open here". No personal data.
type Channel struct {
	scope
	v js.Value
}

// OpenChannel joins the channel of that name; on runs inside the event, and never
// for a page's own notices. Where the browser has no channels it returns one that
// is silent.
func OpenChannel(name string, on func(notice string)) *Channel {
	c := &Channel{}
	v, err := Try(func() js.Value { return js.Global().Get("BroadcastChannel").New("lixianban." + name) })
	if err != nil {
		return c
	}
	c.v = v
	v.Set("onmessage", c.on(func(args []js.Value) {
		if data := get(first(args), "data"); data.Type() == js.TypeString {
			on(data.String())
		}
	}))
	return c
}

// Post tells the other pages.
func (c *Channel) Post(notice string) { call(c.v, "postMessage", notice) }

// Close leaves the channel.
func (c *Channel) Close() {
	call(c.v, "close")
	c.release()
}
