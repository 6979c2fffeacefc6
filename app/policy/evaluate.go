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
	o := &Outcome{Service: m.svc.ID, Region: m.region, At: m.at, Pack: m.pack.Ref(m.at), Settled: m.Settled(),
		Findings: []Finding{}, Papers: []Paper{}, DependsOn: []string{}}
	ask := m.Ask()
	o.Ask = make([]string, len(ask))
	for i, f := range ask {
		o.Ask[i] = m.pack.Facts[f].Question.Fact
	}
	o.Left = m.Left()
	var office []string
	if o.DependsOn, office = m.reached(undecided, true); o.DependsOn == nil {
		o.DependsOn = []string{}
	}
	for i := range m.stmts {
		if s := &m.stmts[i]; s.yes || s.holds == Unknown && !(s.verdict && o.Settled) {
			m.describe(o, s)
			office = m.unpublished(s, office)
		}
	}
	if len(o.Conflict) > 1 {
		o.Verdict = nil
	} else {
		o.Conflict = nil
	}
	for _, id := range office {
		o.Office = append(o.Office, m.officeItem(id))
	}
	return o
}

// describe puts a statement where it belongs.
func (m *Machine) describe(o *Outcome, s *stmt) {
	f := &Finding{}
	list := &o.Findings
	switch m.finding(f, s); {
	case s.rule.Need != "":
		o.Papers = append(o.Papers, paper(s.rule.Need, f))
		return
	case s.verdict && o.Settled:
		o.Verdict, o.Conflict = f, append(o.Conflict, f.ID)
		return
	case s.verdict:
		list = &o.Candidates
	}
	*list = append(*list, *f)
}

// unpublished adds the texts that a statement should print and nobody published.
func (m *Machine) unpublished(s *stmt, office []string) []string {
	if !s.yes || s.rule.Need != "" {
		return office
	}
	for _, h := range holesOf(s.rule) {
		if sl := m.slot(h.Name); sl.Param >= 0 && m.phrase(sl).Missing != "" {
			office = appendNew(office, m.pack.Params[sl.Param].ID)
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

func (m *Machine) finding(f *Finding, s *stmt) {
	r := s.rule
	f.ID, f.Kind, f.Tone, f.State = r.ID, r.Kind, r.Tone, "holds"
	f.Say, f.More = m.fill(r.Say), m.fill(r.More)
	f.From, f.To, f.Region = r.From, r.To, r.Region
	f.Ask, f.Claim, f.Opens, f.Column, f.Row = r.Ask, r.Claim, r.Opens, r.Column, r.Row
	f.Cites, f.Confidence = m.sources(r)
	f.National, f.Overrides = m.national(s), m.displaced(s)
	if r.Need == "" {
		for _, h := range holesOf(r) {
			f.Values = append(f.Values, m.amount(h))
		}
	}
	if s.yes {
		f.Because = m.because(s)
		return
	}
	f.State = "depends"
	f.DependsOn, f.Office = m.under(m.conditions(s))
}

// paper is a statement of the checklist.
func paper(need Need, f *Finding) Paper {
	state := f.State
	if state == "holds" {
		state = "required"
	}
	return Paper{ID: f.ID, Need: need, State: state, Say: f.Say, Note: f.More, Cites: f.Cites, Confidence: f.Confidence, DependsOn: f.DependsOn,
		Because: f.Because, Office: f.Office, Region: f.Region, National: f.National, From: f.From, To: f.To}
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

// grades are the confidences, strongest first.
var grades = [...]Confidence{"OFF", "OFF-L", "SEC+", "SEC", "INFER", "CONF", "SEED"}

func (c Confidence) grade() int {
	for i, g := range grades {
		if g == c {
			return i
		}
	}
	return len(grades)
}

// Weaker tells whether a is a weaker confidence than b; unknown grades are the weakest.
func Weaker(a, b Confidence) bool { return a.grade() > b.grade() }

// Graded tells whether c is one of the seven grades.
func Graded(c Confidence) bool { return c.grade() < len(grades) }

// sources are the rule's cites and those of the parameter values its texts print.
func (m *Machine) sources(r *Rule) (cites []Cite, weakest Confidence) {
	idx := append([]int(nil), r.Cites...)
	for _, n := range m.printed(r) {
		if n = m.names[n]; n >= 0 {
			idx = m.paramCites(n, idx)
		}
	}
	for _, h := range holesOf(r) {
		if s := m.slot(h.Name); s.Param >= 0 {
			idx = addCites(idx, m.pack.Params[s.Param].at(m.at, m.region))
		}
	}
	weakest = r.Confidence
	cites = make([]Cite, len(idx))
	for k, i := range idx {
		c := &cites[k]
		if *c = m.pack.Cites[i]; weakest == "" || Weaker(c.Confidence, weakest) {
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
		if !contains(idx, c) {
			idx = append(idx, c)
		}
	}
	return idx
}
