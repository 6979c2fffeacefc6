package policy

import "math/bits"

// because lists the answers that make a statement hold, and no others: with these the same, it
// holds whatever the rest is. Of a met or the met branch, of a failed and the failed parts.
func (m *Machine) because(s *stmt) (out []Because) {
	for _, f := range m.why(s, nil) {
		out = append(out, m.answer(f, m.facts[f].N))
	}
	return out
}

// Why appends to facts the answers that decided statement id, as indices into Pack.Facts: with these the
// same it stays as it is, whatever the rest. It allocates only when facts has no room.
func (m *Machine) Why(id string, facts []int32) []int32 {
	if s := m.stmtOf(id); s != nil {
		return m.why(s, facts)
	}
	return facts
}

func (m *Machine) why(s *stmt, facts []int32) []int32 {
	m.said = 0
	for _, i := range m.joints {
		m.need[i], m.top = 0, max(m.top, i)
	}
	m.explainStmt(s)
	m.explain()
	for said := m.said; said != 0; said &= said - 1 {
		i := m.asks[bits.TrailingZeros64(said)]
		if m.slots[i].state == Known {
			facts = append(facts, m.nodes[i].a)
		}
	}
	for _, i := range m.asks[min(len(m.asks), 64):] {
		if m.need[i] != 0 && m.slots[i].state == Known {
			facts = append(facts, m.nodes[i].a)
		}
	}
	return facts
}

// explainStmt marks what decides: when it holds, its condition and every exception's; when not, its
// failed condition, or else the first exception that displaces it.
func (m *Machine) explainStmt(s *stmt) {
	if w := &m.slots[s.when]; !s.yes && s.holds == Known && !open(*w) && !isTrue(*w) {
		m.blame(s.when)
		return
	}
	for _, k := range s.over {
		if w := m.stmts[k].when; !s.yes && isTrue(m.slots[w]) {
			m.blame(w)
			return
		}
	}
	m.blame(s.when)
	for _, k := range s.over {
		m.blame(m.stmts[k].when)
	}
}

// blame marks a joint, or notes the facts below another node.
func (m *Machine) blame(o int32) {
	if n := &m.nodes[o]; n.joint {
		m.need[o] = forRest
	} else {
		m.said |= n.leaf
	}
}

// answer is one fact with a value, in words.
func (m *Machine) answer(fact int32, n int64) Because {
	f := &m.pack.Facts[fact]
	w := f.Words(n)
	return Because{f.Question.Fact, f.Text(n), Text{f.Label.ZH + "：" + w.ZH, f.Label.EN + ": " + w.EN}}
}

// explain goes down the joints once, to the facts that decided: of an and all that are false, of an or
// the first that is true, of a condition the branch taken, otherwise every operand.
func (m *Machine) explain() {
	nodes, slots, marks := m.nodes, m.slots, m.need
	for k := len(m.joints) - 1; k >= 0; k-- {
		i := m.joints[k]
		if marks[i] == 0 {
			continue
		}
		n, out := &nodes[i], &slots[i]
		if n.op < opAll {
			m.explainOther(n)
			continue
		}
		decisive := int64(n.op - opAll)
		decided := out.state == Known && out.lo == decisive
		for _, o := range m.args[n.a:n.b] {
			if decided && (slots[o].state != Known || slots[o].lo != decisive) {
				continue
			}
			if x := &nodes[o]; x.joint {
				marks[o] = forRest
			} else {
				m.said |= x.leaf
			}
			if decided && n.op == opAny {
				break
			}
		}
	}
}

func (m *Machine) explainOther(n *bound) {
	if n.op == OpIf && !open(m.slots[n.a]) {
		if m.blame(n.a); isTrue(m.slots[n.a]) {
			m.blame(n.b)
		} else if isFalse(m.slots[n.a]) {
			m.blame(n.c)
		}
		return
	}
	m.said |= n.leaf
	for _, o := range m.operands(n) {
		m.blame(o)
	}
}

