package policy_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"lixianban/app/policy"
)

// everything is a small pack that uses each part of the format.
func everything() *policy.Pack {
	p := twelve()
	p.Regions = []string{"370000", "370200"}
	p.Params = []policy.Param{
		{ID: "fee", Unit: policy.Money, Title: text("fee"), Overridable: true, Values: []policy.ParamValue{{From: 20000, To: 20100, Low: 40000, High: 40000, Cites: []int{0}, Checked: 20000},
			{Region: "370200", Low: 1, High: 2, Projected: true, Cites: []int{0}}}},
		{ID: "item", Unit: policy.Phrase, Title: text("item"), Values: []policy.ParamValue{{Say: text("暂停参保")}}},
	}
	p.Calendar = calendarOf(20089)
	s := &p.Services[0]
	n := int32(len(s.Nodes))
	s.Nodes = append(s.Nodes, policy.Node{Op: policy.OpParam}, policy.Node{Op: policy.OpFact, A: 9, B: n - 1})
	s.Slots = []policy.Slot{{Name: "p.fee", Unit: policy.Money, Node: int(n), Param: -1, Fact: -1}, {Name: "p.item", Unit: policy.Phrase, Node: -1, Param: 1, Fact: -1},
		{Name: "kids", Unit: policy.Int, Node: int(n) + 1, Param: -1, Fact: 9}}
	s.Rules = append(s.Rules,
		policy.Rule{ID: "cost", Kind: policy.KindConsequence, Tone: "info", When: -1, From: 20000, To: 30000, Say: text("{p.fee} {{x}} {p.item}"), More: text("{kids}"), Cites: []int{0}, Confidence: "CONF", Overridable: true},
		policy.Rule{ID: "cost", Kind: policy.KindConsequence, Region: "370200", When: -1, Say: text("青岛 {p.fee|yuan}"), Cites: []int{0}},
		policy.Rule{ID: "id-card", Need: policy.Must, When: -1, Say: text("id"), Overrides: []string{"no"}, Cites: []int{0}},
		policy.Rule{ID: "stop-now", Kind: policy.KindChoice, When: -1, Say: text("now"), Cites: []int{0}, Column: "stop", Row: "wait"})
	p.Services = append(p.Services, policy.Service{ID: "read", Title: text("read"), Rules: []policy.Rule{
		{ID: "refund", Kind: policy.KindAnswer, When: -1, Say: text("a"), Ask: text("which?"), Opens: []string{"aid"}, Cites: []int{0}},
		{ID: "c1", Kind: policy.KindMyth, When: -1, Say: text("b"), Claim: text("so they say"), Opens: []string{"aid"}, Cites: []int{0}}}})
	return p
}

func calendarOf(d policy.Day) []policy.Year {
	y, _, _ := d.Civil()
	return []policy.Year{{Year: y, Off: []policy.Day{d}, Work: []policy.Day{d + 1}, LateOff: []policy.Day{d}}}
}

func TestAPackSurvivesItsBytes(t *testing.T) {
	p := everything()
	data := policy.Encode(p)
	got, err := policy.Load(data)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, p) {
		t.Errorf("loaded %+v\nwant %+v", got, p)
	}
	if !bytes.Equal(policy.Encode(got), data) {
		t.Error("encoding it again gives other bytes")
	}
}

func TestEveryCutAndEveryFlippedBitIsRefusedOrStillCanonical(t *testing.T) {
	data := policy.Encode(everything())
	for i := range data {
		if _, err := policy.Load(data[:i]); err == nil {
			t.Fatalf("the first %d of %d bytes load", i, len(data))
		}
	}
	for i := range data {
		for bit := range 8 {
			b := bytes.Clone(data)
			b[i] ^= 1 << bit
			if p, err := policy.Load(b); err == nil && !bytes.Equal(policy.Encode(p), b) {
				t.Fatalf("bit %d of byte %d: two files for one pack", bit, i)
			}
		}
	}
	if _, err := policy.Load(append(bytes.Clone(data), 0)); err == nil {
		t.Error("a byte after the end is accepted")
	}
}

func TestPacksThatMisleadAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*policy.Pack){
		"bidirectional text":       func(p *policy.Pack) { p.Services[0].Rules[0].Say.ZH = "可以\u202e停" },
		"invisible text":           func(p *policy.Pack) { p.Title.EN = "a\u200bb" },
		"control character":        func(p *policy.Pack) { p.Title.EN = "a\nb" },
		"broken UTF-8":             func(p *policy.Pack) { p.Title.EN = "a\xff" },
		"text too long":            func(p *policy.Pack) { p.Title.EN = strings.Repeat("a", 5000) },
		"no English":               func(p *policy.Pack) { p.Services[0].Rules[0].Say.EN = "" },
		"a question twice":         func(p *policy.Pack) { p.Facts[1].Question.Fact = "birth" },
		"a rule of no kind":        func(p *policy.Pack) { p.Services[0].Rules[0].Kind = "rumour" },
		"an unknown need":          func(p *policy.Pack) { p.Services[0].Rules[4].Need = "perhaps" },
		"a condition that is none": func(p *policy.Pack) { p.Services[0].Rules[1].When = 0 },
		"days added to days": func(p *policy.Pack) {
			p.Services[0].Nodes = append(p.Services[0].Nodes, policy.Node{Op: policy.OpAdd, A: 1, B: 1})
		},
		"a node that reads itself": func(p *policy.Pack) {
			n := p.Services[0].Nodes
			n[len(n)-1] = policy.Node{Op: policy.OpNot, A: int32(len(n)) - 1}
		},
		"printing what is not there": func(p *policy.Pack) {
			p.Services[0].Rules[0].Say = text("{nothing}")
		},
		"a format that does not fit":  func(p *policy.Pack) { p.Services[0].Rules[2].Say = text("{p.fee|months}") },
		"two values for a day":        func(p *policy.Pack) { v := &p.Params[0].Values; *v = append(*v, (*v)[0]) },
		"a value upside down":         func(p *policy.Pack) { p.Params[0].Values[0].Low = 50000 },
		"an ungraded source":          func(p *policy.Pack) { p.Cites[0].Confidence = "SURE" },
		"a link that is a script":     func(p *policy.Pack) { p.Cites[0].URL = "javascript:alert(1)" },
		"a region of letters":         func(p *policy.Pack) { p.Regions[0] = "37000x" },
		"an answer that asks nothing": func(p *policy.Pack) { p.Services[1].Rules[0].Ask = policy.Text{} },
		"an answer to nowhere":        func(p *policy.Pack) { p.Services[1].Rules[0].Opens = nil },
		"an answer to a page to read": func(p *policy.Pack) { p.Services[1].Rules[0].Opens[0] = "read" },
		"a myth nobody tells":         func(p *policy.Pack) { p.Services[1].Rules[1].Claim.EN = "" },
		"a myth that computes":        func(p *policy.Pack) { p.Services[1].Rules[1].Claim = text("{p.fee}") },
		"a choice outside the table":  func(p *policy.Pack) { p.Services[0].Rules[5].Column = "run" },
		"an impossible day":           func(p *policy.Pack) { p.Checked = 1 << 30 },
	} {
		p := everything()
		spoil(p)
		_, err := policy.Load(policy.Encode(p))
		var e *policy.Error
		if !errors.As(err, &e) || e.Code != "bad_pack" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := policy.Load(make([]byte, policy.MaxPackBytes+1)); err == nil {
		t.Error("a huge file is accepted")
	}
}

func TestALyingLengthCostsNoMemory(t *testing.T) {
	huge := []byte("LXP1\xff\xff\x03")
	if n := testing.AllocsPerRun(10, func() { policy.Load(huge) }); n > 20 {
		t.Errorf("%v allocations for a file of %d bytes", n, len(huge))
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(policy.Encode(twelve()))
	f.Add(policy.Encode(everything()))
	f.Add([]byte("LXP1\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := policy.Load(data)
		if err != nil {
			return
		}
		if !bytes.Equal(policy.Encode(p), data) {
			t.Fatal("it loads, but encodes differently")
		}
		for i := range p.Services {
			for _, region := range append([]string{""}, p.Regions...) {
				o, err := p.Evaluate(policy.Case{Service: p.Services[i].ID, Region: region, At: 20413})
				if err != nil || o == nil {
					t.Fatalf("a loaded pack can't be evaluated: %v", err)
				}
			}
		}
	})
}

func TestTheNarrowestRegionReplacesAndTheTraceShowsBoth(t *testing.T) {
	p, err := policy.Load(policy.Encode(everything()))
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]policy.Value{"ended": known(0)}
	for _, c := range []struct{ region, say, national string }{
		{"", "400 元 {x} 暂停参保", ""},
		{"370000", "400 元 {x} 暂停参保", ""},
		{"370200", "青岛 0.01 到 0.02 元", "0.01 到 0.02 元 {x} 暂停参保"},
	} {
		o, err := p.Evaluate(policy.Case{Service: "aid", Region: c.region, At: 20050, Facts: facts})
		if err != nil {
			t.Fatal(err)
		}
		f := o.Findings[0]
		if f.Say.ZH != c.say {
			t.Errorf("%q says %q, want %q", c.region, f.Say.ZH, c.say)
		}
		if c.national != "" && (f.National == nil || f.National.Say.ZH != c.national) {
			t.Errorf("%q does not show the national statement: %+v", c.region, f.National)
		}
	}
}

func TestAParameterWithoutAValueSendsToTheOffice(t *testing.T) {
	p, _ := policy.Load(policy.Encode(everything()))
	o, err := p.Evaluate(policy.Case{Service: "aid", At: 20200, Facts: map[string]policy.Value{"ended": known(0)}})
	if err != nil {
		t.Fatal(err)
	}
	f := o.Findings[0]
	if f.Say.ZH != "（问 12393） {x} 暂停参保" || f.Values[0].Missing != "office" || len(o.Office) != 1 || o.Office[0].Param != "fee" {
		t.Errorf("%+v, office %+v", f, o.Office)
	}
	if len(o.Ask) != 0 {
		t.Errorf("asks %v, which no answer can settle", o.Ask)
	}
}
