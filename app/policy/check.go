package policy

import (
	"errors"
	"strings"
)

// check refuses what is well formed but would mislead the evaluator or the
// page: wrong units, unknown names, missing sentences, repeated ids.
func (p *Pack) check() error {
	c := &checker{p: p}
	c.is("pack", p.ID)
	c.said(p.Title)
	c.list(len(p.Regions), "region", func(i int) string { return p.Regions[i] })
	for _, r := range p.Regions {
		c.is("region", r)
		c.region(r)
	}
	c.list(len(p.Cites), "cite", func(i int) string { return p.Cites[i].ID })
	for i := range p.Cites {
		c.cite(&p.Cites[i])
	}
	c.list(len(p.Facts), "fact", func(i int) string { return p.Facts[i].Question.Fact })
	for i := range p.Facts {
		c.fact(&p.Facts[i])
	}
	c.list(len(p.Params), "parameter", func(i int) string { return p.Params[i].ID })
	for i := range p.Params {
		c.param(&p.Params[i])
	}
	for i := range p.Calendar {
		c.must(p.Calendar[i].Year >= 1900 && (i == 0 || p.Calendar[i-1].Year < p.Calendar[i].Year), "is in a pack whose calendar is not in order")
	}
	c.list(len(p.Services), "service", func(i int) string { return p.Services[i].ID })
	for i := range p.Services {
		c.service(&p.Services[i])
	}
	return c.err
}

// maxWork bounds what is spent on a file: names are looked up one by one, and a hostile pack could
// print ten thousand names in a hundred thousand rules.
const maxWork = 1 << 27

// checker holds what is looked at and what was wrong first.
type checker struct {
	p        *Pack
	kind, id string
	work     int
	err      error
}

// is says what the next sentences are about.
func (c *checker) is(kind, id string) { c.kind, c.id = kind, id }

//go:noinline
func (c *checker) must(ok bool, why string) {
	if !ok && c.err == nil {
		c.err = errors.New(c.kind + " “" + clip(c.id) + "” " + why)
	}
}

func (c *checker) spend(n int) {
	c.work += n
	c.must(c.work < maxWork, "is in a pack that takes too long to check")
}

// list wants every id filled and each once.
func (c *checker) list(n int, kind string, id func(i int) string) {
	seen := make(map[string]bool, n)
	for i := range n {
		k := id(i)
		c.is(kind, k)
		c.must(k != "" && !seen[k], "has no name or occurs twice")
		seen[k] = true
	}
}

// said wants each text in both languages.
//
//go:noinline
func (c *checker) said(texts ...Text) {
	for _, t := range texts {
		c.must(t.ZH != "" && t.EN != "", "lacks its text in one language")
	}
}

func (c *checker) region(r string) { c.must(isRegion(r), "is for a region that is no six-digit code") }

func (c *checker) cite(x *Cite) {
	c.is("cite", x.ID)
	c.must(Graded(x.Confidence), "has no known confidence")
	c.must(x.URL == "" || strings.HasPrefix(x.URL, "https://") || strings.HasPrefix(x.URL, "http://"), "has an address that is no web page")
	c.said(x.Title)
}

func (c *checker) fact(f *Fact) {
	c.list(len(f.Options), "option", func(i int) string { return f.Options[i].ID })
	for i := range f.Options {
		c.said(f.Options[i].Say)
	}
	lo, hi := f.bounds()
	c.is("fact", f.Question.Fact)
	c.must(f.Unit != 0 && f.Unit != Phrase && (f.Unit == Enum) == (len(f.Options) > 0), "has a type that no question can have")
	c.between(f.Unit, lo, hi)
	c.said(f.Ask, f.Label)
}

func (c *checker) between(u Unit, lo, hi int64) {
	c.must(lo <= hi && -maxNumber <= lo && hi <= maxNumber && (u != Date || isDay(lo) && isDay(hi)), "has impossible bounds or values")
}

func (c *checker) param(q *Param) {
	c.is("parameter", q.ID)
	c.said(q.Title)
	c.must(q.Unit != 0 && q.Unit != Enum, "has a type that no parameter can have")
	c.spend(len(q.Values) * len(q.Values))
	for i := range q.Values {
		v := &q.Values[i]
		c.between(q.Unit, v.Low, v.High)
		c.must(q.Unit != Bool || v.Low == v.High && v.Low>>1 == 0, "is neither yes nor no")
		if v.Region != "" {
			c.region(v.Region)
		}
		if q.Unit == Phrase {
			c.said(v.Say)
		}
		for k := range q.Values[:i] {
			w := &q.Values[k]
			c.must(w.Region != v.Region || !overlap(v.From, v.To, w.From, w.To), "has two values for one day")
		}
	}
}

