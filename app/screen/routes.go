package screen

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Route is one address of the app, complete: services and languages are expanded.
type Route struct {
	Path  string // "/", "/guide/resident-stop", "/en/guide/resident-stop"
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
	path  string // {service} stands for each service of the pack
	key   string // words keys "title."+key and "about."+key
	porch bool
	page  func(f frame) app.Composer
}

// kinds is the address table of the app.
var kinds = []kind{
	{"/", "home", true, newHome},
}

// languages in the order of the address table, with the prefix of their addresses.
var languages = []struct{ tag, prefix string }{{"zh-CN", ""}, {"en", "/en"}}

// Routes lists every address, for the router in the browser and the prerenderer
// on the host. The components share d.
func Routes(d *Deps) []Route {
	var rs []Route
	for _, l := range languages {
		for _, k := range kinds {
			for _, f := range frames(d, k, l.tag) {
				rs = append(rs, Route{
					Path: strings.TrimSuffix(l.prefix+f.path, "/") + rootSlash(l.prefix+f.path),
					Lang: l.tag, Title: f.title(), About: f.about(), Porch: k.porch,
					New: func() app.Composer { return k.page(f) },
				})
			}
		}
	}
	return rs
}

// rootSlash keeps the slash of "/" itself.
func rootSlash(p string) string {
	if p == "/" {
		return "/"
	}
	return ""
}

// frames expands one kind of page over the services it is made for.
func frames(d *Deps, k kind, lang string) []frame {
	if !strings.Contains(k.path, "{service}") {
		return []frame{{deps: d, kind: k.key, lang: lang, path: k.path}}
	}
	var fs []frame
	for _, s := range d.Services {
		fs = append(fs, frame{deps: d, kind: k.key, lang: lang, service: s.ID, path: strings.ReplaceAll(k.path, "{service}", s.ID)})
	}
	return fs
}
