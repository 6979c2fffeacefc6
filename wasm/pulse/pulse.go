// Package pulse drives the queue: a step when the app opens, when the phone says it is
// online, when the page comes back, after a tap, and by a timer while the page is open.
// One goroutine does all steps, one after the other; the outbox decides whether a
// step is due and keeps other pages from sending at once.
package pulse

import (
	"context"
	"time"

	"lixianban/app/outbox"
)

// glance is how long a step runs before the screen is asked to look: the word
// 正在送出 appears, and a step with nothing to do never flickers.
const glance = 300 * time.Millisecond

// again is how long after a step Newer is asked once more while something is missing.
const again = 20 * time.Second

// Pulse is the loop. Fields are set before Run.
type Pulse struct {
	Step    func(context.Context) (outbox.Report, error)
	Trigger func(outbox.Why)
	Changed func()                               // what the screen shows may have changed
	Newer   func(ctx context.Context)            // the server has newer rules
	Missing func() bool                          // what Newer brings has never come; nil: it has
	After   func(time.Duration) <-chan time.Time // time.After
	wake    chan outbox.Why
}

// New gives a Pulse whose Wake may be called at once.
func New() *Pulse { return &Pulse{After: time.After, wake: make(chan outbox.Why, 8)} }

// Wake asks for a step; it never blocks, and a full line of wishes loses nothing,
// since each step does all that is due.
func (p *Pulse) Wake(why outbox.Why) {
	select {
	case p.wake <- why:
	default:
	}
}

// Run steps until ctx ends, the first time at once.
func (p *Pulse) Run(ctx context.Context) {
	why := outbox.WhyOpen
	for {
		p.Trigger(why)
		next := p.beat(ctx)
		var timer <-chan time.Time
		if next > 0 {
			timer = p.After(next)
		}
		select {
		case why = <-p.wake:
		case <-timer:
			why = outbox.WhyTimer
		case <-ctx.Done():
			return
		}
	}
}

// beat is one step, with the screen told while it runs and after it.
func (p *Pulse) beat(ctx context.Context) time.Duration {
	done := make(chan struct{})
	go func() {
		select {
		case <-p.After(glance):
			p.Changed()
		case <-done:
		}
	}()
	r, err := p.Step(ctx)
	close(done)
	if err != nil || !r.Waited {
		p.Changed()
	}
	if p.Newer != nil && (r.Index != "" || p.missing()) {
		p.Newer(ctx)
	}
	if p.missing() && (r.Next <= 0 || r.Next > again) {
		return again
	}
	return r.Next
}

func (p *Pulse) missing() bool { return p.Missing != nil && p.Missing() }
