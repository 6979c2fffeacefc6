package widget

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Choice is one line of a choice.
type Choice struct {
	ID, Text, Hint string
	Unsure         bool // 不知道: dashed, last
}

// Choices is a question with one answer: radio buttons as whole lines to press. The
// legend is the page's heading when Heading is set. It is a component with the name as
// its identity: a radio button that was pressed stays pressed when go-app gives the
// element to the next question, so the next question must get new elements.
type Choices struct {
	app.Compo

	Name, Ask, Hint string
	Heading         bool
	Options         []Choice
	Picked          string
	Error           string
	Disabled        bool
	Pick            func(ctx app.Context, id string)
}

// CompoID keeps one question's elements from the next one.
func (c *Choices) CompoID() string { return c.Name }

// Render shows the choice. ids: the fieldset is Name, its lines Name-<id>.
func (c *Choices) Render() app.UI {
	body := []app.UI{c.legend()}
	if c.Hint != "" {
		body = append(body, app.P().Class("field__hint").Attr("id", c.Name+"-hint").Text(c.Hint))
	}
	body = append(body, Slot(c.Error != "", func() app.UI {
		return app.P().Class("field__error").Attr("id", c.Name+"-error").Text(c.Error)
	}))
	for _, o := range c.Options {
		body = append(body, c.line(o))
	}
	set := app.FieldSet().Class("choices").Attr("id", c.Name).Attr("tabindex", "-1").Body(body...)
	if by := describedBy(c.Name, c.Hint, c.Error); by != "" {
		set = set.Attr("aria-describedby", by)
	}
	return set
}

func (c *Choices) legend() app.UI {
	if c.Heading {
		return app.Legend().Class("choices__ask").Body(H1(c.Ask))
	}
	return app.Legend().Class("field__label").Text(c.Ask)
}

func (c *Choices) line(o Choice) app.UI {
	class := "choice"
	if o.Unsure {
		class += " choice--unsure"
	}
	if o.ID == c.Picked {
		class += " choice--on"
	}
	id := c.Name + "-" + o.ID
	input := app.Input().Class("choice__input").Attr("type", "radio").Attr("name", c.Name).Attr("id", id).Attr("value", o.ID)
	input = checked(disabled(input, c.Disabled), o.ID == c.Picked).OnChange(func(ctx app.Context, e app.Event) {
		c.Pick(ctx, e.Get("target").Get("value").String())
	}, app.EventScope(c.Name, o.ID))
	text := []app.UI{app.Text(o.Text)}
	if o.Hint != "" {
		text = append(text, app.Span().Class("choice__hint").Text(o.Hint))
	}
	return app.Label().Class(class).Attr("for", id).Body(input, app.Span().Class("choice__text").Body(text...))
}

// Checkbox is one line to agree to, or to tick. Kind is the class of its look:
// "choice" (a whole line to press) or "paper" (a line of the list of what to bring).
type Checkbox struct {
	app.Compo

	ID, Text, Error string
	On, Disabled    bool
	Set             func(ctx app.Context, on bool)
}

// CompoID keeps one box's element from the next one.
func (c *Checkbox) CompoID() string { return c.ID }

// Render shows the box with its sentence.
func (c *Checkbox) Render() app.UI {
	class := "choice"
	if c.On {
		class += " choice--on"
	}
	return app.Div().Class("stack", "stack--tight").Body(
		Slot(c.Error != "", func() app.UI {
			return app.P().Class("field__error").Attr("id", c.ID+"-error").Text(c.Error)
		}),
		app.Label().Class(class).Attr("for", c.ID).Body(
			tick(c.ID, "choice__input", c.On, c.Disabled, c.Error, c.Set),
			app.Span().Class("choice__text").Text(c.Text)),
	)
}

// Paper is one line of what to bring, to tick.
type Paper struct {
	app.Compo

	ID, Say, Need, NeedWord, Note string
	On                            bool
	Set                           func(ctx app.Context, on bool)
}

// CompoID keeps one line's element from the next one.
func (p *Paper) CompoID() string { return p.ID }

// Render shows the line; with no Set there is nothing to tick (print, porch).
func (p *Paper) Render() app.UI {
	say := app.Span().Class("paper__say").Body(app.Text(p.Say), app.Span().Class("paper__need", "paper__need--"+p.Need).Text(p.NeedWord))
	note := When(p.Note != "", func() app.UI { return app.Span().Class("paper__note").Text(p.Note) })
	if p.Set == nil {
		return app.Div().Class("paper").Body(app.Span().Class("paper__box").Attr("aria-hidden", "true"), say, note)
	}
	return app.Label().Class("paper").Attr("for", p.ID).Body(tick(p.ID, "paper__box", p.On, false, "", p.Set), say, note)
}

