package static_test

import (
	"bytes"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"lixianban/static"
	"lixianban/static/site"
)

// small stands in for a program where only the site around it matters.
var small = bytes.Repeat([]byte("\x00asm one piece of a program "), 30000)

func TestTwoBuildsOfTheSameSourcesAreTheSameBytes(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	first := mustBuild(t, fixture(a, small))
	c := fixture(b, small)
	c.Cache = t.TempDir() // nothing may depend on what was kept
	second := mustBuild(t, c)
	if first.Build != second.Build {
		t.Fatalf("build %s and %s", first.Build, second.Build)
	}
	for name, want := range tree(t, a) {
		if got := tree(t, b)[name]; got != want {
			t.Errorf("%s differs between two builds", name)
		}
	}
}

// tree reads a whole folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[name] = mustRead(t, dir, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestAnyChangeGivesAnotherBuildNumber(t *testing.T) {
	base := mustBuild(t, fixture(filepath.Join(t.TempDir(), "d"), small)).Build
	changes := map[string]func(*static.Config){
		"a title":    func(c *static.Config) { c.Pages[1].Title += "！" },
		"the wasm":   func(c *static.Config) { c.Wasm = append([]byte("x"), c.Wasm...) },
		"a pack":     func(c *static.Config) { c.Packs = map[string][]byte{"national.pack": []byte("other")} },
		"the worker": func(c *static.Config) { c.Web = touched(t, "sw.js") },
		"the env":    func(c *static.Config) { c.Env = map[string]string{"GREETING": "再见"} },
		"the number": func(c *static.Config) { c.Seq++ },
	}
	for name, change := range changes {
		c := fixture(filepath.Join(t.TempDir(), "d"), small)
		change(&c)
		if got := mustBuild(t, c).Build; got == base {
			t.Errorf("after changing %s the build is still %s", name, got)
		}
	}
}

// touched is static/web with one more line in a file.
func touched(t *testing.T, name string) fs.FS {
	t.Helper()
	m := fstest.MapFS{}
	for n, body := range tree(t, "web") {
		m[n] = &fstest.MapFile{Data: []byte(body)}
	}
	m[name] = &fstest.MapFile{Data: append(m[name].Data, "void 0;\n"...)}
	return m
}

func TestAFailedBuildLeavesTheOldSiteAlone(t *testing.T) {
	out := filepath.Join(t.TempDir(), "dist")
	mustBuild(t, fixture(out, small))
	before := tree(t, out)
	c := fixture(out, small)
	c.Pages[1].Title = ""
	if _, err := static.Build(t.Context(), c); err == nil {
		t.Fatal("a page with no title was built")
	}
	after := tree(t, out)
	if len(before) != len(after) || before["index.html"] != after["index.html"] {
		t.Error("the old site was touched")
	}
}

func TestEveryPageIsValidAndCleanForThePolicy(t *testing.T) {
	out := filepath.Join(t.TempDir(), "dist")
	mustBuild(t, fixture(out, small))
	for name, body := range tree(t, out) {
		if filepath.Ext(name) == ".html" {
			checkDocument(t, name, body)
		}
	}
}

