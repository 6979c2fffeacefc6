package policy

// Evaluate answers a case in full: verdict, findings, papers, sources, reasons, what
// would change it, and what is still to ask. Errors are *Error, as NewMachine and Set give them.
func (p *Pack) Evaluate(c Case) (*Outcome, error) {
	m, err := NewMachine(p, c.Service, c.Region, c.At)
	if err != nil {
		return nil, err
	}
	for id, v := range c.Facts {
		if err := m.Set(id, v); err != nil {
			return nil, err
		}
	}
	m.Run()
	o := m.Outcome()
	m.addFlips(o)
	return o, nil
}

// Outcome describes the machine after Run, without WouldFlip, which takes many runs.
func (m *Machine) Outcome() *Outcome {
	o := &Outcome{Service: m.svc.ID, Region: m.region, At: m.at, Pack: m.pack.Ref(m.at),
		Settled: m.Settled(), Findings: []Finding{}, Papers: []Paper{}, Ask: []string{}, DependsOn: []string{}}
	for _, f := range m.Ask() {
		o.Ask = append(o.Ask, m.pack.Facts[f].Question.Fact)
	}
	o.Left = m.Left()
	depends, office := m.reached(undecided, true)
	o.DependsOn = append(o.DependsOn, depends...)
	for i := range m.stmts {
		office = m.describe(o, &m.stmts[i], office)
	}
	if len(o.Conflict) > 1 || !o.Settled {
		o.Verdict = nil
	}
	if len(o.Conflict) < 2 {
		o.Conflict = nil
	}
	for _, id := range office {
		o.Office = append(o.Office, m.officeItem(id))
	}
	return o
}

// describe puts a statement where it belongs and adds to the list for the office.
func (m *Machine) describe(o *Outcome, s *stmt, office []string) []string {
	if !s.yes && s.holds != Unknown || s.verdict && o.Settled && !s.yes {
		return office
	}
	switch {
	case s.rule.Need != "":
		o.Papers = append(o.Papers, m.paper(s))
		return office
	case !s.verdict:
		o.Findings = append(o.Findings, m.finding(s))
	case !o.Settled:
		o.Candidates = append(o.Candidates, m.finding(s))
	default:
		f := m.finding(s)
		o.Verdict, o.Conflict = &f, append(o.Conflict, s.rule.ID)
	}
	if s.yes {
		for _, h := range holesOf(s.rule) {
			if sl := m.slot(h.Name); sl.Param >= 0 && m.phrase(sl).Missing != "" {
				office = appendNew(office, m.pack.Params[sl.Param].ID)
			}
		}
	}
	return office
}

func (m *Machine) officeItem(id string) OfficeItem {
	for i := range m.pack.Params {
		if p := &m.pack.Params[i]; p.ID == id {
			return OfficeItem{id, p.Title}
		}
	}
	return OfficeItem{id, Text{"该年份的放假调休安排", "that year's public holidays"}}
}

func (m *Machine) finding(s *stmt) Finding {
	r := s.rule
	f := Finding{ID: r.ID, Kind: r.Kind, Tone: r.Tone, State: "holds", Say: m.fill(r.Say), More: m.fill(r.More),
		From: r.From, To: r.To, Region: r.Region, National: m.national(s), Overrides: m.displaced(s),
		Ask: r.Ask, Claim: r.Claim, Opens: r.Opens, Column: r.Column, Row: r.Row}
	f.Cites, f.Confidence = m.sources(r)
	for _, h := range holesOf(r) {
		f.Values = append(f.Values, m.amount(h))
	}
	if s.yes {
		f.Because = m.because(s)
		return f
	}
	f.State = "depends"
	f.DependsOn, f.Office = m.under(m.conditions(s))
	return f
}