// tick is the box of Checkbox and Paper.
func tick(id, class string, on, off bool, errText string, set func(app.Context, bool)) app.UI {
	in := app.Input().Class(class).Attr("type", "checkbox").Attr("id", id)
	if errText != "" {
		in = in.Attr("aria-describedby", id+"-error").Attr("aria-invalid", "true")
	}
	return checked(disabled(in, off), on).OnChange(func(ctx app.Context, e app.Event) {
		set(ctx, e.Get("target").Get("checked").Bool())
	}, app.EventScope(id))
}

// checked and disabled leave the attribute out on the host, where checked="false"
// would mean checked; in the browser go-app must see false to undo what was pressed.
func checked(i app.HTMLInput, on bool) app.HTMLInput {
	if !on && app.IsServer {
		return i
	}
	return i.Checked(on)
}

func disabled[E interface{ Disabled(bool) E }](e E, off bool) E {
	if !off && app.IsServer {
		return e
	}
	return e.Disabled(off)
}

// Field is one thing to write. It is a component of its own, so that its value can be
// emptied: go-app leaves the old text when an attribute becomes "", so the value is
// set on the element itself.
type Field struct {
	app.Compo

	ID, Label, Hint, Error, Note string
	Value                        string
	Kind                         string // id phone date short text long
	Mode                         string // inputmode
	Auto                         string // autocomplete token
	Disabled                     bool
	Quiet                        bool                                // the page's heading is the label already: keep it for the ear
	Change                       func(ctx app.Context, value string) // each stroke
	Leave                        func(ctx app.Context, value string) // when the field is left

	shown  string // what the element holds, as far as we set or heard it
	placed bool   // the stored value was put into the element once
}

// CompoID keeps one field's element, and what is in it, from the next one.
func (f *Field) CompoID() string { return f.ID }

// OnMount puts the stored value into the element.
func (f *Field) OnMount(ctx app.Context) { f.put() }

// OnUpdate puts a value that changed elsewhere into the element.
func (f *Field) OnUpdate(ctx app.Context) { f.put() }

// put writes Value unless it is what we last set or heard: strokes may be in the
// element that we have not heard of yet, and they must stay.
func (f *Field) put() {
	if f.placed && f.Value == f.shown {
		return
	}
	f.placed, f.shown = true, f.Value
	if el := app.Window().GetElementByID(f.ID); el.Truthy() && el.Get("value").String() != f.Value {
		el.Set("value", f.Value)
	}
}

// Render shows label, hint, the input, then what is wrong or what was understood.
func (f *Field) Render() app.UI {
	class := "field"
	if f.Error != "" {
		class += " field--bad"
	}
	label := "field__label"
	if f.Quiet {
		label = "sr-only"
	}
	return app.Div().Class(class).Body(
		app.Label().Class(label).Attr("for", f.ID).Text(f.Label),
		When(f.Hint != "", func() app.UI {
			return app.P().Class("field__hint").Attr("id", f.ID+"-hint").Text(f.Hint)
		}),
		f.input(),
		When(f.Error != "", func() app.UI {
			return app.P().Class("field__error").Attr("id", f.ID+"-error").Text(f.Error)
		}),
		When(f.Error == "" && f.Note != "", func() app.UI {
			return app.P().Class("field__ok").Text(f.Note)
		}),
	)
}

func (f *Field) input() app.UI {
	if f.Kind == "long" {
		return dress(f, app.Textarea().Class("field__input").Attr("rows", "3"))
	}
	return dress(f, app.Input().Class("field__input", "field__input--"+f.Kind).Attr("type", "text"))
}

// element is what inputs and text areas share.
type element[E any] interface {
	app.UI
	Attr(string, any) E
	Disabled(bool) E
	OnInput(app.EventHandler, ...app.EventOption) E
	OnChange(app.EventHandler, ...app.EventOption) E
}

// dress gives an element the field's attributes and handlers.
func dress[E element[E]](f *Field, e E) app.UI {
	e = disabled(e.Attr("id", f.ID).Attr("name", f.ID), f.Disabled)
	for name, v := range map[string]string{"inputmode": f.Mode, "autocomplete": f.Auto, "aria-describedby": describedBy(f.ID, f.Hint, f.Error)} {
		if v != "" {
			e = e.Attr(name, v)
		}
	}
	if f.Error != "" {
		e = e.Attr("aria-invalid", "true")
	}
	if app.IsServer && f.Value != "" {
		e = e.Attr("value", f.Value)
	}
	return e.
		OnInput(func(ctx app.Context, ev app.Event) { f.heard(ctx, ev, f.Change) }, app.EventScope(f.ID, "input")).
		OnChange(func(ctx app.Context, ev app.Event) { f.heard(ctx, ev, f.Leave) }, app.EventScope(f.ID, "change"))
}

