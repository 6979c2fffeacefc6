package policy

// Machine runs one service of one pack, in one region at one date. Statements
// that take no part there, and nodes that nothing needs, are left out when it is made; Set and Run
// then allocate nothing. A Machine is for one goroutine; Clone makes another.
type Machine struct {
	pack   *Pack
	svc    *Service
	region string
	at     Day

	nodes []Node  // the needed nodes, operands renumbered, a single one repeated
	todo  []int32 // those that answers can change
	asks  []int32 // those that are facts
	top   int32   // the highest node marked in need
	slots []slot  // their values
	names []int32 // service node → own node, -1 when left out
	facts []Value // by pack fact index
	need  []need  // scratch of the walk back
	stmts []stmt
	asked []int32 // scratch of Ask
	nodeO []int32 // fact index → own node, -1
}

// slot is a node's value: state and both ends.
type slot struct {
	state  State
	lo, hi int64
}

// stmt is a statement that takes part, bound to own nodes.
type stmt struct {
	rule    *Rule
	base    *Rule   // the national rule it replaced
	when    int32   // -1 = always
	over    []int32 // statements that displace this one
	prints  []int32 // nodes its texts print
	verdict bool
	holds   State // Known and yes, or not: see hold
	yes     bool
}

// NewMachine binds a service. Errors: unknown_service, unknown_region, out_of_range (the date).
func NewMachine(p *Pack, service, region string, at Day) (*Machine, error) {
	svc, ok := p.Service(service)
	if !ok {
		return nil, unknown("service", "service", service, serviceIDs(p))
	}
	if !p.Knows(region) {
		return nil, unknown("region", "region", region, append([]string{`"" (national rules)`}, p.Regions...))
	}
	if at < MinDay || at > MaxDay {
		return nil, &Error{Code: "out_of_range", Field: "at", Msg: "the date must be from 1900-01-01 to 2199-12-31"}
	}
	m := &Machine{pack: p, svc: svc, region: region, at: at, facts: make([]Value, len(p.Facts))}
	m.takePart()
	m.bindNodes()
	return m, nil
}

// Clone is a machine of the same binding with no answers.
func (m *Machine) Clone() *Machine {
	c := *m
	c.facts = make([]Value, len(m.facts))
	c.slots = append([]slot(nil), m.slots...)
	c.need = make([]need, len(m.need))
	c.asked = make([]int32, 0, cap(m.asked))
	c.stmts = append([]stmt(nil), m.stmts...)
	return &c
}

// takePart chooses the statements of the date and region: those of the narrowest
// region replace those of the same id.
func (m *Machine) takePart() {
	index := map[string]int{}
	for i := range m.svc.Rules {
		r := &m.svc.Rules[i]
		if !covers(r.Region, m.region) || r.From != 0 && m.at < r.From || r.To != 0 && m.at > r.To {
			continue
		}
		if k, ok := index[r.ID]; ok && m.stmts[k].rule.Region != r.Region {
			if len(r.Region) > 0 && width(r.Region) > width(m.stmts[k].rule.Region) {
				old := m.stmts[k]
				m.stmts[k] = stmt{rule: r, base: old.rule, verdict: r.Kind == KindVerdict}
				if old.base != nil {
					m.stmts[k].base = old.base
				}
			}
			continue
		}
		index[r.ID] = len(m.stmts)
		m.stmts = append(m.stmts, stmt{rule: r, verdict: r.Kind == KindVerdict})
	}
	for i := range m.stmts {
		for _, id := range m.stmts[i].rule.Overrides {
			for k := range m.stmts {
				if k != i && m.stmts[k].rule.ID == id {
					m.stmts[k].over = append(m.stmts[k].over, int32(i))
				}
			}
		}
	}
}

// covers tells whether a statement for region r speaks in region at.
func covers(r, at string) bool {
	return r == "" || r == at || len(at) == 6 && (r == at[:4]+"00" || r == at[:2]+"0000")
}

// width orders adcodes from the nation to the county.
func width(r string) int {
	switch {
	case r == "":
		return 0
	case r[2:] == "0000":
		return 1
	case r[4:] == "00":
		return 2
	}
	return 3
}

// bindNodes keeps the nodes that a statement or its texts need, in their order.
func (m *Machine) bindNodes() {
	src := m.svc.Nodes
	keep := make([]bool, len(src))
	for i := range m.stmts {
		if w := m.stmts[i].rule.When; w >= 0 {
			keep[w] = true
		}
		for _, n := range m.printed(m.stmts[i].rule) {
			keep[n] = true
		}
	}
	for i := len(src) - 1; i >= 0; i-- {
		if keep[i] {
			eachOperand(&src[i], func(n int32) { keep[n] = true })
		}
	}
	m.names = make([]int32, len(src))
	m.nodeO = make([]int32, len(m.facts))
	for i := range m.nodeO {
		m.nodeO[i] = -1
	}
	for i := range src {
		m.names[i] = -1
		if keep[i] {
			m.names[i] = int32(len(m.nodes))
			m.nodes = append(m.nodes, m.bindNode(src[i]))
		}
	}
	m.slots = make([]slot, len(m.nodes))
	m.need = make([]need, len(m.nodes))
	m.asked = make([]int32, 0, len(m.facts))
	m.bindStatements()
	m.fixed()
}

func (m *Machine) bindStatements() {
	for i := range m.stmts {
		s := &m.stmts[i]
		s.when = -1
		if s.rule.When >= 0 {
			s.when = m.names[s.rule.When]
		}
		for _, n := range m.printed(s.rule) {
			s.prints = append(s.prints, m.names[n])
		}
	}
}

