package sim

import (
	"bytes"
	"container/heap"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"
)

// engine runs processes one at a time in virtual time. A process is a coroutine that
// gives way where the real program waits: at the storage, at the network, at the
// database. Which one goes next follows from the seed alone.
type engine struct {
	*rand.Rand
	now    time.Duration // true time since the world began
	queue  turns
	seq    uint64
	cur    *proc
	turns  int
	owners []*owner
	trace  bytes.Buffer
}

// turn is one entry of the calendar; it counts only while its process waits for it.
type turn struct {
	at  time.Duration
	seq uint64
	p   *proc
	gen uint64
	f   func() // instead of a process: runs and ends at once
}

type turns []turn

func (q turns) Len() int { return len(q) }
func (q turns) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].seq < q[j].seq
}
func (q turns) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *turns) Push(x any)   { *q = append(*q, x.(turn)) }
func (q *turns) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// proc is one process. Owner is the page, server or office that it dies with.
type proc struct {
	e      *engine
	name   string
	owner  *owner
	next   func() (struct{}, bool)
	stop   func()
	yield  func(struct{}) bool
	gen    uint64
	dead   bool
	lasted bool // it ended or was killed
}

// owner holds the processes that die together, and stand still together.
type owner struct {
	name   string
	dead   bool
	frozen time.Duration // no turn before then
	procs  map[*proc]bool
	order  []*proc
}

// owner makes one more group of processes.
func (e *engine) owner(name string) *owner {
	o := &owner{name: name, procs: map[*proc]bool{}}
	e.owners = append(e.owners, o)
	return o
}

// end kills all that still runs.
func (e *engine) end() {
	for _, o := range e.owners {
		e.kill(o)
	}
}

// killed unwinds a process: nothing of it runs any more but what must (defer).
type killed struct{}

// spawn starts f as a process after a delay.
func (e *engine) spawn(o *owner, name string, after time.Duration, f func(*proc)) *proc {
	p := &proc{e: e, name: name, owner: o}
	p.next, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		defer p.end()
		f(p)
	})
	o.procs[p] = true
	o.order = append(o.order, p)
	e.at(p, after)
	return p
}

func (p *proc) end() {
	p.lasted = true
	delete(p.owner.procs, p)
	if x := recover(); x != nil {
		if _, ok := x.(killed); !ok {
			panic(x)
		}
	}
}

// at gives p its next turn after d.
func (e *engine) at(p *proc, d time.Duration) {
	p.gen++
	e.seq++
	heap.Push(&e.queue, turn{max(e.now+max(0, d), p.owner.frozen), e.seq, p, p.gen, nil})
}

// later runs f after d. f must not wait for anything.
func (e *engine) later(d time.Duration, f func()) {
	e.seq++
	heap.Push(&e.queue, turn{at: e.now + max(0, d), seq: e.seq, f: f})
}

// sleep gives way for d.
func (p *proc) sleep(d time.Duration) {
	p.alive()
	p.e.at(p, d)
	if !p.yield(struct{}{}) {
		panic(killed{})
	}
	p.alive()
}

// alive ends a process that was killed while it could not be unwound.
func (p *proc) alive() {
	if p.dead {
		panic(killed{})
	}
}

// wake brings a sleeping process's turn forward to now.
func (e *engine) wake(p *proc) {
	if !p.lasted && !p.dead {
		e.at(p, 0)
	}
}

// kill ends all processes of o at once, wherever they are. If the running one is of
// them, it ends at its next step: the caller is it and returns to it.
func (e *engine) kill(o *owner) {
	o.dead = true
	for _, p := range o.order {
		if !o.procs[p] {
			continue
		}
		p.dead = true
		if p != e.cur {
			was := e.cur
			e.cur = p
			p.stop()
			e.cur, p.lasted = was, true
			delete(o.procs, p)
		}
	}
	o.order = nil
}

// step runs the next turn; false when the calendar is empty or past until.
func (e *engine) step(until time.Duration) bool {
	for len(e.queue) > 0 {
		if e.queue[0].at > until {
			return false
		}
		t := heap.Pop(&e.queue).(turn)
		if t.f != nil {
			e.now = t.at
			e.turns++
			t.f()
			return true
		}
		if t.p.lasted || t.p.dead || t.gen != t.p.gen {
			continue
		}
		if f := t.p.owner.frozen; t.at < f {
			e.at(t.p, f-e.now)
			continue
		}
		e.now, e.cur = t.at, t.p
		e.turns++
		t.p.next()
		e.cur = nil
		return true
	}
	return false
}

// note adds a line to the trace.
func (e *engine) note(format string, args ...any) {
	e.trace.WriteString(e.now.String())
	e.trace.WriteByte(' ')
	fmt.Fprintf(&e.trace, format, args...)
	e.trace.WriteByte('\n')
}

// chance is true p times out of 1000.
func (e *engine) chance(p int) bool { return p > 0 && e.IntN(1000) < p }

// between is uniform in [lo, hi).
func (e *engine) between(lo, hi time.Duration) time.Duration {
	return lo + time.Duration(e.Int64N(int64(hi-lo)))
}
