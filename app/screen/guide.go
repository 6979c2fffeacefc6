package screen

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// guide is the front porch of a service: what the pack says when nothing is known of
// the person. It is whole without the program.
type guide struct{ frame }

// OnNav marks the arrival; the page needs nothing stored.
func (g *guide) OnNav(ctx app.Context) { g.arrive(ctx, func(app.Context) {}) }

// general is the service's outcome with no facts: what holds for everyone, and what
// hangs on answers.
func (f *frame) general() (view.Result, bool) {
	p := f.deps.Pack
	if p == nil {
		return view.Result{}, false
	}
	o, err := p.Evaluate(policy.Case{Service: f.service, At: f.deps.today()})
	if err != nil {
		return view.Result{}, false
	}
	return view.Outcome(o, f.lang, f.labels()), true
}

// labels names the pack's facts.
func (f *frame) labels() view.Labels {
	return func(id string) policy.Text {
		if fact, ok := f.deps.Pack.Fact(id); ok {
			return fact.Question.Label
		}
		return policy.Text{}
	}
}

// Render shows the rules in brief.
func (g *guide) Render() app.UI {
	r, ok := g.general()
	if !ok {
		return g.waiting()
	}
	fixed, open := view.Brief(r)
	return g.page(g.href("/"),
		widget.H1(g.heading()),
		widget.P("soft", r.Basis),
		widget.When(r.Stale != "", func() app.UI { return widget.Note("wait", widget.P("", r.Stale)) }),
		widget.Actions(widget.Link("btn", g.at("ask"), app.Text(g.t("guide.ask")))),
		widget.When(len(fixed) > 0, func() app.UI { return widget.Section(g.t("guide.fixed"), g.findings(fixed)) }),
		widget.When(len(r.Open) > 0, func() app.UI {
			return widget.Section(g.t("guide.answers"), widget.P("soft", g.t("guide.answers-line")), g.findings(r.Open))
		}),
		widget.When(len(open) > 0, func() app.UI { return widget.Why(g.t("guide.open", "n", len(open)), g.findings(open)) }),
		widget.Section(g.t("papers.bring"), g.bringList(r.Papers)),
		widget.Actions(widget.Link("btn btn--line", g.at("print"), app.Text(g.t("guide.print")))),
		widget.Section(g.t("title.phones"), g.hotlines()),
	)
}
