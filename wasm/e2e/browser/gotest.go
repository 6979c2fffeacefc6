//go:build !js

package browser

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// GoTest runs a package's tests in Chromium.
type GoTest struct {
	Package string // import path
	Run     string // -test.run; "" is all
	// Handler answers /v1/ and /hook/ on the page's origin; nil is 404.
	Handler http.Handler
	// Ready, if set, gets the tab before the tests start.
	Ready func(*Tab)
}

//go:embed gotest.js
var gotestJS []byte

const gotestHTML = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>go test</title><script src="/wasm_exec.js"></script><script src="/gotest.js"></script>`

// In compiles the tests for js/wasm, runs them in a fresh phone of b, and reports each
// as a subtest. No test at all is a failure. Files of the package's folder can be read
// by the tests, as on the host; nothing can be written.
func (g GoTest) In(t *testing.T, b *Browser) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "test.wasm")
	gorun(t, []string{"GOOS=js", "GOARCH=wasm"}, "test", "-c", "-o", bin, g.Package)
	srv := httptest.NewServer(g.mux(t, bin))
	t.Cleanup(srv.Close)
	out, code := g.run(t, b, srv.URL)
	report(t, out, code)
}

func (g GoTest) run(t *testing.T, b *Browser, url string) (lines []string, code string) {
	tab := b.Phone(t).Tab(t)
	got, done := make(chan string, 1<<16), make(chan string, 1)
	tab.Bind("goOutput", func(s string) { got <- s })
	tab.Bind("goExit", func(s string) { done <- s })
	tab.Expect("exit code:")
	tab.Open(url + "/")
	if g.Ready != nil {
		g.Ready(tab)
	}
	args, _ := json.Marshal([]string{"test", "-test.v", "-test.timeout=300s", "-test.run=" + g.Run})
	tab.Eval("void goStart("+string(args)+")", nil)
	code = <-done
	for len(got) > 0 {
		if line := <-got; !strings.HasPrefix(strings.TrimSpace(line), "=== ") {
			lines = append(lines, line)
		}
	}
	return lines, code
}

var verdict = regexp.MustCompile(`^--- (PASS|FAIL|SKIP): (\S+) \((.*)\)`)

// report turns the output into subtests of the same names.
func report(t *testing.T, lines []string, code string) {
	t.Helper()
	ran := 0
	for _, line := range lines {
		m := verdict.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		ran++
		t.Run(m[2], func(t *testing.T) {
			if m[1] != "PASS" {
				t.Errorf("%s in the browser", m[1])
			}
		})
	}
	if code != "0" || ran == 0 {
		t.Errorf("exit code %s after %d tests; the browser said:\n%s", code, ran, strings.Join(lines, "\n"))
	}
	t.Logf("%d tests in the browser", ran)
}

func (g GoTest) mux(t *testing.T, bin string) http.Handler {
	folder := strings.TrimSpace(gorun(t, nil, "list", "-f", "{{.Dir}}", g.Package))
	handler := g.Handler
	if handler == nil {
		handler = http.NotFoundHandler()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, gotestHTML) })
	mux.HandleFunc("/gotest.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(gotestJS)
	})
	mux.HandleFunc("/wasm_exec.js", wasmExec(t))
	mux.HandleFunc("/test.wasm", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, bin) })
	mux.Handle("/files/", http.StripPrefix("/files", files(folder)))
	mux.Handle("/v1/", handler)
	mux.Handle("/hook/", handler)
	return mux
}

// files serves a folder: a file's bytes, or a JSON list of the names in a folder.
func files(root string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := filepath.Join(root, filepath.FromSlash(filepath.Clean("/"+r.URL.Path)))
		entries, err := os.ReadDir(path)
		if err != nil {
			b, err := os.ReadFile(path)
			if err != nil {
				http.NotFound(w, r)
				return
			}
			w.Write(b)
			return
		}
		names := []string{}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		w.Header().Set("X-Folder", "1")
		json.NewEncoder(w).Encode(names)
	})
}

// gorun runs the go command; the error holds what it printed.
func gorun(t testing.TB, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

func itoa(n int) string { return strconv.Itoa(n) }
