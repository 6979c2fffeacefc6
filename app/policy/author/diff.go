package author

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"lixianban/app/policy"
)

// Diff says in plain words what changed between two packs, for which periods and
// regions; no line when nothing a person could notice did.
func Diff(from, to *policy.Pack) []string {
	d := &diff{}
	if from.Version != to.Version {
		d.line("version %d → %d", from.Version, to.Version)
	}
	if from.Checked != to.Checked {
		d.line("sources checked on %s, before on %s", to.Checked, from.Checked)
	}
	compare(d, "source", from.Cites, to.Cites, func(c policy.Cite) string { return c.ID }, d.cite)
	compare(d, "question", from.Facts, to.Facts, func(f policy.Fact) string { return f.Question.Fact }, d.fact)
	compare(d, "parameter", from.Params, to.Params, func(p policy.Param) string { return p.ID }, d.param)
	compare(d, "calendar year", from.Calendar, to.Calendar, func(y policy.Year) string { return strconv.Itoa(y.Year) }, func(id string, a, b policy.Year) { d.line("calendar year %s: days off or worked changed", id) })
	compare(d, "service", from.Services, to.Services, func(s policy.Service) string { return s.ID }, func(id string, a, b policy.Service) { d.service(from, to, &a, &b) })
	return d.lines
}

type diff struct{ lines []string }

