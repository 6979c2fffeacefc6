package author

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lixianban/app/policy"
)

// Lint compiles a folder and looks for what is legal but wrong: gaps and conflicts of
// verdicts, statements that can never hold, questions that cannot matter (each with a witness), unused
// names, texts that are too long, statements past their dates. All of Compile's diagnostics come too.
func Lint(fsys fs.FS) []Diagnostic {
	ds, _ := Survey(fsys)
	return ds
}

// Coverage says how far Lint's search of one service went.
type Coverage struct {
	Service    string
	Ways       int      // cases tried for gaps and conflicts of verdicts, over all dates and regions
	Complete   bool     // they were all there are, over the options and the values at which a comparison turns
	Statements int      // those whose holding and not holding was searched for
	Sampled    []string // of these, what is said of them rests on a sample: they were not seen both ways, and not every way was tried
}

// String is one line for people.
func (c Coverage) String() string {
	how := "a sample of"
	if c.Complete {
		how = "all"
	}
	out := fmt.Sprintf("%s: verdicts over %s %d ways; %d statements", c.Service, how, c.Ways, c.Statements)
	if len(c.Sampled) > 0 {
		out += ", by a sample only: " + strings.Join(c.Sampled, ", ")
	}
	return out
}

// Survey is Lint with how far it looked.
func Survey(fsys fs.FS) ([]Diagnostic, []Coverage) {
	u := read(fsys)
	var covered []Coverage
	p := u.build(false)
	if u.national != nil {
		u.lintUnused()
		u.lintTexts()
		u.lintDates()
	}
	if p != nil {
		for i := range p.Services {
			covered = append(covered, u.lintService(p, &p.Services[i]))
		}
	}
	return sortDiags(u.s.list), covered
}

func (u *unit) lintUnused() {
	for _, f := range u.national.facts {
		u.unused(f.at, "fact", f.id)
	}
	for _, q := range u.params {
		u.unused(q.at, "param", q.id)
	}
	for _, c := range u.cites {
		u.unused(c.at, "cite", c.ID)
	}
	for _, d := range u.national.defs {
		u.unused(d.at, "def", d.name)
	}
	for _, svc := range u.national.services {
		for _, d := range svc.defs {
			u.unused(d.at, "def", d.name)
		}
	}
}

func (u *unit) unused(at *node, kind, id string) {
	if !u.used[kind+" "+id] {
		u.s.warn(at, "use it, or take it out", "the %s %q is used by no statement", map[string]string{"fact": "fact", "param": "parameter", "cite": "cite", "def": "def"}[kind], id)
	}
}

// The lengths that fit a phone at the largest text, in characters.
var longest = map[string][2]int{"say": {160, 420}, "claim": {80, 220}, "more": {400, 1100}, "ask": {60, 160}, "label": {16, 40}, "why": {120, 320}, "help": {240, 640}, "option": {40, 110}}

func (u *unit) lintTexts() {
	for _, f := range u.national.facts {
		q := f.fact.Question
		u.long(f.at, "label", q.Label)
		u.long(f.at, "ask", q.Ask)
		u.long(f.at, "why", q.Why)
		u.long(f.at, "help", q.Help)
		for _, o := range q.Options {
			u.long(f.at, "option", o.Say)
		}
	}
	for _, folder := range append([]*folder{u.national}, u.regions...) {
		for _, svc := range folder.services {
			for _, r := range svc.rules {
				u.long(r.at, "say", r.rule.Say)
				u.long(r.at, "more", r.rule.More)
				u.long(r.at, "ask", r.rule.Ask)
				u.long(r.at, "claim", r.rule.Claim)
			}
		}
	}
}

func (u *unit) long(at *node, kind string, t policy.Text) {
	zh, en := utf8.RuneCountInString(t.ZH), utf8.RuneCountInString(t.EN)
	if zh > longest[kind][0] || en > longest[kind][1] {
		u.s.warn(at, "shorten it, or move part of it to more", "a text (%s) has %d characters in Chinese and %d in English; %d and %d fit", kind, zh, en, longest[kind][0], longest[kind][1])
	}
}

func (u *unit) lintDates() {
	checked := u.national.pack.checked
	for _, svc := range u.national.services {
		for _, r := range svc.rules {
			if r.rule.To != 0 && r.rule.To < checked-366 {
				u.s.warn(r.at, "take it out, or correct its dates", "the statement %q ended more than a year before the pack was checked", r.rule.ID)
			}
		}
	}
	for _, c := range u.cites {
		if c.Checked > checked {
			u.s.warn(c.at, "set checked in pack.yaml to the later day", "the cite %q was checked after the pack", c.ID)
		}
	}
}

