package author_test

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"lixianban/app/policy"
	"lixianban/app/policy/author"
)

// recorded is what Publicodes said about one person: see testdata/publicodes/record.mjs.
type recorded struct {
	Service         string
	Person, Partial map[string]string
	Missing, Asked  []string
	Value           int64
}

// Options of Publicodes by ours; years are days of hiring.
var named = map[string]string{
	"célibataire": "single", "couple": "couple", "veuf": "widowed", "moins de 21": "under21", "de 21 à 25": "from21", "de 26 à 44": "from26", "plus de 44": "over44",
	"moins que bac": "below", "bac ou plus": "bac", "moins de 18": "under18", "de 18 à 20": "from18", "plus de 25": "over25",
}

var hired = map[string]string{"0": "2025-09-01", "1": "2024-09-01", "2": "2023-09-01"}

// TestWhatIsAskedNextAgreesWithPublicodes compares fourteen rules of French social law, re-modelled in our
// YAML, with the engine they are written for: the same questions in the same order, the same
// values, the same list of what is missing from partial answers. The lists differ for one reason only: Publicodes
// fills what is open with a default and lists what applies then; we list a question when it is certain to
// apply. So "alone" is listed there while the family is open, and here once it is known.
func TestWhatIsAskedNextAgreesWithPublicodes(t *testing.T) {
	p, problems := author.Compile(os.DirFS("testdata/publicodes/pack"))
	if p == nil {
		t.Fatal(report(problems))
	}
	data, err := os.ReadFile("testdata/publicodes/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []recorded
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	byDefault := 0
	for _, r := range all {
		if asked, value := interviewed(t, p, r); !reflect.DeepEqual(asked, r.Asked) || value != r.Value {
			t.Errorf("%s %v: we ask %v and find %d, Publicodes asks %v and finds %d", r.Service, r.Person, asked, value, r.Asked, r.Value)
		}
		missing, want := asks(answer(t, p, r, r.Partial), p), certain(r)
		if len(want) < len(r.Missing) {
			byDefault++
		}
		if !reflect.DeepEqual(missing, want) {
			t.Errorf("%s with %v: we miss %v, Publicodes %v", r.Service, r.Partial, missing, r.Missing)
		}
	}
	if len(all) != 180 || byDefault != 9 {
		t.Errorf("%d people, %d of them with a question that applies by default only", len(all), byDefault)
	}
	t.Logf("%d people: every sequence and value alike; %d lists differ by a question that applies by default only", len(all), byDefault)
}

// certain is what Publicodes misses, without what applies by default only.
func certain(r recorded) []string {
	out := []string{}
	for _, id := range r.Missing {
		if id != "alone" || r.Partial["family"] != "" && r.Partial["children"] != "" {
			out = append(out, id)
		}
	}
	return out
}

func answer(t *testing.T, p *policy.Pack, r recorded, given map[string]string) *policy.Machine {
	t.Helper()
	m, err := policy.NewMachine(p, r.Service, "", p.Checked)
	if err != nil {
		t.Fatal(err)
	}
	for id, text := range given {
		set(t, p, m, id, text)
	}
	m.Run()
	return m
}

func set(t *testing.T, p *policy.Pack, m *policy.Machine, id, text string) {
	t.Helper()
	if to, ok := named[text]; ok {
		text = to
	}
	if id == "hired" {
		text = hired[text]
	}
	f, _ := p.Fact(id)
	v, err := f.Parse(text)
	if err == nil {
		err = m.Set(id, v)
	}
	if err != nil {
		t.Fatal(id, text, err)
	}
}

func asks(m *policy.Machine, p *policy.Pack) []string {
	out := []string{}
	for _, i := range m.Ask() {
		out = append(out, p.Facts[i].Question.Fact)
	}
	return out
}

// interviewed answers what we ask until nothing is left.
func interviewed(t *testing.T, p *policy.Pack, r recorded) (asked []string, value int64) {
	t.Helper()
	m := answer(t, p, r, nil)
	for {
		i, more := m.Next()
		if !more {
			v, _, _ := m.Lookup("value")
			return asked, v.N
		}
		id := p.Facts[i].Question.Fact
		asked = append(asked, id)
		set(t, p, m, id, r.Person[id])
		m.Run()
	}
}
