package policy

import "strings"

// Hole is a placeholder of a text: {Name|Format}, or {Name~To|Format} for a range.
type Hole struct{ Name, To, Format string }

// Parts splits a text at its placeholders: lits has one element more than holes. ok
// is false when a brace is left open or a placeholder is empty. {{ and }} are braces.
func Parts(s string) (lits []string, holes []Hole, ok bool) {
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '{' && c != '}' {
			continue
		}
		if i+1 < len(s) && s[i+1] == c {
			s = s[:i] + s[i+1:]
			continue
		}
		end := strings.IndexByte(s[i:], '}')
		h, good := parseHole(s[min(i+1, i+max(end, 0)) : i+max(end, 0)])
		if end < 1 || !good {
			return nil, nil, false
		}
		lits, holes = append(lits, s[from:i]), append(holes, h)
		i += end
		from = i + 1
	}
	return append(lits, s[from:]), holes, true
}

func parseHole(s string) (h Hole, ok bool) {
	name, format, hasFormat := strings.Cut(s, "|")
	name, to, hasTo := strings.Cut(name, "~")
	h = Hole{strings.TrimSpace(name), strings.TrimSpace(to), strings.TrimSpace(format)}
	ok = h.Name != "" && (!hasTo || h.To != "") && (!hasFormat || h.Format != "") && !strings.ContainsAny(s, "{ ")
	return h, ok
}

// printed lists the service's nodes that a rule's texts print.
func (m *Machine) printed(r *Rule) (nodes []int32) {
	for _, h := range holesOf(r) {
		for _, name := range [...]string{h.Name, h.To} {
			if s := m.slot(name); s != nil && s.Node >= 0 && s.Param < 0 {
				nodes = append(nodes, int32(s.Node))
			}
		}
	}
	return nodes
}

// holesOf lists the placeholders of a rule's texts, each name once.
func holesOf(r *Rule) (holes []Hole) {
	for _, t := range [...]string{r.Say.ZH, r.Say.EN, r.More.ZH, r.More.EN} {
		if !strings.ContainsRune(t, '{') {
			continue
		}
		_, hs, _ := Parts(t)
		for _, h := range hs {
			if !containsHole(holes, h) {
				holes = append(holes, h)
			}
		}
	}
	return holes
}

func containsHole(holes []Hole, h Hole) bool {
	for _, x := range holes {
		if x.Name == h.Name && x.To == h.To {
			return true
		}
	}
	return false
}

func (m *Machine) slot(name string) *Slot {
	if name == "" {
		return nil
	}
	for i := range m.svc.Slots {
		if m.svc.Slots[i].Name == name {
			return &m.svc.Slots[i]
		}
	}
	return nil
}

// node is the own node of a name, -1 when it has none here.
func (m *Machine) node(name string) int32 {
	if s := m.slot(name); s != nil && s.Param < 0 && s.Node >= 0 {
		return m.names[s.Node]
	}
	return -1
}

// fill prints a text with the machine's values.
func (m *Machine) fill(t Text) Text {
	return Text{m.fillOne(t.ZH, func(t Text) string { return t.ZH }), m.fillOne(t.EN, func(t Text) string { return t.EN })}
}

func (m *Machine) fillOne(s string, pick func(Text) string) string {
	if !strings.ContainsAny(s, "{}") {
		return s
	}
	lits, holes, _ := Parts(s)
	var b strings.Builder
	for i, h := range holes {
		b.WriteString(lits[i])
		b.WriteString(pick(m.amount(h).Text))
	}
	b.WriteString(lits[len(lits)-1])
	return b.String()
}

// amount is what a placeholder stands for now.
func (m *Machine) amount(h Hole) Amount {
	s := m.slot(h.Name)
	if s.Param >= 0 {
		return m.phrase(s)
	}
	v := m.slots[m.names[s.Node]]
	if h.To != "" {
		v = hull(v, m.slots[m.names[m.slot(h.To).Node]])
	}
	a := Amount{Name: h.Name, Unit: s.Unit, Low: v.lo, High: v.hi}
	if h.To != "" {
		a.Name += "~" + h.To
	}
	if a.Missing = m.missing(s, h, v); a.Missing != "" {
		a.Low, a.High = 0, 0
		a.Text = absent(a.Missing)
		return a
	}
	a.Text = m.words(s, h.Format, v)
	return a
}

func (m *Machine) words(s *Slot, name string, v slot) Text {
	if name == "" {
		name = defaultFormat(s.Unit)
	}
	if name == "option" && s.Fact >= 0 {
		return m.pack.Facts[s.Fact].Words(v.lo)
	}
	if name == "year" && s.Unit == Date {
		return format(name, yearNo(v.lo), yearNo(v.hi))
	}
	return format(name, v.lo, v.hi)
}

// absent is how a value without a number reads.
func absent(why string) Text {
	switch why {
	case "answer":
		return Text{"（未定）", "(not yet known)"}
	case "office":
		return Text{"（问 12393）", "(ask 12393)"}
	case "none":
		return Text{"（不适用）", "(does not apply)"}
	}
	return Text{"（算不出，问 12393）", "(can't be worked out, ask 12393)"}
}

// missing names why v has no number: an open answer below it, or only the office.
func (m *Machine) missing(s *Slot, h Hole, v slot) string {
	switch v.state {
	case Known:
		return ""
	case NotApplicable:
		return "none"
	case Failed:
		return "error"
	}
	nodes := []int32{m.names[s.Node]}
	if h.To != "" {
		nodes = append(nodes, m.names[m.slot(h.To).Node])
	}
	if facts, _ := m.under(nodes); len(facts) > 0 {
		return "answer"
	}
	return "office"
}

func (m *Machine) phrase(s *Slot) Amount {
	a := Amount{Name: s.Name, Unit: Phrase}
	if v := m.pack.Params[s.Param].at(m.at, m.region); v != nil {
		a.Text = v.Say
		return a
	}
	a.Missing, a.Text = "office", absent("office")
	return a
}

func hull(a, b slot) slot {
	if a.state == Known && b.state == Known {
		return slot{Known, min(a.lo, b.lo), max(a.hi, b.hi)}
	}
	if a.state == Known {
		return b
	}
	return a
}

// under lists the open facts and the parameters that open nodes hang on.
func (m *Machine) under(nodes []int32) (facts, office []string) {
	m.unmark()
	for _, n := range nodes {
		m.want(n, forRest|ifTrue|ifFalse)
	}
	m.spread()
	return m.reached(forRest, false)
}
