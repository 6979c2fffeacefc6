package screen

import (
	"context"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// guide is the front porch of a service: what the pack says when nothing is known of
// the person. It is whole without the program.
type guide struct {
	frame

	region string // once the program runs; before, and for who has not told it, the nation's rules
	told   string // as the person said it, whether or not its rules are here
}

// OnNav reads where the person is insured.
func (g *guide) OnNav(ctx app.Context) {
	g.arrive(ctx, g.load)
	g.load(ctx)
}

func (g *guide) load(ctx app.Context) {
	var region, told string
	g.work(ctx, func(c context.Context) { region, told = g.deps.region(c), g.deps.place(c).Region }, func(app.Context) { g.region, g.told = region, told })
}

// general is the service's outcome with no facts: what holds for everyone, and what
// hangs on answers.
func (f *frame) general() (view.Result, bool) { return f.generalIn("") }

// generalIn is that in a region.
func (f *frame) generalIn(region string) (view.Result, bool) {
	p := f.deps.Pack
	if p == nil {
		return view.Result{}, false
	}
	o, err := p.Evaluate(policy.Case{Service: f.service, Region: region, At: f.deps.today()})
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
	r, ok := g.generalIn(g.region)
	if !ok {
		return g.waiting()
	}
	fixed, open := view.Brief(r)
	return g.page(g.href("/"),
		widget.H1(g.heading()),
		widget.P("soft", g.basisIn(g.region, r)),
		widget.Actions(widget.Link("btn", g.at("ask"), app.Text(g.t("guide.ask")))),
		widget.When(len(fixed) > 0, func() app.UI { return widget.Section(g.t("guide.fixed"), g.short(fixed, 4)) }),
		widget.When(len(r.Open) > 0, func() app.UI {
			return widget.Section(g.t("guide.answers"), widget.P("soft", g.t("guide.answers-line")), g.short(r.Open, 3))
		}),
		widget.When(len(open) > 0, func() app.UI { return widget.Why(g.t("guide.open", "n", len(open)), g.findings(open)) }),
		widget.Section(g.t("papers.bring"), g.bringFolded(r.Papers)),
		g.channels(r, g.told),
		widget.Actions(widget.Link("btn btn--line", g.at("print"), app.Text(g.t("guide.print")))),
	)
}

// basisIn says by whose rules and of which day.
func (f *frame) basisIn(region string, r view.Result) string {
	if region == "" {
		return r.Basis
	}
	return view.PlaceName(f.lang, region) + f.t("shell.dot") + r.Basis
}
