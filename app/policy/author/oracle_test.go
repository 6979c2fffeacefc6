package author

import (
	"flag"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"lixianban/app/policy"
	"lixianban/static/packs"
)

var oracleCases = flag.Int("oracle", 5000, "random cases for the comparison with cel-go's partial evaluation")

// shipped reads the packs of this repository with every def printable.
func shipped(tb testing.TB) (*unit, *policy.Pack) {
	tb.Helper()
	u := read(packs.FS)
	p := u.build(true)
	if p == nil {
		tb.Fatal(sortDiags(u.s.list))
	}
	return u, p
}

// oracle evaluates one service's expressions with cel-go, unknowns included.
type oracle struct {
	p     *policy.Pack
	svc   *policy.Service
	raw   *rawService
	scope *scope
	progs map[string]cel.Program
	vals  map[string]any // known variables
	open  []*cel.AttributePatternType
	order []func(map[string]policy.Value)
}

func newOracle(tb testing.TB, u *unit, p *policy.Pack, svc *policy.Service) *oracle {
	tb.Helper()
	raw := u.rawService(svc.ID)
	defs := append(append([]rawDef(nil), u.national.defs...), raw.defs...)
	sc, err := newScope(u.national.facts, u.params, defs, p.Calendar)
	if err != nil {
		tb.Fatal(err)
	}
	o := &oracle{p: p, svc: svc, raw: raw, scope: sc, progs: map[string]cel.Program{}}
	for _, d := range defs {
		o.program(tb, "def "+d.name, d.cel)
	}
	for _, f := range u.national.facts {
		if f.applies != nil {
			o.program(tb, "applies "+f.id, f.applies)
		}
	}
	for _, r := range raw.rules {
		if r.when != nil {
			o.program(tb, "when "+r.when.text, r.when)
		}
	}
	o.plan()
	return o
}

func (o *oracle) program(tb testing.TB, name string, n *node) {
	ast, iss := o.scope.env.Compile(n.text)
	if iss.Err() != nil {
		tb.Fatal(iss.Err())
	}
	prog, err := o.scope.env.Program(ast, cel.EvalOptions(cel.OptPartialEval))
	if err != nil {
		tb.Fatal(err)
	}
	o.progs[name] = prog
}

// set binds one variable from CEL's answer: unknown stays unknown, an error is left out, so that
// what reads it is an error too (the nearest CEL has to not-applicable).
func (o *oracle) set(name string, v ref.Val) {
	switch {
	case types.IsUnknown(v):
		o.open = append(o.open, cel.AttributePattern(name))
	case types.IsError(v):
	default:
		o.vals[name] = v
	}
}

func (o *oracle) eval(name string) ref.Val {
	vars, err := cel.PartialVars(o.vals, o.open...)
	if err != nil {
		return types.NewErr("%s", err)
	}
	v, _, err := o.progs[name].Eval(vars)
	if err != nil {
		return types.NewErr("%s", err)
	}
	return v
}

// bind gives the oracle a case. Defs and applies-conditions are taken in turns until nothing changes, because
// they may name each other in any order.
func (o *oracle) bind(at policy.Day, facts map[string]policy.Value) {
	o.vals, o.open = map[string]any{"today": int64(at)}, nil
	for i := range o.p.Params {
		q := &o.p.Params[i]
		if v := paramAt(q, at); v != nil && v.Low == v.High {
			o.vals["p."+q.ID] = constant(q.Unit, v.Low)
		} else if q.Unit != policy.Phrase {
			o.open = append(o.open, cel.AttributePattern("p."+q.ID))
		}
	}
	for _, step := range o.order {
		step(facts)
	}
}

// plan orders facts and defs so that each comes after what it names.
func (o *oracle) plan() {
	done := map[string]bool{}
	for range len(o.scope.defs) + len(o.scope.facts) {
		for _, f := range o.scope.facts {
			if !done["fact "+f.id] && (f.applies == nil || o.ready(f.applies, done)) {
				done["fact "+f.id] = true
				o.order = append(o.order, func(facts map[string]policy.Value) { o.bindFact(f, facts[f.id]) })
			}
		}
		for _, d := range o.scope.defs {
			if !done["def "+d.name] && o.ready(d.cel, done) {
				done["def "+d.name] = true
				o.order = append(o.order, func(map[string]policy.Value) { o.set(d.name, o.eval("def "+d.name)) })
			}
		}
	}
}

// ready tells whether every fact and def that an expression names is bound.
func (o *oracle) ready(n *node, done map[string]bool) bool {
	l := newLowering(&sink{}, o.scope)
	l.expr(n, 0)
	for name := range l.used {
		if !done[name] && !strings.HasPrefix(name, "param ") {
			return false
		}
	}
	return true
}

