//go:build js && wasm && engine

package main

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/interview"
	"lixianban/app/policy"
)

// The calls are those of the phone's pages: load, ask, take an answer, show the whole outcome.
func init() {
	use = func(data []byte) any {
		p, err := policy.Load(data)
		if err != nil {
			return err.Error()
		}
		s := interview.Session{Service: p.ID, At: p.Checked}
		s, err = interview.Give(p, s, p.ID, p.ID)
		if err != nil {
			return err.Error()
		}
		s = interview.Back(p, interview.Edit(interview.Cancel(interview.Decline(s, p.ID)), p.ID))
		page, err := interview.Replay(p, s)
		if err != nil {
			return err.Error()
		}
		show(page)
		return page.Question.Ask.ZH
	}
}

func show(p *interview.Page) {
	o := p.Outcome
	for _, list := range [][]policy.Finding{o.Findings, o.Candidates} {
		for i := range list {
			app.Log(list[i].Say.ZH, list[i].From.String())
		}
	}
}