// checkDocument parses a page as a browser does: it must come out as it went in,
// and hold no inline script, style or handler, and nothing of another origin.
func checkDocument(t *testing.T, name, body string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var again strings.Builder
	if err := html.Render(&again, doc); err != nil {
		t.Fatal(err)
	}
	if squeeze(again.String()) != squeeze(body) {
		t.Errorf("%s: a browser reads other elements than were written", name)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
			t.Errorf("%s: inline <%s>", name, n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: inline %s", name, a.Key)
			}
			if a.Key == "src" || a.Key == "href" && n.Data == "link" && !regexp.MustCompile(`alternate|canonical`).MatchString(attr(n, "rel")) {
				if !strings.HasPrefix(a.Val, "/") || strings.HasPrefix(a.Val, "//") {
					t.Errorf("%s: loads %s from elsewhere", name, a.Val)
				}
			}
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// squeeze ignores the spellings that mean the same.
func squeeze(s string) string {
	return regexp.MustCompile(`\s+`).ReplaceAllString(strings.NewReplacer(`=""`, "", "/>", ">", "\n", "", "<!DOCTYPE", "<!doctype").Replace(s), "")
}

func TestAPageLinksItsLanguagesAndItsOwnFiles(t *testing.T) {
	out := filepath.Join(t.TempDir(), "dist")
	mustBuild(t, fixture(out, small))
	page := mustRead(t, out, "index.html")
	for _, want := range []string{
		`<html lang="zh-CN">`, `hreflang="en" href="https://example.org/en"`, `rel="canonical" href="https://example.org/"`,
		`<p>要<b>3 到 4 个月</b>，打 12393。</p>`, `aria-hidden="true"`, `<textarea aria-label="话" disabled="">草稿</textarea>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("index.html lacks %s", want)
		}
	}
	for _, m := range regexp.MustCompile(`"(/a/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		mustRead(t, out, m[1])
	}
	if strings.Contains(page, `class="porch" hidden`) || strings.Contains(page, `id="live"`) {
		t.Error("the page shows what only the program knows")
	}
}

func TestEveryAddressOfTheWorkerIsAFileWithItsHash(t *testing.T) {
	out := filepath.Join(t.TempDir(), "dist")
	mustBuild(t, fixture(out, small))
	list := siteOf(t, mustRead(t, out, "sw.js"))
	for address, entry := range list.Shell {
		file := strings.TrimPrefix(address, "/")
		if _, err := os.Stat(filepath.Join(out, file+".html")); err == nil {
			file += ".html"
		}
		if file == "" {
			file = "index.html"
		}
		body := mustRead(t, out, file)
		if entry[0] != sum(body) || int(entry[1].(float64)) != len(body) {
			t.Errorf("%s: the worker expects %v, the file is %d bytes, %s", address, entry, len(body), sum(body))
		}
	}
	for _, p := range append(list.Pieces, list.Lost[""], list.Lost["en"]) {
		if _, err := os.Stat(filepath.Join(out, p)); err != nil {
			if _, err := os.Stat(filepath.Join(out, p+".html")); err != nil {
				t.Errorf("%s is listed and not there", p)
			}
		}
	}
}

func TestBadPagesAreRefusedWithTheReason(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*static.Config)
		want   string
	}{
		"no 404":         {func(c *static.Config) { c.Pages = c.Pages[:2] }, "needs the pages / and /404"},
		"twice":          {func(c *static.Config) { c.Pages = append(c.Pages, c.Pages[1]) }, "listed twice"},
		"a dot":          {func(c *static.Config) { c.Pages[1].Path = "/a.b" }, "no query, fragment, dot or space"},
		"slash at end":   {func(c *static.Config) { c.Pages[1].Path = "/a/" }, "doesn't end with one"},
		"no description": {func(c *static.Config) { c.Pages[1].About = "" }, "needs a title and a description"},
		"bad pack name":  {func(c *static.Config) { c.Packs = map[string][]byte{"../x": nil} }, "can't be the name"},
	} {
		c := fixture(filepath.Join(t.TempDir(), "d"), small)
		tc.change(&c)
		if _, err := static.Build(t.Context(), c); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
	}
}

func TestIconsAreDrawnAtTheirSizes(t *testing.T) {
	for i, want := range []int{192, 512, 512, 180} {
		body, err := static.DrawMarkForTest(i)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(body))
		if err != nil || img.Bounds().Dx() != want || img.Bounds().Dy() != want {
			t.Fatalf("icon %d: %v, want %d px", i, img.Bounds(), want)
		}
		_, _, _, corner := img.At(0, 0).RGBA()
		if maskable := i >= 2; maskable != (corner == 0xffff) {
			t.Errorf("icon %d: alpha of the corner is %d", i, corner)
		}
		r, g, _, _ := img.At(want*82/240, want*18/24).RGBA()
		if want > 180 && i < 2 && r < g {
			t.Errorf("icon %d: the tray is not drawn in the light colour", i)
		}
	}
}

func TestTheHeadersFileSaysWhatTheServerSays(t *testing.T) {
	out := filepath.Join(t.TempDir(), "dist")
	mustBuild(t, fixture(out, small))
	file := mustRead(t, out, "_headers")
	for _, h := range site.Everywhere {
		if !strings.Contains(file, h.Name+": "+h.Value) {
			t.Errorf("_headers lacks %s", h.Name)
		}
	}
}

// parseBody gives the body of a fragment as a browser sees it.
func parseBody(t interface{ Fatal(...any) }, src string) *html.Node {
	doc, err := html.Parse(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "body" {
			return n
		}
	}
	t.Fatal("no body")
	return nil
}
