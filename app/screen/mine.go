package screen

import (
	"context"
	"encoding/hex"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/filing"
	"lixianban/app/outbox"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// mine lists the person's applications: drafts, then items, each with where it stands.
type mine struct {
	frame

	read    bool
	doomed  string // sid of the draft that the person is asked about
	said    string // what came of it
	drafts  []row
	items   []row
	damaged int
}

// row is one application in the list.
type row struct {
	href, title, when, say, line, tone string

	service string
	draft   *outbox.Draft // of a draft: may be discarded
}

// OnNav reads the store, and again whenever the queue changes.
func (m *mine) OnNav(ctx app.Context) {
	m.arrive(ctx, m.load)
	m.load(ctx)
}

func (m *mine) load(ctx app.Context) {
	var drafts, items []row
	var damaged int
	m.work(ctx, func(c context.Context) { drafts, items, damaged = m.rows(c) }, func(app.Context) {
		m.drafts, m.items, m.damaged, m.read = drafts, items, damaged, true
	})
}

func (m *mine) rows(c context.Context) (drafts, items []row, damaged int) {
	if m.deps.Box == nil {
		return nil, nil, 0
	}
	ds, _ := m.deps.Box.Drafts(c)
	for _, d := range ds {
		drafts = append(drafts, m.draft(d))
	}
	its, _ := m.deps.Box.Items(c)
	for i := len(its) - 1; i >= 0; i-- {
		items = append(items, m.item(its[i]))
	}
	s, _ := m.deps.Box.Summary(c)
	return drafts, items, s.Damaged
}

func (m *mine) draft(d outbox.Draft) row {
	r := row{title: m.t("mine.unreadable"), say: m.t("status.draft"), line: m.t("status.draft.line"), tone: "info", draft: &d}
	f, err := filing.DecodeDraft(d.Data)
	if err != nil {
		return r
	}
	service := serviceOf(f.Form)
	r.service = service
	r.title, r.when = m.titleFor(service, f.Values["name"]), view.When(m.lang, f.Updated)
	r.href = m.href("/apply/"+service) + "?id=" + hex.EncodeToString(d.SID[:])
	return r
}

func (m *mine) item(it outbox.Item) row {
	st := view.StatusOf(m.lang, it, m.deps.now())
	name := "" // while the content is still here
	if a, err := filing.DecodeApplication(it.Clear); err == nil {
		name = a.Values["name"]
	}
	return row{
		service: serviceOf(it.Form),
		href:    m.href("/mine/view") + "?id=" + it.SID, title: m.titleFor(serviceOf(it.Form), name),
		when: view.Moment(m.lang, it.Created), say: st.Say, line: st.Line, tone: st.Tone,
	}
}

// titleFor names a draft by its service and the person, so that two can be told apart.
func (m *mine) titleFor(service, name string) string {
	title := serviceTitle(m.deps.Pack, service, m.lang)
	if name != "" {
		return m.t("mine.title-for", "service", title, "name", name)
	}
	return title
}

// serviceOf is the service of a form id: "resident-stop" of "resident-stop@1".
func serviceOf(form string) string {
	for i := len(form) - 1; i >= 0; i-- {
		if form[i] == '@' {
			return form[:i]
		}
	}
	return form
}

// Render shows the list.
func (m *mine) Render() app.UI {
	if !m.read {
		return m.waiting()
	}
	if len(m.drafts)+len(m.items) == 0 {
		return m.page(m.href("/"), append([]app.UI{widget.H1(m.heading()), widget.P("", m.t("mine.empty"))}, m.meanwhile()...)...)
	}
	return m.page(m.href("/"),
		widget.H1(m.heading()),
		widget.When(m.damaged > 0, func() app.UI { return widget.Note("wait", widget.P("", m.t("home.count-damaged", "n", m.damaged))) }),
		m.list("mine.drafts", m.drafts),
		widget.Status(widget.When(m.said != "", func() app.UI { return widget.P("strong", m.said) })),
		m.list("mine.items", m.items),
		m.another(),
		widget.P("soft small", m.t("mine.where")),
	)
}

func (m *mine) list(key string, rows []row) app.UI {
	return widget.When(len(rows) > 0, func() app.UI {
		return widget.Section(m.t(key), app.Ul().Class("tiles", "tiles--wide").Attr("role", "list").Body(widget.Each(rows, m.tile)...))
	})
}

func (m *mine) tile(r row) app.UI {
	inside := []app.UI{
		app.Span().Class("tile__icon", "tile__icon--"+r.tone).Body(widget.Icon(toneIcons[r.tone])),
		app.Span().Class("tile__text").Body(
			app.Span().Class("tile__title").Text(r.title),
			app.Span().Class("tile__title").Text(r.say),
			app.Span().Class("tile__sub").Text(r.line),
			app.Span().Class("tile__sub").Text(r.when),
		),
	}
	tile := widget.Link("tile", r.href, inside...)
	if r.href == "" {
		tile = app.Div().Class("tile").Body(inside...)
	}
	return app.Li().Class("stack", "stack--tight").Body(tile, m.discardable(r))
}

// discardable is the way to throw a draft away: asked once more, since nothing brings it back.
func (m *mine) discardable(r row) app.UI {
	if r.draft == nil {
		return nil
	}
	id := hex.EncodeToString(r.draft.SID[:])
	if m.doomed != id {
		return app.Button().Class("btn", "btn--quiet", "btn--small").Attr("type", "button").Attr("aria-label", m.t("mine.discard-of", "title", r.title)).
			Text(m.t("mine.discard")).OnClick(func(app.Context, app.Event) { m.doomed, m.said = id, "" }, app.EventScope("discard", id))
	}
	return widget.Note("wait", widget.P("", m.t("mine.discard-sure", "title", r.title)), app.Div().Class("row").Body(
		widget.Button("btn btn--no btn--small", m.t("mine.discard-yes"), widget.On{Scope: "discard-yes " + id, Do: func(ctx app.Context, _ app.Event) { m.discard(ctx, *r.draft) }}),
		widget.Button("btn btn--line btn--small", m.t("mine.discard-no"), widget.On{Scope: "discard-no " + id, Do: func(app.Context, app.Event) { m.doomed = "" }}),
	))
}

func (m *mine) discard(ctx app.Context, d outbox.Draft) {
	var err error
	var drafts []row
	m.work(ctx, func(c context.Context) {
		err = m.deps.keep(c, func(c context.Context) error { return m.deps.Box.DiscardDraft(c, d) })
		drafts, _, _ = m.rows(c)
	}, func(app.Context) {
		if m.doomed, m.said = "", m.t("mine.discarded"); err != nil {
			m.said = view.Refusal(m.lang, err)
		}
		m.drafts = drafts
	})
}

// another starts an application for someone else, for each matter that is in the list.
func (m *mine) another() app.UI {
	var links []app.UI
	var done []string
	for _, r := range slices.Concat(m.drafts, m.items) {
		if _, ok := formOf(r.service); !ok || slices.Contains(done, r.service) {
			continue
		}
		done = append(done, r.service)
		links = append(links, widget.Link("btn btn--line", m.href("/apply/"+r.service)+"?new",
			app.Text(m.t("mine.another-of", "service", serviceTitle(m.deps.Pack, r.service, m.lang)))))
	}
	return widget.When(len(links) > 0, func() app.UI { return widget.Actions(links...) })
}
