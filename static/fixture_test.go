package static_test

import (
	"context"
	"os"
	"path/filepath"
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