func (f *Field) heard(ctx app.Context, ev app.Event, tell func(app.Context, string)) {
	f.shown = ev.Get("target").Get("value").String()
	if tell != nil {
		tell(ctx, f.shown)
	}
}

// describedBy names the hint and the error of an element that has them.
func describedBy(id, hint, err string) string {
	switch {
	case hint != "" && err != "":
		return id + "-hint " + id + "-error"
	case hint != "":
		return id + "-hint"
	case err != "":
		return id + "-error"
	}
	return ""
}

// Fault is one line of the error summary: what to do, and the field that needs it.
type Fault struct{ Field, Text string }

// Errors is the summary on top of a page that was refused; it takes the focus.
func Errors(title string, faults []Fault) app.UI {
	if len(faults) == 0 {
		return app.Div().Class("slot")
	}
	return app.Div().Class("errors").Attr("id", "errors").Attr("role", "alert").Attr("tabindex", "-1").Body(
		app.H2().Class("errors__title").Text(title),
		app.Ul().Class("errors__list").Body(Each(faults, func(f Fault) app.UI {
			return app.Li().Body(Jump("", f.Field, f.Text))
		})...),
	)
}

// Select is a choice from a long list.
type Select struct {
	app.Compo

	ID, Label, Hint, Error string
	Options                []Choice
	Picked                 string
	Disabled               bool
	Pick                   func(ctx app.Context, id string)
}

// CompoID keeps one list's element from the next one.
func (s *Select) CompoID() string { return s.ID }

// Render shows the label and the phone's own list.
func (s *Select) Render() app.UI {
	sel := disabled(app.Select().Class("field__input").Attr("id", s.ID), s.Disabled).Body(Each(s.Options, s.option)...).
		OnChange(func(ctx app.Context, e app.Event) { s.Pick(ctx, e.Get("target").Get("value").String()) }, app.EventScope(s.ID))
	if by := describedBy(s.ID, s.Hint, s.Error); by != "" {
		sel = sel.Attr("aria-describedby", by)
	}
	class := "field"
	if s.Error != "" {
		class += " field--bad"
	}
	return app.Div().Class(class).Body(
		app.Label().Class("field__label").Attr("for", s.ID).Text(s.Label),
		When(s.Hint != "", func() app.UI { return app.P().Class("field__hint").Attr("id", s.ID+"-hint").Text(s.Hint) }),
		sel,
		When(s.Error != "", func() app.UI { return app.P().Class("field__error").Attr("id", s.ID+"-error").Text(s.Error) }),
	)
}

func (s *Select) option(o Choice) app.UI {
	opt := app.Option().Attr("value", o.ID).Text(o.Text)
	if o.ID == s.Picked || app.IsClient {
		opt = opt.Selected(o.ID == s.Picked)
	}
	return opt
}

// Answers is a question answered by one press: each answer is a button, so that
// nothing is chosen by moving over it with keys, and no second press is needed.
type Answers struct {
	app.Compo

	Name, Ask, Hint    string
	Options            []Choice
	Picked, PickedWord string // the answer given before, and the word that marks it
	Pick               func(ctx app.Context, id string)
}

// CompoID keeps one question's elements from the next one.
func (a *Answers) CompoID() string { return a.Name }

// Render shows the question as the page's heading and its answers.
func (a *Answers) Render() app.UI {
	body := []app.UI{H1(a.Ask)}
	if a.Hint != "" {
		body = append(body, app.P().Class("field__hint").Attr("id", a.Name+"-hint").Text(a.Hint))
	}
	for _, o := range a.Options {
		body = append(body, a.button(o))
	}
	return app.Div().Class("choices").Attr("id", a.Name).Attr("role", "group").Attr("aria-labelledby", "title").Body(body...)
}

func (a *Answers) button(o Choice) app.UI {
	class := "choice"
	if o.Unsure {
		class += " choice--unsure"
	}
	text := []app.UI{app.Text(o.Text)}
	if o.ID == a.Picked {
		class += " choice--on"
		text = append(text, app.Span().Class("choice__hint").Text(a.PickedWord))
	}
	return app.Button().Class(class).Attr("type", "button").Attr("id", a.Name+"-"+o.ID).
		Body(app.Span().Class("choice__text").Body(text...)).
		OnClick(func(ctx app.Context, _ app.Event) { a.Pick(ctx, o.ID) }, app.EventScope(a.Name, o.ID))
}