// budgets of ways per search; complete for the services of a hand-written pack.
const (
	verdictBudget = 20000
	ruleBudget    = 4000
)

func (u *unit) lintService(p *policy.Pack, svc *policy.Service) Coverage {
	raw := u.rawService(svc.ID)
	c := Coverage{Service: svc.ID, Complete: true, Statements: len(svc.Rules)}
	seen := map[string]bool{}
	for _, region := range regionsOf(p, svc) {
		for _, at := range dates(p, svc) {
			if !raw.verdictless {
				s := u.lintVerdicts(p, raw, region, at, seen)
				c.Ways, c.Complete = c.Ways+s.ways, c.Complete && !s.sampled
			}
			u.lintCells(p, svc, region, at, seen)
		}
	}
	for i := range svc.Rules {
		if r := &svc.Rules[i]; u.lintRule(p, svc, r) && !slices.Contains(c.Sampled, r.ID) {
			c.Sampled = append(c.Sampled, r.ID)
		}
	}
	u.lintQuestions(p, svc, raw)
	return c
}

func (u *unit) rawService(id string) *rawService {
	for i := range u.national.services {
		if u.national.services[i].id == id {
			return &u.national.services[i]
		}
	}
	return nil
}

// lintVerdicts looks for cases with no verdict, and with two.
func (u *unit) lintVerdicts(p *policy.Pack, raw *rawService, region string, at policy.Day, seen map[string]bool) *search {
	s := newSearch(p, raw.id, region, at, func(r *policy.Rule) bool { return r.Kind == policy.KindVerdict })
	svc, _ := p.Service(raw.id)
	s.run(verdictBudget, func() bool {
		live := holding(s.m, svc)
		key := fmt.Sprint(live)
		switch {
		case len(live) == 0 && s.m.Settled() && !seen[key]:
			u.s.at(raw.at, s.witness(), "service %q has a case without a verdict", raw.id)
		case len(live) > 1 && !seen[key]:
			u.s.at(u.ruleAt(raw.id, live[1]), "let one of them override the other; "+s.witness(), "the verdicts %q and %q hold together", live[0], live[1])
		default:
			return true
		}
		seen[key] = true
		return len(seen) < 20
	})
	return s
}

// lintCells looks for cases in which two statements fill one cell of the table of choices.
func (u *unit) lintCells(p *policy.Pack, svc *policy.Service, region string, at policy.Day, seen map[string]bool) {
	choices := func(r *policy.Rule) bool { return r.Kind == policy.KindChoice }
	if !slices.ContainsFunc(svc.Rules, func(r policy.Rule) bool { return choices(&r) }) {
		return
	}
	s := newSearch(p, svc.ID, region, at, choices)
	s.run(verdictBudget, func() bool {
		filled := map[string]string{}
		for _, r := range svc.Rules {
			v, ok := s.m.Holds(r.ID)
			cell := r.Column + " " + r.Row
			if r.Kind != policy.KindChoice || !ok || v.N != 1 || filled[cell] == r.ID {
				continue
			}
			if first := filled[cell]; first != "" && !seen[first+r.ID] {
				seen[first+r.ID] = true
				u.s.at(u.ruleAt(svc.ID, r.ID), "make one exclude the other; "+s.witness(), "the choices %q and %q fill one cell together", first, r.ID)
			}
			filled[cell] = r.ID
		}
		return len(seen) < 20
	})
}

