package policy

// need says why the walk back reached a node.
type need uint8

const (
	forVerdict need = 1 << iota // an undecided verdict hangs on it
	forRest                     // another undecided statement, or a printed value, does
	forLater                    // it may come to matter: a value of a statement not yet decided, a fact not yet applicable
	asRange                     // its range leaves a comparison undecided
	ifTrue                      // it counts whether it comes true
	ifFalse                     // it counts whether it comes false
)

const undecided = forVerdict | forRest

// walk marks, from the last node to the first, what the open goals still hang on.
// Known operands are never entered, so the marks only shrink as answers come in.
func (m *Machine) walk() {
	m.unmark()
	verdicts := forVerdict
	if m.Settled() {
		verdicts = 0
	}
	for i := range m.stmts {
		switch s := &m.stmts[i]; {
		case s.verdict && verdicts == 0 && !s.yes:
		case s.verdict && s.holds == Unknown:
			m.wantStmt(s, verdicts)
		case s.holds == Unknown:
			m.wantStmt(s, forRest)
		case s.yes:
			m.wantPrints(s, forRest)
		}
	}
	m.spread()
}

// wantStmt asks for a statement's condition and those of its exceptions.
func (m *Machine) wantStmt(s *stmt, why need) {
	m.want(s.when, why|ifTrue)
	for _, k := range s.over {
		m.want(m.stmts[k].when, why|ifTrue)
	}
	m.wantPrints(s, forLater)
}

func (m *Machine) wantPrints(s *stmt, why need) {
	for _, n := range s.prints {
		m.want(n, why|ifTrue|ifFalse)
	}
}

func (m *Machine) want(n int32, why need) {
	if m.slots[n].state <= Declined && !pointless(&m.slots[n], why) {
		m.mark(n, why)
	}
}

func (m *Machine) mark(n int32, why need) {
	m.need[n] |= why
	m.top = max(m.top, n)
}

// unmark forgets the marks of the last walk; none is above top.
func (m *Machine) unmark() {
	clear(m.need[:m.top+1])
	m.top = -1
}

// pointless tells whether what counts about an open slot can no longer come.
func pointless(s *slot, why need) bool {
	return (why&ifTrue == 0 || s.lo&noTrue != 0) && (why&ifFalse == 0 || s.lo&noFalse != 0)
}

// spread goes down once from the highest mark.
func (m *Machine) spread() {
	nodes, slots, marks := m.nodes, m.slots, m.need
	for i := m.top; i >= m.first; i-- {
		why := marks[i]
		if why == 0 {
			continue
		}
		n := &nodes[i]
		if n.op >= opAll {
			for _, o := range m.args[n.a:n.b] {
				if s := &slots[o]; s.state <= Declined && !pointless(s, why) {
					marks[o] |= why
				}
			}
			continue
		}
		if n.op == OpFact {
			m.want(max(n.b, 0), why&^ifFalse|ifTrue)
			continue
		}
		if why&asRange != 0 {
			m.spreadRange(n)
		}
		if slots[i].state <= Declined {
			m.spreadOpen(n, why&^asRange)
		}
	}
}

// gated tells whether a fact waits for its applies-condition.
func (m *Machine) gated(n *bound) bool { return n.b >= 0 && m.slots[n.b].state <= Declined }

// spreadOpen enters the undecided operands; when all are known, it is a range, or the
// calendar's end, that keeps the node undecided.
func (m *Machine) spreadOpen(n *bound, why need) {
	entered := false
	for j, o := range m.operands(n) {
		if m.slots[o].state <= Declined {
			m.want(o, onward(n.op, j, why))
			entered = true
		}
	}
	if !entered {
		m.spreadRange(n)
	}
}

// onward is what counts about operand j when why counts about the node.
func onward(op Op, j int, why need) need {
	switch {
	case op == OpIf && j > 0:
		return why
	case op == OpNot:
		return why&^(ifTrue|ifFalse) | why&ifTrue<<1 | why&ifFalse>>1
	}
	return why | ifTrue | ifFalse
}

