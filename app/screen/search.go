package screen

import (
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/finder"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// questionID is the box; the boot script knows it too.
const questionID = "question"

// pauseToThink is how long the typing has to rest before the question is looked for:
// a voice keyboard writes in bursts.
const pauseToThink = 150 * time.Millisecond

// model is read when the box is first entered, not at the start.
var model = sync.OnceValues(finder.New)

// search is the home page's box. What is asked lives in memory alone: not in an
// address, not in the store, not in a log.
type search struct {
	asked   string         // what is in the box
	looked  string         // what the answers below are for; "" = nothing was looked for
	hits    []view.Hit     // none: not understood
	answers []view.Reading // what the pack says at once about each intent
	turn    int            // of the strokes, so that only the last one is looked for
	region  string         // the answers are those of this region
}

// typed notes a stroke; the question is looked for when the typing rests.
func (h *home) typed(ctx app.Context, v string) {
	h.find.asked, h.deps.asked = v, v
	h.find.turn++
	turn := h.find.turn
	if view.Asked(v) == "" {
		h.find.looked, h.find.hits = "", nil
		return
	}
	ctx.After(pauseToThink, func(app.Context) {
		if turn == h.find.turn {
			h.look()
		}
	})
}

// look asks the model now: a few milliseconds at most.
func (h *home) look() {
	h.find.looked, h.find.hits = view.Asked(h.find.asked), nil
	f, err := model()
	if err != nil || h.find.looked == "" {
		return
	}
	if h.find.answers == nil {
		h.find.answers = h.readings(answersService, h.find.region)
	}
	h.find.hits = view.Hits(h.lang, f.Ask(h.find.looked, view.MaxHits), h.find.answers)
}

// stand takes the region's answers for what was asked; a question that was left for a
// page and come back to is looked for again.
func (h *home) stand(region string) {
	h.find.region, h.find.answers = region, nil
	if view.Asked(h.find.asked) != "" {
		h.look()
	}
}

// warm reads the model while the person begins to write.
func (h *home) warm(ctx app.Context) {
	ctx.Async(func() { _, _ = model() })
}

// lent takes over what was written before the program was there.
func (h *home) lent(ctx app.Context) {
	boot := app.Window().Get("lixianban")
	if app.IsServer || !boot.Truthy() || h.deps.visits > 1 {
		return
	}
	if boot.Get("asking").Truthy() {
		ctx.Defer(func(app.Context) { widget.Focus(questionID) })
	}
	if v := boot.Get("asked"); v.Truthy() {
		boot.Set("asked", "")
		h.typed(ctx, v.String())
	}
}

// searchBox is the box with what was found under it.
func (h *home) searchBox() app.UI {
	return app.Div().Class("stack").Body(
		&widget.Search{
			ID: questionID, Label: h.t("search.label"), Example: h.t("search.example"), Go: h.t("search.go"), Clear: h.t("search.clear"), Soon: h.t("search.soon"),
			Value: h.find.asked, Enter: h.warm, Change: h.typed, Ask: h.ask,
		},
		app.Div().Attr("id", "found").Attr("tabindex", "-1").Body(h.found()),
	)
}

// ask looks at once and goes to what was found.
func (h *home) ask(ctx app.Context) {
	h.find.turn++
	h.look()
	if h.find.looked != "" {
		ctx.Defer(func(app.Context) { widget.Focus("found") })
	}
}

// found is the answer; how many there are is read out.
func (h *home) found() app.UI {
	switch {
	case h.find.looked == "":
		return widget.Status()
	case len(h.find.hits) == 0:
		return widget.Status(widget.Note("wait", widget.P("", h.t("search.none")), widget.Tel("call__number", "12393", h.t("shell.call", "number", "12393"))))
	}
	return app.Div().Class("stack").Body(
		widget.Status(widget.P("strong", h.t("search.found", "n", len(h.find.hits)))),
		app.Ul().Class("tiles", "tiles--wide").Body(widget.Each(h.find.hits, h.hit)...),
	)
}

// hit is one line: the answer's page, and the interview that goes on from it.
func (h *home) hit(t view.Hit) app.UI {
	s := signOf(t.Service)
	return app.Li().Class("hit").Body(
		widget.Link("tile", h.href("/answers/"+t.Intent),
			app.Span().Class("tile__icon", "tile__icon--"+s.tone).Body(widget.Icon(s.icon)),
			app.Span().Class("tile__text").Body(
				app.Span().Class("tile__title").Text(t.Title),
				app.Span().Class("tile__sub").Text(t.Say),
			)),
		widget.When(h.asks(t.Service), func() app.UI {
			return widget.Link("btn btn--line btn--small", h.href("/ask/"+t.Service), app.Text(h.t("search.ask")))
		}),
	)
}

// asks tells that the pack has an interview of a service.
func (f *frame) asks(service string) bool {
	for _, id := range services(f.deps.Pack) {
		if id == service {
			return true
		}
	}
	return false
}
