package policy

import (
	"maps"
	"slices"
)

// Breakpoints lists, ascending, the values of a fact around which something may
// change: its ends, every option, and for numbers and days one below, at and above each value of like unit
// that the vector knows without answers. It is for tests and authors' tools.
func (m *Machine) Breakpoints(fact int) []int64 {
	f := &m.pack.Facts[fact]
	lo, hi := f.bounds()
	var out []int64
	if f.Unit == Bool || f.Unit == Enum {
		for v := lo; v <= hi; v++ {
			out = append(out, v)
		}
		return out
	}
	units, ok := typeNodes(m.pack, m.svc.Nodes)
	if !ok {
		return []int64{lo, hi}
	}
	empty := m.Clone()
	empty.Run()
	out = append(out, lo, hi)
	for i, n := range m.names {
		if n < 0 {
			continue
		}
		if s := empty.slots[n]; s.state == Known && alike(units[i], f.Unit) && units[i] != Bool {
			out = append(out, s.lo-1, s.lo, s.lo+1, s.hi-1, s.hi, s.hi+1)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(v int64) bool { return v < lo || v > hi })
}

// Needs lists the facts, as indices into Pack.Facts, that the machine's statements name at all.
func (m *Machine) Needs() (facts []int) {
	for _, i := range m.asks {
		facts = append(facts, int(m.nodes[i].a))
	}
	return facts
}

// Given is the value a fact has in the machine.
func (m *Machine) Given(fact int) Value { return m.facts[fact] }

// Node is the value of the service's node n after Run; ok is false when the machine
// left it out.
func (m *Machine) Node(n int) (v Value, ok bool) {
	if n < 0 || n >= len(m.names) || m.names[n] < 0 {
		return Value{}, false
	}
	s := m.slots[m.names[n]]
	return Value{s.state, s.lo}, true
}

// Fact is the question with that index into Pack.Facts.
func (m *Machine) Fact(i int) *Fact { return &m.pack.Facts[i] }

// Turns lists, ascending, the values of a number or a day at which a comparison of it turns, with
// the other answers as they are: both sides of each turn, one more below and above, and the fact's ends. Between
// two values that are tried a comparison is taken to turn once at most: its sides move apart or together in one
// direction, as all functions of the profile do but month; for month the months of two years are tried.
func (m *Machine) Turns(fact int) []int64 {
	lo, hi := m.pack.Facts[fact].bounds()
	t := &turner{m: m.Clone(), fact: fact, found: map[int64]bool{lo: true, hi: true}}
	for i, v := range m.facts {
		t.m.SetIndex(i, v)
	}
	at, side := lo, t.sides(lo)
	for _, next := range m.grid(fact, lo, hi) {
		if next > at && next <= hi {
			nextSide := t.sides(next)
			t.between(at, next, side, nextSide)
			at, side = next, nextSide
		}
	}
	out := slices.Sorted(maps.Keys(t.found))
	return slices.DeleteFunc(out, func(v int64) bool { return v < lo || v > hi })
}

// grid is where to begin looking for turns: sixteen pieces, and months where months count.
func (m *Machine) grid(fact int, lo, hi int64) (out []int64) {
	const pieces = 16
	for k := range int64(pieces) {
		out = append(out, lo+(hi-lo)/pieces*k)
	}
	if out = append(out, hi); m.pack.Facts[fact].Unit == Date && slices.ContainsFunc(m.nodes, func(n bound) bool { return n.op == OpMonth }) {
		for k := -12; k <= 12; k++ {
			y, month, _ := AddMonths(m.at, k).Civil()
			out = append(out, int64(DayOf(y, month, 1)))
		}
	}
	slices.Sort(out)
	return out
}

// turner tries values on a machine of its own.
type turner struct {
	m     *Machine
	fact  int
	found map[int64]bool
}

// sides tells of each comparison which side is larger: <, = or >, or ? when one is not known.
func (t *turner) sides(v int64) string {
	t.m.SetIndex(t.fact, Value{Known, v})
	t.m.Run()
	var out []byte
	for i := range t.m.nodes {
		n := &t.m.nodes[i]
		if n.op != OpLe && n.op != OpLt && n.op != OpEq {
			continue
		}
		a, b := &t.m.slots[n.a], &t.m.slots[n.b]
		switch {
		case a.state != Known || b.state != Known:
			out = append(out, '?')
		case a.lo == b.lo:
			out = append(out, '=')
		default:
			out = append(out, "<>"[bit(a.lo > b.lo)])
		}
	}
	return string(out)
}

func (t *turner) between(lo, hi int64, at, end string) {
	switch {
	case at == end:
		return
	case hi-lo == 1:
		t.found[lo-1], t.found[lo], t.found[hi], t.found[hi+1] = true, true, true, true
		return
	}
	mid := lo + (hi-lo)/2
	between := t.sides(mid)
	t.between(lo, mid, at, between)
	t.between(mid, hi, between, end)
}
