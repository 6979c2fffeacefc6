package screen

import (
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/policy"
	"lixianban/app/words"
)

// Route is one address of the app, complete: services and languages are expanded.
type Route struct {
	Path  string // "/", "/guide/resident-stop", "/en", "/en/guide/resident-stop"
	Lang  string // "zh-CN" or "en", for <html lang>
	Title string // document title, in Lang
	About string // meta description, in Lang
	// Porch says the page is useful with no program; the others prerender as a
	// waiting note with links to the guide, the printable form and the telephone.
	Porch bool
	New   func() app.Composer // a fresh component; renders on the host too
}

// NotFound is the path of the page shown for every unknown address ("/en/404" in
// English). Routes lists it too.
const NotFound = "/404"

// kind is a page before services and languages are expanded.
type kind struct {
	path  string // {service} stands for each service of the pack, {intent} for each answered intent
	name  string // words keys "title."+name and "about."+name
	porch bool
	page  func(f frame) app.Composer
}

// kinds is the address table of the app.
func kinds() []kind {
	return []kind{
		{"/", "home", true, func(f frame) app.Composer { return &home{frame: f} }},
		{"/guides", "guides", true, func(f frame) app.Composer { return &guides{frame: f} }},
		{"/guide/{service}", "guide", true, func(f frame) app.Composer { return &guide{frame: f} }},
		{"/ask/{service}", "ask", false, func(f frame) app.Composer { return &ask{frame: f} }},
		{"/result/{service}", "result", false, func(f frame) app.Composer { return &result{frame: f} }},
		{"/papers/{service}", "papers", true, func(f frame) app.Composer { return &papers{frame: f} }},
		{"/apply/{service}", "apply", false, func(f frame) app.Composer { return &apply{frame: f} }},
		{"/print/{service}", "print", true, func(f frame) app.Composer { return &printed{frame: f} }},
		{"/mine", "mine", false, func(f frame) app.Composer { return &mine{frame: f} }},
		{"/mine/view", "view", false, func(f frame) app.Composer { return &item{frame: f} }},
		{"/answers", "answers", true, func(f frame) app.Composer { return &reading{frame: f} }},
		{"/answers/{intent}", "answer", true, func(f frame) app.Composer { return &reading{frame: f} }},
		{"/myths", "myths", true, func(f frame) app.Composer { return &reading{frame: f} }},
		{"/phones", "phones", true, func(f frame) app.Composer { return &phones{frame: f} }},
		{"/settings", "settings", false, func(f frame) app.Composer { return &settings{frame: f} }},
		{"/stored", "stored", false, func(f frame) app.Composer { return &stored{frame: f} }},
		{"/privacy", "privacy", true, func(f frame) app.Composer { return &privacy{frame: f} }},
		{"/about", "about", true, func(f frame) app.Composer { return &about{frame: f} }},
		{NotFound, "notfound", true, func(f frame) app.Composer { return &notFound{frame: f} }},
	}
}

// languages in the order of the address table, with the prefix of their addresses.
var languages = []struct{ tag, prefix string }{{words.ZH, ""}, {words.EN, "/en"}}

// Routes lists every address, for the router in the browser and the prerenderer
// on the host. The components share d; d.Pack decides which services there are.
func Routes(d *Deps) []Route {
	var rs []Route
	for _, l := range languages {
		for _, k := range kinds() {
			for _, f := range frames(d, k) {
				f.lang, f.prefix = l.tag, l.prefix
				rs = append(rs, Route{
					Path: f.href(f.path), Lang: l.tag, Title: f.title(), About: f.about(), Porch: k.porch,
					New: func() app.Composer { return k.page(f) },
				})
			}
		}
	}
	return rs
}

// frames expands one kind of page over the services or intents it is made for.
func frames(d *Deps, k kind) []frame {
	if strings.Contains(k.path, "{intent}") {
		var fs []frame
		for _, id := range intents(d.Pack) {
			fs = append(fs, frame{deps: d, kind: k.name, intent: id, path: strings.ReplaceAll(k.path, "{intent}", id)})
		}
		return fs
	}
	if !strings.Contains(k.path, "{service}") {
		return []frame{{deps: d, kind: k.name, path: k.path}}
	}
	var fs []frame
	for _, id := range services(d.Pack) {
		fs = append(fs, frame{deps: d, kind: k.name, service: id, path: strings.ReplaceAll(k.path, "{service}", id)})
	}
	return fs
}

// services lists the pack's services that decide a person's case, in its order; answers
// and myths are read on pages of their own.
func services(p *policy.Pack) []string {
	if p == nil {
		return nil
	}
	ids := make([]string, 0, len(p.Services))
	for i := range p.Services {
		if s := &p.Services[i]; !s.Verdictless() {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// Register gives every address to go-app's router, in the browser. It may be called
// again when a pack has brought more services.
func Register(d *Deps) {
	rs := Routes(d)
	slices.Reverse(rs) // go-app takes the first pattern that fits: /en/… before /…
	for _, r := range rs {
		app.Route(r.Path, r.New)
		app.Route(strings.TrimSuffix(r.Path, "/")+"/", r.New) // as some people type it
		if prefix, ok := strings.CutSuffix(r.Path, NotFound); ok {
			app.RouteWithRegexp("^"+prefix+"/", r.New)
		}
	}
}
