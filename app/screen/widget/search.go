package widget

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Search is the box to ask in one's own words. Before the program is there it is
// switched off; the boot script lends it out while the program comes, and the program
// takes over what was written (see boot.js). The input has no name, and its form goes
// nowhere: the question is in no address.
type Search struct {
	app.Compo

	ID, Label, Example, Go, Clear string
	Value                         string
	Soon                          string // said while nothing can be looked for
	Enter                         func(ctx app.Context)
	Change                        func(ctx app.Context, value string) // each stroke
	Ask                           func(ctx app.Context)               // the button, or Enter

	shown  string // what the element holds, as far as we set or heard it
	placed bool
}

// CompoID keeps the box while the page around it changes.
func (s *Search) CompoID() string { return s.ID }

// OnMount puts what was written before into the box.
func (s *Search) OnMount(app.Context) { s.put() }

// OnUpdate does so when it changed elsewhere.
func (s *Search) OnUpdate(app.Context) { s.put() }

func (s *Search) put() {
	if s.placed && s.Value == s.shown {
		return
	}
	s.placed, s.shown = true, s.Value
	if el := app.Window().GetElementByID(s.ID); el.Truthy() && el.Get("value").String() != s.Value {
		el.Set("value", s.Value)
	}
}

// Render shows the label, then box and buttons in one line.
func (s *Search) Render() app.UI {
	label := app.Label().Class("search__label").Attr("for", s.ID).Text(s.Label)
	if app.IsServer { // no form yet: Enter would load the page again
		return app.Div().Class("search").Attr("role", "search").Body(label, s.line(), P("soft small", s.Soon))
	}
	return app.Form().Class("search").Attr("role", "search").Attr("novalidate", "novalidate").Body(label, s.line()).
		OnSubmit(func(ctx app.Context, e app.Event) { e.PreventDefault(); s.Ask(ctx) }, app.EventScope(s.ID, "ask"))
}

func (s *Search) line() app.UI {
	return app.Div().Class("search__line").Body(
		Icon("search"),
		s.input(),
		When(app.IsClient, func() app.UI { return s.clear() }),
		When(app.IsClient, func() app.UI { return app.Button().Class("btn", "search__go").Attr("type", "submit").Text(s.Go) }),
	)
}

func (s *Search) input() app.UI {
	in := app.Input().Class("search__input").Attr("type", "text").Attr("id", s.ID).Attr("placeholder", s.Example)
	for _, a := range [][2]string{{"autocomplete", "off"}, {"autocapitalize", "off"}, {"spellcheck", "false"}, {"enterkeyhint", "search"}} {
		in = in.Attr(a[0], a[1])
	}
	return disabled(in, app.IsServer).
		OnFocus(func(ctx app.Context, _ app.Event) { s.Enter(ctx) }, app.EventScope(s.ID, "focus")).
		OnInput(func(ctx app.Context, e app.Event) { s.heard(ctx, e.Get("target").Get("value").String()) }, app.EventScope(s.ID, "input"))
}

func (s *Search) heard(ctx app.Context, v string) {
	s.shown = v
	s.Change(ctx, v)
}

// clear empties the box and stays in it. Its place is kept, so that the box keeps the focus.
func (s *Search) clear() app.UI {
	return Slot(s.Value != "", func() app.UI {
		return Button("search__clear", s.Clear, On{Scope: s.ID + " clear", Do: func(ctx app.Context, _ app.Event) {
			if el := app.Window().GetElementByID(s.ID); el.Truthy() {
				el.Set("value", "") // at once: the next stroke may come before the page is drawn
			}
			s.heard(ctx, "")
			Focus(s.ID)
		}})
	})
}
