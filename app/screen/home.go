package screen

import (
	"context"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/outbox"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// home is the front page: what this is, what can be done, how things stand.
type home struct {
	frame

	place   place
	summary outbox.Summary
	find    search
	ready   readiness
	install bool // the browser offers to put the app on the desktop
}

// OnNav reads the person's place and what waits.
func (h *home) OnNav(ctx app.Context) {
	h.arrive(ctx, h.load)
	h.install, h.ready = ctx.IsAppInstallable(), h.readiness()
	h.find.asked = h.deps.asked
	h.lent(ctx)
	h.load(ctx)
}

func (h *home) load(ctx app.Context) {
	var p place
	var s outbox.Summary
	var region string
	h.work(ctx, func(c context.Context) {
		p, region = h.deps.place(c), h.deps.region(c)
		if h.deps.Box != nil {
			s, _ = h.deps.Box.Summary(c)
		}
	}, func(app.Context) {
		h.place, h.summary, h.ready = p, s, h.readiness()
		h.stand(region)
	})
}

// OnAppInstallChange shows or hides the offer.
func (h *home) OnAppInstallChange(ctx app.Context) { h.install = ctx.IsAppInstallable() }

// Render shows the page.
func (h *home) Render() app.UI {
	body := []app.UI{
		app.Div().Class("stack").Body(widget.H1(h.heading()), h.searchBox(), h.strip()),
		h.lost(),
		widget.Slot(shell("wechat"), func() app.UI { return widget.Note("info", widget.P("", h.t("home.wechat"))) }),
		h.mine(),
	}
	body = append(body, h.board(func(id string) string { return h.href("/ask/" + id) },
		h.tile(h.href("/guides"), "paper", "info", h.t("title.guides"), h.t("home.guides-sub")),
		h.tile(h.href("/phones"), "phone", "go", h.t("title.phones"), h.t("home.phones-sub")),
		h.tile(h.href("/answers"), "search", "go", h.t("title.answers"), h.t("home.answers-sub")),
		h.tile(h.href("/myths"), "info", "wait", h.t("title.myths"), h.t("home.myths-sub")))...)
	return h.page("", append(body,
		h.where(),
		widget.Slot(h.install, h.installCard),
		widget.Note("info", widget.P("", h.t("home.honest"))))...)
}

// lost says that the browser has thrown away what was kept here.
func (h *home) lost() app.UI {
	return widget.Slot(h.deps.Lost, func() app.UI {
		unsent, numbers := view.Remembered(h.deps.LostNote)
		return widget.Alert(
			widget.P("", h.t("home.lost")),
			widget.When(unsent > 0, func() app.UI { return widget.P("strong", h.t("home.lost-unsent", "n", unsent)) }),
			widget.When(len(numbers) > 0, func() app.UI {
				return app.Div().Class("stack", "stack--tight").Body(widget.P("strong", h.t("home.lost-numbers")),
					widget.List("plain-list num", widget.Each(numbers, widget.Text)...))
			}),
			widget.Button("btn btn--line btn--small", h.t("home.lost-seen"), widget.On{Scope: "lost", Do: func(ctx app.Context, _ app.Event) {
				h.deps.Lost = false
				h.work(ctx, h.deps.Remember, func(app.Context) {})
			}}))
	})
}

// strip says whether it works offline, and what is waiting.
func (h *home) strip() app.UI {
	s := strips[h.ready]
	text := h.t(s.say)
	if n := h.summary.Waiting; n > 0 {
		text = h.t(s.waiting, "n", n)
	}
	return widget.Link("strip", h.href("/mine"), widget.Icon(s.icon), app.Span().Attr("role", "status").Text(text))
}

// mine is the way to the person's own applications, when there are any.
func (h *home) mine() app.UI {
	return widget.Slot(h.summary != (outbox.Summary{}), func() app.UI {
		return widget.Section(h.t("shell.mine"),
			widget.List("plain-list stack stack--tight", widget.Each(view.Counts(h.lang, h.summary), func(s string) app.UI { return app.Text(s) })...),
			widget.Link("btn btn--line", h.href("/mine"), app.Text(h.t("home.mine"))))
	})
}

// where shows the region the rules are for, and the way to change it.
func (h *home) where() app.UI {
	name := view.PlaceName(h.lang, h.place.Region)
	if name == "" {
		name = h.t("home.no-region")
	}
	return app.Dl().Class("answers").Body(app.Div().Class("answers__row").Body(
		app.Dt().Text(h.t("home.region")),
		app.Dd().Class("answers__value").Text(name),
		app.Dd().Class("answers__change").Body(widget.Link("", h.href("/settings"), app.Text(h.t("result.change")))),
	))
}

func (h *home) installCard() app.UI {
	return app.Div().Class("card", "stack", "stack--tight").Body(
		widget.H2(h.t("home.install")),
		widget.P("", h.t("home.install-why")),
		widget.Button("btn btn--line", h.t("home.install-do"), widget.On{Scope: "install", Do: func(ctx app.Context, _ app.Event) { ctx.ShowAppInstallPrompt() }}),
	)
}
