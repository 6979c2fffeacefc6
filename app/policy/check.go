package policy

import (
	"errors"
	"strings"
)

// check refuses what is well formed but would mislead the evaluator or the
// page: wrong units, unknown names, missing sentences, repeated ids.
func (p *Pack) check() error {
	return firstError(
		func() error { return need2("pack", p.ID, p.Title) },
		func() error { return unique("region", p.Regions, func(r string) string { return r }) },
		func() error { return unique("cite", p.Cites, func(c Cite) string { return c.ID }) },
		func() error { return unique("fact", p.Facts, func(f Fact) string { return f.Question.Fact }) },
		func() error { return unique("parameter", p.Params, func(q Param) string { return q.ID }) },
		func() error { return unique("service", p.Services, func(s Service) string { return s.ID }) },
		func() error { return each(p.Regions, checkRegion) },
		func() error { return each(p.Cites, checkCite) },
		func() error { return each(p.Facts, checkFact) },
		func() error { return each(p.Params, checkParam) },
		func() error { return ascending(p.Calendar) },
		func() error { return each(p.Services, func(s Service) error { return checkService(p, &s) }) },
	)
}

func firstError(steps ...func() error) error {
	for _, f := range steps {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func each[T any](list []T, f func(T) error) error {
	for i := range list {
		if err := f(list[i]); err != nil {
			return err
		}
	}
	return nil
}

func unique[T any](kind string, list []T, id func(T) string) error {
	seen := make(map[string]bool, len(list))
	for i := range list {
		k := id(list[i])
		if k == "" || seen[k] {
			return errors.New(kind + " “" + clip(k) + "” has no name or occurs twice")
		}
		seen[k] = true
	}
	return nil
}

func need2(kind, id string, t Text) error {
	if id == "" || t.ZH == "" || t.EN == "" {
		return errors.New(kind + " “" + clip(id) + "” lacks its text in one language")
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

func checkCite(c Cite) error {
	if !Graded(c.Confidence) {
		return errors.New("cite “" + clip(c.ID) + "” has no known confidence")
	}
	if c.URL != "" && !strings.HasPrefix(c.URL, "https://") && !strings.HasPrefix(c.URL, "http://") {
		return errors.New("cite “" + clip(c.ID) + "” has an address that is no web page")
	}
	return need2("cite", c.ID, c.Title)
}

func checkFact(f Fact) error {
	lo, hi := f.bounds()
	switch {
	case f.Unit == 0 || f.Unit == Phrase || (f.Unit == Enum) != (len(f.Options) > 0):
		return errors.New("fact “" + clip(f.Question.Fact) + "” has a type that no question can have")
	case lo > hi || lo < -maxNumber || hi > maxNumber, f.Unit == Date && (lo < int64(MinDay) || hi > int64(MaxDay)):
		return errors.New("fact “" + clip(f.Question.Fact) + "” has impossible bounds")
	}
	return firstError(
		func() error { return need2("fact", f.Question.Fact, f.Ask) },
		func() error { return need2("fact", f.Question.Fact, f.Label) },
		func() error { return unique("option", f.Options, func(o Option) string { return o.ID }) },
		func() error {
			return each(f.Options, func(o Option) error { return need2("option", o.ID, o.Say) })
		})
}

func checkParam(q Param) error {
	if q.Unit == 0 || q.Unit == Enum {
		return errors.New("parameter “" + clip(q.ID) + "” has a type that no parameter can have")
	}
	for i := range q.Values {
		v := &q.Values[i]
		switch {
		case v.Low > v.High || v.Low < -maxNumber || v.High > maxNumber, q.Unit == Bool && (v.Low < 0 || v.High > 1 || v.Low != v.High),
			q.Unit == Date && (v.Low < int64(MinDay) || v.High > int64(MaxDay)):
			return errors.New("parameter “" + clip(q.ID) + "” has an impossible value")
		case v.Region != "" && checkRegion(v.Region) != nil:
			return checkRegion(v.Region)
		case q.Unit == Phrase && (v.Say.ZH == "" || v.Say.EN == ""):
			return need2("parameter", q.ID, v.Say)
		}
		for k := range q.Values[:i] {
			if w := &q.Values[k]; w.Region == v.Region && overlap(v.From, v.To, w.From, w.To) {
				return errors.New("parameter “" + clip(q.ID) + "” has two values for one day")
			}
		}
	}
	return need2("parameter", q.ID, q.Title)
}

// overlap tells whether two inclusive periods share a day; 0 is open.
func overlap(a1, a2, b1, b2 Day) bool {
	return (a2 == 0 || b1 == 0 || b1 <= a2) && (b2 == 0 || a1 == 0 || a1 <= b2)
}

func ascending(cal []Year) error {
	for i := range cal {
		if i > 0 && cal[i].Year <= cal[i-1].Year || cal[i].Year < 1900 {
			return errors.New("the calendar's years are not in order")
		}
	}
	return nil
}

func checkService(p *Pack, s *Service) error {
	if err := need2("service", s.ID, s.Title); err != nil {
		return err
	}
	units, err := typeNodes(p, s.Nodes)
	if err != nil {
		return errors.New("service “" + clip(s.ID) + "”: " + err.Error())
	}
	return firstError(
		func() error { return unique("name", s.Slots, func(x Slot) string { return x.Name }) },
		func() error { return each(s.Slots, func(x Slot) error { return checkSlot(p, &x, units) }) },
		func() error {
			return unique("rule", s.Rules, func(r Rule) string {
				return r.Region + "/" + r.ID + "/" + r.From.String() + "/" + r.To.String()
			})
		},
		func() error { return each(s.Rules, func(r Rule) error { return checkRule(s, &r, units) }) },
		func() error { return each(s.Rules, func(r Rule) error { return checkExtra(p, &r) }) })
}

// checkExtra looks at what only some kinds have.
func checkExtra(p *Pack, r *Rule) error {
	switch r.Kind {
	case KindAnswer:
		return firstError(func() error { return checkPlain(r, r.Ask) }, func() error { return checkOpens(p, r) })
	case KindMyth:
		return firstError(func() error { return checkPlain(r, r.Claim) }, func() error { return checkOpens(p, r) })
	case KindChoice:
		if !contains(Columns, r.Column) || !contains(Rows, r.Row) {
			return errors.New("rule “" + clip(r.ID) + "” is in no column or row of the choices")
		}
	}
	return nil
}

// checkPlain wants a sentence that prints nothing computed.
func checkPlain(r *Rule, t Text) error {
	if strings.ContainsAny(t.ZH+t.EN, "{}") {
		return errors.New("rule “" + clip(r.ID) + "” has a placeholder where none is filled")
	}
	return need2("rule", r.ID, t)
}

func checkOpens(p *Pack, r *Rule) error {
	if len(r.Opens) == 0 {
		return errors.New("rule “" + clip(r.ID) + "” leads nowhere")
	}
	return firstError(
		func() error { return unique("service", r.Opens, func(id string) string { return id }) },
		func() error {
			return each(r.Opens, func(id string) error {
				if s, ok := p.Service(id); !ok || s.Verdictless() {
					return errors.New("rule “" + clip(r.ID) + "” leads to a service that is not there")
				}
				return nil
			})
		})
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func checkSlot(p *Pack, x *Slot, units []Unit) error {
	switch {
	case x.Param >= 0 && (x.Unit != Phrase || p.Params[x.Param].Unit != Phrase),
		x.Param < 0 && (x.Node < 0 || !alike(units[x.Node], x.Unit)),
		x.Fact >= 0 && x.Unit != p.Facts[x.Fact].Unit:
		return errors.New("name “" + clip(x.Name) + "” does not fit what it names")
	}
	return nil
}

var kinds = []Kind{KindVerdict, KindConsequence, KindWarning, KindStep, KindRight, KindOption, KindNote, KindChannel, KindAnswer, KindMyth, KindChoice}

func checkRule(s *Service, r *Rule, units []Unit) error {
	known := r.Need == Must || r.Need == If || r.Need == Maybe
	for _, k := range kinds {
		known = known || r.Need == "" && r.Kind == k
	}
	switch {
	case !known, r.ID == "", r.Need != "" && r.Kind != "":
		return errors.New("rule “" + clip(r.ID) + "” is of no known kind")
	case r.When >= 0 && units[r.When] != Bool:
		return errors.New("rule “" + clip(r.ID) + "” has a condition that is not yes or no")
	case r.Region != "" && checkRegion(r.Region) != nil:
		return checkRegion(r.Region)
	case (r.More.ZH == "") != (r.More.EN == ""):
		return need2("rule", r.ID, Text{})
	case r.Confidence != "" && !Graded(r.Confidence):
		return errors.New("rule “" + clip(r.ID) + "” has no known confidence")
	}
	for _, t := range []string{r.Say.ZH, r.Say.EN, r.More.ZH, r.More.EN} {
		if err := checkText(s, r, t); err != nil {
			return err
		}
	}
	return need2("rule", r.ID, r.Say)
}

func checkText(s *Service, r *Rule, t string) error {
	if !strings.ContainsAny(t, "{}") {
		return nil
	}
	_, holes, ok := Parts(t)
	for _, h := range holes {
		a, b := s.Slot(h.Name), s.Slot(h.To)
		if a == nil || h.To != "" && (b == nil || b.Unit != a.Unit || a.Param >= 0) || !FormatFits(h.Format, a.Unit) {
			ok = false
		}
	}
	if !ok {
		return errors.New("rule “" + clip(r.ID) + "” prints something that is not there")
	}
	return nil
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
