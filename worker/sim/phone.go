package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
	"lixianban/app/policy/trust"
)

// phone is one device with its storage, its network and its person.
type phone struct {
	w       *world
	name    string
	mem     *memstore.Store
	audit   *outbox.Box // reads the storage past all faults
	line    *line
	skew    time.Duration
	lying   bool // the device says "flushed" before it is
	off     bool
	tabs    []*tab
	holders map[string]*tab // of locks
	trust   *trust.Verifier
	dir     envelope.Directory
	index   string
	intents []*intent
	crash   Fault // CrashBefore or CrashAfter at the crashIn-th write from now
	crashIn int
	asked   []time.Duration // when it sent, of the last minute
	opened  int
}

func newPhone(w *world, n int) *phone {
	p := &phone{w: w, name: fmt.Sprintf("phone-%d", n), mem: memstore.New(), holders: map[string]*tab{}, line: w.line(fmt.Sprintf("phone-%d", n), onTheWay)}
	p.audit = outbox.New(outbox.Config{Store: p.mem})
	p.trust = must(trust.NewVerifier(keys().anchor, trust.State{}))
	if w.happens(ClockWrong) {
		p.skew = time.Duration(w.IntN(20)-10) * 365 * 24 * time.Hour / 2
	}
	if p.lying = w.chance(4 * w.mix[LostTail]); p.lying {
		p.mem.KeepTail(3)
	}
	if err := p.admit(w.pub.bundle()); err != nil {
		w.breaks("the first directory is refused: %v", err)
	}
	w.spawn(w.owner(p.name), p.name, w.between(0, time.Minute), p.person)
	return p
}

// wall is what the phone's clock shows.
func (p *phone) wall() time.Time { return p.w.clock().Add(p.skew) }

// admit believes a bundle as far as package trust does.
func (p *phone) admit(b []byte) error {
	bundle, err := trust.ParseBundle(b)
	if err != nil {
		return err
	}
	t, err := p.trust.Verify(p.wall(), bundle)
	if err != nil {
		return err
	}
	var dir envelope.Directory
	if err := envelope.DecodeTolerant(t.Directory, 1<<20, &dir); err != nil {
		return err
	}
	if dir.Version < p.dir.Version {
		p.w.breaks("I6: %s went back from directory %d to %d", p.name, p.dir.Version, dir.Version)
	}
	p.dir, p.index = dir, t.IndexHash
	p.w.note("%s has directory %d", p.name, dir.Version)
	return nil
}

// tab is one page: a Box and the loop that drives it. It is the Box's five ports.
type tab struct {
	*phone
	id      int
	me      *owner
	box     *outbox.Box
	born    time.Duration
	sender  *proc
	idle    bool
	why     outbox.Why
	editors []*outbox.Editor
}

// open starts a page, as a new process of the browser.
func (p *phone) open() *tab {
	p.opened++
	t := &tab{phone: p, id: p.opened, born: p.w.now, me: p.w.owner(fmt.Sprintf("%s/%d", p.name, p.opened))}
	t.box = t.fresh()
	p.tabs = append(p.tabs, t)
	if len(p.tabs) > 1 {
		p.w.hit(SecondTab)
	}
	t.sender = p.w.spawn(t.me, "pulse", 0, t.pulse)
	return t
}

// fresh is a Box that remembers nothing.
func (t *tab) fresh() *outbox.Box {
	return outbox.New(outbox.Config{Store: t, Net: t, Clock: t, Locks: t, Rand: t,
		Directory: func() envelope.Directory { return t.dir }, Index: func() string { return t.index }})
}

// close ends a page as the system does: without a word.
func (t *tab) close() {
	for i, x := range t.tabs {
		if x == t {
			t.tabs = append(t.tabs[:i:i], t.tabs[i+1:]...)
		}
	}
	t.w.kill(t.me)
	for _, e := range t.editors {
		e.Close()
	}
	for name, holder := range t.holders {
		if holder == t {
			delete(t.holders, name)
		}
	}
}

// cut is the battery taken out: all pages die, and a lying device forgets.
func (p *phone) cut() {
	for len(p.tabs) > 0 {
		p.tabs[0].close()
	}
	p.off, p.crashIn = true, 0
	p.w.note("%s: power cut", p.name)
	if p.lying && !p.w.healed {
		p.w.hit(LostTail)
		p.mem.LoseTail(1 + p.w.IntN(3))
		p.lied()
	}
	p.w.later(p.w.between(time.Second, 2*time.Hour), func() {
		p.off = false
		p.open()
	})
}

// pulse is the loop of a page: see wasm/pulse, of which this is the shape.
func (t *tab) pulse(p *proc) {
	_ = t.box.Open(ctx)
	t.renew()
	for why := outbox.WhyOpen; ; why = t.why {
		t.box.Trigger(why)
		t.why = outbox.WhyTimer
		next := t.beat()
		if t.why != outbox.WhyTimer {
			continue // woken meanwhile
		}
		if t.w.bad.NoBackoff {
			t.box, next = t.fresh(), time.Millisecond
		}
		if next == 0 {
			next = 24 * time.Hour
		}
		t.idle = true
		p.sleep(next)
		t.idle = false
	}
}

func (t *tab) beat() time.Duration {
	t.w.ops++
	r, err := t.box.Step(ctx)
	t.checkReport(r, err)
	if r.Index != "" && r.Index != t.index {
		t.renew()
	}
	return r.Next
}

// wake is an event of the page's life.
func (t *tab) wake(why outbox.Why) {
	t.why = why
	if t.idle {
		t.idle = false
		t.w.wake(t.sender)
	}
}

