package screen

import (
	"context"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/filing"
	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// phones are the lines to ask, each with what it is for and how sure we are.
type phones struct{ frame }

// OnNav marks the arrival.
func (p *phones) OnNav(ctx app.Context) { p.arrive(ctx, func(app.Context) {}) }

// lines of the hotline page and how sure the sources are of them.
var lines = []struct {
	number string
	sure   policy.Confidence
}{{"12393", "SEC"}, {"12366", "OFF-L"}, {"12333", "SEC"}, {"12345", "SEC+"}}

// Render shows the numbers.
func (p *phones) Render() app.UI {
	var body []app.UI
	for _, l := range lines {
		word, class := view.Sure(p.lang, l.sure)
		body = append(body, app.Div().Class("stack", "stack--tight").Body(
			widget.Call(l.number, p.t("shell.call", "number", l.number), p.t("phones."+l.number)),
			widget.P("soft", p.t("phones."+l.number+".more")),
			app.Div().Class("row").Body(p.conf(word, class)),
		))
	}
	return p.page(p.href("/"), append([]app.UI{widget.H1(p.heading()), widget.P("", p.t("phones.intro"))}, body...)...)
}

// about says what this is.
type about struct{ frame }

// OnNav marks the arrival.
func (a *about) OnNav(ctx app.Context) { a.arrive(ctx, func(app.Context) {}) }

// Render shows the page.
func (a *about) Render() app.UI {
	sure := []policy.Confidence{"OFF", "OFF-L", "SEC+", "INFER", "SEC", "CONF", "SEED"}
	return a.page(a.href("/"),
		widget.H1(a.heading()),
		widget.List("", widget.Each([]string{"about.1", "about.2", "about.3", "about.4", "about.5"}, func(k string) app.UI { return app.Text(a.t(k)) })...),
		widget.Section(a.t("about.sure"), widget.P("", a.t("about.sure-line")),
			widget.List("plain-list stack stack--tight", widget.Each(sure, func(c policy.Confidence) app.UI {
				word, class := view.Sure(a.lang, c)
				return a.conf(word, class)
			})...)),
		a.packLine(),
	)
}

// packLine names the rules in use.
func (a *about) packLine() app.UI {
	return widget.When(a.deps.Pack != nil, func() app.UI {
		p := a.deps.Pack
		return widget.P("soft small", a.t("about.pack", "name", a.text(p.Title), "version", view.PackName(p.Ref(p.Checked)), "date", view.Date(a.lang, p.Checked)))
	})
}

// privacy lists every personal field of every form: why it is asked and how long it is kept.
type privacy struct{ frame }

// OnNav marks the arrival.
func (p *privacy) OnNav(ctx app.Context) { p.arrive(ctx, func(app.Context) {}) }

// Render shows the page.
func (p *privacy) Render() app.UI {
	body := []app.UI{
		widget.H1(p.heading()),
		widget.List("", widget.Each([]string{"privacy.1", "privacy.2", "privacy.3", "privacy.4", "privacy.5"}, func(k string) app.UI { return app.Text(p.t(k)) })...),
	}
	for _, id := range services(p.deps.Pack) {
		if form, ok := formOf(id); ok {
			body = append(body, widget.Section(p.t("privacy.form", "service", serviceTitle(p.deps.Pack, id, p.lang)), p.inventory(form)))
		}
	}
	body = append(body, widget.Actions(widget.Link("btn btn--line", p.href("/stored"), app.Text(p.t("title.stored")))))
	return p.page(p.href("/"), body...)
}

func (p *privacy) inventory(form filing.Form) app.UI {
	return app.Dl().Class("answers").Body(widget.Each(form.Inventory(), func(x filing.PersonalField) app.UI {
		return app.Div().Class("answers__row").Body(
			app.Dt().Text(p.t("filing.field."+x.Field)),
			app.Dd().Class("answers__value").Text(p.t("filing.purpose."+x.Purpose)),
			app.Dd().Class("answers__value", "soft", "small").Text(p.t("filing.retention."+x.Retention)),
		)
	})...)
}

// notFound is shown for every address we don't have, with the ways on.
type notFound struct{ frame }

// OnNav marks the arrival.
func (n *notFound) OnNav(ctx app.Context) { n.arrive(ctx, func(app.Context) {}) }

// Render shows the page.
func (n *notFound) Render() app.UI {
	return n.page(n.href("/"), append([]app.UI{
		widget.H1(n.heading()),
		widget.P("", n.t("notfound.line")),
		widget.Actions(widget.Link("btn", n.href("/"), app.Text(n.t("shell.home"))), widget.Link("btn btn--line", n.href("/mine"), app.Text(n.t("shell.mine")))),
	}, n.meanwhile()...)...)
}

// settings holds the region, and how things look.
type settings struct {
	frame

	read  bool
	place place
	kept  bool
}

// OnNav reads what is kept.
func (s *settings) OnNav(ctx app.Context) {
	s.arrive(ctx, func(app.Context) {})
	var p place
	s.work(ctx, func(c context.Context) { p = s.deps.place(c) }, func(app.Context) { s.place, s.read = p, true })
}

func (s *settings) keep(ctx app.Context, p place) {
	s.place = p
	var err error
	s.work(ctx, func(c context.Context) { err = s.deps.savePlace(c, p) }, func(app.Context) { s.kept = err == nil })
}

// Render shows the settings.
func (s *settings) Render() app.UI {
	if !s.read {
		return s.waiting()
	}
	return s.page(s.href("/"),
		widget.H1(s.heading()),
		s.region(),
		s.look("size", s.t("settings.size"), "18", "22", "26", "30"),
		s.look("theme", s.t("settings.theme"), "auto", "light", "dark"),
		s.look("density", s.t("settings.density"), "auto", "compact"),
		widget.Section(s.t("settings.lang"), s.otherLanguage()),
		widget.Actions(widget.Link("btn btn--line", s.href("/stored"), app.Text(s.t("title.stored")))),
	)
}

func (s *settings) region() app.UI {
	province, city := view.Province(s.place.Region), s.place.Region
	cities := view.PlaceChoices(s.lang, province, s.deps.directory().Offices)
	if city == province {
		city = "-"
	}
	return app.Div().Class("stack").Body(
		&widget.Select{
			ID: "region", Label: s.t("settings.region"), Hint: s.t("settings.region-hint"), Options: choices(view.RegionChoices(s.lang)), Picked: view.Province(s.place.Region),
			Pick: func(ctx app.Context, id string) { s.keep(ctx, place{Region: view.Picked(id), County: s.place.County}) },
		},
		widget.Slot(cities != nil, func() app.UI {
			return &widget.Select{
				ID: "city-" + province, Label: s.t("settings.city"), Hint: s.t("settings.city-hint"), Options: choices(cities), Picked: city,
				Pick: func(ctx app.Context, id string) {
					if view.Picked(id) == "" {
						id = province
					}
					s.keep(ctx, place{Region: id, County: s.place.County})
				},
			}
		}),
		&widget.Field{
			ID: "county", Label: s.t("settings.county"), Hint: s.t("settings.county-hint"), Value: s.place.County, Kind: "text", Auto: "off",
			Leave: func(ctx app.Context, v string) { s.keep(ctx, place{Region: s.place.Region, County: v}) },
		},
		widget.Status(widget.When(s.kept, func() app.UI { return widget.P("field__saved", s.t("shell.saved")) })),
	)
}

// look is one choice of how things look; the boot script keeps it and sets it on the page.
func (s *settings) look(name, title string, values ...string) app.UI {
	now := looks(name)
	if now == "" {
		now = values[0]
	}
	cs := widgets(values, func(v string) widget.Choice { return widget.Choice{ID: v, Text: s.t("settings." + name + "." + v)} })
	return &widget.Choices{Name: name, Ask: title, Options: cs, Picked: now, Pick: func(_ app.Context, v string) { setLook(name, v) }}
}

// looks is the value in force, "" for the default.
func looks(name string) string {
	if app.IsServer {
		return ""
	}
	v := app.Window().Get("document").Get("documentElement").Get("dataset").Get(name)
	if !v.Truthy() {
		return ""
	}
	return v.String()
}

func setLook(name, v string) {
	boot := app.Window().Get("lixianban")
	switch {
	case !boot.Truthy():
	case v == "auto":
		boot.Call("look", name, nil)
	default:
		boot.Call("look", name, v)
	}
}
