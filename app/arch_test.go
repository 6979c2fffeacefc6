package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// target is one of the three builds whose imports the arrows bind.
type target struct {
	name, goos, goarch string
	roots              []string
}

var targets = []target{
	{"host", "", "", []string{"lixianban/app/...", "lixianban/worker/...", "lixianban/static/...", "lixianban/wasm/..."}},
	{"phone", "js", "wasm", []string{"lixianban/app/...", "lixianban/wasm/..."}},
	{"edge", "js", "wasm", []string{"lixianban/worker"}},
}

// mayImport lists, for each room, the rooms of ours below it. A room that is not
// listed may import nothing of ours. Rooms nested in a listed one share its line.
var mayImport = map[string][]string{
	"app/policy":        {},
	"app/policy/author": {"app/policy"},
	"app/policy/trust":  {},
	"app/interview":     {"app/policy"},
	"app/finder":        {},
	"app/finder/train":  {"app/finder"},
	"app/filing":        {"app/envelope"},
	"app/envelope":      {},
	"app/outbox":        {"app/envelope"},
	"app/carry":         {"app/envelope"},
	"app/words":         {},
	"app/device":        {"app/outbox", "app/envelope"},
	"app/screen":        {"app/interview", "app/finder", "app/filing", "app/outbox", "app/carry", "app/words", "app/policy", "app/envelope"},
	"worker/desk":       {"app/envelope", "app/policy/trust", "worker/ledger"},
	"worker/ledger":     {},
	"worker/sim":        {"app/*", "worker/*"},
	"worker/e2e":        {"app/*", "worker/*"},
	"worker/office":     {"app/envelope", "app/filing", "app/policy/trust"},
	"worker/command":    {"app/*", "worker/*", "static/*"},
	"worker":            {"app/*", "worker/*", "static/*"},
	"wasm":              {"app/*"},
	"wasm/e2e":          {"app/*", "worker/*", "static/*"},
	"static":            {"app/*"},
}

// pure rooms take time, randomness, storage and network as arguments.
var pure = []string{"app/policy", "app/interview", "app/finder", "app/filing", "app/envelope", "app/outbox", "app/carry", "app/words"}

var impure = []string{"os", "net", "net/http", "database/sql", "syscall/js", "syscall"}

// neverOnPhone would cost every villager bytes, or leak a host tool.
var neverOnPhone = []string{"net/http", "text/template", "html/template", "database/sql", "testing", "cel.dev", "github.com/antlr4-go", "google.golang.org/protobuf", "github.com/goccy/go-yaml", "modernc.org"}

var neverAtEdge = []string{"github.com/maxence-charriere/go-app", "modernc.org", "cel.dev", "github.com/goccy/go-yaml", "lixianban/app/policy/author", "lixianban/app/screen"}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func TestArrowsPointDown(t *testing.T) {
	for _, tg := range targets {
		t.Run(tg.name, func(t *testing.T) {
			for _, p := range list(t, tg) {
				room := roomOf(p.ImportPath)
				for _, imp := range p.Imports {
					if !allowed(room, imp) {
						t.Errorf("%s imports %s: the arrows of app/doc.go don't allow it; move the code or change the map with a reason", p.ImportPath, imp)
					}
				}
			}
		})
	}
}

func TestPureRoomsTakeTheWorldAsArguments(t *testing.T) {
	for _, p := range list(t, targets[0]) {
		room := roomOf(p.ImportPath)
		if !slices.Contains(pure, room) {
			continue
		}
		for _, imp := range p.Imports {
			if slices.Contains(impure, imp) {
				t.Errorf("%s imports %s: pass it in through a port instead", p.ImportPath, imp)
			}
		}
	}
}

// TestPureRoomsNeverReadTheClock finds calls that would make an answer depend on when it runs.
func TestPureRoomsNeverReadTheClock(t *testing.T) {
	for _, room := range pure {
		err := filepath.WalkDir("../"+room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/train/") {
				return err
			}
			src, err := os.ReadFile(path)
			for _, call := range []string{"time.Now(", "time.Sleep(", "time.After(", "time.NewTimer(", "rand.Reader"} {
				if strings.Contains(string(src), call) {
					t.Errorf("%s calls %s: take it as an argument", path, call)
				}
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

func TestThePhoneCarriesNoServerAndNoAuthorTools(t *testing.T) {
	for _, p := range list(t, targets[1]) {
		if !strings.HasPrefix(p.ImportPath, "lixianban/wasm") && roomOf(p.ImportPath) == "app/policy/author" {
			continue
		}
		for _, imp := range p.Imports {
			if banned(neverOnPhone, imp) && roomOf(p.ImportPath) != "app/policy/author" {
				t.Errorf("%s imports %s in the phone's build", p.ImportPath, imp)
			}
		}
		if strings.HasPrefix(p.ImportPath, "lixianban/wasm") {
			for _, dep := range p.Deps {
				if banned(neverOnPhone[5:], dep) || strings.HasPrefix(dep, "lixianban/app/policy/author") {
					t.Errorf("%s links %s into the phone's build", p.ImportPath, dep)
				}
			}
		}
	}
}

func TestTheEdgeStaysSmall(t *testing.T) {
	for _, p := range list(t, targets[2]) {
		for _, dep := range p.Deps {
			if banned(neverAtEdge, dep) {
				t.Errorf("%s links %s into the edge's build", p.ImportPath, dep)
			}
		}
	}
}

func banned(list []string, imp string) bool {
	return slices.ContainsFunc(list, func(b string) bool { return imp == b || strings.HasPrefix(imp, b+"/") })
}

// roomOf finds the deepest listed room that holds the package.
func roomOf(path string) string {
	rel := strings.TrimPrefix(path, "lixianban/")
	for r := rel; r != ""; r = r[:max(0, strings.LastIndex(r, "/"))] {
		if _, ok := mayImport[r]; ok {
			return r
		}
	}
	return rel
}

func allowed(room, imp string) bool {
	rel, ours := strings.CutPrefix(imp, "lixianban/")
	if !ours || roomOf(imp) == room {
		return true
	}
	return slices.ContainsFunc(mayImport[room], func(m string) bool {
		prefix, wild := strings.CutSuffix(m, "*")
		return roomOf(imp) == m || wild && strings.HasPrefix(rel, prefix)
	})
}

// list asks the go command; a root that has no package yet is no error.
func list(t *testing.T, tg target) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Imports,Deps"}, tg.roots...)...)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if tg.goos != "" {
		cmd.Env = append(cmd.Env, "GOOS="+tg.goos, "GOARCH="+tg.goarch)
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list for %s: %v", tg.name, err)
	}
	var pkgs []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			return pkgs
		} else if err != nil {
			t.Fatal(fmt.Errorf("go list output: %w", err))
		}
		pkgs = append(pkgs, p)
	}
}
