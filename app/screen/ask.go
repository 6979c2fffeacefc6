package screen

import (
	"context"
	"errors"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/interview"
	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
	"lixianban/app/words"
)

// ask is the interview: one question a page, found by replaying the answers. The
// fragment is the number of the question, so that the browser's Back goes one
// question back; without it the page goes on where the person stopped.
type ask struct {
	frame

	session interview.Session
	shown   *interview.Page // nil until read
	typed   string          // what stands in the field of a question that is typed
	refused *interview.InputError
	broken  bool // the pack can't be asked
}

// OnNav finds the question of the address.
func (a *ask) OnNav(ctx app.Context) {
	a.arrive(ctx, func(app.Context) {})
	step, _ := strconv.Atoi(ctx.Page().URL().Fragment)
	var s interview.Session
	a.work(ctx, func(c context.Context) { s, _ = a.deps.session(c, a.service) }, func(ctx app.Context) { a.show(ctx, s, step) })
}

// show replays s and turns to question number step, or to the first open one.
func (a *ask) show(ctx app.Context, s interview.Session, step int) {
	s.Editing = ""
	page, err := a.replay(s)
	if err == nil && step > 0 && step <= len(page.Given) {
		s = interview.Edit(s, page.Given[step-1].Fact)
		page, err = a.replay(s)
	}
	a.session, a.refused, a.broken = s, nil, err != nil
	if err != nil {
		return
	}
	if page.Question == nil {
		ctx.Navigate(a.at("result"))
		return
	}
	a.shown, a.typed = page, view.Typed(a.lang, page.Current)
	a.number(ctx, page.Number)
}

// number puts the question's number into the address where it lacks one, so that
// coming back here by the browser finds this question and not the next one.
func (a *ask) number(ctx app.Context, n int) {
	u := *ctx.Page().URL()
	if u.Fragment == "" {
		u.Fragment = strconv.Itoa(n)
		ctx.Page().ReplaceURL(&u)
	}
}

func (a *ask) replay(s interview.Session) (*interview.Page, error) {
	if a.deps.Pack == nil {
		return nil, errors.New("no pack")
	}
	return interview.Replay(a.deps.Pack, s)
}

// give takes an answer, keeps it, and goes on.
func (a *ask) give(ctx app.Context, value string) {
	q := a.shown.Question
	s, err := interview.Give(a.deps.Pack, a.session, q.Fact, value)
	var refused *interview.InputError
	if errors.As(err, &refused) {
		a.refused = refused
		a.setError(ctx, true)
		return
	}
	if err != nil {
		a.broken = true
		return
	}
	a.keep(ctx, s)
}

// decline notes 不知道.
func (a *ask) decline(ctx app.Context) {
	a.keep(ctx, interview.Decline(a.session, a.shown.Question.Fact))
}

// keep stores the answers before it goes on; a failure shows in the notices and the
// answers stay in memory.
func (a *ask) keep(ctx app.Context, s interview.Session) {
	s.Editing = ""
	step := a.shown.Number + 1
	a.work(ctx, func(c context.Context) { _ = a.deps.saveSession(c, s) }, func(ctx app.Context) {
		page, err := a.replay(s)
		if err == nil && page.Question == nil {
			ctx.Navigate(a.at("result"))
			return
		}
		ctx.Navigate(a.at("ask") + "#" + strconv.Itoa(min(step, len(page.Given)+1)))
	})
}

// Render shows the question.
func (a *ask) Render() app.UI {
	if a.broken {
		return a.page(a.at("guide"), widget.H1(a.heading()), widget.Alert(widget.P("", a.t("ask.broken"))), a.hotlines())
	}
	if a.shown == nil {
		return a.waiting()
	}
	q, pg := a.shown.Question, a.shown
	return a.page(a.back(),
		a.progress("ask.progress", pg.Number, pg.Left),
		widget.Slot(len(pg.Notices) > 0, func() app.UI { return widget.Note("info", widget.P("", a.t("ask.notices"))) }),
		widget.Errors(a.t("errors.title"), a.faults()),
		a.question(q),
		widget.When(a.text(q.Why) != "", func() app.UI { return widget.Why(a.t("ask.why"), widget.P("", a.text(q.Why))) }),
	)
}