// overlap tells whether two inclusive periods share a day; 0 is open.
func overlap(a1, a2, b1, b2 Day) bool {
	return (a2 == 0 || b1 == 0 || b1 <= a2) && (b2 == 0 || a1 == 0 || a1 <= b2)
}

func (c *checker) service(s *Service) {
	c.is("service", s.ID)
	c.said(s.Title)
	units, ok := typeNodes(c.p, s.Nodes)
	if c.must(ok, "has a condition that mixes units which don't go together"); !ok {
		return
	}
	c.list(len(s.Slots), "name", func(i int) string { return s.Slots[i].Name })
	for i := range s.Slots {
		c.slot(&s.Slots[i], units)
	}
	type key struct {
		region, id string
		from, to   Day
	}
	seen := make(map[key]bool, len(s.Rules))
	for i := range s.Rules {
		r := &s.Rules[i]
		k := key{r.Region, r.ID, r.From, r.To}
		c.is("rule", r.ID)
		c.must(r.ID != "" && !seen[k], "has no name or occurs twice")
		seen[k] = true
		c.rule(s, r, units)
	}
}

func (c *checker) slot(x *Slot, units []Unit) {
	ok := x.Fact < 0 || x.Unit == c.p.Facts[x.Fact].Unit
	if x.Param >= 0 {
		ok = ok && x.Unit == Phrase && c.p.Params[x.Param].Unit == Phrase
	} else {
		ok = ok && x.Node >= 0 && alike(units[x.Node], x.Unit)
	}
	c.is("name", x.Name)
	c.must(ok, "does not fit what it names")
}

var (
	kinds = []Kind{KindVerdict, KindConsequence, KindWarning, KindStep, KindRight, KindOption, KindNote, KindChannel, KindAnswer, KindMyth, KindChoice}
	needs = []Need{Must, If, Maybe}
)

func (c *checker) rule(s *Service, r *Rule, units []Unit) {
	if r.Need == "" {
		c.must(contains(kinds, r.Kind), "is of no known kind")
	} else {
		c.must(r.Kind == "" && contains(needs, r.Need), "is of no known kind")
	}
	c.must(r.When < 0 || units[max(r.When, 0)] == Bool, "has a condition that is not yes or no")
	if r.Region != "" {
		c.region(r.Region)
	}
	c.must((r.More.ZH == "") == (r.More.EN == ""), "lacks its text in one language")
	c.must(r.Confidence == "" || Graded(r.Confidence), "has no known confidence")
	c.said(r.Say)
	for _, t := range [...]string{r.Say.ZH, r.Say.EN, r.More.ZH, r.More.EN} {
		c.prints(s, t)
	}
	c.spend(len(r.Overrides) * len(s.Rules))
	c.extra(r)
}

// extra looks at what only some kinds have.
func (c *checker) extra(r *Rule) {
	switch r.Kind {
	case KindAnswer:
		c.opens(r, r.Ask)
	case KindMyth:
		c.opens(r, r.Claim)
	case KindChoice:
		c.must(contains(Columns, r.Column) && contains(Rows, r.Row), "is in no column or row of the choices")
	}
}

// opens wants a sentence that prints nothing computed, and services that decide a case.
func (c *checker) opens(r *Rule, plain Text) {
	c.said(plain)
	c.must(!strings.ContainsAny(plain.ZH+plain.EN, "{}"), "has a placeholder where none is filled")
	c.must(len(r.Opens) > 0, "leads nowhere")
	for i, id := range r.Opens {
		c.spend(len(c.p.Services))
		s, ok := c.p.Service(id)
		c.must(ok && !s.Verdictless() && !contains(r.Opens[:i], id), "leads twice to one service, or to one that is not there")
	}
}

// prints wants every placeholder to name something whose unit the format fits.
func (c *checker) prints(s *Service, t string) {
	c.spend(len(t))
	if !strings.ContainsAny(t, "{}") {
		return
	}
	_, holes, ok := Parts(t)
	c.spend(2 * len(holes) * len(s.Slots))
	for _, h := range holes {
		if c.err != nil {
			return
		}
		a, b := s.Slot(h.Name), s.Slot(h.To)
		ok = ok && a != nil && (h.To == "" || b != nil && b.Unit == a.Unit && a.Param < 0) && FormatFits(h.Format, a.Unit)
	}
	c.must(ok, "prints something that is not there")
}

// Slot finds a printable name; nil when there is none.
func (s *Service) Slot(name string) *Slot {
	for i := range s.Slots {
		if s.Slots[i].Name == name {
			return &s.Slots[i]
		}
	}
	return nil
}

func isRegion(r string) bool {
	_, ok := digits(r)
	return ok && len(r) == 6
}

func checkRegion(r string) error {
	if !isRegion(r) {
		return errors.New("region “" + clip(r) + "” is no six-digit code")
	}
	return nil
}

func contains[T comparable](list []T, s T) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