func (m *Machine) spreadRange(n *bound) {
	for _, o := range m.operands(n) {
		if isRange(m.slots[o]) {
			m.mark(o, asRange)
		}
	}
}

// Settled tells after Run whether no open question can change the verdict: one holds and the
// others are known not to, or two hold and no answer can part them, or none is left.
func (m *Machine) Settled() bool {
	n, unknown := 0, false
	for i := range m.stmts {
		if s := &m.stmts[i]; s.verdict {
			n += int(bit(s.yes))
			unknown = unknown || s.holds == Unknown
		}
	}
	return n > 1 || !unknown
}

// Next is the fact to ask now, as an index into Pack.Facts; ok is false when nothing is
// left to ask. Call Run first. It allocates nothing.
func (m *Machine) Next() (fact int, ok bool) {
	if m.walk(); m.top < 0 {
		return 0, false
	}
	best := int32(-1)
	for _, i := range m.asks {
		if m.need[i]&undecided != 0 && m.askable(i) && (best < 0 || m.before(i, best)) {
			best = i
		}
	}
	if best < 0 {
		return 0, false
	}
	return int(m.nodes[best].a), true
}

// Ask lists what is still worth asking, best first, as indices into Pack.Facts. The slice
// is reused by the next call.
func (m *Machine) Ask() []int32 {
	m.walk()
	m.asked = m.asked[:0]
	for _, i := range m.asks {
		if m.askable(i) {
			m.insert(i)
		}
	}
	for k, i := range m.asked {
		m.asked[k] = m.nodes[i].a
	}
	return m.asked
}

func (m *Machine) insert(i int32) {
	m.asked = append(m.asked, i)
	for k := len(m.asked) - 1; k > 0 && m.before(m.asked[k], m.asked[k-1]); k-- {
		m.asked[k], m.asked[k-1] = m.asked[k-1], m.asked[k]
	}
}

func (m *Machine) askable(i int32) bool {
	n := &m.nodes[i]
	return m.need[i]&undecided != 0 && m.facts[n.a].State == Unknown && !m.gated(n)
}

// before orders fact nodes: the verdict's first, then by cost, then as authored.
func (m *Machine) before(i, k int32) bool {
	vi, vk := m.need[i]&forVerdict != 0, m.need[k]&forVerdict != 0
	if vi != vk {
		return vi
	}
	a, b := m.nodes[i].a, m.nodes[k].a
	if ca, cb := m.pack.Facts[a].Cost, m.pack.Facts[b].Cost; ca != cb {
		return ca < cb
	}
	return a < b
}

// Left counts, after Next or Ask, the questions that can still come at most.
func (m *Machine) Left() int {
	n := 0
	for _, i := range m.asks {
		if m.need[i] != 0 && m.facts[m.nodes[i].a].State == Unknown {
			n++
		}
	}
	return n
}

// reached lists, after a walk, the open facts (declined only, or all) and the
// parameters that goals with one of the given marks hang on.
func (m *Machine) reached(why need, declinedOnly bool) (facts []string, office []string) {
	for i := range m.nodes {
		if m.need[i]&(why|asRange) == 0 {
			continue
		}
		switch n := &m.nodes[i]; n.op {
		case OpFact:
			if st := m.facts[n.a].State; st <= Declined && !m.gated(n) && (st == Declined || !declinedOnly) {
				facts = append(facts, m.pack.Facts[n.a].Question.Fact)
			}
		case OpParam:
			office = append(office, m.pack.Params[n.a].ID)
		case OpAddWorkdays:
			if open(m.slots[i]) && !open(m.slots[n.a]) && !open(m.slots[n.b]) {
				office = appendNew(office, "calendar")
			}
		}
	}
	return facts, office
}

func appendNew(list []string, s string) []string {
	for _, x := range list {
		if x == s {
			return list
		}
	}
	return append(list, s)
}
