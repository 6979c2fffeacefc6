package screen

import (
	"context"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// history is what happened to the item on this phone, for who wants to know or has to
// tell someone on the telephone.
func (v *item) history() app.UI {
	return widget.When(len(v.log) > 0, func() app.UI {
		return widget.Why(v.t("view.history"),
			app.Ol().Class("steps").Body(widget.Each(view.History(v.lang, v.log), timelineStep)...),
			widget.P("soft small", v.t("view.sid", "sid", v.it.SID)))
	})
}

// leave are the ways to part with the item. Without a receipt it is kept in a file first;
// what has arrived only the office can take back.
func (v *item) leave() app.UI {
	if v.it.Receipt == nil {
		return app.Div().Class("stack", "stack--tight").Body(
			widget.Why(v.t("view.file"), widget.P("", v.t("view.file-line")), v.fileButton("file")),
			widget.Why(v.t("view.back"), widget.P("", v.t("view.back-line")), v.fileButton("back"), v.delete(v.it.Exported, "view.back-sure", "view.back-yes")))
	}
	return app.Div().Class("stack", "stack--tight").Body(
		widget.Why(v.t("view.withdraw"), widget.P("", v.t("view.withdraw-line")), v.call()),
		widget.Why(v.t("view.remove"), widget.P("", v.t("view.remove-line")), v.delete(true, "view.remove-sure", "view.remove-yes")))
}

func (v *item) fileButton(scope string) app.UI {
	return widget.Button("btn btn--line btn--small", v.t("view.file"), widget.On{Scope: scope, Do: func(ctx app.Context, _ app.Event) { v.file(ctx) }})
}

// file saves the sealed envelope as a file. Only when the browser took it is the item
// noted as exported.
func (v *item) file(ctx app.Context) {
	sid, err := envelope.ParseSID(v.it.SID)
	if err != nil {
		return
	}
	v.said = ""
	v.work(ctx, func(c context.Context) {
		var name string
		var data []byte
		if name, data, err = view.File(*v.it, v.it.Envelope); err == nil && saveFile(name, "application/json", data) {
			_, err = v.deps.Box.Export(c, sid)
			return
		}
		err = outbox.ErrUnavailable
	}, func(ctx app.Context) {
		if v.said = v.t("view.filed"); err != nil {
			v.said = v.t("view.file-failed")
		}
		v.load(ctx)
	})
}

// delete asks once more before the item goes; ready: it may.
func (v *item) delete(ready bool, sure, yes string) app.UI {
	switch {
	case !ready:
		return nil
	case !v.sure:
		return widget.Button("btn btn--no btn--small", v.t("view.remove"), widget.On{Scope: sure, Do: func(app.Context, app.Event) { v.sure = true }})
	}
	return widget.Note("wait", widget.P("strong", v.t(sure)), app.Div().Class("row").Body(
		widget.Button("btn btn--no btn--small", v.t(yes), widget.On{Scope: yes, Do: func(ctx app.Context, _ app.Event) { v.remove(ctx) }}),
		widget.Button("btn btn--line btn--small", v.t("view.no"), widget.On{Scope: sure + " no", Do: func(app.Context, app.Event) { v.sure = false }}),
	))
}

func (v *item) remove(ctx app.Context) {
	sid, err := envelope.ParseSID(v.it.SID)
	if err != nil {
		return
	}
	v.work(ctx, func(c context.Context) {
		if err = v.deps.keep(c, func(c context.Context) error { return v.deps.Box.Remove(c, sid) }); err == nil {
			v.deps.Remember(c)
		}
	}, func(ctx app.Context) {
		if err != nil {
			v.sure, v.said = false, view.Refusal(v.lang, err)
			return
		}
		v.deps.Changes.Notify()
		ctx.Navigate(v.href("/mine"))
	})
}

// saveFile hands a file to the browser's downloads; false when it takes none.
func saveFile(name, kind string, data []byte) bool {
	window := app.Window()
	if app.IsServer || !window.Get("Blob").Truthy() || !window.Get("URL").Get("createObjectURL").Truthy() {
		return false
	}
	bytes := window.Get("Uint8Array").New(len(data))
	app.CopyBytesToJS(bytes, data)
	parts := window.Get("Array").New(bytes)
	options := window.Get("Object").New()
	options.Set("type", kind)
	at := window.Get("URL").Call("createObjectURL", window.Get("Blob").New(parts, options))
	a := window.Get("document").Call("createElement", "a")
	a.Set("href", at)
	a.Set("download", name)
	a.Call("click")
	window.Call("setTimeout", window.Get("URL").Get("revokeObjectURL").Call("bind", window.Get("URL"), at), 60000)
	return true
}
