package screen

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/outbox"
	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
	"lixianban/app/words"
)

// frame is what every page has: its place, and what stands around its content.
// Pages embed it.
type frame struct {
	app.Compo

	deps    *Deps
	kind    string // words: "title."+kind
	lang    string
	prefix  string // "" or "/en"
	service string
	intent  string // of the page of an answer
	path    string // without prefix

	stop  func() // ends the subscription to changes
	fresh bool   // the page was just turned to and has not shown its content yet
}

// CompoID makes go-app build every address anew: it would otherwise keep the last
// page's fields when the next one is of the same type.
func (f *frame) CompoID() string { return f.prefix + f.path }

// t is a sentence of the catalogue in the page's language.
func (f *frame) t(key string, args ...any) string { return words.T(f.lang, key, args...) }

// text is a sentence of the pack in the page's language.
func (f *frame) text(t policy.Text) string { return view.Text(f.lang, t) }

// href is an address of ours in the page's language.
func (f *frame) href(path string) string {
	if path == "/" && f.prefix != "" {
		return f.prefix
	}
	return f.prefix + path
}

// at is the page kind's address for the page's service: at("ask") is /ask/resident-stop.
func (f *frame) at(kind string) string { return f.href("/" + kind + "/" + f.service) }

// serviceTitle is the service's name in the page's language.
func (f *frame) serviceTitle() string { return serviceTitle(f.deps.Pack, f.service, f.lang) }

func serviceTitle(p *policy.Pack, id, lang string) string {
	if p != nil {
		if s, ok := p.Service(id); ok {
			return view.Text(lang, s.Title)
		}
	}
	return id
}

func (f *frame) heading() string { return f.t("title."+f.kind, f.names()...) }
func (f *frame) title() string   { return f.t("shell.title", "page", f.heading()) }
func (f *frame) about() string   { return f.t("about."+f.kind, f.names()...) }

// names are what titles and descriptions may mention.
func (f *frame) names() []any {
	return []any{"service", f.serviceTitle(), "intent", f.intentTitle(f.intent)}
}

// arrive does what a browser does for a page and go-app doesn't: title, language, top of
// the page, focus on the heading; and follows changes with reload (nil: just draw again).
func (f *frame) arrive(ctx app.Context, reload func(app.Context)) {
	ctx.Page().SetTitle("%s", f.title())
	ctx.Page().SetLang(f.lang)
	f.deps.visits++
	if f.fresh = f.deps.visits > 1; f.fresh {
		ctx.Defer(func(app.Context) { toTop() })
	}
	if f.stop == nil {
		f.stop = f.deps.Changes.Subscribe(func() { ctx.Dispatch(reload) })
	}
}

// toTop scrolls up and puts the focus on the heading, so that a screen reader speaks it.
func toTop() {
	app.Window().Call("scrollTo", 0, 0)
	widget.Focus("title")
}

// setError marks the document's title while a page shows refusals.
func (f *frame) setError(ctx app.Context, bad bool) {
	title := f.title()
	if bad {
		title = f.t("shell.title-error", "title", title)
		ctx.Defer(func(app.Context) { widget.Focus("errors") })
	}
	ctx.Page().SetTitle("%s", title)
}

// OnAppUpdate draws again when a new version waits: the person says when to take it.
func (f *frame) OnAppUpdate(app.Context) {}

// shell asks the boot script for one of its flags; false on the host.
func shell(flag string) bool {
	boot := app.Window().Get("lixianban")
	return boot.Truthy() && boot.Get(flag).Truthy()
}

// OnDismount stops following changes.
func (f *frame) OnDismount() {
	if f.stop != nil {
		f.stop()
		f.stop = nil
	}
}

// work runs slow work (storage, sealing) beside the page and comes back with done.
func (f *frame) work(ctx app.Context, slow func(context.Context), done func(app.Context)) {
	ctx.Async(func() {
		slow(context.Background())
		ctx.Dispatch(func(ctx app.Context) {
			done(ctx)
			if f.fresh {
				f.fresh = false
				ctx.Defer(func(app.Context) { toTop() })
			}
		})
	})
}

// page puts the content between bar and foot. back is an address, "" = the home mark.
func (f *frame) page(back string, body ...app.UI) app.UI {
	return app.Div().Class("page").Body(
		widget.Jump("skip", "title", f.t("shell.skip")),
		widget.When(f.deps.demo(), func() app.UI { return app.P().Class("demo").Text(f.t("shell.demo")) }),
		f.bar(back),
		app.Main().Class("main").Attr("id", "main").Body(append([]app.UI{f.notices(), f.stale()}, body...)...),
		f.foot(),
	)
}

