package screen

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/filing"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// Render shows the step.
func (a *apply) Render() app.UI {
	switch {
	case !a.read:
		return a.waiting()
	case len(a.deps.directory().Offices) == 0 || a.form.ID == "":
		return a.nowhere()
	case a.editor == nil:
		return a.start()
	}
	body := []app.UI{a.readOnly(), a.goesOn(), widget.Errors(a.title, a.summary())}
	switch a.step {
	case stepConsent:
		body = append(body, a.consentPage()...)
	case stepCheck:
		body = append(body, a.checkPage()...)
	default:
		body = append(body, a.formPage()...)
	}
	return a.page(a.back(), body...)
}

// nowhere is the page where no office takes this application, or none is known of yet:
// the ways that lead on.
func (a *apply) nowhere() app.UI {
	return a.page(a.at("guide"),
		widget.H1(a.t(a.unheard("apply.nowhere-title"))),
		widget.P("", a.t(a.unheard("apply.nowhere"))),
		widget.Actions(
			widget.Link("btn", a.at("print"), app.Text(a.t("guide.print"))),
			widget.Link("btn btn--line", a.at("papers"), app.Text(a.t("result.papers"))),
		),
		a.hotlines(),
	)
}

// start says what is asked, who gets it and what is never asked, before anything is typed.
func (a *apply) start() app.UI {
	return a.page(a.at("result"),
		widget.H1(a.heading()),
		widget.When(a.other, func() app.UI { return widget.Note("info", widget.P("", a.t("apply.other"))) }),
		widget.When(a.sealed > 0, func() app.UI {
			return widget.Note("wait", widget.P("", a.t("apply.twice", "n", a.sealed)), widget.Link("", a.href("/mine"), app.Text(a.t("home.mine"))))
		}),
		widget.List("", widget.Each([]string{"apply.start-1", "apply.start-2", "apply.start-3", "apply.start-4"}, func(k string) app.UI { return app.Text(a.t(k)) })...),
		widget.Note("info", widget.P("", a.t("apply.never"))),
		widget.Actions(
			widget.Button("btn", a.t("apply.begin"), widget.On{Scope: "begin", Do: func(ctx app.Context, _ app.Event) { a.begin(ctx) }}),
			widget.Link("btn btn--line", a.at("print"), app.Text(a.t("apply.paper"))),
		),
	)
}

// goesOn says whose draft was opened, when none was asked for.
func (a *apply) goesOn() app.UI {
	return widget.Slot(a.resumed && !a.locked, func() app.UI {
		say := a.t("apply.resumed")
		if name := a.draft.Values["name"]; name != "" {
			say = a.t("apply.resumed-of", "name", name)
		}
		return widget.Note("info", widget.P("", say), widget.Link("", a.at("apply")+"?new", app.Text(a.t("mine.another"))))
	})
}

func (a *apply) readOnly() app.UI {
	return widget.Slot(a.locked, func() app.UI {
		return widget.Note("wait",
			widget.P("", a.t("apply.read-only")),
			widget.Button("btn btn--line btn--small", a.t("apply.take-over"), widget.On{Scope: "take-over", Do: func(ctx app.Context, _ app.Event) { a.takeOver(ctx) }}))
	})
}

// summary lists what keeps the page from going on; fields left on the way show
// their own words only.
func (a *apply) summary() []widget.Fault {
	if a.title == "" {
		return nil
	}
	var fs []widget.Fault
	for _, p := range a.report.Problems {
		fs = append(fs, widget.Fault{Field: fieldID(p.Field), Text: view.Problem(a.lang, p)})
	}
	return fs
}

func fieldID(field string) string { return "f-" + field }

func (a *apply) back() string {
	all := a.steps()
	for i, s := range all {
		if s == a.step && i > 0 {
			return a.at("apply") + "?id=" + a.draft.ID + "#" + all[i-1]
		}
	}
	return a.at("result")
}

// formPage is one step of the form. When it is one choice, the choice is the page's
// heading.
func (a *apply) formPage() []app.UI {
	var fields []filing.Field
	all := a.form.Visible(a.form.Normalize(a.draft.Values), a.today())
	at := 0
	for i, s := range all {
		if s.ID == a.step {
			fields, at = s.Fields, i
		}
	}
	single := len(fields) == 1 && fields[0].Kind == filing.KindChoice
	body := []app.UI{a.progress("apply.progress", at+1, len(all)-at+1)}
	if !single {
		body = append(body, widget.H1(view.StepTitle(a.lang, a.step)))
	}
	for _, f := range fields {
		body = append(body, a.field(f, single))
	}
	return append(body, a.warnings(), a.nowhereHere(), widget.Actions(
		widget.Button("btn", a.t("ask.next"), widget.On{Scope: "next-" + a.step, Do: func(ctx app.Context, _ app.Event) { a.next(ctx) }}),
	), widget.P("field__saved", a.t("apply.kept")))
}

