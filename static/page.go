package static

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/static/site"
)

// renderPages renders every component as the host sees it.
func (b *builder) renderPages(context.Context) error {
	if err := checkPages(b.Pages); err != nil {
		return err
	}
	for _, p := range b.Pages {
		body, err := render(p)
		if err != nil {
			return fmt.Errorf("page %s: %w", p.Path, err)
		}
		b.bodies[p.Path] = body
	}
	return nil
}

// checkPages refuses addresses that a static host or the worker would get wrong.
func checkPages(pages []Page) error {
	seen := map[string]bool{}
	for _, p := range pages {
		switch {
		case !strings.HasPrefix(p.Path, "/") || p.Path != "/" && strings.HasSuffix(p.Path, "/"):
			return fmt.Errorf("page %q: an address starts with a slash and doesn't end with one", p.Path)
		case strings.ContainsAny(p.Path, "?#%. "):
			return fmt.Errorf("page %q: an address holds no query, fragment, dot or space", p.Path)
		case strings.HasSuffix(p.Path, "/opening"):
			return fmt.Errorf("page %q: this name belongs to the worker's empty page", p.Path)
		case seen[p.Path]:
			return fmt.Errorf("page %q is listed twice", p.Path)
		case p.Title == "" || p.About == "":
			return fmt.Errorf("page %q needs a title and a description", p.Path)
		}
		seen[p.Path] = true
	}
	if !seen["/"] || !seen["/404"] {
		return fmt.Errorf("the site needs the pages / and /404")
	}
	return nil
}

// render runs a component through go-app's host side: OnPreRender, then its tree as text.
func render(p Page) (body string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("its component panicked: %v", r)
		}
	}()
	c := p.New()
	e := app.NewTestEngine()
	if err := e.Load(c); err != nil {
		return "", err
	}
	e.ConsumeAll()
	return Normalise(app.HTMLString(c))
}

// fileOf is where the page of an address lies in dist.
func fileOf(path string) string {
	if path == "/" {
		return "index.html"
	}
	return strings.TrimPrefix(path, "/") + ".html"
}

// english tells the two languages of the site apart.
func (p Page) english() bool { return p.Lang == "en" }

// twin is the same page in the other language.
func (p Page) twin() string {
	if !p.english() {
		return strings.TrimSuffix("/en"+p.Path, "/")
	}
	if p.Path == "/en" {
		return "/"
	}
	return strings.TrimPrefix(p.Path, "/en")
}

// makeDocuments puts each body into its document.
func (b *builder) makeDocuments(context.Context) error {
	for _, m := range manifests {
		body, err := b.installManifest(m)
		if err != nil {
			return err
		}
		b.put(m.file, body)
	}
	for _, p := range b.Pages {
		b.put(fileOf(p.Path), []byte(b.document(p, b.bodies[p.Path])))
		if p.home() {
			o := openingPage(p.Lang)
			b.put(fileOf(o.Path), []byte(b.document(o, openingBody(o))))
		}
	}
	return nil
}

// home tells the first page of a language.
func (p Page) home() bool { return p.Path == "/" || p.Path == "/en" }

// openingOf is the address of the empty page in which the worker lets the program start;
// dir is "" or "en".
func openingOf(dir string) string { return "/" + strings.TrimPrefix(dir+"/opening", "/") }

func openingPage(lang string) Page {
	p := Page{Path: openingOf(""), Lang: lang, Title: "离线办", About: "正在打开。"}
	if p.english() {
		p.Path, p.Title, p.About = openingOf("en"), "Lixianban", "Opening."
	}
	return p
}

// openingBody is seen for a moment, and for longer when the program can't start: it then still
// leads to the first page and to the telephone.
func openingBody(p Page) string {
	head, home, at, call := "正在打开…", "首页", "/", "打 12393"
	if p.english() {
		head, home, at, call = "Opening…", "Home", "/en", "Call 12393"
	}
	return `<div class="page"><main class="main"><h1>` + head + `</h1><p><a href="` + at + `?plain">` + home +
		`</a></p><p><a href="tel:12393">` + call + `</a></p></main></div>`
}

