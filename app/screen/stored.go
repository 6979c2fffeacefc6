package screen

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// stored shows what is kept on this phone, and deletes it kind by kind or whole. What has
// not been sent is never among it: it goes one by one, each after it was saved as a file.
type stored struct {
	frame

	read bool
	have holdings
	used int64  // bytes of the whole; 0 = not known: the browser takes its time to count
	sure string // the words key of the act that the person is asked about
	said string // what came of it
}

// holdings counts what is kept.
type holdings struct {
	answers int // services with answers given, ticks included
	drafts  []outbox.Draft
	sent    []envelope.SID // with a receipt
	unsent  int            // without one, or not readable
}

// OnNav counts, and again whenever something changes.
func (s *stored) OnNav(ctx app.Context) {
	s.arrive(ctx, s.load)
	s.load(ctx)
}

func (s *stored) load(ctx app.Context) {
	var h holdings
	s.work(ctx, func(c context.Context) { h = s.deps.holdings(c) }, func(app.Context) { s.have, s.read = h, true })
	if s.deps.Used == nil || s.used > 0 {
		return
	}
	var used int64
	s.work(ctx, func(c context.Context) { used, _ = s.deps.Used(c) }, func(app.Context) { s.used = used })
}

func (d *Deps) holdings(c context.Context) (h holdings) {
	if d.Store == nil || d.Box == nil {
		return h
	}
	rs, _ := d.Store.List(c, outbox.TableInterview, "", 0)
	for _, r := range rs {
		if !strings.HasPrefix(r.Key, keyPapers) {
			h.answers++
		}
	}
	h.drafts, _ = d.Box.Drafts(c)
	items, _ := d.Box.Items(c)
	for _, it := range items {
		if sid, err := envelope.ParseSID(it.SID); err == nil && it.Receipt != nil {
			h.sent = append(h.sent, sid)
		} else {
			h.unsent++
		}
	}
	sum, _ := d.Box.Summary(c)
	h.unsent += sum.Damaged
	return h
}

// forgetAnswers deletes what was answered and ticked, and nothing else.
func (d *Deps) forgetAnswers(c context.Context, _ holdings) error {
	d.unsaved = nil
	rs, err := d.Store.List(c, outbox.TableInterview, "", 0)
	if err != nil || len(rs) == 0 {
		return err
	}
	var b outbox.Batch
	for _, r := range rs {
		b = append(b, outbox.Op{Table: outbox.TableInterview, Key: r.Key, Rev: outbox.AnyRev})
	}
	return d.Store.Apply(c, b)
}

// forgetDrafts discards the drafts that were counted.
func (d *Deps) forgetDrafts(c context.Context, h holdings) error {
	for _, x := range h.drafts {
		if err := d.Box.DiscardDraft(c, x); err != nil {
			return err
		}
	}
	return nil
}

// forgetSent deletes what was delivered; the queue refuses anything else.
func (d *Deps) forgetSent(c context.Context, h holdings) error {
	for _, sid := range h.sent {
		if err := d.Box.Remove(c, sid); err != nil {
			return err
		}
	}
	d.Remember(c)
	return nil
}

// forgetAll deletes everything, but only when nothing unsent would go with it; that is
// looked up once more at the last moment.
func (d *Deps) forgetAll(c context.Context, _ holdings) error {
	if d.Wipe == nil {
		return outbox.ErrUnavailable
	}
	if d.holdings(c).unsent > 0 {
		return &outbox.Error{Code: outbox.CodeUnsent, Say: "an application has not been delivered yet; send it or take it back first"}
	}
	return d.Wipe(c)
}

// act is something that can be deleted, with its words.
type act struct {
	key  string // of the button's words
	sure string // of the words that ask again
	what string // how much there is
	any  bool
	do   func(context.Context, holdings) error
}

func (s *stored) acts() []act {
	h, d := s.have, s.deps
	return []act{
		{"stored.answers", "stored.answers.sure", s.t("stored.answers.have", "n", h.answers), h.answers > 0, d.forgetAnswers},
		{"stored.drafts", "stored.drafts.sure", s.t("stored.drafts.have", "n", len(h.drafts)), len(h.drafts) > 0, d.forgetDrafts},
		{"stored.sent", "stored.sent.sure", s.t("stored.sent.have", "n", len(h.sent)), len(h.sent) > 0, d.forgetSent},
	}
}

// Render shows what there is.
func (s *stored) Render() app.UI {
	if !s.read {
		return s.waiting()
	}
	return s.page(s.href("/privacy"),
		widget.H1(s.heading()),
		widget.P("", s.t("stored.line")),
		widget.Status(widget.When(s.said != "", func() app.UI { return widget.P("strong", s.said) })),
		app.Div().Class("stack").Body(widget.Each(s.acts(), s.holding)...),
		s.unsent(),
		s.all(),
		widget.P("soft small", s.size()),
	)
}

func (s *stored) size() string {
	if s.used == 0 {
		return s.t("stored.rest")
	}
	return s.t("stored.size", "n", (s.used+1<<20-1)>>20)
}

func (s *stored) holding(a act) app.UI {
	return app.Div().Class("card", "stack", "stack--tight").Body(
		widget.P("strong", a.what),
		widget.When(a.any, func() app.UI { return s.ask(a) }))
}

// unsent says what stays, and where it can be dealt with.
func (s *stored) unsent() app.UI {
	return widget.Slot(s.have.unsent > 0, func() app.UI {
		return widget.Note("wait", widget.P("", s.t("stored.unsent", "n", s.have.unsent)), widget.Link("", s.href("/mine"), app.Text(s.t("home.mine"))))
	})
}

func (s *stored) all() app.UI {
	return widget.Slot(s.have.unsent == 0 && s.deps.Wipe != nil, func() app.UI {
		return s.ask(act{key: "stored.all", sure: "stored.all.sure", do: s.deps.forgetAll})
	})
}

// ask is a button that asks once more before it deletes.
func (s *stored) ask(a act) app.UI {
	if s.sure != a.key {
		return widget.Button("btn btn--no btn--small", s.t(a.key), widget.On{Scope: a.key, Do: func(app.Context, app.Event) { s.sure, s.said = a.key, "" }})
	}
	return widget.Note("wait", widget.P("strong", s.t(a.sure)), app.Div().Class("row").Body(
		widget.Button("btn btn--no btn--small", s.t("stored.yes"), widget.On{Scope: a.key + " yes", Do: func(ctx app.Context, _ app.Event) { s.forget(ctx, a) }}),
		widget.Button("btn btn--line btn--small", s.t("view.no"), widget.On{Scope: a.key + " no", Do: func(app.Context, app.Event) { s.sure = "" }}),
	))
}

func (s *stored) forget(ctx app.Context, a act) {
	var err error
	var left holdings
	s.work(ctx, func(c context.Context) {
		err = a.do(c, s.have)
		left = s.deps.holdings(c)
	}, func(ctx app.Context) {
		switch s.sure = ""; {
		case err != nil:
			s.said = view.Refusal(s.lang, err)
		case a.key == "stored.all": // nothing of this page's memory shall outlive it
			app.Window().Get("location").Call("replace", s.href("/"))
			return
		default:
			s.said = s.t("stored.done")
		}
		s.have = left
	})
}