func (f *frame) bar(back string) app.UI {
	first := widget.Link("bar__home", f.href("/"), app.Span().Class("mark").Attr("aria-hidden", "true"), app.Span().Text(f.t("app.name")))
	if back != "" {
		first = widget.Link("bar__back", back, widget.Icon("back"), app.Span().Text(f.t("shell.back")))
	}
	return app.Header().Class("bar").Body(
		first,
		app.Div().Class("bar__end").Body(
			widget.Link("bar__item", f.href("/mine"), app.Text(f.t("shell.mine"))),
			widget.Link("bar__item", f.href("/settings"), app.Text(f.t("shell.textsize"))),
		),
	)
}

// notices is the place for what went wrong with keeping, and for a new version. It
// is always there, so that its changes are read out.
func (f *frame) notices() app.UI {
	var body []app.UI
	switch f.deps.storageTrouble() {
	case outbox.CodeFull:
		body = append(body, f.trouble("shell.full"))
	case outbox.CodeStorage:
		body = append(body, f.trouble("shell.unavailable"))
	}
	if f.deps.Volatile || shell("volatile") {
		body = append(body, widget.Note("wait", widget.P("", f.t("shell.volatile"))))
	}
	if shell("updateReady") {
		body = append(body, app.Div().Class("update").Body(
			widget.P("", f.t("shell.update")),
			widget.Button("btn btn--line btn--small", f.t("shell.update-now"), widget.On{Scope: "update", Do: func(app.Context, app.Event) { app.Window().Get("lixianban").Call("apply") }}),
		))
	}
	return widget.Status(body...)
}

// tells are the pages that say what the rules are.
var tells = map[string]bool{"guide": true, "ask": true, "result": true, "papers": true, "print": true, "answers": true, "answer": true, "myths": true}

// stale says on every page of rules that they are past the day up to which they were
// checked. A place of its own, so that the page keeps its elements when the rules are renewed.
func (f *frame) stale() app.UI {
	p := f.deps.Pack
	return widget.Slot(p != nil && tells[f.kind] && p.Ref(f.deps.today()).Stale, func() app.UI {
		return widget.Note("wait", widget.P("", f.t("result.stale", "date", view.Date(f.lang, p.Checked))))
	})
}

func (f *frame) trouble(key string) app.UI {
	return widget.Alert(
		widget.P("", f.t(key)),
		widget.Button("btn btn--line btn--small", f.t("shell.keep-again"), widget.On{Scope: key, Do: func(ctx app.Context, _ app.Event) {
			f.work(ctx, func(c context.Context) { _ = f.deps.keepAgain(c) }, func(app.Context) {})
		}}),
	)
}

func (f *frame) foot() app.UI {
	var links []app.UI
	for _, l := range [][2]string{{"shell.home", "/"}, {"shell.mine", "/mine"}, {"shell.phones", "/phones"}, {"shell.settings", "/settings"}, {"shell.privacy", "/privacy"}, {"shell.about", "/about"}} {
		links = append(links, app.Li().Body(widget.Link("", f.href(l[1]), app.Text(f.t(l[0])))))
	}
	links = append(links, app.Li().Body(f.otherLanguage()))
	return app.Footer().Class("foot").Body(
		widget.P("", f.t("shell.foot")),
		app.Nav().Attr("aria-label", f.t("shell.links")).Body(app.Ul().Class("foot__links").Body(links...)),
	)
}

// otherLanguage is the same page in the other language.
func (f *frame) otherLanguage() app.UI {
	to, tag := "/en"+strings.TrimSuffix(f.path, "/"), words.EN
	if f.prefix != "" {
		to, tag = f.path, words.ZH
	}
	return app.A().Attr("href", to).Attr("hreflang", tag).Attr("lang", tag).Text(f.t("shell.other-lang"))
}

// waiting is the page before its data is here: what the prerendered page shows too.
func (f *frame) waiting() app.UI {
	if app.IsClient {
		return f.page("/", widget.H1(f.heading()), widget.Status(widget.P("soft", f.t("shell.opening"))))
	}
	body := []app.UI{widget.H1(f.heading()), widget.P("", f.about()), widget.P("", f.t("shell.loading"))}
	return f.page(f.href("/"), append(body, f.meanwhile()...)...)
}

// meanwhile are the ways on that need no program.
func (f *frame) meanwhile() []app.UI {
	var links []app.UI
	links = append(links, app.Li().Body(widget.Link("", f.href("/guides"), app.Text(f.t("title.guides")))))
	for _, id := range services(f.deps.Pack) {
		if f.service != id {
			continue
		}
		name := serviceTitle(f.deps.Pack, id, f.lang)
		links = append(links,
			app.Li().Body(widget.Link("", f.href("/guide/"+id), app.Text(f.t("title.guide", "service", name)))),
			app.Li().Body(widget.Link("", f.href("/print/"+id), app.Text(f.t("title.print", "service", name)))))
	}
	return []app.UI{
		app.Ul().Class("plain-list").Body(links...),
		widget.Call("12393", f.t("shell.call", "number", "12393"), f.t("phones.12393")),
	}
}
