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

// reading is one of three pages: the list of what people ask, the answer to one, the myths.
// They share a component, since each further type of component costs the program some 10 KB. All
// are whole without the program, with the region's words once it runs.
type reading struct {
	frame

	region string
}

// OnNav reads where the person is insured.
func (r *reading) OnNav(ctx app.Context) {
	r.arrive(ctx, func(app.Context) {})
	var region string
	r.work(ctx, func(c context.Context) { region = r.deps.region(c) }, func(app.Context) { r.region = region })
}

// Render shows the page of its kind.
func (r *reading) Render() app.UI {
	switch r.kind {
	case "answers":
		return r.answers()
	case "myths":
		return r.myths()
	}
	for _, a := range r.readings(answersService, r.region) {
		if a.ID == r.intent {
			return r.answer(a)
		}
	}
	return r.waiting()
}

// answers lists everything people ask.
func (r *reading) answers() app.UI {
	links := widget.Each(intents(r.deps.Pack), func(id string) app.UI {
		return widget.Link("", r.href("/answers/"+id), app.Text(r.intentTitle(id)))
	})
	return r.page(r.href("/"),
		widget.H1(r.heading()),
		widget.P("", r.about()),
		widget.List("plain-list stack stack--tight", links...),
		widget.Section(r.t("title.phones"), r.hotlines()),
	)
}

// answer shows what the search says at once, what to be clear about, and the ways on.
func (r *reading) answer(a view.Reading) app.UI {
	return r.page(r.href("/answers"),
		widget.H1(r.heading()),
		r.findings([]view.Statement{a.Statement}),
		widget.Section(r.t("read.ask-back"), widget.P("", a.Ask)),
		widget.Section(r.t("read.go-on"), r.leads(a.Opens)),
		widget.P("soft small", r.t("read.other")),
		widget.Section(r.t("title.phones"), r.hotlines()),
		widget.Actions(widget.Link("btn btn--line", r.href("/answers"), app.Text(r.t("read.all")))),
	)
}

// leads are the services that go on, each by its interview.
func (r *reading) leads(opens []string) app.UI {
	return app.Ul().Class("tiles").Body(widget.Each(opens, func(id string) app.UI {
		return r.serviceTile(signOf(id), r.href("/ask/"+id))
	})...)
}

// myths are what people read, each with what holds.
func (r *reading) myths() app.UI {
	return r.page(r.href("/"),
		widget.H1(r.heading()),
		widget.P("", r.about()),
		app.Ul().Class("findings").Body(widget.Each(r.readings(mythsService, r.region), r.myth)...),
		widget.Section(r.t("title.phones"), r.hotlines()),
	)
}

func (r *reading) myth(m view.Reading) app.UI {
	return app.Li().Class("finding", "finding--"+m.Tone).Attr("id", m.ID).Body(
		app.P().Class("finding__more").Text(r.t("read.claim", "claim", m.Claim)),
		app.P().Class("finding__say").Text(m.Say),
		widget.When(m.More != "", func() app.UI { return app.P().Class("finding__more").Text(m.More) }),
		widget.When(m.Dates != "", func() app.UI { return widget.P("small soft", m.Dates) }),
		app.Div().Class("finding__foot").Body(r.conf(m.Sure, m.SureClass)),
		r.why(m.Statement),
		widget.When(len(m.Opens) > 0, func() app.UI {
			return widget.Link("btn btn--line btn--small", r.href("/guide/"+m.Opens[0]), app.Text(serviceTitle(r.deps.Pack, m.Opens[0], r.lang)))
		}),
	)
}
