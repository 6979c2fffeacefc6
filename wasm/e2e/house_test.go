//go:build !js

package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the houses' databases are read directly

	"lixianban/wasm/e2e/browser"
)

// built is the tool, the site and the demo's keys, made once for all houses of a test
// binary. $E2E_BUILT names a folder where they are kept between runs while the journeys
// themselves are being worked on.
var built struct {
	sync.Once
	dir string
	err error
}

func build(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		built.dir = os.Getenv("E2E_BUILT")
		if built.dir != "" {
			if _, err := os.Stat(filepath.Join(built.dir, "dist", "index.html")); err == nil {
				return
			}
		} else if built.dir, built.err = os.MkdirTemp("", "e2e-house-"); built.err != nil {
			return
		}
		tool, data := filepath.Join(built.dir, "lixianban"), filepath.Join(built.dir, "data")
		for _, args := range [][]string{
			{"go", "build", "-o", tool, "./worker"},
			{tool, "keys", "demo", "-data", data},
			{"go", "run", "./static/build", "-out", filepath.Join(built.dir, "dist"), "-anchor", filepath.Join(data, "documents", "root"), "-demo"},
		} {
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Dir = "../.."
			if out, err := cmd.CombinedOutput(); err != nil {
				built.err = fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
				return
			}
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.dir
}

// clean removes what build made.
func clean() {
	if built.dir != "" && built.dir != os.Getenv("E2E_BUILT") {
		os.RemoveAll(built.dir)
	}
}

// house is one county's machine: the real server over its own SQLite file.
type house struct {
	t          *testing.T
	tool, site string
	data, addr string
	cmd        *exec.Cmd
}

// newHouse starts a server with an empty database and the demo's office.
func newHouse(t *testing.T) *house {
	t.Helper()
	dir := build(t)
	h := &house{t: t, tool: filepath.Join(dir, "lixianban"), site: filepath.Join(dir, "dist"), data: t.TempDir(), addr: freeAddr(t)}
	if err := os.CopyFS(h.data, os.DirFS(filepath.Join(dir, "data"))); err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"demo/office.key", "demo/publish.key", "service.key"} {
		os.Chmod(filepath.Join(h.data, private), 0o600)
	}
	t.Cleanup(h.stop)
	h.start()
	return h
}

func freeAddr(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// URL is the address of a page.
func (h *house) URL(path string) string { return "http://" + h.addr + path }

// start brings the server up and waits until it answers.
func (h *house) start() {
	h.t.Helper()
	h.cmd = exec.Command(h.tool, "serve", "-addr", h.addr, "-data", h.data, "-site", h.site, "-demo")
	var log strings.Builder
	h.cmd.Stderr = &log
	if err := h.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(h.t.Context(), browser.Patience)
	defer cancel()
	for ctx.Err() == nil {
		resp, err := http.Get(h.URL("/v1/ping?n=00"))
		if err == nil {
			resp.Body.Close()
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	h.t.Fatalf("the server does not answer: %s", log.String())
}

// stop kills the server: connections break, nothing listens.
func (h *house) stop() {
	if h.cmd != nil {
		h.cmd.Process.Kill()
		h.cmd.Wait()
		h.cmd = nil
	}
}

// rows counts the applications in the database file, read beside the server.
func (h *house) rows() (n int) {
	h.t.Helper()
	h.query(`SELECT COUNT(*) FROM submissions`, &n)
	return n
}

func (h *house) query(q string, out any) {
	h.t.Helper()
	files, err := filepath.Glob(filepath.Join(h.data, "*.db"))
	if err != nil || len(files) != 1 {
		h.t.Fatalf("databases in %s: %v, %v", h.data, files, err)
	}
	db, err := sql.Open("sqlite", "file:"+files[0]+"?mode=ro")
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(q).Scan(out); err != nil {
		h.t.Fatal(err)
	}
}

// office runs the office's desk in the shell.
func (h *house) office(args ...string) string {
	h.t.Helper()
	args = append([]string{"office"}, args...)
	args = append(args, "-server", h.URL(""), "-key", filepath.Join(h.data, "demo", "office.key"))
	out, err := exec.Command(h.tool, args...).CombinedOutput()
	if err != nil {
		h.t.Fatalf("lixianban %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
