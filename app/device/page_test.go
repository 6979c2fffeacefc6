//go:build js && wasm

package device_test

import (
	"slices"
	"syscall/js"
	"testing"

	"lixianban/app/device"
)

func TestLifecycleTellsEachTurnAndStops(t *testing.T) {
	before := device.Live()
	var got []device.Event
	stop := device.Lifecycle(func(e device.Event) { got = append(got, e) })
	fire := eval(`(target, name) => target.dispatchEvent(new Event(name))`)
	document := js.Global().Get("document")
	all := func() {
		for _, name := range []string{"online", "offline", "pageshow", "pagehide"} {
			fire.Invoke(js.Global(), name)
		}
		for _, name := range []string{"freeze", "resume", "visibilitychange"} {
			fire.Invoke(document, name)
		}
	}
	all()
	want := []device.Event{device.Online, device.Offline, device.PageShow, device.PageHide, device.Freeze, device.Resume, device.Visible}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	stop()
	all()
	if len(got) != len(want) || device.Live() != before {
		t.Errorf("after stop: %d events, %d callbacks too many", len(got)-len(want), device.Live()-before)
	}
}

func TestANoticeReachesTheOtherPagesOnly(t *testing.T) {
	before := device.Live()
	var mine, others []string
	a := device.OpenChannel("t", func(s string) { mine = append(mine, s) })
	b := device.OpenChannel("t", func(s string) { others = append(others, s) })
	other := device.OpenChannel("u", func(s string) { t.Errorf("channel u heard %q", s) })
	a.Post("draft 1 is open here")
	eventually(t, func() bool { return len(others) == 1 })
	if len(mine) != 0 || others[0] != "draft 1 is open here" {
		t.Errorf("mine %q, others %q", mine, others)
	}
	for _, c := range []*device.Channel{a, b, other} {
		c.Close()
	}
	if device.Live() != before {
		t.Errorf("%d callbacks too many", device.Live()-before)
	}
}

func TestWithoutChannelsTheNoticesAreSilent(t *testing.T) {
	undo := replace("BroadcastChannel", js.Undefined())
	defer undo()
	c := device.OpenChannel("t", func(string) {})
	c.Post("x")
	c.Close()
}

func TestTheBrowserTellsItsRoom(t *testing.T) {
	u, err := device.Estimate(t.Context())
	if err != nil || u.Quota <= 0 || u.Used < 0 {
		t.Errorf("got %+v, %v", u, err)
	}
	if _, err := device.Persist(t.Context()); err != nil {
		t.Error(err)
	}
	undo := replace("navigator", eval(`{}`))
	defer undo()
	if _, err := device.Estimate(t.Context()); err == nil {
		t.Error("a browser without the interface gave an estimate")
	}
	if !device.MaybeOnline() {
		t.Error("not knowing is not being offline")
	}
}

func TestMonotonicTimeGrows(t *testing.T) {
	c := device.Clock()
	a := c.Mono()
	device.Await(t.Context(), eval(`new Promise(r => setTimeout(r, 5))`))
	if b := c.Mono(); b <= a {
		t.Errorf("%v, then %v", a, b)
	}
	b := make([]byte, 32)
	if n, err := device.Rand().Read(b); n != 32 || err != nil || slices.Equal(b, make([]byte, 32)) {
		t.Errorf("%d random bytes %x, %v", n, b, err)
	}
}
