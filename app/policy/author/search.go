package author

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"lixianban/app/policy"
)

// search walks every way through an interview over boundary values: whatever question the machine
// would ask next is given each of its options, or each value at which a comparison turns with the answers so
// far. What is never asked on a way cannot matter there, so the walk is complete while the
// budget lasts; beyond it, and when a fact has more turns than maxDomain, it is a sample.
type search struct {
	p       *policy.Pack
	m       *policy.Machine
	at      policy.Day
	region  string
	domains [][]int64 // as last asked
	moving  []bool    // facts that are compared with other facts: their turns depend on the answers
	sampled bool      // not every way was taken
	ways    int       // leaves visited
	budget  int
	rng     *rand.Rand
	visit   func() (goOn bool)
}

// maxDomain bounds the values tried of one fact.
const maxDomain = 16

// newSearch binds the rules of one service that keep wants, with what overrides them; their
// texts are dropped, so that only what decides them is asked.
func newSearch(p *policy.Pack, service, region string, at policy.Day, keep func(*policy.Rule) bool) *search {
	copied, svc := *p, policy.Service{}
	orig, _ := p.Service(service)
	svc = *orig
	svc.Rules = nil
	wanted := map[string]bool{}
	for i := range orig.Rules {
		wanted[orig.Rules[i].ID] = keep(&orig.Rules[i])
	}
	for _, r := range orig.Rules {
		if wanted[r.ID] || slices.ContainsFunc(r.Overrides, func(id string) bool { return wanted[id] }) {
			r.Say, r.More = policy.Text{ZH: "·", EN: "·"}, policy.Text{}
			svc.Rules = append(svc.Rules, r)
		}
	}
	copied.Services = []policy.Service{svc}
	m, err := policy.NewMachine(&copied, service, region, at)
	if err != nil {
		return nil
	}
	s := &search{p: p, m: m, at: at, region: region, domains: make([][]int64, len(p.Facts)), rng: rand.New(rand.NewPCG(1, 2))}
	s.moving = meeting(&svc, len(p.Facts))
	return s
}

// turns are the values of a fact worth trying with the answers so far.
func (s *search) turns(f int) []int64 {
	switch s.p.Facts[f].Unit {
	case policy.Bool, policy.Enum:
		return s.m.Breakpoints(f)
	}
	return s.thin(s.m.Turns(f))
}

// meeting finds the facts that meet another one in a comparison.
func meeting(svc *policy.Service, facts int) []bool {
	out := make([]bool, facts)
	below := make([]map[int32]bool, len(svc.Nodes))
	for i := range svc.Nodes {
		n := &svc.Nodes[i]
		below[i] = map[int32]bool{}
		if n.Op == policy.OpFact {
			below[i][n.A] = true
			continue
		}
		n.Operands(func(o int32) { maps.Copy(below[i], below[o]) })
		if len(below[i]) > 1 && (n.Op == policy.OpLe || n.Op == policy.OpLt || n.Op == policy.OpEq) {
			for f := range below[i] {
				out[f] = true
			}
		}
	}
	return out
}

// thin keeps both ends and a sample when there are too many values.
func (s *search) thin(vs []int64) []int64 {
	if len(vs) <= maxDomain {
		return vs
	}
	s.sampled = true
	rng := s.rng
	mid := slices.Clone(vs[1 : len(vs)-1])
	rng.Shuffle(len(mid), func(i, k int) { mid[i], mid[k] = mid[k], mid[i] })
	out := append([]int64{vs[0], vs[len(vs)-1]}, mid[:maxDomain-2]...)
	slices.Sort(out)
	return out
}

// run visits the leaves: complete ones first to the budget, then half as many random ones.
func (s *search) run(budget int, visit func() bool) {
	s.budget, s.visit = budget, visit
	s.m.Clear()
	if !s.walk() && s.budget <= 0 {
		s.sampled = true
		for range budget / 2 {
			s.m.Clear()
			if !s.random() {
				return
			}
		}
	}
}

// walk is false when the visitor or the budget ended it.
func (s *search) walk() bool {
	s.m.Run()
	f, ok := s.m.Next()
	if !ok {
		s.budget--
		s.ways++
		return s.visit() && s.budget > 0
	}
	defer s.m.SetIndex(f, policy.Value{})
	for _, v := range s.domain(f) {
		s.m.SetIndex(f, policy.Value{State: policy.Known, N: v})
		if !s.walk() {
			return false
		}
	}
	return true
}

// domain is that of a fact when it is asked; before, a fact that may not apply has no turns.
func (s *search) domain(f int) []int64 {
	if s.moving[f] || s.domains[f] == nil {
		s.domains[f] = s.turns(f)
	}
	return s.domains[f]
}

func (s *search) random() bool {
	for {
		s.m.Run()
		f, ok := s.m.Next()
		if !ok {
			s.ways++
			return s.visit()
		}
		d := s.domain(f)
		s.m.SetIndex(f, policy.Value{State: policy.Known, N: d[s.rng.IntN(len(d))]})
	}
}

// witness writes the present way as an author would write the facts of a scenario.
func (s *search) witness() string {
	var parts []string
	for i := range s.p.Facts {
		if v := s.m.Given(i); v.State == policy.Known {
			parts = append(parts, s.p.Facts[i].Question.Fact+": "+s.p.Facts[i].Text(v.N))
		}
	}
	out := "at " + s.at.String() + ", {" + strings.Join(parts, ", ") + "}"
	if s.region != "" {
		out = "region " + s.region + ", " + out
	}
	return "for example " + out
}

// dates are the days worth looking at for a service: the day of checking, and both
// sides of every change of a statement, a parameter or a day that conditions name, from a year before to
// two years after.
func dates(p *policy.Pack, svc *policy.Service) []policy.Day {
	out := []policy.Day{p.Checked}
	add := func(d policy.Day) {
		for _, x := range []policy.Day{d - 1, d} {
			if d != 0 && x >= p.Checked-366 && x <= p.Checked+731 {
				out = append(out, x)
			}
		}
	}
	for _, r := range svc.Rules {
		add(r.From)
		if r.To != 0 {
			add(r.To + 1)
		}
	}
	for _, n := range svc.Nodes {
		switch n.Op {
		case policy.OpConst:
			if n.K > int64(p.Checked)-366 && n.K < int64(p.Checked)+731 {
				add(policy.Day(n.K))
				add(policy.Day(n.K) + 1)
			}
		case policy.OpParam:
			for _, v := range p.Params[n.A].Values {
				add(v.From)
				if v.To != 0 {
					add(v.To + 1)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// regionsOf are the regions in which a service differs from the nation.
func regionsOf(p *policy.Pack, svc *policy.Service) []string {
	out := []string{""}
	for _, r := range svc.Rules {
		out = append(out, r.Region)
	}
	for _, n := range svc.Nodes {
		if n.Op == policy.OpParam {
			for _, v := range p.Params[n.A].Values {
				out = append(out, v.Region)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
