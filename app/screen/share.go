package screen

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// days lists what has to be done or known by when, with the way into the phone's calendar.
func (r *result) days() app.UI {
	return widget.When(len(r.deadlines) > 0, func() app.UI {
		return widget.Section(r.t("ics.title"),
			widget.List("plain-list stack stack--tight", widget.Each(r.deadlines, func(d view.Deadline) app.UI {
				return app.Div().Body(widget.P("strong", view.Date(r.lang, d.Day)), widget.P("", d.Say))
			})...),
			widget.When(app.IsClient, func() app.UI {
				return widget.Button("btn btn--line", r.t("ics.save"), widget.On{Scope: "ics", Do: func(app.Context, app.Event) { r.saveDays() }})
			}))
	})
}

func (r *result) saveDays() {
	file := view.Calendar(r.lang, r.service, r.serviceTitle(), r.deadlines, r.deps.now())
	if r.said = r.t("ics.saved"); !saveFile(r.service+".ics", "text/calendar;charset=utf-8", file) {
		r.said = r.t("view.file-failed")
	}
}

// send is the way to tell a relative: the phone's own sharing where the browser has it,
// and always as text to paste.
func (r *result) send() app.UI {
	if app.IsServer {
		return nil
	}
	text := view.Message(r.lang, r.serviceTitle(), r.basisIn(r.region, r.shown), r.shown)
	return app.Div().Class("actions").Body(
		widget.When(canShare(), func() app.UI {
			return widget.Button("btn btn--line", r.t("share.do"), widget.On{Scope: "share " + text, Do: func(app.Context, app.Event) { shareText(r.heading(), text) }})
		}),
		widget.When(canCopy(), func() app.UI {
			return widget.Button("btn btn--line", r.t("view.copy"), widget.On{Scope: "copy " + text, Do: func(ctx app.Context, _ app.Event) { r.copy(ctx, text) }})
		}),
		widget.Status(widget.When(r.said != "", func() app.UI { return widget.P("strong", r.said) })),
	)
}

func (r *result) copy(ctx app.Context, text string) {
	copyText(text, func(ok bool) {
		ctx.Dispatch(func(app.Context) {
			if r.said = r.t("view.copied"); !ok {
				r.said = r.t("view.copy-failed")
			}
		})
	})
}

func navigator() app.Value { return app.Window().Get("navigator") }

func canShare() bool { return navigator().Get("share").Truthy() }
func canCopy() bool  { return app.IsClient && navigator().Get("clipboard").Truthy() }

// shareText opens the phone's sharing; that the person closes it is no error.
func shareText(title, text string) {
	var end app.Func
	end = app.FuncOf(func(app.Value, []app.Value) any { end.Release(); return nil })
	what := app.Window().Get("Object").New()
	what.Set("title", title)
	what.Set("text", text)
	navigator().Call("share", what).Call("then", end, end)
}
