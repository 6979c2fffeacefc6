//go:build !js

package e2e

import (
	"bytes"
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
	"lixianban/worker/host"
)

// built is the tool and the site, made once for all houses of a test binary. $E2E_BUILT
// names a folder where they are kept between runs while the journeys themselves are being
// worked on. The demo's keys are kept in any case, so that the program is the same bytes
// as long as its sources are, and its compressed pieces are found again.
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
		tool, data := filepath.Join(built.dir, "lixianban"), filepath.Join(".cache", "e2e-keys")
		if built.err = freshKeys(); built.err != nil {
			return
		}
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

// keys is the folder of the demo's keys, and how long they are used: their root document
// holds for a year.
const (
	keys     = "../../.cache/e2e-keys"
	keysHold = 60 * 24 * time.Hour
)

// freshKeys drops keys that are getting old.
func freshKeys() error {
	made, err := os.Stat(filepath.Join(keys, "documents", "root"))
	if err != nil || time.Since(made.ModTime()) < keysHold {
		return nil
	}
	return os.RemoveAll(keys)
}

// clean removes what build made.
func clean() {
	if built.dir != "" && built.dir != os.Getenv("E2E_BUILT") {
		os.RemoveAll(built.dir)
	}
}

// house is one county's counter: the real server, its office and what it has stored.
type house struct {
	machine
	t          *testing.T
	tool, data string
}

// machine is where the counter runs.
type machine interface {
	URL(path string) string // the address of a page
	start()                 // answers from now on
	stop()                  // connections break, nothing answers
	rows() int              // applications in the database
	stored() string         // the folder of all that it keeps
}

// furnish copies the demo's keys, so that each house has its own.
func furnish(t *testing.T) (tool, site, data string) {
	t.Helper()
	dir := build(t)
	data = t.TempDir()
	if err := os.CopyFS(data, os.DirFS(keys)); err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"demo/office.key", "demo/publish.key", "service.key"} {
		os.Chmod(filepath.Join(data, private), 0o600)
	}
	return filepath.Join(dir, "lixianban"), filepath.Join(dir, "dist"), data
}

// newHouse starts a server with an empty SQLite file and the demo's office.
func newHouse(t *testing.T) *house {
	t.Helper()
	tool, site, data := furnish(t)
	s := &server{t: t, tool: tool, site: site, data: data, addr: freeAddr(t)}
	t.Cleanup(s.stop)
	s.start()
	return &house{machine: s, t: t, tool: tool, data: data}
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

// holdsNothingReadable searches every file of the server for personal data (SR-05).
func (h *house) holdsNothingReadable(secrets ...string) {
	h.t.Helper()
	err := filepath.WalkDir(h.stored(), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, s := range secrets {
			if bytes.Contains(b, []byte(s)) {
				h.t.Errorf("%s holds %q in clear", filepath.Base(path), s)
			}
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// server is the embedded server over its own SQLite file.
type server struct {
	t                      *testing.T
	tool, site, data, addr string
	cmd                    *exec.Cmd
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

func (s *server) URL(path string) string { return "http://" + s.addr + path }

func (s *server) stored() string { return s.data }

// start brings the server up and waits until it answers.
func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(s.tool, "serve", "-addr", s.addr, "-data", s.data, "-site", s.site, "-demo")
	var log strings.Builder
	s.cmd.Stderr = &log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), browser.Patience)
	defer cancel()
	for ctx.Err() == nil {
		resp, err := http.Get(s.URL("/v1/ping?n=00"))
		if err == nil {
			resp.Body.Close()
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	s.t.Fatalf("the server does not answer: %s", log.String())
}

// stop kills the server.
func (s *server) stop() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
}

// rows reads the database file beside the server.
func (s *server) rows() (n int) {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+host.Folder{Dir: s.data}.Database()+"?mode=ro")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT COUNT(*) FROM submissions`).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}
