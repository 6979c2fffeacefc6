package pulse_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"lixianban/app/outbox"
	"lixianban/wasm/pulse"
)

// rig is a Pulse whose time stands still until the test lets it go on.
type rig struct {
	*pulse.Pulse
	whys    chan outbox.Why
	changed chan struct{}
	timers  chan time.Duration
	fire    chan time.Time
	report  outbox.Report
	err     error
	setUp   func()
}

func start(t *testing.T, r *rig) *rig {
	t.Helper()
	r.Pulse = pulse.New()
	r.whys, r.changed = make(chan outbox.Why, 32), make(chan struct{}, 32)
	r.timers, r.fire = make(chan time.Duration, 32), make(chan time.Time)
	r.Trigger = func(w outbox.Why) { r.whys <- w }
	r.Step = func(context.Context) (outbox.Report, error) { return r.report, r.err }
	r.Changed = func() { r.changed <- struct{}{} }
	r.After = func(d time.Duration) <-chan time.Time {
		if d < time.Second { // the glance at a running step
			return nil
		}
		r.timers <- d
		return r.fire
	}
	if r.setUp != nil {
		r.setUp()
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	return r
}

func TestItStepsAtOnceThenOnWakingAndOnTime(t *testing.T) {
	r := start(t, &rig{report: outbox.Report{Next: time.Minute}})
	if got := <-r.whys; got != outbox.WhyOpen {
		t.Errorf("first step because of %s", got)
	}
	if got := <-r.timers; got != time.Minute {
		t.Errorf("waits %s", got)
	}
	r.Wake(outbox.WhyTap)
	if got := <-r.whys; got != outbox.WhyTap {
		t.Errorf("woken by %s", got)
	}
	<-r.timers
	r.fire <- time.Time{}
	if got := <-r.whys; got != outbox.WhyTimer {
		t.Errorf("after the time: %s", got)
	}
}

func TestTheScreenIsToldWhenAStepDidSomethingOrFailed(t *testing.T) {
	for _, c := range []struct {
		name   string
		report outbox.Report
		err    error
		told   bool
	}{
		{"sent", outbox.Report{Next: time.Hour}, nil, true},
		{"not due", outbox.Report{Waited: true, Next: time.Hour}, nil, false},
		{"storage failed", outbox.Report{Waited: true, Next: time.Hour}, errors.New("x"), true},
	} {
		r := start(t, &rig{report: c.report, err: c.err})
		<-r.timers // the step is over
		if told := len(r.changed) > 0; told != c.told {
			t.Errorf("%s: told %v", c.name, told)
		}
	}
}

func TestWakingNeverBlocks(t *testing.T) {
	p := pulse.New() // nobody runs it
	for range 100 {
		p.Wake(outbox.WhyOnline)
	}
}

func TestWhatNeverCameIsAskedForAgainWhileThePageIsOpen(t *testing.T) {
	asked := make(chan struct{}, 32)
	heard := false
	p := &rig{report: outbox.Report{Waited: true}}
	p.setUp = func() {
		p.Missing = func() bool { return !heard }
		p.Newer = func(context.Context) { asked <- struct{}{} }
	}
	start(t, p)
	if next := <-p.timers; next > time.Minute {
		t.Errorf("asks again after %s", next)
	}
	heard = true
	p.fire <- time.Time{}
	<-p.whys
	<-p.whys
	p.Wake(outbox.WhyTap) // with nothing missing and nothing due no timer runs
	<-p.whys
	if len(asked) != 1 || len(p.timers) != 0 {
		t.Errorf("asked %d times, %d timers", len(asked), len(p.timers))
	}
}
