package screen

import (
	"context"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/finder"
	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// The pack's services to read.
const (
	answersService = "answers"
	mythsService   = "myths"
)

// readings are what a service to read says on this day, in a region ("" = the nation).
func (f *frame) readings(service, region string) []view.Reading {
	p := f.deps.Pack
	if p == nil {
		return nil
	}
	o, err := p.Evaluate(policy.Case{Service: service, Region: region, At: f.deps.today()})
	if err != nil {
		return nil
	}
	return view.Readings(o, f.lang)
}

// intents lists the intents that the pack answers, in the finder's order.
func intents(p *policy.Pack) (ids []string) {
	if p == nil {
		return nil
	}
	s, ok := p.Service(answersService)
	for _, in := range finder.Intents {
		for i := 0; ok && i < len(s.Rules); i++ {
			if s.Rules[i].ID == in.ID && s.Rules[i].Region == "" {
				ids = append(ids, in.ID)
				break
			}
		}
	}
	return ids
}

// intentTitle is an intent's name in the page's language; "" for a page of none.
func (f *frame) intentTitle(id string) string {
	in, ok := finder.ByID(id)
	if !ok {
		return ""
	}
	return f.text(policy.Text{ZH: in.ZH, EN: in.EN})
}

// answer is what the search says at once about an intent: whole without the program,
// with the region's words once it runs.
type answer struct {
	frame

	region string
}

// OnNav reads where the person is insured.
func (a *answer) OnNav(ctx app.Context) {
	a.arrive(ctx, func(app.Context) {})
	var region string
	a.work(ctx, func(c context.Context) { region = a.deps.region(c) }, func(app.Context) { a.region = region })
}

// Render shows the answer, what to be clear about, and the ways on.
func (a *answer) Render() app.UI {
	for _, r := range a.readings(answersService, a.region) {
		if r.ID == a.intent {
			return a.page(a.href("/answers"),
				widget.H1(a.heading()),
				a.findings([]view.Statement{r.Statement}),
				widget.Section(a.t("read.ask-back"), widget.P("", r.Ask)),
				widget.Section(a.t("read.go-on"), a.leads(r.Opens)),
				widget.P("soft small", a.t("read.other")),
				widget.Section(a.t("title.phones"), a.hotlines()),
				widget.Actions(widget.Link("btn btn--line", a.href("/answers"), app.Text(a.t("read.all")))),
			)
		}
	}
	return a.waiting()
}

// leads are the services that go on, each by its interview.
func (f *frame) leads(opens []string) app.UI {
	return app.Ul().Class("tiles").Body(widget.Each(opens, func(id string) app.UI {
		return f.serviceTile(signOf(id), f.href("/ask/"+id))
	})...)
}

// answers lists everything people ask.
type answers struct{ frame }

// OnNav marks the arrival.
func (a *answers) OnNav(ctx app.Context) { a.arrive(ctx, func(app.Context) {}) }

// Render shows the list.
func (a *answers) Render() app.UI {
	links := widget.Each(intents(a.deps.Pack), func(id string) app.UI {
		return widget.Link("", a.href("/answers/"+id), app.Text(a.intentTitle(id)))
	})
	return a.page(a.href("/"),
		widget.H1(a.heading()),
		widget.P("", a.about()),
		widget.List("plain-list stack stack--tight", links...),
		widget.Section(a.t("title.phones"), a.hotlines()),
	)
}

// myths are what people read, each with what holds.
type myths struct{ frame }

// OnNav marks the arrival.
func (m *myths) OnNav(ctx app.Context) { m.arrive(ctx, func(app.Context) {}) }

// Render shows the list.
func (m *myths) Render() app.UI {
	return m.page(m.href("/"),
		widget.H1(m.heading()),
		widget.P("", m.about()),
		app.Ul().Class("findings").Body(widget.Each(m.readings(mythsService, ""), m.myth)...),
		widget.Section(m.t("title.phones"), m.hotlines()),
	)
}

func (m *myths) myth(r view.Reading) app.UI {
	return app.Li().Class("finding", "finding--"+r.Tone).Attr("id", r.ID).Body(
		app.P().Class("finding__more").Text(m.t("read.claim", "claim", r.Claim)),
		app.P().Class("finding__say").Text(r.Say),
		widget.When(r.More != "", func() app.UI { return app.P().Class("finding__more").Text(r.More) }),
		widget.When(r.Dates != "", func() app.UI { return widget.P("small soft", r.Dates) }),
		app.Div().Class("finding__foot").Body(m.conf(r.Sure, r.SureClass)),
		m.why(r.Statement),
		widget.When(len(r.Opens) > 0, func() app.UI {
			return widget.Link("btn btn--line btn--small", m.href("/guide/"+r.Opens[0]), app.Text(serviceTitle(m.deps.Pack, r.Opens[0], m.lang)))
		}),
	)
}
