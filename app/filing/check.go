package filing

import (
	"slices"
	"strconv"
	"strings"
)

// Env is what a check needs from outside.
type Env struct {
	Today Date // the person's date; the phone's clock unless corrected
	// Options gives the ids the rule pack offers for a choice without own Options
	// ("reason"); a missing entry takes any well-formed id.
	Options map[string][]string
}

// Problem is something to cure (in Report.Problems) or to look at again (in
// Report.Warnings). Args fill the catalogue's sentence; none is personal data.
type Problem struct {
	Step, Field string
	Code        string
	Args        map[string]string
}

// Report is the outcome of a check, in form order.
type Report struct{ Problems, Warnings []Problem }

// OK tells that nothing has to be cured.
func (r Report) OK() bool { return len(r.Problems) == 0 }

// Codes lists every problem and warning code with the names of its arguments.
var Codes = map[string][]string{
	"required":           nil,
	"choice.unknown":     nil,
	"too-long":           {"max", "over"},
	"name.character":     nil, // control, direction, private or combining character
	"name.letters":       nil, // digits or signs in a name
	"name.short":         nil, // warning
	"text.character":     nil,
	"text.lines":         nil,
	"text.account":       nil, // warning: looks like a card or ID number
	"id.length":          {"have"},
	"id.characters":      nil,
	"id.old":             nil, // 15 digits: first generation
	"id.date":            nil,
	"id.future":          nil,
	"id.check":           nil,
	"id.area":            nil, // warning
	"phone.characters":   nil,
	"phone.mobile":       {"have"},
	"phone.landline":     nil,
	"phone.area":         nil, // landline without area code
	"region.unknown":     nil,
	"date.format":        nil,
	"date.early":         {"earliest"},
	"date.late":          {"latest"},
	"date.past":          nil, // warning
	"acting.under8":      nil, // a child under 8 can't file alone (民法典 §20)
	"acting.under18":     nil, // warning: the guardian must agree (民法典 §19)
	"acting.adult":       nil, // warning: guardian for an adult
	"acting.died":        nil, // the person died: a relative reports it
	"reason.not-died":    nil,
	"wish.died":          nil, // a death ends the enrolment; there is nothing to pause
	"same-person":        nil, // two numbers that must belong to two people
	"guardian.minor":     nil, // a guardian who is under 18 himself
	"proxy.minor":        nil,
	"proxy.paper":        nil, // warning: the written authority is still missing
	"consent.missing":    nil,
	"consent.text":       nil, // the consent text changed: ask again
	"consent.by":         {"by"},
	"acting.child-proxy": nil, // warning: a proxy needs the guardian's authority
}

// found is a code with its arguments, before its place is known.
type found struct {
	code string
	args []string // name, value, …
}

func bad(code string, args ...string) []found { return []found{{code, args}} }

func itoa(n int) string { return strconv.Itoa(n) }

// kinds are the checks and normal forms by kind.
var kinds = map[Kind]struct {
	check  func(Field, string, Env) (problems, warnings []found)
	normal func(string) string
}{
	KindChoice: {checkChoice, strings.TrimSpace},
	KindName:   {checkName, normalName},
	KindID:     {checkID, NormalizeID},
	KindPhone:  {checkPhone, NormalizePhone},
	KindRegion: {checkRegion, compact},
	KindText:   {checkText, normalText},
	KindDate:   {checkDate, normalDate},
}

// Normalize gives every known field its normal form and drops empty and unknown ones.
// Fields that don't apply now are kept: going back must not lose them.
func (f Form) Normalize(v Values) Values {
	out := Values{}
	for id, raw := range v {
		field, ok := f.Field(id)
		if !ok {
			continue
		}
		if n := kinds[field.Kind].normal(raw); n != "" {
			out[id] = n
		}
	}
	return out
}

