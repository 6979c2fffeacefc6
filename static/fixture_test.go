package static_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/static"
	"lixianban/static/testdata/fixture/pages"
)

// root is the module's folder, seen from a test of this package.
const root = ".."

// fixture is a whole site of a few pages around the program given (built when nil).
func fixture(out string, wasm []byte) static.Config {
	c := static.Config{
		Root: root, Out: out, Cache: filepath.Join(root, ".cache"), Wasm: wasm, Main: "./static/testdata/fixture",
		Seq: 7, Base: "https://example.org", Env: map[string]string{"GREETING": "你好"},
		Packs:     map[string][]byte{"national.pack": []byte("pack")},
		Shortcuts: []static.Shortcut{{Name: "问", Path: "/ask/x", Lang: "zh-CN"}},
	}
	for _, p := range pages.Table {
		c.Pages = append(c.Pages, static.Page{
			Path: p.Path, Lang: p.Lang, Title: p.Head + " · 离线办", About: "说明", Porch: true,
			New: func() app.Composer { return &pages.Page{Head: p.Head} },
		})
	}
	return c
}

// mustBuild builds or stops the test.
func mustBuild(tb testing.TB, c static.Config) static.Report {
	tb.Helper()
	r, err := static.Build(context.Background(), c)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// mustRead reads a file of a built site.
func mustRead(tb testing.TB, dir, name string) string {
	tb.Helper()
	body, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(body)
}

// program is the fixture's wasm, compiled once for all tests.
var program = sync.OnceValues(func() ([]byte, error) {
	return static.CompileForTest(context.Background(), root, filepath.Join(root, ".cache"), "./static/testdata/fixture", true)
})

// workerFacts is the first line of sw.js.
type workerFacts struct {
	Build  string
	Shell  map[string][2]any
	Pages  []string
	Lost   map[string]string
	Pieces []string
}

func siteOf(tb testing.TB, script string) workerFacts {
	tb.Helper()
	_, rest, ok := strings.Cut(script, "const SITE = ")
	line, _, _ := strings.Cut(rest, ";\n")
	var f workerFacts
	if err := json.Unmarshal([]byte(line), &f); !ok || err != nil {
		tb.Fatalf("the script has no facts on its first line: %v", err)
	}
	return f
}

func sum(body string) string {
	h := sha256.Sum256([]byte(body))
	return hex.EncodeToString(h[:])
}