func holding(m *policy.Machine, svc *policy.Service) (ids []string) {
	for i := range svc.Rules {
		r := &svc.Rules[i]
		if v, ok := m.Holds(r.ID); r.Kind == policy.KindVerdict && ok && v.N == 1 && (len(ids) == 0 || ids[len(ids)-1] != r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func (u *unit) ruleAt(service, id string) *node {
	for _, folder := range append([]*folder{u.national}, u.regions...) {
		for _, svc := range folder.services {
			for _, r := range svc.rules {
				if svc.id == service && r.rule.ID == id {
					return r.at
				}
			}
		}
	}
	return u.national.pack.at
}

// lintRule wants each statement to hold in some case, and one with a condition not to hold in another. It
// tells whether what it found rests on a sample.
func (u *unit) lintRule(p *policy.Pack, svc *policy.Service, r *policy.Rule) bool {
	yes, no, sampled := u.reach(p, svc, r)
	at := u.ruleAt(svc.ID, r.ID)
	switch {
	case !yes && u.officeDecides(p, svc, r):
	case !yes && r.When < 0:
		u.s.warn(at, "it still shows as a candidate while answers are open; if that is not meant, take it out", "%q is displaced in every case", r.ID)
	case !yes:
		u.s.at(at, "correct its condition, its dates, or what overrides it", "no case was found in which %q holds", r.ID)
	case !no && r.When >= 0:
		u.s.warn(at, "take when out, or correct it", "%q holds in every case", r.ID)
	}
	return sampled && !(yes && (no || r.When < 0))
}

func (u *unit) reach(p *policy.Pack, svc *policy.Service, r *policy.Rule) (yes, no, sampled bool) {
	for _, at := range dates(p, svc) {
		if r.From != 0 && at < r.From || r.To != 0 && at > r.To {
			continue
		}
		s := newSearch(p, svc.ID, r.Region, at, func(x *policy.Rule) bool { return x == r || x.ID == r.ID })
		s.run(ruleBudget, func() bool {
			v, ok := s.m.Holds(r.ID)
			yes = yes || ok && v.N == 1
			no = no || ok && v.N == 0 && v.State == policy.Known
			return !yes || !no && r.When >= 0
		})
		sampled = sampled || s.sampled
		if yes && (no || r.When < 0) {
			break
		}
	}
	return yes, no, sampled
}

// officeDecides tells whether a statement hangs on a parameter that has no value, or a range,
// somewhere: then it can be right that it never holds for the nation as a whole.
func (u *unit) officeDecides(p *policy.Pack, svc *policy.Service, r *policy.Rule) bool {
	open := false
	for _, at := range dates(p, svc) {
		s := newSearch(p, svc.ID, r.Region, at, func(x *policy.Rule) bool { return x.ID == r.ID })
		s.run(ruleBudget/4, func() bool {
			v, ok := s.m.Holds(r.ID)
			open = open || ok && v.State == policy.Unknown
			return !open
		})
	}
	return open
}

// lintQuestions wants every question of a service to change something in some case.
func (u *unit) lintQuestions(p *policy.Pack, svc *policy.Service, raw *rawService) {
	matters := u.mattering(p, svc)
	for i := range p.Facts {
		if named, ok := matters[i]; ok && !named {
			u.s.warn(raw.at, "take it out of the conditions", "in service %q the answer to %s was never found to change anything", raw.id, strconv.Quote(p.Facts[i].Question.Fact))
		}
	}
}

// mattering maps each fact the service names to whether some case was found that it changes.
func (u *unit) mattering(p *policy.Pack, svc *policy.Service) map[int]bool {
	found := map[int]bool{}
	for _, f := range printedFacts(svc) {
		found[f] = true
	}
	for i := range svc.Rules {
		r := &svc.Rules[i]
		for _, at := range dates(p, svc) {
			s := newSearch(p, svc.ID, r.Region, at, func(x *policy.Rule) bool { return x.ID == r.ID })
			open := 0
			for _, f := range s.m.Needs() {
				if _, ok := found[f]; !ok {
					found[f] = false
				}
				open += b2i(!found[f])
			}
			if open > 0 {
				s.run(ruleBudget/4, func() bool { s.flips(r.ID, found); return true })
			}
		}
	}
	return found
}

// flips tries, at a leaf, the other values of each fact not yet known to matter.
func (s *search) flips(rule string, found map[int]bool) {
	before, _ := s.m.Holds(rule)
	for f, known := range found {
		v := s.m.Given(f)
		if known || v.State != policy.Known {
			continue
		}
		for _, other := range s.domains[f] {
			s.m.SetIndex(f, policy.Value{State: policy.Known, N: other})
			s.m.Run()
			if after, _ := s.m.Holds(rule); after != before {
				found[f] = true
				break
			}
		}
		s.m.SetIndex(f, v)
	}
	s.m.Run()
}

// printedFacts are the facts below anything that the service prints.
func printedFacts(svc *policy.Service) (facts []int) {
	below := make([]bool, len(svc.Nodes))
	for _, s := range svc.Slots {
		if s.Node >= 0 {
			below[s.Node] = true
		}
	}
	for i := len(svc.Nodes) - 1; i >= 0; i-- {
		if !below[i] {
			continue
		}
		if svc.Nodes[i].Op == policy.OpFact {
			facts = append(facts, int(svc.Nodes[i].A))
		}
		svc.Nodes[i].Operands(func(o int32) { below[o] = true })
	}
	return facts
}
