// Package widget is how things look: one function a widget, no state, no words of
// its own. The class names are those of static/web/css, one sheet a widget.
//
// Attributes are set by Attr only: go-app's typed setters take a format string, so
// that a person's text with a percent sign would be garbled, and go vet refuses
// them. Handlers always carry a scope: go-app compares closures by their code and
// would keep the old row's handler after the rows moved.
package widget

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// On is a handler with the scope that tells it from its neighbours.
type On struct {
	Scope string
	Do    app.EventHandler
}

// scope is the event option of o.
func (o On) scope() app.EventOption { return app.EventScope(o.Scope) }

// Icon is a drawn sign in the colour of the text; the words beside it say the same.
func Icon(name string) app.UI {
	return app.Span().Class("icon", "icon--"+name).Attr("aria-hidden", "true")
}

// H1 is the heading of a page: the router moves the focus to it.
func H1(text string) app.UI {
	return app.H1().Attr("id", "title").Attr("tabindex", "-1").Text(text)
}

// H2 is the heading of a part.
func H2(text string) app.UI { return app.H2().Text(text) }

// P is a paragraph; class may be empty.
func P(class, text string) app.UI { return app.P().Class(class).Text(text) }

// Link goes to another page of the app, or anywhere.
func Link(class, href string, body ...app.UI) app.UI {
	return app.A().Class(class).Attr("href", href).Body(body...)
}

// Text is a run of text as an element's child.
func Text(s string) app.UI { return app.Text(s) }

// Button does something on this page.
func Button(class, text string, on On) app.UI {
	return app.Button().Class(class).Attr("type", "button").Text(text).OnClick(on.Do, on.scope())
}

// Section is a part of a page with its own heading.
func Section(title string, body ...app.UI) app.UI {
	return app.Section().Class("section").Body(append([]app.UI{H2(title)}, body...)...)
}

// Note is a word aside in a tone: go, wait, no, info.
func Note(tone string, body ...app.UI) app.UI {
	return app.Div().Class("note", "note--"+tone).Body(body...)
}

// Why opens the reasoning behind a statement.
func Why(summary string, body ...app.UI) app.UI {
	return app.Details().Class("why").Body(
		app.Summary().Text(summary),
		app.Div().Class("why__body").Body(body...),
	)
}

// Actions end a page: the main act first.
func Actions(body ...app.UI) app.UI { return app.Div().Class("actions").Body(body...) }

// Status is a place whose changes are read out politely. It must stay on the page,
// so that there is something to change.
func Status(body ...app.UI) app.UI {
	body = app.FilterUIElems(body...)
	class := "stack"
	if len(body) == 0 {
		class = "sr-only" // an empty line takes no room
	}
	return app.Div().Class(class).Attr("role", "status").Body(body...)
}

// Alert is read out at once: a loss or a refusal.
func Alert(body ...app.UI) app.UI {
	return app.Div().Class("note", "note--no").Attr("role", "alert").Body(body...)
}

// Call is a telephone number to press, with what it is for.
func Call(number, words, what string) app.UI {
	return app.Div().Class("call").Body(
		app.Div().Body(app.Span().Text(what)),
		Tel("call__number", number, words),
	)
}

// Tel is the link alone. The click must not reach go-app's router, which would take
// tel:12393 for the page /12393.
func Tel(class, number, words string) app.UI {
	return app.A().Class(class).Attr("href", "tel:"+number).
		Body(Icon("phone"), app.Span().Text(words)).
		OnClick(func(_ app.Context, e app.Event) { e.Call("stopPropagation") }, app.EventScope("tel", number))
}

// Jump is a link that moves the focus within the page, and leaves the address alone.
func Jump(class, id, text string) app.UI {
	return app.A().Class(class).Attr("href", "#"+id).Text(text).
		OnClick(func(_ app.Context, e app.Event) {
			e.PreventDefault()
			e.Call("stopPropagation")
			Focus(id)
		}, app.EventScope("jump", id))
}

// Focus moves the focus to an element by its id, if it is there.
func Focus(id string) {
	if el := app.Window().GetElementByID(id); el.Truthy() {
		el.Call("focus")
	}
}

// List is ul or ol of the given rows.
func List(class string, rows ...app.UI) app.UI {
	lis := make([]app.UI, 0, len(rows))
	for _, r := range rows {
		lis = append(lis, app.Li().Body(r))
	}
	return app.Ul().Class(class).Body(lis...)
}

// Each makes one element a value.
func Each[T any](vs []T, f func(T) app.UI) []app.UI {
	uis := make([]app.UI, 0, len(vs))
	for _, v := range vs {
		uis = append(uis, f(v))
	}
	return uis
}

// Slot keeps a place among its neighbours whether or not there is something in it. go-app
// matches children by position: without the place, an error summary that appears would make
// every field after it a new element, and what has the focus would lose it.
func Slot(ok bool, f func() app.UI) app.UI {
	return app.Div().Class("slot").Body(When(ok, f))
}

// When gives nothing unless ok: go-app drops nil children.
func When(ok bool, f func() app.UI) app.UI {
	if !ok {
		return nil
	}
	return f()
}