// warnings are looked at once; pressing on again goes on.
func (a *apply) warnings() app.UI {
	return widget.Status(widget.When(len(a.report.Warnings) > 0, func() app.UI {
		return widget.Note("wait",
			widget.List("plain-list", widget.Each(a.report.Warnings, func(p filing.Problem) app.UI { return app.Text(view.Warning(a.lang, p)) })...),
			widget.P("", a.t("apply.warned")))
	}))
}

// nowhereHere says on the page of the place that no office there takes applications.
func (a *apply) nowhereHere() app.UI {
	region := a.draft.Values["region"]
	_, asked := stepHas(a.form, a.step, filing.KindRegion)
	sure, within := offices(a.deps.directory(), region, a.form.ID)
	return widget.Slot(asked && region != "" && sure == nil && len(within) == 0, func() app.UI {
		return widget.Note("wait", widget.P("", a.t("apply.nowhere-here")))
	})
}

func stepHas(form filing.Form, step string, kind filing.Kind) (filing.Field, bool) {
	for _, s := range form.Steps {
		for _, f := range s.Fields {
			if s.ID == step && f.Kind == kind {
				return f, true
			}
		}
	}
	return filing.Field{}, false
}

// field is one field in the look of its kind.
func (a *apply) field(f filing.Field, heading bool) app.UI {
	label, hint := view.Label(a.lang, f, a.form.Normalize(a.draft.Values)), view.Hint(a.lang, f.ID)
	switch f.Kind {
	case filing.KindChoice:
		return &widget.Choices{
			Name: fieldID(f.ID), Ask: label, Hint: hint, Heading: heading, Options: a.options(f), Picked: a.draft.Values[f.ID],
			Error: a.errorOf(f.ID), Disabled: a.locked,
			Pick: func(_ app.Context, id string) { a.set(f.ID, id); a.drop(f.ID) },
		}
	case filing.KindRegion:
		return a.regionField(f, label, hint)
	}
	look := view.Looks[f.Kind]
	return &widget.Field{
		ID: fieldID(f.ID), Label: label, Hint: hint, Value: view.TypedField(f.Kind, a.draft.Values[f.ID]), Kind: look.Kind, Mode: look.Mode, Auto: view.Auto(f.ID),
		Error: a.errorOf(f.ID), Note: a.noteOf(f), Disabled: a.locked,
		Change: func(_ app.Context, v string) { a.set(f.ID, view.UntypeField(f.Kind, v)) },
		Leave:  func(_ app.Context, v string) { a.left(f.ID, v) },
	}
}

func (a *apply) errorOf(field string) string {
	for _, p := range a.report.Problems {
		if p.Field == field {
			return view.Problem(a.lang, p)
		}
	}
	return ""
}

// noteOf repeats a day as it was understood.
func (a *apply) noteOf(f filing.Field) string {
	if f.Kind != filing.KindDate {
		return ""
	}
	return view.UnderstoodDate(a.lang, a.draft.Values[f.ID])
}

// regionField asks for the province, then, where the directory has several offices in
// it, for the office.
func (a *apply) regionField(f filing.Field, label, hint string) app.UI {
	region := a.draft.Values[f.ID]
	sel := &widget.Select{
		ID: fieldID(f.ID), Label: label, Hint: hint, Options: choices(view.RegionChoices(a.lang)), Picked: view.Province(region), Disabled: a.locked, Error: a.errorOf(f.ID),
		Pick: func(_ app.Context, id string) { a.set(f.ID, view.Picked(id)); a.drop(f.ID) },
	}
	_, within := offices(a.deps.directory(), view.Province(region), a.form.ID)
	return app.Div().Class("stack").Body(sel, widget.When(len(within) > 0, func() app.UI {
		cs := view.OfficeChoices(a.lang, view.Province(region), within)
		return &widget.Choices{
			Name: fieldID(f.ID) + "-office", Ask: a.t("apply.which-office"), Options: choices(cs), Picked: region, Disabled: a.locked,
			Pick: func(_ app.Context, id string) { a.set(f.ID, id); a.drop(f.ID) },
		}
	}))
}