func (o *oracle) bindFact(f rawFact, v policy.Value) {
	if f.applies != nil {
		switch a := o.eval("applies " + f.id); {
		case types.IsUnknown(a):
			o.open = append(o.open, cel.AttributePattern(f.id))
			return
		case types.IsError(a) || a != types.True:
			return
		}
	}
	if v.State != policy.Known {
		o.open = append(o.open, cel.AttributePattern(f.id))
		return
	}
	if f.unit == policy.Enum {
		o.vals[f.id] = f.fact.Options[v.N].ID
	} else {
		o.vals[f.id] = constant(f.unit, v.N)
	}
}

func constant(u policy.Unit, n int64) any {
	if u == policy.Bool {
		return n != 0
	}
	return n
}

func paramAt(q *policy.Param, at policy.Day) *policy.ParamValue {
	for i := range q.Values {
		if v := &q.Values[i]; v.Region == "" && v.From <= at && (v.To == 0 || at <= v.To) {
			return v
		}
	}
	return nil
}

// dice makes random cases: boundary values half the time, unknown and declined now and then.
type dice struct {
	*rand.Rand
	p      *policy.Pack
	points [][]int64
	dates  []policy.Day
}

func newDice(tb testing.TB, p *policy.Pack, svc *policy.Service, seed uint64) *dice {
	tb.Helper()
	d := &dice{Rand: rand.New(rand.NewPCG(seed, 7)), p: p, points: make([][]int64, len(p.Facts)), dates: dates(p, svc)}
	m, err := policy.NewMachine(p, svc.ID, "", p.Checked)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range p.Facts {
		d.points[i] = m.Breakpoints(i)
	}
	return d
}

func (d *dice) value(i int) policy.Value {
	points := d.points[i]
	n := points[d.IntN(len(points))]
	if lo, hi := points[0], points[len(points)-1]; d.IntN(2) == 0 {
		n = lo + d.Int64N(hi-lo+1)
	}
	return policy.Value{State: policy.Known, N: n}
}

func (d *dice) facts(unknown int) map[string]policy.Value {
	out := map[string]policy.Value{}
	for i := range d.p.Facts {
		switch k := d.IntN(100); {
		case k < unknown/2:
		case k < unknown:
			out[d.p.Facts[i].Question.Fact] = policy.Value{State: policy.Declined}
		default:
			out[d.p.Facts[i].Question.Fact] = d.value(i)
		}
	}
	return out
}

func TestOurEvaluatorAgreesWithPartialEvaluationOfCEL(t *testing.T) {
	u, p := shipped(t)
	p = timeless(p)
	each := max(1, *oracleCases/len(p.Services))
	compared, unknown := 0, 0
	for i := range p.Services {
		svc := &p.Services[i]
		o, d := newOracle(t, u, p, svc), newDice(t, p, svc, uint64(i))
		for range each {
			at, facts := d.dates[d.IntN(len(d.dates))], d.facts(d.IntN(60))
			m := given(t, p, svc, at, facts)
			o.bind(at, facts)
			for k := range o.raw.rules {
				if when := o.raw.rules[k].when; when != nil {
					v := o.eval("when " + when.text)
					got, _ := m.Node(svc.Rules[k].When)
					compared++
					unknown += b2i(types.IsUnknown(v))
					if !agree(v, got) {
						t.Fatalf("%s/%s at %s with %v:\n%s\ncel says %v, we say %+v", svc.ID, svc.Rules[k].ID, at, facts, when.text, v, got)
					}
				}
			}
		}
	}
	t.Logf("%d conditions compared, %d of them unknown", compared, unknown)
}

// agree compares one answer. CEL leaves c ? x : x unknown and puts unknown before error where
// an operand does not apply; there ours may be definite.
func agree(v ref.Val, got policy.Value) bool {
	switch {
	case types.IsUnknown(v):
		return got.State != policy.Failed
	case types.IsError(v):
		return got.State == policy.NotApplicable || got.State == policy.Failed || got.State == policy.Unknown
	}
	return got.State == policy.Known && (got.N != 0) == (v == types.True)
}

// timeless is the pack with every statement at every date, so that no condition is left out, and with
// the low end of every range, because CEL has no ranges.
func timeless(p *policy.Pack) *policy.Pack {
	out := *p
	out.Calendar = append([]policy.Year(nil), p.Calendar...)
	for i := range out.Calendar {
		out.Calendar[i].LateOff, out.Calendar[i].LateWork = nil, nil
	}
	out.Params = append([]policy.Param(nil), p.Params...)
	for i := range out.Params {
		values := append([]policy.ParamValue(nil), out.Params[i].Values...)
		for k := range values {
			values[k].High = values[k].Low
		}
		out.Params[i].Values = values
	}
	out.Services = append([]policy.Service(nil), p.Services...)
	for i := range out.Services {
		rules := append([]policy.Rule(nil), out.Services[i].Rules...)
		for k := range rules {
			rules[k].ID += strconv.Itoa(k) // one id may stand for several periods
			rules[k].From, rules[k].To, rules[k].Overrides = 0, 0, nil
		}
		out.Services[i].Rules = rules
	}
	return &out
}