// Check looks at the whole form: every field that applies, then the rules between
// fields. Values are normalised first.
func (f Form) Check(v Values, env Env) Report {
	v = f.Normalize(v)
	var r Report
	for _, s := range f.Visible(v, env.Today) {
		for _, field := range s.Fields {
			r.add(f, field.ID, checkOne(field, derive(v, env.Today), env))
		}
	}
	for _, rule := range rules {
		r.add(f, rule.field, rule.of(derive(v, env.Today)))
	}
	return r
}

// CheckStep is Check for one page.
func (f Form) CheckStep(step string, v Values, env Env) Report {
	other := func(p Problem) bool { return p.Step != step }
	r := f.Check(v, env)
	return Report{slices.DeleteFunc(r.Problems, other), slices.DeleteFunc(r.Warnings, other)}
}

// CheckField is Check for one field, as it is left.
func (f Form) CheckField(id string, v Values, env Env) Report {
	other := func(p Problem) bool { return p.Field != id }
	r := f.Check(v, env)
	return Report{slices.DeleteFunc(r.Problems, other), slices.DeleteFunc(r.Warnings, other)}
}

// finding is what one check or rule found.
type finding struct{ problems, warnings []found }

func checkOne(field Field, d facts, env Env) finding {
	v := d.v[field.ID]
	if v == "" {
		if field.Optional != nil && d.all(field.Optional) {
			return finding{}
		}
		return finding{problems: bad("required")}
	}
	p, w := kinds[field.Kind].check(field, v, env)
	return finding{p, w}
}

// add places what was found; a field with a problem already gets no second one.
func (r *Report) add(f Form, field string, x finding) {
	taken := func(p Problem) bool { return p.Field == field }
	for _, p := range x.problems {
		if !slices.ContainsFunc(r.Problems, taken) {
			r.Problems = append(r.Problems, place(f, field, p))
		}
	}
	for _, w := range x.warnings {
		r.Warnings = append(r.Warnings, place(f, field, w))
	}
}

func place(f Form, field string, x found) Problem {
	p := Problem{Step: field, Field: field, Code: x.code} // consent is a page of its own
	for _, s := range f.Steps {
		if slices.ContainsFunc(s.Fields, func(y Field) bool { return y.ID == field }) {
			p.Step = s.ID
		}
	}
	for i := 0; i+1 < len(x.args); i += 2 {
		if p.Args == nil {
			p.Args = map[string]string{}
		}
		p.Args[x.args[i]] = x.args[i+1]
	}
	return p
}

func checkChoice(f Field, v string, env Env) (p, w []found) {
	options := f.Options
	if options == nil {
		options = env.Options[f.ID]
	}
	ok := slices.Contains(options, v)
	if options == nil {
		ok = len(v) <= 40 && strings.Trim(v, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
	}
	if !ok {
		return bad("choice.unknown"), nil
	}
	return nil, nil
}

func checkRegion(_ Field, v string, _ Env) (p, w []found) {
	if len(v) != 6 || strings.Trim(v, digits) != "" || !strings.Contains(provinces, " "+v[:2]+" ") {
		return bad("region.unknown"), nil
	}
	return nil, nil
}

// normalDate takes 2027-1-5, 2027/1/5, 2027.1.5, 2027年1月5日 and 20270105.
func normalDate(s string) string {
	s = strings.TrimSpace(narrow(s))
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-/.年月日 ", r) })
	if len(s) == 8 && strings.Trim(s, digits) == "" {
		parts = []string{s[:4], s[4:6], s[6:]}
	}
	if len(parts) != 3 || len(parts[0]) != 4 {
		return s
	}
	for i := 1; i < 3; i++ {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	return strings.Join(parts, "-")
}

func checkDate(f Field, v string, env Env) (p, w []found) {
	d, ok := ParseDate(v)
	earliest, latest := env.Today.Add(f.Earliest), env.Today.Add(f.Latest)
	switch {
	case !ok:
		return bad("date.format"), nil
	case d.Before(earliest):
		return bad("date.early", "earliest", earliest.String()), nil
	case latest.Before(d):
		return bad("date.late", "latest", latest.String()), nil
	case d.Before(env.Today):
		return nil, bad("date.past")
	}
	return nil, nil
}