func (a *ask) back() string {
	if n := a.shown.Number; n > 1 {
		return a.at("ask") + "#" + strconv.Itoa(n-1)
	}
	return a.href("/")
}

// progress says how far it is in words (of key) and as a line; never a count that grows.
func (f *frame) progress(key string, number, left int) app.UI {
	parts := make([]app.UI, 0, number+left)
	for i := range number - 1 + left {
		class := "progress__part"
		if i < number {
			class += " progress__part--done"
		}
		parts = append(parts, app.Span().Class(class))
	}
	return app.Div().Class("stack", "stack--tight").Body(
		app.Div().Class("progress").Attr("aria-hidden", "true").Body(parts...),
		widget.P("progress__words", f.t(key, "n", number, "left", left)),
	)
}

func (a *ask) faults() []widget.Fault {
	if a.refused == nil {
		return nil
	}
	return []widget.Fault{{Field: a.fieldID(), Text: a.refusal()}}
}

func (a *ask) refusal() string {
	if a.refused == nil {
		return ""
	}
	return a.t("answer."+a.refused.Code, pairs(a.lang, a.refused.Args)...)
}

// pairs turns named arguments into the catalogue's form; an argument has its English
// words beside it under its name with _en.
func pairs(lang string, m map[string]string) []any {
	var args []any
	for k, v := range m {
		if en, ok := m[k+"_en"]; ok && lang == words.EN {
			v = en
		}
		args = append(args, k, v)
	}
	return args
}

func (a *ask) fieldID() string { return "q-" + a.shown.Question.Fact }

// question is pressed (yes, no, an option) or typed (a number, a day, an amount). A
// pressed answer is the whole act: nothing happens by moving over it.
func (a *ask) question(q *policy.Question) app.UI {
	switch {
	case q.Unit == policy.Bool:
		return a.pressed(q, []widget.Choice{{ID: "yes", Text: a.t("shell.yes")}, {ID: "no", Text: a.t("shell.no")}})
	case q.Unit == policy.Enum:
		var cs []widget.Choice
		for _, o := range q.Options {
			cs = append(cs, widget.Choice{ID: o.ID, Text: a.text(o.Say)})
		}
		return a.pressed(q, cs)
	}
	return a.written(q)
}

func (a *ask) pressed(q *policy.Question, cs []widget.Choice) app.UI {
	cs = append(cs, widget.Choice{ID: interview.Declined, Text: a.t("ask.unknown"), Unsure: true})
	return &widget.Answers{
		Name: a.fieldID(), Ask: a.text(q.Ask), Hint: a.text(q.Help), Options: cs,
		Picked: a.shown.Current, PickedWord: a.t("ask.picked"),
		Pick: func(ctx app.Context, id string) {
			if id == interview.Declined {
				a.decline(ctx)
				return
			}
			a.give(ctx, id)
		},
	}
}

func (a *ask) written(q *policy.Question) app.UI {
	unit := view.Units[q.Unit]
	next := func(ctx app.Context, _ app.Event) { a.give(ctx, view.Untype(q.Unit, a.typed)) }
	return app.Form().Class("stack").Attr("novalidate", "novalidate").Body(
		widget.H1(a.text(q.Ask)),
		&widget.Field{
			ID: a.fieldID(), Label: a.text(q.Label), Quiet: true, Hint: a.text(q.Help) + a.t("ask.hint."+unit.Key),
			Error: a.refusal(), Note: view.Understood(a.lang, q.Unit, a.typed), Value: a.typed, Kind: unit.Kind, Mode: unit.Mode,
			Change: func(_ app.Context, v string) { a.typed = v },
		},
		widget.Actions(
			app.Button().Class("btn").Attr("type", "submit").Text(a.t("ask.next")),
			widget.Button("btn btn--line", a.t("ask.unknown"), widget.On{Scope: a.fieldID() + "-unknown", Do: func(ctx app.Context, _ app.Event) { a.decline(ctx) }}),
		),
	).OnSubmit(func(ctx app.Context, e app.Event) { e.PreventDefault(); next(ctx, e) }, app.EventScope(a.fieldID(), "submit"))
}
