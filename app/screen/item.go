package screen

import (
	"context"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// item is one application: where it stands, its number, what next.
type item struct {
	frame

	read   bool
	it     *outbox.Item
	office *envelope.Office
	busy   bool   // a sending was asked for
	said   string // what came of an act, in words
	log    []outbox.Entry
	sure   bool // the person is asked whether to delete it here
}

// OnNav reads the item of the address, and again whenever the queue changes.
func (v *item) OnNav(ctx app.Context) {
	v.arrive(ctx, v.load)
	v.load(ctx)
}

func (v *item) load(ctx app.Context) {
	sid, err := envelope.ParseSID(ctx.Page().URL().Query().Get("id"))
	var it *outbox.Item
	var log []outbox.Entry
	v.work(ctx, func(c context.Context) {
		if err == nil && v.deps.Box != nil {
			it = v.find(c, sid)
			log, _ = v.deps.Box.Log(c, sid)
		}
	}, func(app.Context) { v.show(it); v.log = log })
}

func (v *item) find(c context.Context, sid envelope.SID) *outbox.Item {
	it, err := v.deps.Box.Item(c, sid)
	if err != nil {
		return nil
	}
	return &it
}

func (v *item) show(it *outbox.Item) {
	v.read, v.it, v.office = true, it, nil
	if it == nil {
		return
	}
	if !it.Sending {
		v.busy = false
	}
	for _, o := range v.deps.directory().Offices {
		if o.ID == it.Office {
			v.office = &o
		}
	}
}

// again asks for a sending now.
func (v *item) again(ctx app.Context) {
	sid, err := envelope.ParseSID(v.it.SID)
	if err != nil {
		return
	}
	v.busy, v.said = true, ""
	v.work(ctx, func(c context.Context) { err = v.deps.Box.Retry(c, sid) }, func(app.Context) {
		if err != nil {
			v.busy, v.said = false, view.Refusal(v.lang, err)
			return
		}
		v.deps.wake(outbox.WhyTap)
	})
}

// Render shows the item.
func (v *item) Render() app.UI {
	switch {
	case !v.read:
		return v.waiting()
	case v.it == nil:
		return v.page(v.href("/mine"), widget.H1(v.t("view.missing")), widget.P("", v.t("view.missing-line")),
			widget.Actions(widget.Link("btn", v.href("/mine"), app.Text(v.t("shell.mine")))))
	}
	st := view.StatusOf(v.lang, *v.it, v.deps.now())
	return v.page(v.href("/mine"),
		widget.H1(serviceTitle(v.deps.Pack, serviceOf(v.it.Form), v.lang)),
		v.state(st),
		v.number(),
		app.Ol().Class("steps").Body(widget.Each(view.Timeline(v.lang, *v.it, v.deps.now()), timelineStep)...),
		widget.Section(v.t("view.next"), widget.P("", v.t("view.next."+string(st.State))), v.call()),
		v.acts(st.State),
		v.history(),
		v.leave(),
		widget.When(v.it.Receipt == nil, func() app.UI { return widget.P("soft small", v.t("view.keep")) }),
	)
}

// state is the one word for where it is; its changes are read out.
func (v *item) state(st view.Status) app.UI {
	return app.Div().Class("verdict", "verdict--"+st.Tone).Attr("role", "status").Body(
		app.Div().Class("verdict__mark").Body(widget.Icon(toneIcons[st.Tone]), app.Span().Text(st.Say)),
		app.P().Class("verdict__more").Text(st.Line),
		widget.When(v.said != "", func() app.UI { return widget.P("strong", v.said) }),
	)
}

// number is there only once a receipt was verified.
func (v *item) number() app.UI {
	return widget.When(v.it.Receipt != nil, func() app.UI {
		return app.Div().Body(widget.P("soft", v.t("view.number")), app.P().Class("num", "num--big").Text(v.it.Receipt.Number), widget.P("soft small", v.t("view.number-line")))
	})
}

func timelineStep(s view.Step) app.UI {
	return app.Li().Class("step", "step--"+s.Kind).Body(
		app.Span().Class("step__say").Text(s.Say),
		widget.When(s.When != "", func() app.UI { return app.Span().Class("step__when").Text(s.When) }),
	)
}

// call is the office with its hours and its own number when the directory has one, and 12393.
func (v *item) call() app.UI {
	return app.Div().Class("stack", "stack--tight").Body(
		widget.When(v.office != nil, func() app.UI {
			return app.Div().Class("stack", "stack--tight").Body(
				widget.P("soft", v.t("view.to")),
				widget.P("strong", view.OfficeName(v.lang, *v.office)),
				widget.When(v.office.Hours != "", func() app.UI { return widget.P("", v.t("view.hours", "hours", v.office.Hours)) }))
		}),
		widget.When(v.office != nil && v.office.Phone != "" && v.office.Phone != "12393", func() app.UI {
			return widget.Call(v.office.Phone, v.t("shell.call", "number", v.office.Phone), view.OfficeName(v.lang, *v.office))
		}),
		widget.Call("12393", v.t("shell.call", "number", "12393"), v.t("phones.12393")),
	)
}

// acts are what can be done in this state.
func (v *item) acts(s outbox.State) app.UI {
	var acts []app.UI
	if s == outbox.StateQueued || s == outbox.StateStuck {
		acts = append(acts, v.sendNow())
	}
	if v.it.Clear != nil {
		acts = append(acts, widget.Link("btn btn--line", v.href("/print/"+serviceOf(v.it.Form))+"?id="+v.it.SID, app.Text(v.t("check.print"))))
	}
	if form, ok := formOf(serviceOf(v.it.Form)); ok && form.ID != "" {
		acts = append(acts, widget.Link("btn btn--line", v.href("/apply/"+serviceOf(v.it.Form))+"?new", app.Text(v.t("mine.another"))))
	}
	return widget.Actions(append(acts, v.copyButton(), widget.Button("btn btn--line", v.t("view.slip"), widget.On{Scope: "slip", Do: func(app.Context, app.Event) { app.Window().Call("print") }}))...)
}

// copyButton puts the slip's words on the clipboard, where the browser has one.
func (v *item) copyButton() app.UI {
	if !canCopy() {
		return nil
	}
	slip := view.Slip(v.lang, serviceTitle(v.deps.Pack, serviceOf(v.it.Form), v.lang), v.office, *v.it, v.deps.now())
	return widget.Button("btn btn--line", v.t("view.copy"), widget.On{Scope: "copy " + slip, Do: func(ctx app.Context, _ app.Event) {
		copyText(slip, func(ok bool) {
			ctx.Dispatch(func(app.Context) {
				if v.said = v.t("view.copied"); !ok {
					v.said = v.t("view.copy-failed")
				}
			})
		})
	}})
}

// copyText writes to the clipboard; done is told whether it worked.
func copyText(text string, done func(ok bool)) {
	var yes, no app.Func
	end := func(ok bool) app.Func {
		return app.FuncOf(func(app.Value, []app.Value) any {
			yes.Release()
			no.Release()
			done(ok)
			return nil
		})
	}
	yes, no = end(true), end(false)
	navigator().Get("clipboard").Call("writeText", text).Call("then", yes, no)
}

func (v *item) sendNow() app.UI {
	b := app.Button().Class("btn").Attr("type", "button").Text(v.t("view.again")).
		OnClick(func(ctx app.Context, _ app.Event) { v.again(ctx) }, app.EventScope("again"))
	if v.busy {
		return b.Attr("aria-busy", "true")
	}
	return b
}