// addFlips finds, for each statement that holds, the nearest single answers that would end it.
// Only answers listed as its reasons can.
func (m *Machine) addFlips(o *Outcome) {
	c := m.flipper()
	flips := map[string][]Because{}
	for f := range m.facts {
		if n := m.nodeO[f]; n >= 0 && m.facts[f].State == Known && m.slots[n].state == Known {
			for id, n := range c.flips(f) {
				flips[id] = append(flips[id], m.answer(int32(f), n))
			}
		}
	}
	if o.Verdict != nil {
		o.Verdict.WouldFlip = flips[o.Verdict.ID]
	}
	for i := range o.Findings {
		o.Findings[i].WouldFlip = flips[o.Findings[i].ID]
	}
}

// flipper tries answers on a machine of its own.
type flipper struct {
	m    *Machine
	was  []bool
	fact int
	base int64
}

func (m *Machine) flipper() *flipper {
	c := &flipper{m: m.Clone(), was: make([]bool, len(m.stmts))}
	for i, v := range m.facts {
		c.m.SetIndex(i, v)
	}
	for i := range m.stmts {
		c.was[i] = m.stmts[i].yes && m.stmts[i].rule.Need == ""
	}
	return c
}

// flips gives, for one fact, the nearest value that ends each statement it can end.
func (c *flipper) flips(fact int) map[string]int64 {
	f := &c.m.pack.Facts[fact]
	c.fact, c.base = fact, c.m.facts[fact].N
	found := map[string]int64{}
	lo, hi := f.bounds()
	if f.Unit == Bool || f.Unit == Enum {
		for v := lo; v <= hi; v++ {
			c.note(found, v)
		}
	} else {
		c.outward(found, lo, hi)
	}
	c.m.SetIndex(fact, Value{Known, c.base})
	return found
}

// outward doubles its steps on both sides, then halves back to the nearest value that flips.
func (c *flipper) outward(found map[string]int64, lo, hi int64) {
	last := int64(0)
	for step := int64(1); c.base-last > lo || c.base+last < hi; step *= 2 {
		for _, v := range [2]int64{max(c.base-step, lo), min(c.base+step, hi)} {
			if v != c.base {
				c.beyond(found, v, last)
			}
		}
		last = step
	}
}

// beyond runs once for v, then narrows down for each statement that v ends.
func (c *flipper) beyond(found map[string]int64, v, last int64) {
	c.try(v)
	var ended []int
	for i := range c.was {
		s := &c.m.stmts[i]
		if c.was[i] && s.holds == Known && !s.yes && !has(found, s.rule.ID) {
			ended = append(ended, i)
		}
	}
	for _, i := range ended {
		found[c.m.stmts[i].rule.ID] = c.nearest(i, v, last)
	}
}

func has(m map[string]int64, k string) bool { _, ok := m[k]; return ok }

// nearest halves the distance between the last value tried on v's side and v.
func (c *flipper) nearest(i int, v, last int64) int64 {
	holds := c.base + last
	if v < c.base {
		holds = c.base - last
	}
	for v-holds > 1 || holds-v > 1 {
		if mid := holds + (v-holds)/2; c.ends(i, mid) {
			v = mid
		} else {
			holds = mid
		}
	}
	return v
}

func (c *flipper) ends(i int, v int64) bool {
	c.try(v)
	return c.m.stmts[i].holds == Known && !c.m.stmts[i].yes
}

func (c *flipper) note(found map[string]int64, v int64) {
	if v == c.base {
		return
	}
	c.try(v)
	for i := range c.was {
		s := &c.m.stmts[i]
		if c.was[i] && s.holds == Known && !s.yes && !has(found, s.rule.ID) {
			found[s.rule.ID] = v
		}
	}
}

func (c *flipper) try(v int64) {
	c.m.SetIndex(c.fact, Value{Known, v})
	c.m.Run()
}