// consentPage asks for the separate consent to handle health-insurance data
// (个人信息保护法 §29), apart from everything else.
func (a *apply) consentPage() []app.UI {
	to := a.t("apply.the-office")
	if o := a.officeFor(); o != nil {
		to = view.OfficeName(a.lang, *o)
	}
	by := filing.ConsentBy(a.draft.Values, a.today())
	return []app.UI{
		widget.H1(a.t("consent.title")),
		widget.List("", widget.Each([]string{"consent.1", "consent.2", "consent.3", "consent.4", "consent.5"}, func(k string) app.UI { return app.Text(a.t(k, "office", to)) })...),
		&widget.Checkbox{
			ID: fieldID("consent"), Text: a.t("consent.yes."+by, "office", to), On: a.draft.Consent != nil, Error: a.errorOf("consent"), Disabled: a.locked,
			Set: func(_ app.Context, on bool) { a.consent(on) },
		},
		widget.Actions(
			widget.Button("btn", a.t("ask.next"), widget.On{Scope: "next-consent", Do: func(ctx app.Context, _ app.Event) { a.next(ctx) }}),
			widget.Link("btn btn--line", a.at("print"), app.Text(a.t("consent.no"))),
		),
	}
}

// checkPage shows every answer with the way to change it, then the act that seals.
func (a *apply) checkPage() []app.UI {
	body := []app.UI{widget.H1(a.t("check.title"))}
	for _, s := range a.form.Visible(a.form.Normalize(a.draft.Values), a.today()) {
		body = append(body, app.Dl().Class("answers").Body(a.rows(s)...))
	}
	body = append(body, a.missing(), app.Div().Attr("id", "failed").Attr("tabindex", "-1").Body(
		widget.When(a.failed != "", func() app.UI { return widget.Alert(widget.P("", a.failed)) })))
	return append(body, a.sending()...)
}

func (a *apply) rows(s filing.Step) []app.UI {
	values := a.form.Normalize(a.draft.Values)
	return widget.Each(s.Fields, func(f filing.Field) app.UI {
		answer := view.Value(a.lang, f, values[f.ID], a.packOptions(f.ID))
		if answer == "" {
			answer = a.t("check.empty")
		}
		return answerRow(view.Label(a.lang, f, values), answer, a.at("apply")+"?id="+a.draft.ID+"#"+s.ID, a.t("result.change"))
	})
}

// missing lists what still has to be filled in, each with its page.
func (a *apply) missing() app.UI {
	r := a.form.Check(a.draft.Values, a.env())
	r.Problems = append(r.Problems, a.form.CheckConsent(a.draft, a.env()).Problems...)
	return widget.Slot(!r.OK(), func() app.UI {
		return widget.Note("wait", widget.P("strong", a.t("check.missing")),
			widget.List("", widget.Each(r.Problems, func(p filing.Problem) app.UI {
				step := p.Step
				if step == "" {
					step = stepConsent
				}
				return widget.Link("", a.at("apply")+"?id="+a.draft.ID+"#"+step, app.Text(view.Problem(a.lang, p)))
			})...))
	})
}

// sending is the submit button with what it does, or what to do where no office is.
func (a *apply) sending() []app.UI {
	ready := a.form.Check(a.draft.Values, a.env()).OK() && a.form.CheckConsent(a.draft, a.env()).OK()
	o := a.officeFor()
	if o == nil {
		return []app.UI{widget.Note("wait", widget.P("", a.t("apply.nowhere-here"))),
			widget.Actions(widget.Link("btn", a.at("print")+"?id="+a.draft.ID, app.Text(a.t("guide.print"))))}
	}
	body := []app.UI{widget.Note("info", widget.P("", a.t("check.to", "office", view.OfficeName(a.lang, *o))), widget.P("", a.t("check.what")))}
	if !ready || a.locked {
		return body
	}
	btn := app.Button().Class("btn").Attr("type", "button").Attr("id", "submit").Text(a.t("check.send")).
		OnClick(func(ctx app.Context, _ app.Event) { a.submit(ctx) }, app.EventScope("submit"))
	if a.busy {
		btn = btn.Attr("aria-busy", "true").Text(a.t("check.sealing"))
	}
	return append(body, widget.Actions(btn, widget.Link("btn btn--line", a.at("print")+"?id="+a.draft.ID, app.Text(a.t("check.print")))))
}

// choices gives the presenter's lines their look.
func choices(cs []view.Choice) []widget.Choice {
	return widgets(cs, func(c view.Choice) widget.Choice { return widget.Choice{ID: c.ID, Text: c.Text, Unsure: c.Unsure} })
}

func widgets[A, B any](as []A, f func(A) B) []B {
	bs := make([]B, 0, len(as))
	for _, a := range as {
		bs = append(bs, f(a))
	}
	return bs
}
