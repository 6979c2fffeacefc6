package screen

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/envelope"
	"lixianban/app/filing"
	"lixianban/app/outbox"
	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// Steps of the application that are no steps of the form.
const (
	stepConsent = "consent"
	stepCheck   = "check"
)

// apply is the application form: one step of the form a page, then the separate
// consent, then all answers to check, then sealing. The fragment names the step.
// Each stroke is written to the store; a second page of the same draft only reads.
type apply struct {
	frame

	form    filing.Form
	read    bool // the store has been read
	editor  *outbox.Editor
	locked  bool // another page has the draft; as last asked, since asking may wait for a write
	draft   filing.Draft
	step    string
	report  filing.Report // what is wrong on this page, once asked to go on or left a field
	title   string        // the summary's title: set when going on was refused
	busy    bool          // sealing
	failed  string        // why sealing failed, in words
	region  string
	session *interviewFacts
	other   bool // for another person: nothing is taken over
	resumed bool // the draft was opened unasked
	sealed  int  // applications of this form that have no answer yet

	saver saver
}

// interviewFacts is what a new draft takes over from the interview.
type interviewFacts struct {
	facts []filing.Answer
	pack  string
}

// OnNav opens the draft and turns to the address's step.
func (a *apply) OnNav(ctx app.Context) {
	a.arrive(ctx, a.refresh)
	a.form, _ = formOf(a.service)
	a.title, a.failed, a.report = "", "", filing.Report{}
	u := ctx.Page().URL()
	if a.other = u.Query().Has("new"); a.other {
		a.letGo()
	}
	if a.editor != nil {
		a.resumed = false
		a.turn(u.Fragment)
		return
	}
	a.work(ctx, func(c context.Context) { a.open(c, u.Query().Get("id")) }, func(ctx app.Context) {
		a.read = true
		a.turn(u.Fragment)
	})
}

// letGo closes the draft; what was written in it is kept.
func (a *apply) letGo() {
	if a.editor == nil {
		return
	}
	go func(e *outbox.Editor) { a.saver.wait(); e.Close() }(a.editor)
	a.editor, a.draft, a.step, a.locked = nil, filing.Draft{}, "", false
}

// refresh notices that another page took the draft over.
func (a *apply) refresh(app.Context) {}

// open finds the draft of the address, or the newest one of this form.
func (a *apply) open(c context.Context, sid string) {
	a.region = a.deps.place(c).Region
	a.session = a.fromInterview(c)
	if a.deps.Box == nil {
		return
	}
	a.sealed = a.pending(c)
	id, err := envelope.ParseSID(sid)
	if err != nil {
		if id, a.resumed = a.newest(c); a.other || !a.resumed {
			return
		}
	}
	a.edit(c, id)
}

// pending counts the applications of this form that wait for an answer.
func (a *apply) pending(c context.Context) (n int) {
	its, _ := a.deps.Box.Items(c)
	for _, it := range its {
		s := outbox.StateOf(it, a.deps.now())
		if it.Form == a.form.ID && s != outbox.StateAccepted && s != outbox.StateRejected {
			n++
		}
	}
	return n
}

// edit opens one draft for writing.
func (a *apply) edit(c context.Context, id envelope.SID) {
	e, err := a.deps.Box.Edit(c, id)
	if err != nil {
		return
	}
	d, err := filing.DecodeDraft(e.Draft().Data)
	if err != nil || d.Form != a.form.ID {
		e.Close()
		return
	}
	a.editor, a.draft, a.locked = e, d, e.ReadOnly()
}

// newest is the draft of this form that was written last.
func (a *apply) newest(c context.Context) (id envelope.SID, ok bool) {
	ds, _ := a.deps.Box.Drafts(c)
	var updated string
	for _, d := range ds {
		f, err := filing.DecodeDraft(d.Data)
		if err == nil && f.Form == a.form.ID && (!ok || f.Updated > updated) {
			id, updated, ok = d.SID, f.Updated, true
		}
	}
	return id, ok
}

