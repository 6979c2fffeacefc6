package view

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/filing"
	"lixianban/app/outbox"
	"lixianban/app/policy"
	"lixianban/app/words"
)

// Look is how a kind of field looks: the class of its input and the keyboard.
type Look struct{ Kind, Mode string }

// Looks of the kinds that are typed. ID numbers end in X on some, so that they get
// the full keyboard's letters.
var Looks = map[filing.Kind]Look{
	filing.KindName:  {"text", ""},
	filing.KindID:    {"id", ""},
	filing.KindPhone: {"phone", "tel"},
	filing.KindText:  {"long", ""},
	filing.KindDate:  {"date", "numeric"},
}

// autos are the autocomplete tokens of the applicant's own fields.
var autos = map[string]string{"name": "name", "phone": "tel"}

// Auto is a field's autocomplete token; "off" for all about other people and numbers.
func Auto(field string) string {
	if a, ok := autos[field]; ok {
		return a
	}
	return "off"
}

// TypedField is how a stored value stands in its field.
func TypedField(k filing.Kind, v string) string {
	if k == filing.KindDate {
		return Typed("", v)
	}
	return v
}

// UntypeField is how a typed value is stored; only days change their spelling.
func UntypeField(k filing.Kind, v string) string {
	if k == filing.KindDate {
		return CleanDate(Plain(v))
	}
	return v
}

// Label names a field; a person's own fields read differently when someone acts
// for them ("参保人的名字").
func Label(lang string, f filing.Field, v filing.Values) string {
	key := "filing.field." + f.ID
	if other := key + ".other"; v["acting"] != "" && v["acting"] != "self" && words.Has(other) {
		key = other
	}
	return words.T(lang, key)
}

// Hint is the line under a field's name, "" when it needs none.
func Hint(lang, field string) string {
	if key := "filing.hint." + field; words.Has(key) {
		return words.T(lang, key)
	}
	return ""
}

// Option is a choice of a field in words.
func Option(lang, field, id string) string { return words.T(lang, "filing.option."+field+"."+id) }

// StepTitle is the heading of a step.
func StepTitle(lang, step string) string { return words.T(lang, "filing.step."+step) }

// Problem is what to do about a refused value.
func Problem(lang string, p filing.Problem) string { return say(lang, "filing.problem.", p) }

// Warning is what to look at again.
func Warning(lang string, p filing.Problem) string { return say(lang, "filing.warning.", p) }

// say finds the most fitting sentence: for the code in this field, then for the code.
func say(lang, prefix string, p filing.Problem) string {
	key := prefix + p.Code
	if own := key + "." + p.Field; words.Has(own) {
		key = own
	}
	args := []any{"label", words.T(lang, "filing.field."+p.Field)}
	for k, v := range p.Args {
		if d, err := policy.ParseDay(v); err == nil {
			v = Date(lang, d)
		}
		args = append(args, k, v)
	}
	return words.T(lang, key, args...)
}

// Value is a field's value in words, for lists of answers and prints.
func Value(lang string, f filing.Field, v string, pack []policy.Option) string {
	switch {
	case v == "":
		return ""
	case f.Kind == filing.KindChoice && f.Options != nil:
		return Option(lang, f.ID, v)
	case f.Kind == filing.KindChoice:
		for _, o := range pack {
			if o.ID == v {
				return Text(lang, o.Say)
			}
		}
	case f.Kind == filing.KindRegion:
		return Whole(lang, v)
	case f.Kind == filing.KindDate:
		if d, err := policy.ParseDay(v); err == nil {
			return Date(lang, d)
		}
	case f.Kind == filing.KindID && len(v) == 18:
		return v[:6] + " " + v[6:14] + " " + v[14:]
	}
	return v
}

// PackOptions gives the checks the ids that the pack offers for choices of the form
// without options of their own: the fact of the same name.
func PackOptions(form filing.Form, p *policy.Pack) map[string][]string {
	opts := map[string][]string{}
	if p == nil {
		return opts
	}
	for _, s := range form.Steps {
		for _, f := range s.Fields {
			if f.Kind != filing.KindChoice || f.Options != nil {
				continue
			}
			if fact, ok := p.Fact(f.ID); ok {
				for _, o := range fact.Question.Options {
					opts[f.ID] = append(opts[f.ID], o.ID)
				}
			}
		}
	}
	return opts
}

