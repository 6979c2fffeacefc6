package screen

import (
	"context"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/filing"
	"lixianban/app/interview"
	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// result is what the pack says about the person's case: the answer first, then what
// it costs, what to watch, what to do, each with its reasons.
type result struct {
	frame

	answers *interview.Page // nil until read
	shown   view.Result
	choices view.Choices

	deadlines []view.Deadline
	said      string // what came of an act, in words
	region    string // whose rules these are
	told      string // where the person is insured, whether or not its rules are here
}

// OnNav replays the answers.
func (r *result) OnNav(ctx app.Context) {
	r.arrive(ctx, func(app.Context) {})
	var page *interview.Page
	var region, told string
	r.work(ctx, func(c context.Context) {
		page, region, told = r.replayed(c), r.deps.region(c), r.deps.place(c).Region
	}, func(app.Context) { r.show(page, region); r.told = told })
}

func (r *result) show(page *interview.Page, region string) {
	r.answers, r.region = page, region
	if page != nil {
		r.shown = view.Outcome(page.Outcome, r.lang, r.labels())
		r.choices = view.Compared(page.Outcome, r.lang, r.labels())
		r.deadlines = view.Deadlines(page.Outcome, r.lang)
	}
}

// replayed is the interview as kept, nil when the pack can't be asked.
func (f *frame) replayed(c context.Context) *interview.Page {
	s, _ := f.deps.session(c, f.service)
	s.Editing = ""
	if f.deps.Pack == nil {
		return nil
	}
	page, err := interview.Replay(f.deps.Pack, s)
	if err != nil || page.Outcome == nil {
		return nil
	}
	return page
}

// answered is the outcome for the person's case, nil when nothing was answered.
func (f *frame) answered(c context.Context) *view.Result {
	page := f.replayed(c)
	if page == nil || len(page.Given) == 0 {
		return nil
	}
	r := view.Outcome(page.Outcome, f.lang, f.labels())
	return &r
}

// Render shows the result: the answer; when it is yes, what to do, else first what it
// costs; then the rest.
func (r *result) Render() app.UI {
	if r.answers == nil {
		return r.waiting()
	}
	body := []app.UI{r.head()}
	if r.answers.Question != nil {
		body = append(body, r.unfinished())
	}
	weigh := []app.UI{r.kind(policy.KindConsequence), r.kind(policy.KindWarning), r.compare(r.choices), r.kind(policy.KindOption)}
	do := []app.UI{r.kind(policy.KindStep), r.channels(r.shown, r.told), r.next()}
	if v := r.shown.Verdict; v != nil && v.Tone == "go" {
		weigh, do = do, weigh
	}
	body = append(append(append(body, weigh...), do...), r.days(), r.office(), r.send(), r.aside(policy.KindRight), r.aside(policy.KindNote))
	return r.page(r.lastQuestion(), append(body, r.given(), r.basis())...)
}

// kind is the part of the page for a kind of statement, nil when there is none.
func (r *result) kind(k policy.Kind) app.UI {
	p := r.shown.Part(k)
	return widget.When(len(p.Statements) > 0, func() app.UI { return widget.Section(p.Title, r.part(p)) })
}

// aside is good to know, and folded away.
func (r *result) aside(k policy.Kind) app.UI {
	p := r.shown.Part(k)
	return widget.When(len(p.Statements) > 0, func() app.UI { return widget.Why(p.Title, r.findings(p.Statements)) })
}

// part shows what a person must see, and folds what only lengthens the page.
func (r *result) part(p view.Part) app.UI {
	if most, ok := folds[policy.Kind(p.Kind)]; ok {
		return r.short(p.Statements, most)
	}
	return r.findings(p.Statements)
}

// folds is how many statements of a kind stand open; the steps are never folded.
var folds = map[policy.Kind]int{policy.KindConsequence: 4, policy.KindWarning: 3, policy.KindOption: 3}

// head is the verdict, or what stands in its place.
func (r *result) head() app.UI {
	s := r.shown
	switch {
	case s.Conflict != "":
		return app.Div().Class("stack").Body(widget.H1(r.t("result.conflict-title")), widget.Note("wait", widget.P("", s.Conflict)), r.hotlines())
	case s.Verdict != nil:
		return r.verdict(*s.Verdict)
	}
	return app.Section().Class("section").Body(
		widget.H1(r.t("result.open-title")),
		r.reasons("result.open-why", s.OpenWhy),
		widget.P("", r.t("result.open-line")),
		r.findings(s.Open),
	)
}

func (r *result) unfinished() app.UI {
	return widget.Note("info",
		widget.P("", r.t("result.unfinished", "n", r.answers.Left)),
		widget.Link("btn btn--line btn--small", r.at("ask"), app.Text(r.t("result.go-on"))))
}

// office lists what only the office can tell.
func (r *result) office() app.UI {
	return widget.When(len(r.shown.Office) > 0, func() app.UI {
		return widget.Section(r.t("result.office"),
			widget.List("", widget.Each(r.shown.Office, func(s string) app.UI { return app.Text(s) })...))
	})
}

// next are the acts: papers, the application where an office takes it, print.
func (r *result) next() app.UI {
	return widget.Section(r.t("result.next"),
		widget.P("soft", r.t("result.papers-count", "n", r.musts())),
		widget.Actions(
			widget.Link("btn", r.at("papers"), app.Text(r.t("result.papers"))),
			r.applyLink(),
			widget.Link("btn btn--line", r.at("print"), app.Text(r.t("guide.print"))),
			r.printButton(),
		),
		widget.When(!r.canApply(), func() app.UI {
			return widget.Note("info", widget.P("", r.t(r.unheard("apply.nowhere"))), widget.Tel("call__number", "12393", r.t("shell.call", "number", "12393")))
		}),
	)
}

// musts counts what is to bring for sure.
func (r *result) musts() int {
	bring, _ := view.SplitPapers(r.shown.Papers)
	return len(bring)
}

// canApply tells whether an office of the directory takes this form here.
func (r *result) canApply() bool {
	form, ok := formOf(r.service)
	if !ok {
		return false
	}
	sure, within := offices(r.deps.directory(), r.told, form.ID)
	return sure != nil || len(within) > 0 || (r.told == "" && len(r.deps.directory().Offices) > 0)
}

func (r *result) applyLink() app.UI {
	return widget.When(r.canApply(), func() app.UI {
		return widget.Link("btn btn--line", r.at("apply"), app.Text(r.t("result.apply")))
	})
}

// given lists the answers with the way to change each.
func (r *result) given() app.UI {
	return widget.When(len(r.answers.Given) > 0, func() app.UI {
		rows := make([]app.UI, 0, len(r.answers.Given))
		for i, g := range r.answers.Given {
			rows = append(rows, r.answer(g, r.at("ask")+"#"+strconv.Itoa(i+1)))
		}
		return widget.Section(r.t("result.answers"), app.Dl().Class("answers").Body(rows...))
	})
}

func (r *result) answer(g interview.Given, href string) app.UI {
	return answerRow(r.text(g.Label), r.text(g.Say), href, r.t("result.change"))
}

// answerRow is one line of a list of answers: what, the answer, the way to change it.
func answerRow(what, answer, href, change string) app.UI {
	return app.Div().Class("answers__row").Body(
		app.Dt().Text(what),
		app.Dd().Class("answers__value").Text(answer),
		app.Dd().Class("answers__change", "no-print").Body(
			app.A().Attr("href", href).Attr("aria-label", change+" "+what).Text(change)),
	)
}

func (r *result) lastQuestion() string {
	if n := len(r.answers.Given); n > 0 {
		return r.at("ask") + "#" + strconv.Itoa(n)
	}
	return r.at("guide")
}

// basis says by which day and pack this was said, and who decides.
func (r *result) basis() app.UI {
	return app.Div().Class("stack", "stack--tight").Body(
		widget.P("small soft", r.serviceTitle()+r.t("shell.dot")+r.basisIn(r.region, r.shown)),
		widget.P("small soft", r.t("result.who-decides")),
	)
}

// formOf is the newest form of a service, if it has one.
func formOf(service string) (filing.Form, bool) {
	for v := 9; v > 0; v-- {
		if form, ok := filing.FormByID(service + "@" + strconv.Itoa(v)); ok {
			return form, true
		}
	}
	return filing.Form{}, false
}
