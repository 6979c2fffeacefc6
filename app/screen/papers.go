package screen

import (
	"context"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/outbox"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// papers is the list of what to bring, for the person's case once answers are
// there, for anyone before; each line can be ticked and stays so.
type papers struct {
	frame

	result *view.Result
	ticks  map[string]bool
}

// OnNav reads the answers and the ticks.
func (p *papers) OnNav(ctx app.Context) {
	p.arrive(ctx, func(app.Context) {})
	var r *view.Result
	ticks := map[string]bool{}
	p.work(ctx, func(c context.Context) {
		r = p.answered(c)
		_ = p.deps.load(c, outbox.TableInterview, keyPapers+p.service, &ticks)
	}, func(app.Context) { p.result, p.ticks = r, ticks })
}

// Render shows the list.
func (p *papers) Render() app.UI {
	r, ok := p.general()
	if p.result != nil {
		r, ok = *p.result, true
	}
	if !ok {
		return p.waiting()
	}
	var set func(id string) func(app.Context, bool)
	if p.ticks != nil {
		set = p.setter
	}
	return p.page(p.at("guide"),
		widget.H1(p.t("papers.head", "n", len(r.Papers))),
		widget.P("soft", p.serviceTitle()+" · "+r.Basis),
		p.paperList(r.Papers, p.ticks, set),
		widget.Status(widget.When(len(r.Papers) > 0 && p.allTicked(r.Papers), func() app.UI {
			return widget.Note("go", widget.P("strong", p.t("papers.all")))
		})),
		widget.P("", p.t("papers.more-law")),
		widget.Actions(
			p.printButton(),
			widget.Link("btn btn--line", p.at("print"), app.Text(p.t("guide.print"))),
		),
	)
}

func (p *papers) allTicked(ps []view.Paper) bool {
	for _, q := range ps {
		if q.Need == "must" && !p.ticks[q.ID] {
			return false
		}
	}
	return p.ticks != nil
}

// setter keeps one tick at once.
func (p *papers) setter(id string) func(app.Context, bool) {
	return func(ctx app.Context, on bool) {
		p.ticks[id] = on
		ticks := map[string]bool{}
		for k, v := range p.ticks {
			ticks[k] = v
		}
		p.work(ctx, func(c context.Context) {
			_ = p.deps.save(c, outbox.TableInterview, keyPapers+p.service, ticks)
		}, func(app.Context) {})
	}
}

// paperList shows the lines; without set there is nothing to tick.
func (f *frame) paperList(ps []view.Paper, ticks map[string]bool, set func(id string) func(app.Context, bool)) app.UI {
	if len(ps) == 0 {
		return widget.P("", f.t("papers.none"))
	}
	return app.Ul().Class("papers").Body(widget.Each(ps, func(q view.Paper) app.UI {
		line := &widget.Paper{ID: "paper-" + q.ID, Say: q.Say, Need: q.Need, NeedWord: q.NeedWord, Note: q.Note, On: ticks[q.ID]}
		if set != nil {
			line.Set = set(q.ID)
		}
		return app.Li().Body(line, f.paperWhy(q))
	})...)
}

// paperWhy says where the list has the paper from.
func (f *frame) paperWhy(q view.Paper) app.UI {
	return app.Div().Class("paper__why", "no-print").Body(widget.Why(f.t("papers.why"),
		widget.When(q.Depends != "", func() app.UI { return app.P().Class("depends").Text(q.Depends) }),
		f.reasons("result.because", q.Because),
		app.Div().Class("row").Body(f.conf(q.Sure, q.SureClass)),
		f.sources(q.Sources),
	))
}

// printButton prints the page as it stands.
func (f *frame) printButton() app.UI {
	return widget.Button("btn btn--line", f.t("shell.print"), widget.On{Scope: "print", Do: func(app.Context, app.Event) { app.Window().Call("print") }})
}
