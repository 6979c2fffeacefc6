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
	bring, open := view.SplitPapers(r.Papers)
	return p.page(p.back(),
		widget.H1(p.t("papers.head", "n", len(bring))),
		widget.P("soft", p.serviceTitle()+" · "+r.Basis),
		p.paperList(bring, p.ticks, set),
		widget.Status(widget.When(p.allTicked(bring), func() app.UI {
			return widget.Note("go", widget.P("strong", p.t("papers.all")))
		})),
		widget.When(len(open) > 0, func() app.UI { return widget.Section(p.t("papers.open"), p.paperList(open, p.ticks, set)) }),
		widget.P("", p.t("papers.more-law")),
		widget.Actions(
			p.printButton(),
			widget.Link("btn btn--line", p.at("print"), app.Text(p.t("guide.print"))),
		),
	)
}

// back is where the list was opened from: the result once there are answers.
func (p *papers) back() string {
	if p.result != nil {
		return p.at("result")
	}
	return p.at("guide")
}

// allTicked tells that everything that must be brought is there.
func (p *papers) allTicked(ps []view.Paper) bool {
	musts := 0
	for _, q := range ps {
		if q.Need != "must" {
			continue
		}
		if musts++; !p.ticks[q.ID] {
			return false
		}
	}
	return musts > 0
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

// bringList is the list of a guide or a printed sheet: what to bring, then what hangs
// on the case.
func (f *frame) bringList(ps []view.Paper) app.UI {
	bring, open := view.SplitPapers(ps)
	return app.Div().Class("stack").Body(
		f.paperList(bring, nil, nil),
		widget.When(len(open) > 0, func() app.UI { return widget.P("strong", f.t("papers.open")) }),
		widget.When(len(open) > 0, func() app.UI { return f.paperList(open, nil, nil) }),
	)
}

// bringFolded is that list with the second half folded away.
func (f *frame) bringFolded(ps []view.Paper) app.UI {
	bring, open := view.SplitPapers(ps)
	return app.Div().Class("stack").Body(
		f.paperList(bring, nil, nil),
		widget.When(len(open) > 0, func() app.UI { return widget.Why(f.t("papers.open-n", "n", len(open)), f.paperList(open, nil, nil)) }),
	)
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

// printButton prints the page as it stands; it is not there before the program is.
func (f *frame) printButton() app.UI {
	if app.IsServer {
		return nil
	}
	return widget.Button("btn btn--line", f.t("shell.print"), widget.On{Scope: "print", Do: func(app.Context, app.Event) { app.Window().Call("print") }})
}
