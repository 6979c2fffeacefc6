package policy

// Machine runs one service of one pack, in one region at one date. Statements
// that take no part there, and nodes that nothing needs, are left out when it is made; Set and Run
// then allocate nothing. A Machine is for one goroutine; Clone makes another.
type Machine struct {
	pack   *Pack
	svc    *Service
	region string
	at     Day

	nodes  []bound // the needed nodes: first what Run need not compute, node 0 being true
	args   []int32 // the operands of all and any
	first  int32   // the first node that Run computes
	asks   []int32 // the nodes that are facts
	joints []int32 // see bound
	said   uint64  // scratch of Why: the facts that decided, by place in asks
	top    int32   // the highest node marked in need
	slots  []slot  // their values
	names  []int32 // service node → own node, -1 when left out
	facts  []Value // by pack fact index
	need   []need  // scratch of the walk back
	stmts  []stmt
	asked  []int32  // scratch of Ask
	nodeO  []int32  // fact index → own node, -1
	few    [3]int32 // scratch of operands
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
	when    int32   // node 0 = always
	over    []int32 // statements that displace this one
	prints  []int32 // nodes its texts print
	verdict bool
	holds   State // Known and yes, or not: see hold
	yes     bool
}

// NewMachine binds a service. Errors: unknown_service, unknown_region, out_of_range (the date).
func NewMachine(p *Pack, service, region string, at Day) (*Machine, error) {
	svc, ok := p.Service(service)
	switch {
	case !ok:
		return nil, unknown("service", "service", service, serviceIDs(p))
	case !p.Knows(region):
		return nil, unknown("region", "region", region, append([]string{`"" (national rules)`}, p.Regions...))
	case at < MinDay || at > MaxDay:
		return nil, &Error{Code: "out_of_range", Field: "at", Msg: "the date must be from 1900-01-01 to 2199-12-31"}
	}
	m := &Machine{pack: p, svc: svc, region: region, at: at, facts: make([]Value, len(p.Facts))}
	m.takePart()
	m.bind()
	return m, nil
}

// Clone is a machine of the same binding with no answers.
func (m *Machine) Clone() *Machine {
	c := *m
	c.facts = make([]Value, len(m.facts))
	c.slots = append([]slot(nil), m.slots...)
	c.need, c.top = make([]need, len(m.need)), -1
	c.asked = make([]int32, 0, cap(m.asked))
	c.stmts = append([]stmt(nil), m.stmts...)
	c.Clear()
	return &c
}

// takePart chooses the statements of the date and region: those of the narrowest
// region replace those of the same id.
func (m *Machine) takePart() {
	m.stmts = make([]stmt, 0, len(m.svc.Rules))
	for i := range m.svc.Rules {
		r := &m.svc.Rules[i]
		if !covers(r.Region, m.region) || r.From != 0 && m.at < r.From || r.To != 0 && m.at > r.To {
			continue
		}
		if s := m.stmtOf(r.ID); s == nil || s.rule.Region == r.Region {
			m.stmts = append(m.stmts, stmt{rule: r, verdict: r.Kind == KindVerdict})
		} else if width(r.Region) > width(s.rule.Region) {
			if s.base == nil {
				s.base = s.rule
			}
			s.rule, s.verdict = r, r.Kind == KindVerdict
		}
	}
	for i := range m.stmts {
		for _, id := range m.stmts[i].rule.Overrides {
			for k := range m.stmts {
				if s := &m.stmts[k]; k != i && s.rule.ID == id {
					s.over = append(s.over, int32(i))
				}
			}
		}
	}
}

func (m *Machine) stmtOf(id string) *stmt {
	for i := range m.stmts {
		if s := &m.stmts[i]; s.rule.ID == id {
			return s
		}
	}
	return nil
}

// width orders adcodes from the nation to the county: how many digits count.
func width(r string) int {
	switch n := len(r); {
	case n != 6:
		return n
	case r[2:] == "0000":
		return 2
	case r[4:] == "00":
		return 4
	}
	return 6
}

// covers tells whether a statement for region r speaks in region at.
func covers(r, at string) bool {
	w := width(r)
	return w <= len(at) && r[:w] == at[:w]
}

// at is the value of the date in the narrowest region that gives one, nil when there is none.
func (p *Param) at(d Day, region string) *ParamValue {
	var best *ParamValue
	for i := range p.Values {
		v := &p.Values[i]
		if v.From <= d && (v.To == 0 || d <= v.To) && covers(v.Region, region) && (best == nil || width(v.Region) > width(best.Region)) {
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
	m.SetIndex(i, v)
	return nil
}

// SetIndex is Set by index into Pack.Facts, unchecked, for callers that made v from the fact.
func (m *Machine) SetIndex(i int, v Value) {
	m.facts[i] = v
	if n := m.nodeO[i]; n >= 0 && n < m.first {
		m.slots[n] = answered(v)
	}
}

func answered(v Value) slot {
	if v.State == Known {
		return point(v.N)
	}
	return slot{}
}

// Clear takes all answers back.
func (m *Machine) Clear() {
	for i := range m.facts {
		m.SetIndex(i, Value{})
	}
}

// Holds tells whether statement id holds: Known with 1 or 0, or Unknown. ok is false when no such statement takes part.
func (m *Machine) Holds(id string) (v Value, ok bool) {
	s := m.stmtOf(id)
	if s == nil {
		return Value{}, false
	}
	return Value{State: s.holds, N: bit(s.yes)}, true
}

// Lookup gives both ends of a slot (a def, a fact, p.<parameter>) after Run. ok is
// false when the service has no such name or nothing here needs it.
func (m *Machine) Lookup(name string) (low, high Value, ok bool) {
	n := m.node(name)
	if n < 0 {
		return Value{}, Value{}, false
	}
	v := &m.slots[n]
	return Value{v.state, v.lo}, Value{v.state, v.hi}, true
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
	for _, r := range p.Regions {
		if isRegion(region) && covers(r, region) {
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
