package screen

import (
	"context"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/envelope"
	"lixianban/app/filing"
	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// printed is the application on paper: blank without an id in the address, else with
// what a draft or an item that was not yet delivered holds.
type printed struct {
	frame

	values filing.Values
	sheet  view.Result
	mine   bool // the list is of the person's own case
}

// OnNav reads what is to be filled in.
func (p *printed) OnNav(ctx app.Context) {
	p.arrive(ctx, func(app.Context) {})
	sid, err := envelope.ParseSID(ctx.Page().URL().Query().Get("id"))
	var values filing.Values
	var r *view.Result
	p.work(ctx, func(c context.Context) {
		r = p.answered(c)
		if err == nil && p.deps.Box != nil {
			values = p.filled(c, sid)
		}
	}, func(app.Context) {
		p.values = values
		if p.mine = r != nil; p.mine {
			p.sheet = *r
		}
	})
}

// filled finds the values of a draft or of an item.
func (p *printed) filled(c context.Context, sid envelope.SID) filing.Values {
	if d, err := p.deps.Box.LoadDraft(c, sid); err == nil {
		if f, err := filing.DecodeDraft(d.Data); err == nil {
			return f.Values
		}
	}
	if it, err := p.deps.Box.Item(c, sid); err == nil && it.Clear != nil {
		if a, err := filing.DecodeApplication(it.Clear); err == nil {
			return a.Values
		}
	}
	return nil
}

// Render shows the sheet.
func (p *printed) Render() app.UI {
	form, ok := formOf(p.service)
	r, general := p.general()
	if p.mine {
		r = p.sheet
	}
	if !general && !p.mine {
		return p.waiting()
	}
	return p.page(p.at("guide"),
		widget.H1(p.heading()),
		app.Div().Class("no-print", "stack").Body(
			widget.P("", p.t("print.how")),
			widget.Actions(p.printButton()),
		),
		widget.When(ok, func() app.UI { return p.form(form) }),
		widget.Section(p.t("papers.bring"), p.bringList(r.Papers)),
		widget.P("small soft", p.serviceTitle()+" · "+r.Basis),
		widget.P("small soft", p.t("print.foot")),
	)
}

// form is the sheet to fill in by hand: every field of the form, blank ones with a line.
func (p *printed) form(form filing.Form) app.UI {
	var body []app.UI
	for _, s := range view.Sheet(p.lang, form, p.values, p.optionsOf) {
		body = append(body, app.Div().Class("sheet-part").Body(
			app.H2().Text(s.Title),
			app.Table().Class("sheet-table").Body(app.TBody().Body(widget.Each(s.Lines, sheetLine)...)),
		))
	}
	return app.Section().Class("stack").Body(append(body,
		widget.P("", p.t("print.consent")),
		app.P().Class("sign").Text(p.t("print.sign")),
		app.P().Class("sign").Text(p.t("print.date")),
	)...)
}

func sheetLine(l view.Line) app.UI {
	return app.Tr().Body(app.Th().Attr("scope", "row").Text(l.What), app.Td().Text(l.Value))
}

func (p *printed) optionsOf(field string) []policy.Option {
	if p.deps.Pack == nil {
		return nil
	}
	if f, ok := p.deps.Pack.Fact(field); ok {
		return f.Question.Options
	}
	return nil
}
