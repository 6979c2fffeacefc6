package policy

import "slices"

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