func (d *diff) line(format string, args ...any) {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

// compare pairs two lists by id: gone, changed, then new.
func compare[T any](d *diff, kind string, from, to []T, id func(T) string, changed func(string, T, T)) {
	old := map[string]T{}
	for _, x := range from {
		old[id(x)] = x
	}
	seen := map[string]bool{}
	for _, y := range to {
		k := id(y)
		seen[k] = true
		if x, ok := old[k]; !ok {
			d.line("new %s %s", kind, k)
		} else if !reflect.DeepEqual(x, y) {
			changed(k, x, y)
		}
	}
	for _, x := range from {
		if !seen[id(x)] {
			d.line("%s %s is gone", kind, id(x))
		}
	}
}

func (d *diff) cite(id string, a, b policy.Cite) {
	if a.Confidence != b.Confidence {
		d.line("source %s: confidence %s → %s", id, a.Confidence, b.Confidence)
		return
	}
	d.line("source %s: its description changed", id)
}

func (d *diff) fact(id string, a, b policy.Fact) {
	compare(d, "option of question "+id+":", a.Options, b.Options, func(o policy.Option) string { return o.ID }, func(o string, x, y policy.Option) {
		d.line("question %s: option %s now reads “%s”", id, o, y.Say.ZH)
	})
	if a.Ask != b.Ask {
		d.line("question %s: “%s” → “%s”", id, a.Ask.ZH, b.Ask.ZH)
	}
	if a.Min != b.Min || a.Max != b.Max {
		d.line("question %s: allowed %s … %s, before %s … %s", id, b.Text(b.Min), b.Text(b.Max), a.Text(a.Min), a.Text(a.Max))
	}
}

func (d *diff) param(id string, a, b policy.Param) {
	key := func(v policy.ParamValue) string { return "from " + day(v.From, "always") + where(v.Region) }
	compare(d, "value of parameter "+id, a.Values, b.Values, key, func(k string, x, y policy.ParamValue) {
		if was, is := worth(a.Unit, x), worth(b.Unit, y); was != is {
			d.line("parameter %s: %s → %s, for dates %s … %s%s", id, was, is, day(y.From, "always"), day(y.To, "open"), where(y.Region))
		} else {
			d.line("parameter %s: same value %s, new end, source or status %s%s", id, is, k, where(y.Region))
		}
	})
}

func worth(u policy.Unit, v policy.ParamValue) string {
	if u == policy.Phrase {
		return "“" + v.Say.ZH + "”"
	}
	return show(u, policy.Value{State: policy.Known, N: v.Low}, policy.Value{State: policy.Known, N: v.High})
}

func day(d policy.Day, none string) string {
	if d == 0 {
		return none
	}
	return d.String()
}

func where(region string) string {
	if region == "" {
		return ""
	}
	return " in region " + region
}

// statement is a rule as people see it: texts, sources by id, the condition written out.
type statement struct {
	ID, When, Say, More, Cites, Kind, Region string
	From, To                                 policy.Day
}

func (d *diff) service(from, to *policy.Pack, a, b *policy.Service) {
	key := func(s statement) string { return s.ID + where(s.Region) }
	compare(d, "statement", statements(from, a), statements(to, b), key, func(k string, x, y statement) { d.statement(k, x, y) })
}

func (d *diff) statement(id string, x, y statement) {
	period := fmt.Sprintf("for dates %s … %s%s", day(y.From, "always"), day(y.To, "open"), where(y.Region))
	for _, c := range []struct{ what, was, is string }{
		{"holds when", x.When, y.When}, {"says", x.Say, y.Say}, {"adds", x.More, y.More}, {"cites", x.Cites, y.Cites}, {"is", x.Kind, y.Kind},
		{"is for dates", day(x.From, "always") + " … " + day(x.To, "open"), day(y.From, "always") + " … " + day(y.To, "open")},
	} {
		if c.was != c.is {
			d.line("statement %s, %s: %s “%s”, before “%s”", id, period, c.what, c.is, c.was)
		}
	}
}

func statements(p *policy.Pack, svc *policy.Service) (out []statement) {
	count := map[string]int{}
	for _, r := range svc.Rules {
		s := statement{ID: svc.ID + "/" + r.ID, When: "always", Say: r.Say.ZH + " / " + r.Say.EN, More: r.More.ZH + " / " + r.More.EN,
			Kind: string(r.Kind) + string(r.Need) + " " + string(r.Tone), Region: r.Region, From: r.From, To: r.To}
		if count[s.ID+s.Region]++; count[s.ID+s.Region] > 1 {
			s.ID += "#" + strconv.Itoa(count[s.ID+s.Region])
		}
		if r.When >= 0 {
			s.When = Expression(p, svc, int32(r.When))
		}
		if r.Column != "" {
			s.Kind += " in " + r.Column + " " + r.Row
		}
		for _, t := range []policy.Text{r.Ask, r.Claim} {
			if t.ZH != "" {
				s.More += " / " + t.ZH + " / " + t.EN
			}
		}
		if len(r.Opens) > 0 {
			s.Kind += ", opens " + strings.Join(r.Opens, ", ")
		}
		if len(r.Overrides) > 0 {
			s.Kind += ", displaces " + strings.Join(r.Overrides, ", ")
		}
		for _, c := range r.Cites {
			s.Cites += p.Cites[c].ID + " "
		}
		out = append(out, s)
	}
	return out
}

var infix = map[policy.Op]string{policy.OpAnd: " && ", policy.OpOr: " || ", policy.OpEq: " == ", policy.OpLt: " < ", policy.OpLe: " <= ",
	policy.OpAdd: " + ", policy.OpSub: " - ", policy.OpMul: " * "}

var called = map[policy.Op]string{policy.OpMin: "min", policy.OpMax: "max", policy.OpLow: "low", policy.OpHigh: "high", policy.OpAddMonths: "addMonths",
	policy.OpAddDays: "addDays", policy.OpAddWorkdays: "addWorkdays", policy.OpYMD: "ymd", policy.OpYear: "year", policy.OpMonth: "month",
	policy.OpMonthsBetween: "monthsBetween", policy.OpDaysBetween: "daysBetween"}

// Expression writes a node back as an expression, with defs written out.
func Expression(p *policy.Pack, svc *policy.Service, at int32) string {
	n := svc.Nodes[at]
	var args []string
	if n.Op != policy.OpFact {
		n.Operands(func(o int32) { args = append(args, Expression(p, svc, o)) })
	}
	switch n.Op {
	case policy.OpConst:
		return strconv.FormatInt(n.K, 10)
	case policy.OpToday:
		return "today"
	case policy.OpFact:
		return p.Facts[n.A].Question.Fact
	case policy.OpParam:
		return "p." + p.Params[n.A].ID
	case policy.OpNot:
		return "!" + args[0]
	case policy.OpIf:
		return "(" + args[0] + " ? " + args[1] + " : " + args[2] + ")"
	case policy.OpIn:
		return args[0] + " in [" + strings.Join(members(p, svc, n), ", ") + "]"
	}
	if n.Op == policy.OpEq {
		args[1] = optionName(p, svc, n, args[1])
	}
	if f, ok := called[n.Op]; ok {
		return f + "(" + strings.Join(args, ", ") + ")"
	}
	return "(" + strings.Join(args, infix[n.Op]) + ")"
}

func members(p *policy.Pack, svc *policy.Service, n policy.Node) (ids []string) {
	for i, o := range p.Facts[svc.Nodes[n.A].A].Options {
		if n.K>>i&1 != 0 {
			ids = append(ids, strconv.Quote(o.ID))
		}
	}
	return ids
}

func optionName(p *policy.Pack, svc *policy.Service, n policy.Node, text string) string {
	a, b := svc.Nodes[n.A], svc.Nodes[n.B]
	if a.Op == policy.OpFact && b.Op == policy.OpConst && b.K >= 0 && b.K < int64(len(p.Facts[a.A].Options)) {
		return strconv.Quote(p.Facts[a.A].Options[b.K].ID)
	}
	return text
}
