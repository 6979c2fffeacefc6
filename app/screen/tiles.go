package screen

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/screen/widget"
	"lixianban/app/words"
)

// sign is how a service looks on the home page.
type sign struct{ id, icon, tone string }

// groups puts the services where people look for them. A service that no group names
// goes to the last one, so that a new pack shows all it has.
var groups = []struct {
	key   string
	signs []sign
}{
	{"home.group.change", []sign{{"resident-stop", "pause", "wait"}, {"switch", "swap", "info"}, {"resume", "resume", "go"}, {"transfer", "transfer", "info"}}},
	{"home.group.money", []sign{{"refund", "refund", "go"}, {"duplicate", "compare", "wait"}, {"aid", "money", "go"}, {"unlink-bank", "unlink", "no"}}},
	{"home.group.family", []sign{{"newborn-child", "baby", "go"}, {"death", "person", "info"}, {"unlink-gongji", "people", "no"}, {"unlink-qinqing", "link", "no"}}},
	{"home.group.work", []sign{{"employee-stop", "work", "wait"}, {"flexible-stop", "stop", "wait"}, {"retire", "calendar", "info"}, {"leaving", "next", "info"}}},
	{"home.group.look", []sign{{"status", "search", "info"}}},
}

// signOf finds a service's look; an unknown one gets a plain sheet.
func signOf(id string) sign {
	for _, g := range groups {
		for _, s := range g.signs {
			if s.id == id {
				return s
			}
		}
	}
	return sign{id, "paper", "info"}
}

// grouped are the services of the pack by group, in the groups' order.
func (f *frame) grouped() [][]sign {
	left := services(f.deps.Pack)
	out := make([][]sign, len(groups))
	for i, g := range groups {
		for _, s := range g.signs {
			if k := slices.Index(left, s.id); k >= 0 {
				out[i] = append(out[i], s)
				left = slices.Delete(left, k, k+1)
			}
		}
	}
	for _, id := range left {
		out[len(out)-1] = append(out[len(out)-1], signOf(id))
	}
	return out
}

// board shows the groups as tiles; to gives the address of a service. The last
// group also holds the ways to ask without a service.
func (f *frame) board(to func(id string) string, more ...app.UI) []app.UI {
	var parts []app.UI
	all := f.grouped()
	for i, g := range groups {
		tiles := widget.Each(all[i], func(s sign) app.UI { return f.serviceTile(s, to(s.id)) })
		if i == len(groups)-1 {
			tiles = append(tiles, more...)
		}
		if len(tiles) > 0 {
			parts = append(parts, widget.Section(f.t(g.key), app.Ul().Class("tiles").Body(tiles...)))
		}
	}
	return parts
}

func (f *frame) serviceTile(s sign, href string) app.UI {
	sub := ""
	if key := "home.sub." + s.id; words.Has(key) {
		sub = f.t(key)
	}
	return f.tile(href, s.icon, s.tone, serviceTitle(f.deps.Pack, s.id, f.lang), sub)
}

func (f *frame) tile(href, icon, tone, title, sub string) app.UI {
	return app.Li().Body(widget.Link("tile", href,
		app.Span().Class("tile__icon", "tile__icon--"+tone).Body(widget.Icon(icon)),
		app.Span().Class("tile__text").Body(
			app.Span().Class("tile__title").Text(title),
			widget.When(sub != "", func() app.UI { return app.Span().Class("tile__sub").Text(sub) }),
		)))
}

// guides lists what can be read without a question.
type guides struct{ frame }

// OnNav marks the arrival.
func (g *guides) OnNav(ctx app.Context) { g.arrive(ctx, func(app.Context) {}) }

// Render shows the list.
func (g *guides) Render() app.UI {
	return g.page(g.href("/"), append([]app.UI{widget.H1(g.heading()), widget.P("", g.about())},
		g.board(func(id string) string { return g.href("/guide/" + id) })...)...)
}