// fromInterview is what the answers of the interview already say.
func (a *apply) fromInterview(c context.Context) *interviewFacts {
	page := a.replayed(c)
	if page == nil {
		return &interviewFacts{}
	}
	f := &interviewFacts{pack: view.PackName(page.Outcome.Pack)}
	if a.other {
		return f
	}
	for _, g := range page.Given {
		f.facts = append(f.facts, filing.Answer{ID: g.Fact, Value: g.Value})
	}
	return f
}

// begin makes a new draft with what is known already, and turns to its first step.
func (a *apply) begin(ctx app.Context) {
	a.work(ctx, func(c context.Context) {
		id, err := a.deps.Box.NewSID()
		if err != nil {
			return
		}
		d := view.NewDraft(a.form, hex.EncodeToString(id[:]), a.session.pack, a.region, a.session.facts, a.clock())
		data, err := d.Encode()
		if err != nil {
			return
		}
		if a.deps.keep(c, func(c context.Context) error {
			_, err := a.deps.Box.SaveDraft(c, outbox.Draft{SID: id, Data: data})
			return err
		}) == nil {
			a.edit(c, id)
		}
	}, func(ctx app.Context) {
		if a.editor != nil {
			ctx.Navigate(a.at("apply") + "?id=" + a.draft.ID + "#" + a.steps()[0])
		}
	})
}

// OnDismount lets other pages write the draft.
func (a *apply) OnDismount() {
	a.frame.OnDismount()
	a.letGo()
}

func (a *apply) clock() time.Time { return a.deps.Now() }

func (a *apply) today() filing.Date { return filing.DateOf(a.clock().In(china)) }

// env is what checks need: the date, and the pack's options for choices without own ones.
func (a *apply) env() filing.Env {
	return filing.Env{Today: a.today(), Options: view.PackOptions(a.form, a.deps.Pack)}
}

// steps lists the pages of this draft, consent and check last.
func (a *apply) steps() []string {
	var ids []string
	for _, s := range a.form.Visible(a.form.Normalize(a.draft.Values), a.today()) {
		ids = append(ids, s.ID)
	}
	return append(ids, stepConsent, stepCheck)
}

// turn goes to a step; an unknown one is where the person stopped.
func (a *apply) turn(step string) {
	if a.editor == nil {
		return
	}
	all := a.steps()
	if !slices.Contains(all, step) {
		step = all[0]
		if slices.Contains(all, a.draft.Step) {
			step = a.draft.Step
		}
	}
	a.step = step
	if !a.locked && a.draft.Step != step {
		a.draft.Step = step
		a.store()
	}
}

// set changes one value and stores the draft at once.
func (a *apply) set(field, value string) {
	a.draft = a.draft.Set(field, value, a.clock().UTC().Format(time.RFC3339))
	a.store()
}

// store writes the newest draft; strokes that come while a write is on its way are
// written together after it.
func (a *apply) store() {
	data, err := a.draft.Encode()
	if err != nil || a.editor == nil {
		return
	}
	e := a.editor
	a.saver.put(func() {
		_ = a.deps.keep(context.Background(), func(c context.Context) error { return e.Save(c, data) })
		if e.ReadOnly() {
			a.locked = true
			a.deps.Changes.Notify()
		}
	})
}

// left checks a field as it is left, gently: nothing is said of an empty one.
func (a *apply) left(field, value string) {
	a.drop(field)
	if value == "" {
		return
	}
	r := a.form.CheckField(field, a.draft.Values, a.env())
	a.report.Problems = append(a.report.Problems, r.Problems...)
	a.report.Warnings = append(a.report.Warnings, r.Warnings...)
}

// drop forgets what was said of a field.
func (a *apply) drop(field string) {
	of := func(p filing.Problem) bool { return p.Field == field }
	a.report.Problems = slices.DeleteFunc(a.report.Problems, of)
	a.report.Warnings = slices.DeleteFunc(a.report.Warnings, of)
}

