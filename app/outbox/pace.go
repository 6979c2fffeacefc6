package outbox

import (
	"encoding/binary"
	"io"
	"time"
)

// The figures of sending.
const (
	backoffBase = 2 * time.Second
	backoffCap  = 15 * time.Minute
	backoffMin  = 500 * time.Millisecond // no jitter makes a hot loop (I8)
	retryCap    = 15 * time.Minute       // the longest Retry-After that is believed
	pollEvery   = 15 * time.Minute       // status of delivered applications while open
	busyWait    = 10 * time.Second       // another page is sending

	budgetStart = 32 << 10 // bytes of base64 envelopes in one sync
	budgetMax   = 256 << 10
	budgetMin   = 4 << 10
	bigItem     = 32 << 10 // encoded; above it an item goes by PUT

	wakeTokens = 6 // early ends of a backoff in a row …
	wakeRefill = 30 * time.Second
)

// pace decides when to send and how much. All times are monotonic (F32); it lives in
// memory, since a new page is a reason to try at once.
type pace struct {
	tries     int           // failures in a row
	notBefore time.Duration // end of the backoff
	hold      time.Duration // end of the server's Retry-After; no trigger ends it
	pollAt    time.Duration // status is due then
	back      bool          // the person came back: decided applications are asked for too
	budget    int
	alone     bool // the server refused a sync: send one item by PUT to learn which
	tokens    int
	refilled  time.Duration
}

func newPace() pace { return pace{budget: budgetStart, tokens: wakeTokens, back: true} }

// wait is how long until sending is allowed, 0 = now.
func (p *pace) wait(now time.Duration) time.Duration {
	return max(0, max(p.notBefore, p.hold)-now)
}

// wake ends a backoff and makes the status due, while there are tokens.
func (p *pace) wake(now time.Duration) {
	if n := int((now - p.refilled) / wakeRefill); n > 0 {
		p.tokens = min(wakeTokens, p.tokens+n)
		p.refilled += time.Duration(n) * wakeRefill
	}
	if p.tokens == 0 {
		return
	}
	p.tokens--
	p.tries, p.notBefore, p.pollAt, p.back = 0, 0, now, true
}

// failed lengthens the backoff: full jitter over 2 s · 2ⁿ, at most 15 minutes.
func (p *pace) failed(now time.Duration, rand io.Reader) {
	window := backoffCap
	if p.tries < 9 {
		window = min(backoffCap, backoffBase<<p.tries)
	}
	p.tries++
	p.notBefore = now + max(backoffMin, jitter(rand, window))
	p.budget = max(budgetMin, p.budget/2)
}

// worked resets the backoff and lets the next sync be bigger.
func (p *pace) worked() {
	p.tries, p.notBefore, p.alone = 0, 0, false
	p.budget = min(budgetMax, p.budget*2)
}

// told obeys a Retry-After.
func (p *pace) told(now, after time.Duration) {
	p.hold = now + min(retryCap, max(0, after))
}

// jitter is uniform in [0, window); without randomness it is the whole window.
func jitter(rand io.Reader, window time.Duration) time.Duration {
	var b [8]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return window
	}
	return time.Duration(binary.LittleEndian.Uint64(b[:]) % uint64(window))
}
