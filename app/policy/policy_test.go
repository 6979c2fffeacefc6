package policy_test

import (
	"errors"
	"testing"

	"lixianban/app/policy"
)

func day(tb testing.TB, s string) policy.Day {
	tb.Helper()
	d, err := policy.ParseDay(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func text(s string) policy.Text { return policy.Text{ZH: s, EN: s} }

func known(n int64) policy.Value { return policy.Value{State: policy.Known, N: n} }

// fact makes a question of a unit with bounds.
func fact(id string, u policy.Unit, lo, hi int64) policy.Fact {
	return policy.Fact{Question: policy.Question{Fact: id, Unit: u, Label: text(id), Ask: text(id + "?"), Min: lo, Max: hi}, Cost: 50}
}

// twelve is the twelve-condition rule of the engine's benchmark: age, status, permit, months paid and broken,
// work ended, registered in time, income by dependants, student or disabled, waiting over.
func twelve() *policy.Pack {
	enum := func(id string, ids ...string) policy.Fact {
		f := fact(id, policy.Enum, 0, 0)
		for _, o := range ids {
			f.Options = append(f.Options, policy.Option{ID: o, Say: text(o)})
		}
		return f
	}
	date := func(id string) policy.Fact { return fact(id, policy.Date, int64(policy.MinDay), int64(policy.MaxDay)) }
	p := &policy.Pack{ID: "bench", Version: 1, Title: text("bench"), Horizon: 100, Checked: 20000,
		Cites: []policy.Cite{{ID: "A", Title: text("A"), Confidence: "OFF"}},
		Facts: []policy.Fact{date("birth"), enum("status", "citizen", "resident", "refugee", "tourist"), date("permit"), fact("paid", policy.Months, 0, 600),
			fact("gap", policy.Months, 0, 600), fact("ended", policy.Bool, 0, 0), date("ended_on"), date("registered"), fact("income", policy.Money, 0, 1e9),
			fact("dependants", policy.Int, 0, 20), fact("student", policy.Bool, 0, 0), fact("disabled", policy.Bool, 0, 0), enum("reason", "dismissed", "quit")}}
	v := &vector{}
	today := v.op(policy.OpToday)
	birth, status, permit := v.fact(0), v.fact(1), v.fact(2)
	adult := v.op(policy.OpLe, v.op(policy.OpAddMonths, birth, v.num(16*12)), today)
	young := v.op(policy.OpLt, today, v.op(policy.OpAddMonths, birth, v.num(65*12)))
	in := v.add(policy.Node{Op: policy.OpIn, A: status, K: 0b0111})
	valid := v.op(policy.OpOr, v.op(policy.OpEq, status, v.of(policy.Enum, 0)), v.op(policy.OpLe, today, permit))
	paid := v.op(policy.OpLe, v.num(12), v.fact(3))
	gap := v.op(policy.OpLe, v.fact(4), v.num(24))
	ended, endedOn, registered := v.fact(5), v.fact(6), v.fact(7)
	inTime := v.op(policy.OpLe, registered, v.op(policy.OpAddMonths, endedOn, v.num(6)))
	limit := v.op(policy.OpAdd, v.of(policy.Money, 90000), v.op(policy.OpMul, v.of(policy.Money, 25000), v.fact(9)))
	poor := v.op(policy.OpLt, v.fact(8), limit)
	free := v.op(policy.OpOr, v.op(policy.OpNot, v.fact(10)), v.fact(11))
	wait := v.op(policy.OpIf, v.op(policy.OpEq, v.fact(12), v.of(policy.Enum, 1)), v.num(30), v.num(7))
	over := v.op(policy.OpLe, v.op(policy.OpAddDays, registered, wait), today)
	all := adult
	for _, c := range []int32{young, in, valid, paid, gap, ended, v.op(policy.OpLe, endedOn, registered), inTime, poor, free, over} {
		all = v.op(policy.OpAnd, all, c)
	}
	p.Services = []policy.Service{{ID: "aid", Title: text("aid"), Nodes: v.nodes, Rules: []policy.Rule{
		{ID: "no", Kind: policy.KindVerdict, When: -1, Say: text("no"), Cites: []int{0}},
		{ID: "yes", Kind: policy.KindVerdict, When: int(all), Overrides: []string{"no"}, Say: text("yes"), Cites: []int{0}}}}}
	return p
}

// vector builds nodes in order, each once.
type vector struct{ nodes []policy.Node }

func (v *vector) add(n policy.Node) int32 {
	for i := range v.nodes {
		if v.nodes[i] == n {
			return int32(i)
		}
	}
	v.nodes = append(v.nodes, n)
	return int32(len(v.nodes) - 1)
}

func (v *vector) op(op policy.Op, args ...int32) int32 {
	n := policy.Node{Op: op}
	for i, a := range args {
		*[]*int32{&n.A, &n.B, &n.C}[i] = a
	}
	return v.add(n)
}

func (v *vector) num(k int64) int32 { return v.of(policy.Int, k) }
func (v *vector) of(u policy.Unit, k int64) int32 {
	return v.add(policy.Node{Op: policy.OpConst, A: int32(u), K: k})
}
func (v *vector) fact(i int32) int32 {
	return v.add(policy.Node{Op: policy.OpFact, A: i, B: -1})
}

// eligible answers every question of twelve so that the verdict is yes.
func eligible(tb testing.TB, m *policy.Machine) {
	tb.Helper()
	for id, n := range map[string]int64{"birth": int64(day(tb, "1980-05-31")), "status": 1, "permit": int64(day(tb, "2027-01-01")), "paid": 40, "gap": 3, "ended": 1,
		"ended_on": int64(day(tb, "2026-08-31")), "registered": int64(day(tb, "2026-09-05")), "income": 80000, "dependants": 2, "student": 0, "disabled": 0, "reason": 1} {
		if err := m.Set(id, known(n)); err != nil {
			tb.Fatal(err)
		}
	}
}

func machine(tb testing.TB, p *policy.Pack) *policy.Machine {
	tb.Helper()
	m, err := policy.NewMachine(p, "aid", "", day(tb, "2026-11-21"))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestRunAndNextAllocateNothing(t *testing.T) {
	m := machine(t, twelve())
	eligible(t, m)
	m.SetIndex(10, policy.Value{})
	if n := testing.AllocsPerRun(100, func() { m.Run(); m.Next(); m.Ask(); m.Left(); m.Settled() }); n != 0 {
		t.Errorf("a run with its next question makes %v allocations", n)
	}
}

func TestTheVerdictFollowsEachOfTheTwelveConditions(t *testing.T) {
	m := machine(t, twelve())
	eligible(t, m)
	m.Run()
	if v, _ := m.Holds("yes"); v != known(1) {
		t.Fatal("an eligible person is refused")
	}
	for id, n := range map[string]int64{"birth": int64(day(t, "2015-01-01")), "status": 3, "permit": int64(day(t, "2026-11-20")), "paid": 11, "gap": 25, "ended": 0,
		"ended_on": int64(day(t, "2026-02-01")), "registered": int64(day(t, "2026-11-01")), "income": 140000, "student": 1} {
		eligible(t, m)
		m.Set(id, known(n))
		m.Run()
		if v, _ := m.Holds("yes"); v != known(0) {
			t.Errorf("%s = %d changes nothing", id, n)
		}
	}
}

func TestOneFalseConditionSettlesTheVerdict(t *testing.T) {
	m := machine(t, twelve())
	m.Set("ended", known(0))
	m.Run()
	if _, more := m.Next(); more || !m.Settled() {
		t.Error("a refusal is certain, and something is still asked")
	}
}

func TestADeclinedAnswerIsNotAskedAgainAndLeavesTheVerdictOpen(t *testing.T) {
	p := twelve()
	m := machine(t, p)
	eligible(t, m)
	m.Set("income", policy.Value{State: policy.Declined})
	m.Run()
	o := m.Outcome()
	if o.Settled || o.Verdict != nil || len(o.Ask) != 0 || len(o.DependsOn) != 1 || o.DependsOn[0] != "income" || len(o.Candidates) != 2 {
		t.Errorf("outcome %+v", o)
	}
}

func TestTheNearestAnswersThatFlipTheVerdictAreFound(t *testing.T) {
	p := twelve()
	m := machine(t, p)
	eligible(t, m)
	facts := map[string]policy.Value{}
	for i := range p.Facts {
		facts[p.Facts[i].Question.Fact] = m.Given(i)
	}
	o, err := p.Evaluate(policy.Case{Service: "aid", At: day(t, "2026-11-21"), Facts: facts})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, b := range o.Verdict.WouldFlip {
		got[b.Fact] = b.Value
	}
	want := map[string]string{"paid": "11", "gap": "25", "income": "1400.00", "student": "yes", "status": "tourist", "permit": "2026-11-20", "ended": "no",
		"birth": "1961-11-21", "ended_on": "2026-09-06", "registered": "2026-08-30"}
	for id, v := range want {
		if got[id] != v {
			t.Errorf("%s flips at %q, want %q", id, got[id], v)
		}
	}
	if v, ok := got["disabled"]; ok {
		t.Errorf("disabled = %q can't flip anything here", v)
	}
}

func TestWrongCasesNameTheFieldAndWhatIsAllowed(t *testing.T) {
	p := twelve()
	for _, c := range []struct{ json, code, field string }{
		{`{"service":"aid","at":"2026-02-30"}`, "bad_date", "at"},
		{`{"service":"aid"}`, "bad_case", "at"},
		{`{"service":"aids","at":"2026-02-28"}`, "unknown_service", "service"},
		{`{"service":"aid","region":"999999","at":"2026-02-28"}`, "unknown_region", "region"},
		{`{"service":"aid","at":"2026-02-28","fakts":{}}`, "unknown_field", "fakts"},
		{`{"service":"aid","at":"2026-02-28","facts":{"age":3}}`, "unknown_fact", "facts.age"},
		{`{"service":"aid","at":"2026-02-28","facts":{"ended":"yes"}}`, "wrong_type", "facts.ended"},
		{`{"service":"aid","at":"2026-02-28","facts":{"ended":1}}`, "wrong_type", "facts.ended"},
		{`{"service":"aid","at":"2026-02-28","facts":{"status":"Citizen"}}`, "unknown_option", "facts.status"},
		{`{"service":"aid","at":"2026-02-28","facts":{"paid":1.5}}`, "wrong_type", "facts.paid"},
		{`{"service":"aid","at":"2026-02-28","facts":{"paid":"12"}}`, "wrong_type", "facts.paid"},
		{`{"service":"aid","at":"2026-02-28","facts":{"paid":601}}`, "out_of_range", "facts.paid"},
		{`{"service":"aid","at":"2026-02-28","facts":{"income":"12.345"}}`, "wrong_type", "facts.income"},
		{`{"service":"aid","at":"2026-02-28","facts":{"birth":"2026-2-1"}}`, "bad_date", "facts.birth"},
		{`{"service":"aid","at":"2026-02-28","facts":{"paid":1,"paid":2}}`, "bad_case", "paid"},
		{`{"service":"aid","at":"2026-02-28","facts":[]}`, "bad_case", "facts"},
		{`{"service":7,"at":"2026-02-28"}`, "wrong_type", "service"},
		{`{"service":"aid","at":"2026-02-28"`, "bad_case", ""},
		{`{"service":"aid","at":"2026-02-28"}{}`, "bad_case", ""},
		{`[]`, "bad_case", ""}, {``, "bad_case", ""},
	} {
		_, err := policy.ParseCase(p, []byte(c.json))
		var e *policy.Error
		if !errors.As(err, &e) || e.Code != c.code || e.Field != c.field || e.Msg == "" {
			t.Errorf("%s\n got %+v, want %s at %q", c.json, err, c.code, c.field)
		}
	}
}

func TestCasesReadEachWayOfWritingAnAnswer(t *testing.T) {
	c, err := policy.ParseCase(twelve(), []byte(`{"service":"aid","at":"2026-11-21","facts":{"ended":true,"paid":12,"income":"400.00","dependants":0,"status":"refugee","birth":"2000-02-29","gap":null,"student":"unknown","disabled":"declined"}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]policy.Value{"ended": known(1), "paid": known(12), "income": known(40000), "dependants": known(0), "status": known(2),
		"birth": known(int64(day(t, "2000-02-29"))), "gap": {}, "student": {}, "disabled": {State: policy.Declined}}
	for id, v := range want {
		if c.Facts[id] != v {
			t.Errorf("%s is %+v, want %+v", id, c.Facts[id], v)
		}
	}
}

func BenchmarkMachineRun(b *testing.B) {
	m := machine(b, twelve())
	eligible(b, m)
	b.ReportAllocs()
	for b.Loop() {
		m.Run()
	}
}

// Settled: all thirteen answers known. Open: one is not, and hangs on both verdicts.
func BenchmarkRunNextAndTrace(b *testing.B) {
	for _, c := range []struct {
		name   string
		answer policy.Value
	}{{"settled", known(0)}, {"open", policy.Value{}}} {
		b.Run(c.name, func(b *testing.B) {
			m := machine(b, twelve())
			eligible(b, m)
			m.SetIndex(10, c.answer)
			why := make([]int32, 0, 32)
			b.ReportAllocs()
			for b.Loop() {
				m.Run()
				m.Next()
				why = m.Why("yes", why[:0])
			}
		})
	}
}

func BenchmarkEvaluate(b *testing.B) {
	p := twelve()
	m := machine(b, p)
	eligible(b, m)
	c := policy.Case{Service: "aid", At: day(b, "2026-11-21"), Facts: map[string]policy.Value{}}
	for i := range p.Facts {
		c.Facts[p.Facts[i].Question.Fact] = m.Given(i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Evaluate(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	data := policy.Encode(twelve())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Load(data); err != nil {
			b.Fatal(err)
		}
	}
}