func (m *Machine) paper(s *stmt) Paper {
	r := s.rule
	p := Paper{ID: r.ID, Need: r.Need, State: "required", Say: m.fill(r.Say), Note: m.fill(r.More),
		Region: r.Region, National: m.national(s), From: r.From, To: r.To}
	p.Cites, p.Confidence = m.sources(r)
	if s.yes {
		p.Because = m.because(s)
		return p
	}
	p.State = "depends"
	p.DependsOn, p.Office = m.under(m.conditions(s))
	return p
}

// conditions lists the nodes that decide a statement.
func (m *Machine) conditions(s *stmt) []int32 {
	nodes := []int32{s.when}
	for _, k := range s.over {
		nodes = append(nodes, m.stmts[k].when)
	}
	return nodes
}

func (m *Machine) national(s *stmt) *Statement {
	if s.base == nil {
		return nil
	}
	st := &Statement{Say: m.fillKnown(s.base.Say)}
	st.Cites, st.Confidence = m.sources(s.base)
	return st
}

// fillKnown prints a replaced statement, whose names the machine may not have kept.
func (m *Machine) fillKnown(t Text) Text {
	for _, h := range holesOf(&Rule{Say: t}) {
		for _, name := range []string{h.Name, h.To} {
			if s := m.slot(name); s != nil && s.Param < 0 && m.names[s.Node] < 0 {
				return Text{}
			}
		}
	}
	return m.fill(t)
}

// displaced lists the rules that would hold but for this one.
func (m *Machine) displaced(s *stmt) (ids []string) {
	for _, id := range s.rule.Overrides {
		for i := range m.stmts {
			if b := &m.stmts[i]; b.rule.ID == id && isTrue(m.slots[b.when]) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

var strength = map[Confidence]int{"OFF": 0, "OFF-L": 1, "SEC+": 2, "SEC": 3, "INFER": 4, "CONF": 5, "SEED": 6}

// Weaker tells whether a is a weaker confidence than b; unknown grades are the weakest.
func Weaker(a, b Confidence) bool {
	sa, ok := strength[a]
	if !ok {
		sa = len(strength)
	}
	sb, ok := strength[b]
	if !ok {
		sb = len(strength)
	}
	return sa > sb
}

// Graded tells whether c is one of the seven grades.
func Graded(c Confidence) bool { _, ok := strength[c]; return ok }

// sources are the rule's cites and those of the parameter values its texts print.
func (m *Machine) sources(r *Rule) (cites []Cite, weakest Confidence) {
	idx := append([]int(nil), r.Cites...)
	for _, n := range m.printed(r) {
		if m.names[n] >= 0 {
			idx = m.paramCites(m.names[n], idx)
		}
	}
	for _, h := range holesOf(r) {
		if s := m.slot(h.Name); s.Param >= 0 {
			idx = addCites(idx, m.pack.Params[s.Param].at(m.at, m.region))
		}
	}
	weakest = r.Confidence
	for _, i := range idx {
		c := m.pack.Cites[i]
		cites = append(cites, c)
		if weakest == "" || Weaker(c.Confidence, weakest) {
			weakest = c.Confidence
		}
	}
	return cites, weakest
}

// paramCites adds the sources of the parameters that node n hangs on.
func (m *Machine) paramCites(n int32, idx []int) []int {
	seen := make([]bool, n+1)
	seen[n] = true
	for i := n; i >= 0; i-- {
		if !seen[i] {
			continue
		}
		n := &m.nodes[i]
		if n.op == OpParam {
			idx = addCites(idx, m.pack.Params[n.a].at(m.at, m.region))
		}
		for _, o := range m.operands(n) {
			seen[o] = true
		}
	}
	return idx
}

func addCites(idx []int, v *ParamValue) []int {
	if v == nil {
		return idx
	}
	for _, c := range v.Cites {
		if !containsInt(idx, c) {
			idx = append(idx, c)
		}
	}
	return idx
}

func containsInt(list []int, n int) bool {
	for _, x := range list {
		if x == n {
			return true
		}
	}
	return false
}