// renew fetches the signed documents.
func (t *tab) renew() {
	r := t.line.do(message{method: "GET", path: "/v1/packs"}, 30*time.Second)
	if r.err != nil || r.status != 200 {
		return
	}
	if err := t.admit(r.body); err != nil {
		t.w.note("%s refuses a bundle: %v", t.name, err)
	}
}

// The ports. Every wait is a place where the process can die or others go first.

func (t *tab) Now() time.Time      { return t.wall() }
func (t *tab) Mono() time.Duration { return t.w.now - t.born }

var errNoRandom = errors.New("no randomness")

// Read implements outbox.Rand.
func (t *tab) Read(b []byte) (int, error) {
	if t.w.rarely(NoRandom) {
		return 0, errNoRandom
	}
	return t.w.Read(b)
}

// rarely is happens at a tenth of the rate, for occasions that are many.
func (w *world) rarely(f Fault) bool { return w.mix[f] > 0 && w.IntN(10) == 0 && w.happens(f) }

// TryDo implements outbox.Locks. A lock under "draft/" is held by a goroutine of the
// Editor until the page ends; close gives it back.
func (t *tab) TryDo(ctx context.Context, name string, f func(context.Context) error) (bool, error) {
	draft := strings.HasPrefix(name, "draft/")
	if !draft && t.w.rarely(NoLocks) {
		return false, outbox.ErrUnavailable
	}
	if h := t.holders[name]; h != nil {
		return false, nil
	}
	t.holders[name] = t
	if !draft {
		defer func() {
			if t.holders[name] == t {
				delete(t.holders, name)
			}
		}()
	}
	return true, f(ctx)
}

// Do implements outbox.Transport.
func (t *tab) Do(_ context.Context, r outbox.Request) (outbox.Response, error) {
	t.count1()
	out := t.line.do(message{method: r.Method, path: r.Path, header: r.Header, body: r.Body}, r.Timeout)
	if out.err != nil {
		return outbox.Response{}, fmt.Errorf("%w: %w", outbox.ErrOffline, out.err)
	}
	if len(out.body) > r.MaxBody {
		return outbox.Response{}, fmt.Errorf("%w: the answer is too long", outbox.ErrOffline)
	}
	return outbox.Response{Status: out.status, Header: out.header, Body: out.body}, nil
}

// count1 holds the phone to its bound on requests (I8).
func (t *tab) count1() {
	recent := t.asked[:0:0]
	for _, at := range t.asked {
		if t.w.now-at < time.Minute {
			recent = append(recent, at)
		}
	}
	if t.phone.asked = append(recent, t.w.now); len(t.phone.asked) > maxAsked {
		t.w.breaks("I8: %s sent %d requests in a minute", t.name, len(t.phone.asked))
	}
}

// maxAsked: eight early ends of a backoff a minute and page, a few quick retries after
// each, and a request for each item that is ready.
const maxAsked = 120

// pause gives way at a call of the storage.
func (t *tab) pause() {
	p := t.w.cur
	p.alive()
	if t.w.IntN(4) == 0 {
		p.sleep(t.w.between(time.Millisecond, 40*time.Millisecond))
	}
}

// Get implements outbox.Store.
func (t *tab) Get(ctx context.Context, table, key string) (outbox.Record, error) {
	t.pause()
	switch {
	case t.w.rarely(StoreRefuses):
		return outbox.Record{}, outbox.ErrUnavailable
	case t.w.rarely(NullRead):
		return outbox.Record{}, outbox.ErrNotFound
	}
	return t.mem.Get(ctx, table, key)
}

// List implements outbox.Store.
func (t *tab) List(ctx context.Context, table, after string, n int) ([]outbox.Record, error) {
	t.pause()
	if t.w.rarely(StoreRefuses) {
		return nil, outbox.ErrUnavailable
	}
	rs, err := t.mem.List(ctx, table, after, n)
	if len(rs) > 0 && t.w.rarely(NullRead) {
		rs = rs[:t.w.IntN(len(rs))]
	}
	return rs, err
}

// Apply implements outbox.Store.
func (t *tab) Apply(ctx context.Context, b outbox.Batch) error {
	t.pause()
	if t.w.rarely(StoreRefuses) {
		return outbox.ErrUnavailable
	}
	crash := t.crashes()
	if crash == CrashBefore {
		t.die(crash)
	}
	if t.w.bad.ForgetWrite && t.w.chance(100) {
		return nil
	}
	err := t.write(ctx, b)
	if crash == CrashAfter {
		t.die(crash)
	}
	t.pause()
	return err
}

func (t *tab) crashes() Fault {
	if t.crashIn == 0 {
		return ""
	}
	if t.crashIn--; t.crashIn > 0 {
		return ""
	}
	return t.crash
}

func (t *tab) die(f Fault) {
	t.w.hit(f)
	t.cut()
	t.w.cur.alive()
}

func (t *tab) write(ctx context.Context, b outbox.Batch) error {
	before := t.swapped(b)
	if t.w.bad.LoseReceipt {
		b = unreceived(b, before)
	}
	err := t.mem.Apply(ctx, b)
	if errors.Is(err, outbox.ErrFull) {
		t.w.hit(StoreFull)
	}
	if err == nil {
		t.wrote(b, before)
	}
	return err
}

// unreceived is the sabotage of a batch that writes an item that had a receipt before.
func unreceived(b outbox.Batch, was map[string]before) outbox.Batch {
	for n, op := range b {
		var it outbox.Item
		if op.Table == outbox.TableOutbox && json.Unmarshal(op.Value, &it) == nil && was[op.Key].item.Receipt != nil && len(it.Envelope) > 0 {
			it.Receipt, it.Clear = nil, fmt.Appendf(nil, `{"sid":"%s"}`, it.SID)
			b[n].Value = must(json.Marshal(it))
		}
	}
	return b
}