// given is a machine with its answers, run.
func given(tb testing.TB, p *policy.Pack, svc *policy.Service, at policy.Day, facts map[string]policy.Value) *policy.Machine {
	tb.Helper()
	m, err := policy.NewMachine(p, svc.ID, "", at)
	if err != nil {
		tb.Fatal(err)
	}
	for id, v := range facts {
		if err := m.Set(id, v); err != nil {
			tb.Fatal(err)
		}
	}
	m.Run()
	return m
}

func TestMoreAnswersNeverFlipWhatIsSettled(t *testing.T) {
	_, p := shipped(t)
	for i := range p.Services {
		svc := &p.Services[i]
		d := newDice(t, p, svc, uint64(100+i))
		for range 60 {
			at, facts := d.dates[d.IntN(len(d.dates))], d.facts(20+d.IntN(70))
			before := settled(given(t, p, svc, at, facts), svc)
			for range 8 {
				more := complete(d, facts)
				after := settled(given(t, p, svc, at, more), svc)
				for id, v := range before {
					if after[id] != v {
						t.Errorf("%s/%s at %s: %v turns to %v\nfrom %v\nto   %v", svc.ID, id, at, v, after[id], facts, more)
					}
				}
			}
		}
	}
}

// settled are the statements whose holding is known, and the settled verdict under "".
func settled(m *policy.Machine, svc *policy.Service) map[string]policy.Value {
	out := map[string]policy.Value{}
	for i := range svc.Rules {
		if v, ok := m.Holds(svc.Rules[i].ID); ok && v.State == policy.Known {
			out[svc.Rules[i].ID] = v
		}
	}
	return out
}

// complete answers everything that was open.
func complete(d *dice, facts map[string]policy.Value) map[string]policy.Value {
	out := map[string]policy.Value{}
	for i := range d.p.Facts {
		id := d.p.Facts[i].Question.Fact
		if out[id] = facts[id]; facts[id].State != policy.Known {
			out[id] = d.value(i)
		}
	}
	return out
}

func TestAnAnswerThatTheTraceDoesNotListChangesNothing(t *testing.T) {
	_, p := shipped(t)
	for i := range p.Services {
		svc := &p.Services[i]
		d := newDice(t, p, svc, uint64(200+i))
		for range 40 {
			at, facts := d.dates[d.IntN(len(d.dates))], d.facts(d.IntN(40))
			m := given(t, p, svc, at, facts)
			for k := range svc.Rules {
				id := svc.Rules[k].ID
				before, ok := m.Holds(id)
				if !ok || before.State != policy.Known {
					continue
				}
				if after, other := keepOnly(d, m, id, svc, at, facts); after != before {
					t.Fatalf("%s/%s at %s: the trace lists %v, yet it turns\nfrom %v\nto   %v", svc.ID, id, at, m.Why(id, nil), facts, other)
				}
			}
		}
	}
}

// keepOnly throws new dice for every fact that the trace of id does not list.
func keepOnly(d *dice, m *policy.Machine, id string, svc *policy.Service, at policy.Day, facts map[string]policy.Value) (policy.Value, map[string]policy.Value) {
	other := d.facts(30)
	for _, f := range m.Why(id, nil) {
		name := d.p.Facts[f].Question.Fact
		other[name] = facts[name]
	}
	n, _ := policy.NewMachine(d.p, svc.ID, "", at)
	for name, v := range other {
		n.Set(name, v)
	}
	n.Run()
	v, _ := n.Holds(id)
	return v, other
}

func TestTheOrderOfAnswersDoesNotMatterAndOnlyWhatMattersIsAsked(t *testing.T) {
	_, p := shipped(t)
	for i := range p.Services {
		svc := &p.Services[i]
		d := newDice(t, p, svc, uint64(300+i))
		for range 40 {
			at, facts := d.dates[d.IntN(len(d.dates))], d.facts(0)
			all := settled(given(t, p, svc, at, facts), svc)
			asked := settled(interviewed(t, p, svc, at, facts, nil), svc)
			shuffled := settled(interviewed(t, p, svc, at, facts, d.Rand), svc)
			for id, v := range all {
				if asked[id] != v || shuffled[id] != v {
					t.Fatalf("%s/%s at %s: %v with all answers, %v asked in order, %v in any order\n%v", svc.ID, id, at, v, asked[id], shuffled[id], facts)
				}
			}
		}
	}
}

// interviewed answers only what is asked: the best question, or any of those listed.
func interviewed(t *testing.T, p *policy.Pack, svc *policy.Service, at policy.Day, facts map[string]policy.Value, rng *rand.Rand) *policy.Machine {
	t.Helper()
	m := given(t, p, svc, at, nil)
	left := len(p.Facts) + 1
	for {
		ask := m.Ask()
		if n := m.Left(); n > left || n < len(ask) {
			t.Fatalf("%s: at most %d questions were left, now %d", svc.ID, left, n)
		} else {
			left = n
		}
		if len(ask) == 0 {
			return m
		}
		f := ask[0]
		if rng != nil {
			f = ask[rng.IntN(len(ask))]
		}
		m.SetIndex(int(f), facts[p.Facts[f].Question.Fact])
		m.Run()
	}
}
