//go:build js && wasm

// Command wasm is the program on the phone: it opens the browser's storage, joins the
// queue, the rules and the pages, and runs them.
package main

import (
	"context"
	"encoding/base64"
	"errors"
	"syscall/js"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/device"
	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
	"lixianban/app/screen"
	"lixianban/wasm/pulse"
	"lixianban/wasm/supply"
)

// Set by the linker.
var (
	anchor string // the signed root document, base64
	demo   string // "1": every screen says that this is a demonstration
)

func main() {
	ctx := context.Background()
	d := &screen.Deps{Now: time.Now, Demo: demo != ""}
	open(ctx, d)
	root, _ := base64.StdEncoding.DecodeString(anchor)
	s := &supply.Supply{Store: d.Store, Fetch: fetch, Now: time.Now, Root: root, Province: d.Province}
	held := s.Open(ctx)
	d.Pack, d.Directory = held.Pack, func() envelope.Directory { return held.Directory }

	var none bool // the server publishes no list: waiting for one is over
	d.Unheard = func() bool { return len(root) > 0 && held.Index == "" && !none }

	p := pulse.New()
	p.Missing = d.Unheard
	d.Box = outbox.New(outbox.Config{
		Store: d.Store, Net: device.Transport(), Clock: device.Clock(), Rand: device.Rand(), Locks: device.Locks(d.Store, device.Clock()),
		Directory: d.Directory, Index: func() string { return held.Index },
	})
	_ = d.Box.Open(ctx)
	d.Remember(ctx)
	pages := device.OpenChannel("changes", func(string) { d.Changes.Notify() })
	p.Step, p.Trigger = d.Box.Step, d.Box.Trigger
	p.Changed = func() { d.Remember(ctx); d.Changes.Notify(); pages.Post("queue") }
	p.Newer = func(ctx context.Context) {
		g, changed, err := s.Refresh(ctx, held.Index)
		none = errors.Is(err, supply.ErrNone)
		if changed {
			held, d.Pack = g, g.Pack
			screen.Register(d)
		}
		if changed || none {
			d.Changes.Notify()
		}
		if r := d.Province(ctx); r != "" && (d.Pack == nil || !d.Pack.Knows(r)) {
			d.Moved(ctx) // chosen while there was no network
		}
	}
	d.Moved = func(ctx context.Context) {
		held = s.Open(ctx)
		d.Pack = held.Pack
		screen.Register(d)
		d.Changes.Notify()
	}
	d.Wake = p.Wake
	device.Lifecycle(func(e device.Event) {
		if why, ok := wakers[e]; ok {
			p.Wake(why)
		}
	})
	js.Global().Call("addEventListener", "lixianban:worker", js.FuncOf(func(js.Value, []js.Value) any { go d.Changes.Notify(); return nil }))
	go func() { p.Newer(ctx); p.Run(ctx) }()

	screen.Register(d)
	app.RunWhenOnBrowser()
}

// wakers are the turns in the page's life after which something may be due.
var wakers = map[device.Event]outbox.Why{device.Online: outbox.WhyOnline, device.Visible: outbox.WhyVisible, device.PageShow: outbox.WhyVisible, device.Resume: outbox.WhyVisible}

// open puts the browser's storage behind d, or memory with every screen saying so.
func open(ctx context.Context, d *screen.Deps) {
	store, err := device.OpenStore(ctx, "lixianban", func(device.StoreEvent) { go d.Changes.Notify() })
	if err != nil {
		d.Store, d.Volatile = memstore.New(), true
		return
	}
	d.LostNote, d.Lost = store.Lost()
	told := d.Lost
	d.Store, d.Wipe = store, store.Wipe
	d.Mark = func(note string) {
		// A loss that came under this page was not told by it: the next opening tells.
		if _, lost := store.Lost(); !lost || told {
			store.Mark(note)
		}
	}
	d.Used = func(ctx context.Context) (int64, error) { u, err := device.Estimate(ctx); return u.Used, err }
	go func() { _, _ = device.Persist(ctx) }()
}