// bindNode renumbers operands; a fact node is noted as its fact's.
func (m *Machine) bindNode(n Node) Node {
	own := func(i int32) int32 {
		if i < 0 {
			return i
		}
		return m.names[i]
	}
	switch operands[n.Op] {
	case 3:
		n.C = own(n.C)
		fallthrough
	case 2:
		n.B = own(n.B)
		fallthrough
	case 1:
		n.A = own(n.A)
	}
	if operands[n.Op] == 1 {
		n.B = n.A // Run looks at two operands without asking how many there are
	}
	if n.Op == OpFact {
		n.B = own(n.B)
		m.nodeO[n.A] = int32(len(m.nodes))
	}
	return n
}

// Operands calls f for each node that n reads, the condition of a fact included.
func (n *Node) Operands(f func(int32)) { eachOperand(n, f) }

func eachOperand(n *Node, f func(int32)) {
	if n.Op == OpFact {
		if n.B >= 0 {
			f(n.B)
		}
		return
	}
	k := operands[n.Op]
	if k > 0 {
		f(n.A)
	}
	if k > 1 {
		f(n.B)
	}
	if k > 2 {
		f(n.C)
	}
}

// fixed fills what no answer changes: constants, the date, parameters.
func (m *Machine) fixed() {
	for i := range m.nodes {
		switch n := &m.nodes[i]; n.Op {
		default:
			m.todo = append(m.todo, int32(i))
			if n.Op == OpFact {
				m.asks = append(m.asks, int32(i))
			}
		case OpConst:
			m.slots[i] = point(n.K)
		case OpToday:
			m.slots[i] = point(int64(m.at))
		case OpParam:
			if v := m.pack.Params[n.A].at(m.at, m.region); v != nil {
				m.slots[i] = slot{Known, v.Low, v.High}
			}
		}
	}
}

// at is the value of the date in the narrowest region that gives one, nil when there is none.
func (p *Param) at(d Day, region string) *ParamValue {
	var best *ParamValue
	for i := range p.Values {
		v := &p.Values[i]
		if covers(v.Region, region) && v.From <= d && (v.To == 0 || d <= v.To) &&
			(best == nil || width(v.Region) > width(best.Region)) {
			best = v
		}
	}
	return best
}

// Set gives a fact its value; the zero Value takes it back. Errors: unknown_fact,
// out_of_range, unknown_option, and wrong_type for a state that cannot be given.
func (m *Machine) Set(fact string, v Value) error {
	i := m.pack.factIndex(fact)
	if i < 0 {
		return unknown("fact", "facts."+clip(fact), fact, factIDs(m.pack))
	}
	if err := m.pack.Facts[i].check(v); err != nil {
		return in("facts."+fact, err)
	}
	m.facts[i] = v
	return nil
}

// SetIndex is Set by index into Pack.Facts, unchecked, for callers that made v from the fact.
func (m *Machine) SetIndex(i int, v Value) { m.facts[i] = v }

// Clear takes all answers back.
func (m *Machine) Clear() { clear(m.facts) }

// Holds tells whether statement id holds: Known with 1 or 0, or Unknown. ok is false when no such statement takes part.
func (m *Machine) Holds(id string) (v Value, ok bool) {
	for i := range m.stmts {
		if s := &m.stmts[i]; s.rule.ID == id {
			return Value{State: s.holds, N: bit(s.yes)}, true
		}
	}
	return Value{}, false
}

// Lookup gives both ends of a slot (a def, a fact, p.<parameter>) after Run. ok is
// false when the service has no such name or nothing here needs it.
func (m *Machine) Lookup(name string) (low, high Value, ok bool) {
	for i := range m.svc.Slots {
		if s := &m.svc.Slots[i]; s.Name == name && s.Param < 0 && m.names[s.Node] >= 0 {
			v := m.slots[m.names[s.Node]]
			return Value{v.state, v.lo}, Value{v.state, v.hi}, true
		}
	}
	return Value{}, Value{}, false
}

func (f *Fact) check(v Value) error {
	if v.State == Unknown || v.State == Declined {
		return nil
	}
	lo, hi := f.bounds()
	switch {
	case v.State != Known:
		return &Error{Code: "wrong_type", Msg: "an answer is a value, declined or unknown"}
	case v.N < lo || v.N > hi:
		return &Error{Code: "out_of_range", Msg: "must be from " + f.Text(lo) + " to " + f.Text(hi)}
	}
	return nil
}

func (f *Fact) bounds() (lo, hi int64) {
	switch f.Unit {
	case Bool:
		return 0, 1
	case Enum:
		return 0, int64(len(f.Options)) - 1
	}
	return f.Min, f.Max
}

// Knows tells whether a case may name a region: one the pack lists, or a city or county
// inside one; "" always.
func (p *Pack) Knows(region string) bool {
	if region == "" {
		return true
	}
	if _, ok := digits(region); !ok || len(region) != 6 {
		return false
	}
	for _, r := range p.Regions {
		if covers(r, region) {
			return true
		}
	}
	return false
}

func unknown(kind, field, got string, allowed []string) *Error {
	return &Error{Code: "unknown_" + kind, Field: field, Msg: "there is no " + kind + " “" + clip(got) + "”; use one of " + list(allowed)}
}

func serviceIDs(p *Pack) (ids []string) {
	for i := range p.Services {
		ids = append(ids, p.Services[i].ID)
	}
	return ids
}

func factIDs(p *Pack) (ids []string) {
	for i := range p.Facts {
		ids = append(ids, p.Facts[i].Question.Fact)
	}
	return ids
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
