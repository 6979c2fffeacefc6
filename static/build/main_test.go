package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lixianban/static"
)

// realSite builds the product's own pages around a stand-in for the program.
func realSite(t *testing.T) (static.Report, string) {
	t.Helper()
	pack, err := compilePack("")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "dist")
	ps := pages(pack, false)
	r, err := static.Build(t.Context(), static.Config{
		Root: "../..", Out: out, Cache: "../../.cache", Wasm: []byte("\x00asm"), Pages: ps, Shortcuts: shortcuts(ps), Base: "https://example.org",
		Packs: map[string][]byte{"national.pack": []byte("pack")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, out
}

func TestTheRealPagesAreValidAndLinkOnlyWhatIsThere(t *testing.T) {
	r, out := realSite(t)
	for name := range r.Files {
		if filepath.Ext(name) != ".html" {
			continue
		}
		body, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := html.ParseWithOptions(strings.NewReader(string(body)), html.ParseOptionEnableScripting(false))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := count(doc), strings.Count(string(body), "<")-strings.Count(string(body), "</")-1; got != want {
			t.Errorf("%s: %d elements were written, a browser reads %d: something is nested where it may not be", name, want, got)
		}
		checkPage(t, name, doc, r.Files)
	}
}

// count counts elements, without those that a parser adds by itself.
func count(doc *html.Node) (n int) {
	for d := range doc.Descendants() {
		if d.Type == html.ElementNode {
			n++
		}
	}
	return n
}

// checkPage holds one page to what every page keeps: one h1, ids once, and inner links that lead somewhere.
func checkPage(t *testing.T, name string, doc *html.Node, files map[string]static.File) {
	t.Helper()
	heads, ids := 0, map[string]bool{}
	for n := range doc.Descendants() {
		if n.Data == "h1" {
			heads++
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "id" && ids[a.Val]:
				t.Errorf("%s: two elements with the id %q", name, a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case (a.Key == "href" || a.Key == "src") && strings.HasPrefix(a.Val, "/") && !leads(a.Val, files):
				t.Errorf("%s: %s leads nowhere", name, a.Val)
			}
		}
	}
	if heads != 1 {
		t.Errorf("%s has %d main headings", name, heads)
	}
}

// leads tells whether an address of the site is a page or a file.
func leads(address string, files map[string]static.File) bool {
	path, _, _ := strings.Cut(address, "#")
	path, _, _ = strings.Cut(path, "?")
	path = strings.Trim(path, "/")
	if path == "" {
		path = "index"
	}
	_, page := files[path+".html"]
	_, file := files[path]
	return page || file
}

func TestTheFrontPorchIsSmall(t *testing.T) {
	r, _ := realSite(t)
	const most = 60 << 10
	t.Logf("heaviest: %s, %+v in %d requests", r.PorchOf, r.Porch, static.PorchRequests)
	if r.Porch.Brotli > most || static.PorchRequests > 6 {
		t.Errorf("%s costs %d bytes as sent in %d requests, at most %d in 6", r.PorchOf, r.Porch.Brotli, static.PorchRequests, most)
	}
}