// next checks the page; refused, it says what to do; else it goes on: to the check
// page when everything else is done, as after a change from there.
func (a *apply) next(ctx app.Context) {
	warned := len(a.report.Warnings) > 0
	a.report = a.check(a.step)
	if !a.report.OK() || (len(a.report.Warnings) > 0 && !warned) {
		a.title = a.t("errors.title")
		a.setError(ctx, !a.report.OK())
		return
	}
	ctx.Navigate(a.at("apply") + "?id=" + a.draft.ID + "#" + a.after())
}

func (a *apply) check(step string) filing.Report {
	if step == stepConsent {
		return a.form.CheckConsent(a.draft, a.env())
	}
	return a.form.CheckStep(step, a.draft.Values, a.env())
}

// after is the step that follows.
func (a *apply) after() string {
	env := a.env()
	if a.form.Check(a.draft.Values, env).OK() && a.form.CheckConsent(a.draft, env).OK() {
		return stepCheck
	}
	all := a.steps()
	return all[min(slices.Index(all, a.step)+1, len(all)-1)]
}

// consent notes yes or no to the text shown, with who said it and when.
func (a *apply) consent(yes bool) {
	a.draft.Consent = nil
	if yes {
		now := a.clock().UTC().Format(time.RFC3339)
		a.draft.Consent = &filing.Consent{Text: a.form.Consent, Time: now, By: filing.ConsentBy(a.draft.Values, a.today())}
	}
	a.draft.Rev++
	a.report = filing.Report{}
	a.store()
}

// officeFor is the office that would get the draft, nil when none takes it.
func (a *apply) officeFor() *envelope.Office {
	sure, _ := offices(a.deps.directory(), a.draft.Values["region"], a.form.ID)
	return sure
}

// submit seals the draft and puts it in the queue. Pressing twice does nothing more:
// the queue knows the draft's name.
func (a *apply) submit(ctx app.Context) {
	if a.busy {
		return
	}
	a.busy, a.failed = true, ""
	var err error
	a.work(ctx, func(c context.Context) {
		a.saver.wait()
		err = a.deps.keep(c, func(c context.Context) error {
			_, err := a.deps.Box.Submit(c, a.submission())
			return err
		})
	}, func(ctx app.Context) {
		a.busy = false
		if err != nil {
			a.failed = view.Refusal(a.lang, err)
			ctx.Defer(func(app.Context) { widget.Focus("failed") })
			return
		}
		go a.deps.Remember(context.Background())
		a.deps.wake(outbox.WhyTap)
		ctx.Navigate(a.href("/mine/view") + "?id=" + a.draft.ID)
	})
}

func (a *apply) submission() outbox.Submission {
	d, env, now := a.draft, a.env(), a.clock().UTC().Format(time.RFC3339)
	return outbox.Submission{
		Draft: a.editor.Draft(), Region: d.Values["region"], Pack: d.Pack, Form: d.Form,
		Build: func(statusKey string) ([]byte, error) {
			nonce, err := a.deps.Box.NewSID()
			if err != nil {
				return nil, err
			}
			made, err := a.form.Apply(d, statusKey, hex.EncodeToString(nonce[:]), now, env)
			if err != nil {
				return nil, err
			}
			return made.Encode()
		},
	}
}

// takeOver makes this page the writer.
func (a *apply) takeOver(ctx app.Context) {
	a.work(ctx, func(c context.Context) {
		if a.editor.TakeOver(c) == nil {
			a.locked = false
			if d, err := filing.DecodeDraft(a.editor.Draft().Data); err == nil {
				a.draft = d
			}
		}
	}, func(app.Context) {})
}

// options are the choices of a field in words.
func (a *apply) options(f filing.Field) []widget.Choice {
	var cs []widget.Choice
	for _, id := range f.Options {
		cs = append(cs, widget.Choice{ID: id, Text: view.Option(a.lang, f.ID, id)})
	}
	if f.Options == nil {
		for _, o := range a.packOptions(f.ID) {
			cs = append(cs, widget.Choice{ID: o.ID, Text: a.text(o.Say)})
		}
	}
	return cs
}

func (a *apply) packOptions(field string) []policy.Option {
	if a.deps.Pack == nil {
		return nil
	}
	if f, ok := a.deps.Pack.Fact(field); ok {
		return f.Question.Options
	}
	return nil
}
