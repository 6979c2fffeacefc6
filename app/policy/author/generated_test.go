package author

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lixianban/app/policy"
)

// pairs are two cases for each atom of a rule's condition (a comparison, a yes-or-no question): they differ in
// one answer and in those that are only asked after it, the atom turns, and the condition with it. Of a number or a day the two
// answers are neighbours, so that both sides of every boundary are run.
type pairs struct {
	p      *policy.Pack
	svc    *policy.Service
	rule   *policy.Rule
	oracle *oracle
	when   string
	open   map[int32]bool // atoms without a pair yet
	cases  int
}

// atoms are the parts of a condition between and, or, not and ?:.
func atoms(svc *policy.Service, n int32, found map[int32]bool) {
	switch x := &svc.Nodes[n]; x.Op {
	case policy.OpAnd, policy.OpOr, policy.OpNot:
		x.Operands(func(o int32) { atoms(svc, o, found) })
	default:
		found[n] = dependsOnFacts(svc, n)
	}
}

func dependsOnFacts(svc *policy.Service, n int32) bool {
	found := svc.Nodes[n].Op == policy.OpFact
	svc.Nodes[n].Operands(func(o int32) { found = found || dependsOnFacts(svc, o) })
	return found
}

// facts are the answers of a machine by name.
func answersOf(p *policy.Pack, m *policy.Machine) map[string]policy.Value {
	out := map[string]policy.Value{}
	for i := range p.Facts {
		if v := m.Given(i); v.State == policy.Known {
			out[p.Facts[i].Question.Fact] = v
		}
	}
	return out
}

func values(m *policy.Machine, nodes []int32) (out []policy.Value) {
	for _, n := range nodes {
		v, _ := m.Node(int(n))
		out = append(out, v)
	}
	return out
}

// leaf looks for pairs around one way through the rule's questions.
func (x *pairs) leaf(t *testing.T, s *search) {
	nodes := []int32{int32(x.rule.When)}
	for n := range x.open {
		nodes = append(nodes, n)
	}
	slices.Sort(nodes[1:])
	before := values(s.m, nodes)
	if before[0].State != policy.Known {
		return
	}
	for f := range s.domains {
		was := s.m.Given(f)
		if was.State != policy.Known || s.domains[f] == nil {
			continue
		}
		numeric := x.p.Facts[f].Unit != policy.Bool && x.p.Facts[f].Unit != policy.Enum
		for _, v := range s.domains[f] {
			if v == was.N || numeric && v-was.N != 1 && was.N-v != 1 {
				continue
			}
			s.m.SetIndex(f, policy.Value{State: policy.Known, N: v})
			opened := s.finish()
			x.compare(t, s, nodes, before, f, was, opened)
			for _, o := range opened {
				s.m.SetIndex(o, policy.Value{})
			}
		}
		s.m.SetIndex(f, was)
	}
	s.m.Run()
}

// finish answers at random what an answer opened, and lists it.
func (s *search) finish() (opened []int) {
	for {
		s.m.Run()
		f, ok := s.m.Next()
		if !ok {
			return opened
		}
		d := s.turnsNow(f)
		s.m.SetIndex(f, policy.Value{State: policy.Known, N: d[s.rng.IntN(len(d))]})
		opened = append(opened, f)
	}
}

// turnsNow leaves the values being tried as they are.
func (s *search) turnsNow(f int) []int64 {
	if s.domains[f] != nil {
		return s.domains[f]
	}
	return s.turns(f)
}

func (x *pairs) compare(t *testing.T, s *search, nodes []int32, before []policy.Value, f int, was policy.Value, opened []int) {
	after := values(s.m, nodes)
	if after[0].State != policy.Known || after[0] == before[0] {
		return
	}
	for i, n := range nodes[1:] {
		if b, a := before[i+1], after[i+1]; x.open[n] && a.State == policy.Known && b.State == policy.Known && a != b {
			delete(x.open, n)
			facts := answersOf(x.p, s.m)
			x.judge(t, s, facts, after[0])
			for _, o := range opened {
				delete(facts, x.p.Facts[o].Question.Fact)
			}
			facts[x.p.Facts[f].Question.Fact] = was
			x.judge(t, s, facts, before[0])
		}
	}
}

// judge runs a case through cel-go.
func (x *pairs) judge(t *testing.T, s *search, facts map[string]policy.Value, want policy.Value) {
	t.Helper()
	x.cases++
	x.oracle.bind(s.at, facts)
	if got := x.oracle.eval("when " + x.when); !agree(got, want) {
		t.Errorf("%s/%s at %s with %v is %v, cel-go says %v", x.svc.ID, x.rule.ID, s.at, facts, want.N != 0, got)
	}
}

// TestEveryConditionOfEveryStatementDecidesItAloneSomewhere makes the pairs of all national statements and runs both
// cases of each through our evaluator and cel-go.
func TestEveryConditionOfEveryStatementDecidesItAloneSomewhere(t *testing.T) {
	u, p := shipped(t)
	p = timeless(p)
	all, cases := 0, 0
	var without []string
	for i := range p.Services {
		svc := &p.Services[i]
		o := newOracle(t, u, p, svc)
		done := map[int]bool{}
		for k := range o.raw.rules {
			r := &svc.Rules[k]
			if o.raw.rules[k].when == nil || done[r.When] {
				continue
			}
			done[r.When] = true
			found := map[int32]bool{}
			atoms(svc, int32(r.When), found)
			x := &pairs{p: p, svc: svc, rule: r, oracle: o, when: o.raw.rules[k].when.text, open: map[int32]bool{}}
			for n, facts := range found {
				if facts {
					x.open[n] = true
					all++
				}
			}
			x.search(t)
			cases += x.cases
			for n := range x.open {
				without = append(without, fmt.Sprintf("%s/%s: %s", svc.ID, strings.TrimRight(r.ID, "0123456789"), Expression(p, svc, n)))
			}
		}
	}
	t.Logf("%d conditions of national statements, %d cases, %d conditions without a pair", all, cases, len(without))
	// What is left is masked by the rest of its condition: a guard that a fact's bounds repeat, a part of a
	// shared def that another part rules out, the two ends of a range that CEL does not have.
	if slices.Sort(without); len(without)*100 > all*6 {
		t.Errorf("%d of %d conditions never decide their statement:\n%s", len(without), all, strings.Join(without, "\n"))
	}
}

func (x *pairs) search(t *testing.T) {
	for _, at := range dates(x.p, x.svc) {
		if len(x.open) == 0 {
			return
		}
		s := newSearch(x.p, x.svc.ID, "", at, func(r *policy.Rule) bool { return r == x.rule || r.ID == x.rule.ID })
		s.run(6000, func() bool {
			x.leaf(t, s)
			return len(x.open) > 0
		})
	}
}
