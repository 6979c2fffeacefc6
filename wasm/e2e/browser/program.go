//go:build !js

package browser

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const programHTML = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>program</title><script src="/wasm_exec.js"></script><script src="/program.js"></script>`

const programJS = `const go = new Go();
WebAssembly.instantiateStreaming(fetch("/program.wasm"), go.importObject).then((w) => go.run(w.instance));`

// Program compiles a main package for js/wasm and serves a page that runs it.
func Program(tb testing.TB, pkg string) http.Handler {
	tb.Helper()
	bin := filepath.Join(tb.TempDir(), "program.wasm")
	gorun(tb, []string{"GOOS=js", "GOARCH=wasm"}, "build", "-o", bin, pkg)
	code, err := os.ReadFile(bin) // the handler outlives the test's folder
	if err != nil {
		tb.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, programHTML) })
	mux.HandleFunc("/program.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, programJS)
	})
	mux.HandleFunc("/program.wasm", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/wasm")
		w.Write(code)
	})
	mux.HandleFunc("/wasm_exec.js", wasmExec(tb))
	return mux
}

// wasmExec serves the Go distribution's loader, which must be the compiler's own.
func wasmExec(tb testing.TB) http.HandlerFunc {
	tb.Helper()
	path := filepath.Join(strings.TrimSpace(gorun(tb, nil, "env", "GOROOT")), "lib", "wasm", "wasm_exec.js")
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) }
}
