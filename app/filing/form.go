package filing

import "slices"

// Kind is how a field is typed and checked.
type Kind string

// The kinds of field.
const (
	KindChoice Kind = "choice" // one of Options
	KindName   Kind = "name"   // a person's name
	KindID     Kind = "id"     // a resident identity number, GB 11643
	KindPhone  Kind = "phone"  // mobile or landline
	KindRegion Kind = "region" // 6-digit adcode
	KindText   Kind = "text"   // free text of at most Max characters
	KindDate   Kind = "date"   // YYYY-MM-DD
)

// Form is one version of one form.
type Form struct {
	ID      string // "resident-stop@1"
	Service string // the pack's service
	Consent string // version of the consent text, "resident-stop-consent@1"
	Steps   []Step
}

// Step is one page.
type Step struct {
	ID     string
	Fields []Field
}

// Field is one question of a form.
type Field struct {
	ID       string
	Kind     Kind
	Options  []string // of a choice; nil = any id the rule pack offers
	Max      int      // of a text or name: characters
	Earliest int      // of a date: days from today, negative = past
	Latest   int
	Optional []Cond // may stay empty when all hold; nil = required, Always = optional
	When     []Cond // applies when all hold; nil = always

	Personal  bool   // identifies or describes a person (SR-01)
	Purpose   string // why it is asked
	Retention string // how long it is kept
}

// Cond holds when the named value is one of In. Names starting with @ are derived:
// @age is the applicant's age band from the ID number ("under8", "under14", "under18",
// "adult", "" while unknown). In "*" means any value but empty.
type Cond struct {
	Name string
	In   []string
}

// Always is the Optional of a field nobody must fill in.
var Always = []Cond{}

// Values are the answers of a form by field id. Absent and empty are the same.
type Values map[string]string

// FormByID finds a form by its id.
func FormByID(id string) (Form, bool) {
	i := slices.IndexFunc(forms, func(f Form) bool { return f.ID == id })
	if i < 0 {
		return Form{}, false
	}
	return forms[i], true
}

var forms = []Form{residentStop}

// Field finds a field of the form.
func (f Form) Field(id string) (Field, bool) {
	for _, s := range f.Steps {
		for _, field := range s.Fields {
			if field.ID == id {
				return field, true
			}
		}
	}
	return Field{}, false
}

// Visible gives the steps and fields that apply to these values at today, in order.
// Steps without fields are left out.
func (f Form) Visible(v Values, today Date) []Step {
	d := derive(v, today)
	var out []Step
	for _, s := range f.Steps {
		fields := slices.DeleteFunc(slices.Clone(s.Fields), func(x Field) bool { return !d.all(x.When) })
		if len(fields) > 0 {
			out = append(out, Step{ID: s.ID, Fields: fields})
		}
	}
	return out
}

// Inventory lists each personal field with the step that asks it, in form order:
// the privacy page's list comes from here (SR-01).
func (f Form) Inventory() []PersonalField {
	var out []PersonalField
	for _, s := range f.Steps {
		for _, x := range s.Fields {
			if x.Personal {
				out = append(out, PersonalField{f.ID, s.ID, x.ID, x.Purpose, x.Retention})
			}
		}
	}
	return out
}

// PersonalField is one line of the field inventory.
type PersonalField struct{ Form, Step, Field, Purpose, Retention string }

// facts are values with the derived ones beside them.
type facts struct {
	v     Values
	age   string
	today Date
}

func derive(v Values, today Date) facts { return facts{v, ageBand(v["id"], today), today} }

func (d facts) get(name string) string {
	if name == "@age" {
		return d.age
	}
	return d.v[name]
}

func (d facts) all(conds []Cond) bool {
	return !slices.ContainsFunc(conds, func(c Cond) bool {
		got := d.get(c.Name)
		return !slices.Contains(c.In, got) && !(got != "" && slices.Contains(c.In, "*"))
	})
}