// document is the shell around a page: everything in it is of this origin, and
// the one script comes last, so that the page reads without it.
func (b *builder) document(p Page, content string) string {
	var d strings.Builder
	add := func(format string, args ...string) {
		safe := make([]any, len(args))
		for i, a := range args {
			safe[i] = html.EscapeString(a)
		}
		fmt.Fprintf(&d, format, safe...)
	}
	add("<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", p.Lang)
	add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\n")
	add("<title>%s</title>\n<meta name=\"description\" content=\"%s\">\n", p.Title, p.About)
	add("<meta name=\"color-scheme\" content=\"light dark\">\n")
	add("<meta name=\"theme-color\" content=\"#fbf8f1\" media=\"(prefers-color-scheme: light)\">\n")
	add("<meta name=\"theme-color\" content=\"#131a16\" media=\"(prefers-color-scheme: dark)\">\n")
	add("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"format-detection\" content=\"telephone=no\">\n")
	add("<link rel=\"stylesheet\" href=\"%s\">\n", b.hashed["site.css"])
	add("<link rel=\"icon\" type=\"image/svg+xml\" href=\"%s\">\n", b.hashed["icon.svg"])
	add("<link rel=\"apple-touch-icon\" href=\"%s\">\n", b.hashed["icon-touch.png"])
	add("<link rel=\"manifest\" href=\"/%s\">\n", manifestOf(p).file)
	if b.bodies[p.twin()] != "" {
		add("<link rel=\"alternate\" hreflang=\"%s\" href=\"%s\">\n", otherLang(p), b.Base+p.twin())
	}
	if b.Base != "" {
		add("<link rel=\"canonical\" href=\"%s\">\n", b.Base+p.Path)
	}
	add("<script defer src=\"%s\"></script>\n</head>\n<body>", b.hashed["boot.js"])
	d.WriteString(content)
	add("\n<div id=\"porch\" class=\"porch no-print\" role=\"status\" hidden></div>\n")
	add("<noscript><p class=\"note\">%s</p></noscript>\n</body>\n</html>\n", withoutScript(p))
	return d.String()
}

func otherLang(p Page) string {
	if p.english() {
		return "zh-CN"
	}
	return "en"
}

func withoutScript(p Page) string {
	if p.english() {
		return "Scripts are switched off in this browser. These pages can still be read and printed; for anything else call 12393."
	}
	return "这个浏览器没有打开脚本。页面照样能看、能打印；别的事请打 12393。"
}

// manifest is one language's way of being installed.
type manifest struct{ file, lang, id, name, short, about string }

var manifests = []manifest{
	{"manifest.webmanifest", "zh-CN", "/", "离线办：没有网也能用的医保帮手", "离线办", "停、换、接、退医保：没有网也能查、能填、能排队送出。"},
	{"manifest.en.webmanifest", "en", "/en", "Lixianban: medical-insurance help that works offline", "Lixianban", "Stop, switch, resume or claim back medical insurance, with no network."},
}

func manifestOf(p Page) manifest {
	if p.english() {
		return manifests[1]
	}
	return manifests[0]
}

// Shortcut is an entry of the installed app's long-press menu.
type Shortcut struct{ Name, Path, Lang string }

// installManifest is complete where go-app's own lacks id, lang, scope and shortcuts.
func (b *builder) installManifest(m manifest) ([]byte, error) {
	type pic struct {
		Src     string `json:"src"`
		Type    string `json:"type"`
		Sizes   string `json:"sizes"`
		Purpose string `json:"purpose"`
	}
	type cut struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	pics := []pic{}
	for _, ic := range icons {
		if ic.purpose != "" {
			pics = append(pics, pic{b.hashed[ic.name], "image/png", fmt.Sprintf("%dx%d", ic.size, ic.size), ic.purpose})
		}
	}
	cuts := []cut{}
	for _, s := range b.Shortcuts {
		if s.Lang == m.lang {
			cuts = append(cuts, cut{s.Name, s.Path + "?src=shortcut"})
		}
	}
	return json.MarshalIndent(struct {
		ID         string   `json:"id"`
		Name       string   `json:"name"`
		Short      string   `json:"short_name"`
		About      string   `json:"description"`
		Lang       string   `json:"lang"`
		Dir        string   `json:"dir"`
		Start      string   `json:"start_url"`
		Scope      string   `json:"scope"`
		Display    string   `json:"display"`
		Override   []string `json:"display_override"`
		Background string   `json:"background_color"`
		Theme      string   `json:"theme_color"`
		Categories []string `json:"categories"`
		Native     bool     `json:"prefer_related_applications"`
		Icons      []pic    `json:"icons"`
		Shortcuts  []cut    `json:"shortcuts"`
	}{m.id, m.name, m.short, m.about, m.lang, "ltr", m.id + "?src=pwa", "/", "standalone", []string{"standalone", "minimal-ui"},
		"#fbf8f1", "#fbf8f1", []string{"government", "health", "utilities"}, false, pics, cuts}, "", " ")
}

func robots(base string) []byte {
	s := "User-agent: *\nDisallow: /v1/\n"
	if base != "" {
		s += "Sitemap: " + base + "/sitemap.xml\n"
	}
	return []byte(s)
}

func sitemap(base string, pages []Page) []byte {
	var b strings.Builder
	b.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, p := range pages {
		if p.Porch {
			b.WriteString("<url><loc>" + html.EscapeString(base+p.Path) + "</loc></url>\n")
		}
	}
	b.WriteString("</urlset>\n")
	return []byte(b.String())
}

func headersFile() []byte { return []byte(site.File()) }