// NewDraft is an empty application that takes over what the interview and the
// settings already know: the same question is not asked twice.
func NewDraft(form filing.Form, sid, pack, region string, facts []filing.Answer, now time.Time) filing.Draft {
	d := filing.Draft{ID: sid, Form: form.ID, Pack: pack, Facts: facts, Values: filing.Values{}, Updated: now.UTC().Format(time.RFC3339)}
	for _, a := range facts {
		if f, ok := form.Field(a.ID); ok && f.Kind == filing.KindChoice && a.Value != "?" {
			d.Values[a.ID] = a.Value
		}
	}
	for _, a := range facts {
		if same, ok := sameAs[a.ID]; ok && same.of[a.Value] != "" {
			if _, ok := form.Field(same.field); ok {
				d.Values[same.field] = same.of[a.Value]
			}
		}
	}
	if d.Values["reason"] == "died" {
		d.Values["acting"] = "relative"
	}
	if _, ok := form.Field("region"); ok && region != "" {
		d.Values["region"] = region
	}
	return d
}

// sameAs are questions of the interview that a form asks in other words.
var sameAs = map[string]struct {
	field string
	of    map[string]string
}{
	"filer": {"acting", map[string]string{"self": "self", "child": "guardian", "other": "proxy"}},
}

// Refusal says why an application could not be sealed or kept: what to do next.
func Refusal(lang string, err error) string {
	var o *outbox.Error
	if errors.As(err, &o) {
		return sentence(lang, "outbox.", string(o.Code), "outbox.other")
	}
	var f *filing.Error
	if errors.As(err, &f) {
		return sentence(lang, "filing.error.", f.Code, "outbox.other")
	}
	return words.T(lang, "outbox.other", "code", "unknown")
}

// Choice is one line to choose.
type Choice struct {
	ID, Text string
	Unsure   bool // none of the others
}

// Province is the provincial code of an adcode, "-" when there is none.
func Province(region string) string {
	if len(region) != 6 {
		return "-"
	}
	return region[:2] + "0000"
}

// Picked is the value of a line of a list; "-" is none.
func Picked(id string) string {
	if id == "-" {
		return ""
	}
	return id
}

// PlaceChoices lists the cities and counties of a province that have rules of their own
// or an office in the directory, "-" (elsewhere in the province) first; nil when there are none.
func PlaceChoices(lang, province string, offices []envelope.Office) []Choice {
	names := map[string]string{}
	for _, o := range offices {
		for _, r := range o.Regions {
			names[pad(r)] = OfficeName(lang, o)
		}
	}
	for _, p := range Places {
		names[p.Code] = p.name(lang)
	}
	var cs []Choice
	for _, code := range slices.Sorted(maps.Keys(names)) {
		if Province(code) == province && code != province {
			cs = append(cs, Choice{ID: code, Text: names[code]})
		}
	}
	if cs == nil {
		return nil
	}
	return append([]Choice{{ID: "-", Text: words.T(lang, "settings.elsewhere")}}, cs...)
}

// RegionChoices lists the regions for a list to choose from, "-" first.
func RegionChoices(lang string) []Choice {
	cs := []Choice{{ID: "-", Text: words.T(lang, "settings.pick")}}
	for _, r := range Regions {
		cs = append(cs, Choice{ID: r.Code, Text: RegionName(lang, r.Code)})
	}
	return cs
}

// OfficeChoices lists the offices inside a province by the place they serve.
func OfficeChoices(lang, province string, within []envelope.Office) []Choice {
	var cs []Choice
	for _, o := range within {
		for _, r := range o.Regions {
			if strings.HasPrefix(r, province[:2]) {
				cs = append(cs, Choice{ID: pad(r), Text: OfficeName(lang, o)})
			}
		}
	}
	return append(cs, Choice{ID: province, Text: words.T(lang, "apply.none-of-these"), Unsure: true})
}

func pad(code string) string { return (code + "000000")[:6] }

// OfficeName is an office's name in a language.
func OfficeName(lang string, o envelope.Office) string {
	if strings.HasPrefix(lang, words.EN) && o.NameEN != "" {
		return o.NameEN
	}
	return o.Name
}
