package interview

import (
	"slices"

	"lixianban/app/policy"
)

// Give answers a question as typed or chosen: it accepts what people write (see
// Canonical), stores the canonical text, and ends editing. Errors are *InputError.
func Give(p *policy.Pack, s Session, fact, typed string) (Session, error) {
	f, ok := p.Fact(fact)
	if !ok {
		return s, wrong("no_such_question", nil)
	}
	text, err := Canonical(f, typed)
	if err != nil {
		return s, err
	}
	return put(s, fact, text), nil
}

// Decline answers 不知道.
func Decline(s Session, fact string) Session { return put(s, fact, Declined) }

// put replaces or adds an answer; the slice is copied, so that s stays as it was.
func put(s Session, fact, text string) Session {
	s.Answers = slices.Clone(s.Answers)
	s.Editing = ""
	i := slices.IndexFunc(s.Answers, func(a Answer) bool { return a.Fact == fact })
	if i < 0 {
		s.Answers = append(s.Answers, Answer{fact, text})
		return s
	}
	s.Answers[i].Value = text
	return s
}

// Edit shows a given answer's question again; nothing is lost, and Give or Cancel returns
// to where the interview was.
func Edit(s Session, fact string) Session {
	if slices.ContainsFunc(s.Answers, func(a Answer) bool { return a.Fact == fact }) {
		s.Editing = fact
	}
	return s
}

// Cancel leaves editing with the old answer.
func Cancel(s Session) Session {
	s.Editing = ""
	return s
}

// Back shows the question before the current one, or before the result, with its answer. At the
// first question it changes nothing: CanBack tells.
func Back(p *policy.Pack, s Session) Session {
	page, err := Replay(p, s)
	if err != nil || len(page.Given) == 0 {
		return s
	}
	s.Editing = page.Given[len(page.Given)-1].Fact
	return s
}

// CanBack tells whether Back leads anywhere from this page.
func (p *Page) CanBack() bool { return len(p.Given) > 0 }

// Forget takes an answer out altogether, as "clear" does.
func Forget(s Session, fact string) Session {
	s.Answers = slices.DeleteFunc(slices.Clone(s.Answers), func(a Answer) bool { return a.Fact == fact })
	if s.Editing == fact {
		s.Editing = ""
	}
	return s
}

// Facts are the answers that count, for an application or a comparison: those of Page.Given.
func (p *Page) Facts(pack *policy.Pack) map[string]policy.Value {
	facts := map[string]policy.Value{}
	for _, g := range p.Given {
		if f, ok := pack.Fact(g.Fact); ok {
			facts[g.Fact], _ = value(f, g.Value)
		}
	}
	return facts
}
