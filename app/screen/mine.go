package screen

import (
	"context"
	"encoding/hex"

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
	drafts  []row
	items   []row
	damaged int
}

// row is one application in the list.
type row struct {
	href, title, when, say, line, tone string
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
	r := row{title: m.t("mine.unreadable"), say: m.t("status.draft"), line: m.t("status.draft.line"), tone: "info"}
	f, err := filing.DecodeDraft(d.Data)
	if err != nil {
		return r
	}
	service := serviceOf(f.Form)
	r.title, r.when = m.titleFor(service, f.Values["name"]), view.When(m.lang, f.Updated)
	r.href = m.href("/apply/"+service) + "?id=" + hex.EncodeToString(d.SID[:])
	return r
}

func (m *mine) item(it outbox.Item) row {
	st := view.StatusOf(m.lang, it, m.deps.now())
	return row{
		href: m.href("/mine/view") + "?id=" + it.SID, title: serviceTitle(m.deps.Pack, serviceOf(it.Form), m.lang),
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
		m.list("mine.items", m.items),
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
	if r.href == "" {
		return app.Li().Body(app.Div().Class("tile").Body(inside...))
	}
	return app.Li().Body(widget.Link("tile", r.href, inside...))
}
