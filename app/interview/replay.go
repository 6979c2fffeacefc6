package interview

import "lixianban/app/policy"

// replay is one pass through the answers.
type replay struct {
	pack    *policy.Pack
	m       *policy.Machine
	answers map[string]string
	used    map[string]bool
	page    *Page
}

// Replay computes the page of a session. Errors are those of policy.NewMachine: an unknown
// service or region, an impossible date.
func Replay(p *policy.Pack, s Session) (*Page, error) {
	r, err := start(p, s)
	if err != nil {
		return nil, err
	}
	at := r.run(s.Editing)
	r.page.Left = r.m.Left()
	if at < 0 {
		return r.page, r.finish(p, s)
	}
	r.ask(at)
	r.keep(s)
	r.page.Outcome = r.m.Outcome()
	if r.page.Current == "" {
		return r.page, nil
	}
	whole, err := Replay(p, Cancel(s)) // while one answer is changed, the others still count as they did
	if err == nil {
		r.page.Later, r.page.Kept = whole.Given[min(len(r.page.Given)+1, len(whole.Given)):], whole.Kept
	}
	return r.page, err
}

func start(p *policy.Pack, s Session) (*replay, error) {
	m, err := policy.NewMachine(p, s.Service, s.Region, s.At)
	if err != nil {
		return nil, err
	}
	r := &replay{pack: p, m: m, answers: map[string]string{}, used: map[string]bool{}, page: &Page{}}
	for _, a := range s.Answers {
		if n, ok := stale(p, a); ok {
			r.page.Notices = append(r.page.Notices, n)
			continue
		}
		r.answers[a.Fact] = a.Value
	}
	return r, nil
}

// stale tells whether the pack no longer takes an answer.
func stale(p *policy.Pack, a Answer) (Notice, bool) {
	f, ok := p.Fact(a.Fact)
	if !ok {
		return Notice{"fact_gone", a.Fact, a.Value}, true
	}
	if _, err := value(f, a.Value); err != nil {
		return Notice{"value_gone", a.Fact, a.Value}, true
	}
	return Notice{}, false
}

func value(f *policy.Fact, canonical string) (policy.Value, error) {
	if canonical == Declined {
		return policy.Value{State: policy.Declined}, nil
	}
	return f.Parse(canonical)
}

// run gives answers while the next question has one; it returns the fact to ask, -1 at the end.
// The fact being edited stops it.
func (r *replay) run(editing string) int {
	for {
		r.m.Run()
		fact, ok := r.m.Next()
		if !ok {
			return -1
		}
		f := &r.pack.Facts[fact]
		text, answered := r.answers[f.Question.Fact]
		if !answered || f.Question.Fact == editing {
			return fact
		}
		v, _ := value(f, text)
		r.m.SetIndex(fact, v)
		r.used[f.Question.Fact] = true
		r.page.Given = append(r.page.Given, given(f, text, v))
	}
}

// ask fills the question; an edited fact keeps its answer beside it, and the answers
// after it stay in the session.
func (r *replay) ask(fact int) {
	f := &r.pack.Facts[fact]
	q := f.Question
	r.page.Question = &q
	r.page.Current = r.answers[q.Fact]
	r.page.Number = len(r.page.Given) + 1
}

// keep lists the answers that were not met.
func (r *replay) keep(s Session) {
	for _, a := range s.Answers {
		text, ok := r.answers[a.Fact]
		if !ok || r.used[a.Fact] || r.page.Question != nil && r.page.Question.Fact == a.Fact {
			continue
		}
		f, _ := r.pack.Fact(a.Fact)
		v, _ := value(f, text)
		r.page.Kept = append(r.page.Kept, given(f, text, v))
	}
}

func (r *replay) finish(p *policy.Pack, s Session) error {
	r.keep(s)
	facts := map[string]policy.Value{}
	for _, g := range r.page.Given {
		f, _ := p.Fact(g.Fact)
		facts[g.Fact], _ = value(f, g.Value)
	}
	o, err := p.Evaluate(policy.Case{Service: s.Service, Region: s.Region, At: s.At, Facts: facts})
	r.page.Outcome = o
	return err
}

func given(f *policy.Fact, text string, v policy.Value) Given {
	g := Given{Fact: f.Question.Fact, Label: f.Label, Value: text, Say: policy.NotSaid()}
	if v.State == policy.Known {
		g.Say = f.Words(v.N)
	}
	return g
}
