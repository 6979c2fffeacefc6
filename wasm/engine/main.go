//go:build js && wasm

// Command engine is an empty page with the rules' engine as the phone uses it. What it is
// larger than its sister empty is what the engine costs a phone.
package main

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/interview"
	"lixianban/app/policy"
)

type page struct{ app.Compo }

func (p *page) Render() app.UI {
	return app.Div().Text(use([]byte(app.Getenv("pack")), []byte(app.Getenv("overlay"))))
}

// use calls what the phone's pages call: load, ask, take an answer, show the whole outcome.
func use(data, overlay []byte) string {
	p, err := policy.Load(data)
	if err == nil && len(overlay) > 0 {
		p, err = policy.Join(data, overlay)
	}
	if err != nil {
		return err.Error()
	}
	s, err := interview.Give(p, interview.Session{Service: p.ID, At: p.Checked}, p.ID, p.ID)
	if err != nil {
		return err.Error()
	}
	s = interview.Back(p, interview.Edit(interview.Cancel(interview.Decline(s, p.ID)), p.ID))
	page, err := interview.Replay(p, s)
	if err != nil {
		return err.Error()
	}
	if page.Question != nil {
		return page.Question.Ask.ZH
	}
	return page.Outcome.Verdict.Say.ZH + page.Outcome.At.String()
}

func main() {
	app.Route("/", func() app.Composer { return &page{} })
	app.RunWhenOnBrowser()
}
