package static

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/dirhash"
)

// goApp is the module that we trim, at the one version whose files we know.
const (
	goApp        = "github.com/maxence-charriere/go-app/v10"
	goAppVersion = "v10.1.11"
	goAppSum     = "h1:4JUSlVQ8zVIeL3acFJEpuerP6FLoEQWg6CUTtHcz7Ro="
)

// dropped are the files of go-app's pkg/app that a phone doesn't need: what only a server
// runs, the only files that import net/http (about 0.35 MB compressed), and the router, the
// only one that imports regexp and with it the tables of all scripts (see stub).
var dropped = []string{"http.go", "resource.go", "static.go", "route.go"}

// stub stands in for them: what the rest of the package and the compiler ask for.
// clientResourceResolver, remoteLocation and webLocation say the same as the originals;
// the router knows exact paths and patterns that are "^" and a plain beginning.
const stub = `package app

import (
	"strings"
	"sync"
)

type router struct {
	mu         sync.RWMutex
	routes     map[string]func() Composer
	beginnings []beginning
}

type beginning struct {
	of           string
	newComponent func() Composer
}

func makeRouter() router { return router{routes: make(map[string]func() Composer)} }

func (r *router) route(path string, newComponent func() Composer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.routes[path] = newComponent
}

func (r *router) routeWithRegexp(pattern string, newComponent func() Composer) {
	of, ok := strings.CutPrefix(pattern, "^")
	if !ok || strings.ContainsAny(of, "\\.+*?()|[]{}^$") {
		panic("the trimmed router takes a pattern of ^ and a plain beginning, not " + pattern)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.beginnings = append(r.beginnings, beginning{of, newComponent})
}

// find is nil when no route fits; exact paths come before beginnings, these in their order.
func (r *router) find(path string) func() Composer {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if f, ok := r.routes[path]; ok {
		return f
	}
	for _, b := range r.beginnings {
		if strings.HasPrefix(path, b.of) {
			return b.newComponent
		}
	}
	return nil
}

func (r *router) routed(path string) bool { return r.find(path) != nil }

func (r *router) createComponent(path string) (Composer, bool) {
	f := r.find(path)
	if f == nil {
		return nil, false
	}
	return f(), true
}

// Handler serves nothing in a browser.
type Handler struct{}

// Icon belongs to Handler.
type Icon struct{ Default, Large, SVG, Maskable string }

func clientResourceResolver(at string) func(string) string {
	return func(location string) string {
		if remoteLocation(location) || !webLocation(location) {
			return location
		}
		return at + "/" + strings.TrimPrefix(strings.Trim(location, "/"), "web/")
	}
}

func remoteLocation(l string) bool {
	return strings.HasPrefix(l, "https://") || strings.HasPrefix(l, "http://")
}

func webLocation(l string) bool {
	return l == "web" || l == "/web" || strings.HasPrefix(l, "web/") || strings.HasPrefix(l, "/web/")
}
`

// errGoApp says what to do when the pinned module is another one than we know.
var errGoApp = errors.New("the trimmed build knows only " + goApp + " " + goAppVersion +
	"; check trim.go's list of files against the new version, then change goAppVersion and goAppSum")

// trim copies go-app without its server and returns a go.mod that uses the copy.
// Root and the module cache are only read.
func trim(ctx context.Context, root, cache string) (modfile string, err error) {
	dir, err := goAppDir(ctx, root)
	if err != nil {
		return "", err
	}
	cache, err = filepath.Abs(cache)
	if err != nil {
		return "", err
	}
	to := filepath.Join(cache, "go-app-"+goAppVersion+"-"+short([]byte(stub), 4))
	if err := copyTrimmed(dir, to); err != nil {
		return "", fmt.Errorf("copy go-app without its server: %w", err)
	}
	return writeModfile(root, cache, to)
}

// goAppDir finds the module and checks that it is the one we know.
func goAppDir(ctx context.Context, root string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", goApp+"@"+goAppVersion)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find %s: %w: %s", goApp, err, out)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil {
		return "", err
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	// The folder itself is hashed: the sum of the zip says nothing about files changed since.
	sum, err := dirhash.HashDir(m.Dir, goApp+"@"+goAppVersion, dirhash.Hash1)
	if err != nil {
		return "", err
	}
	if sum != goAppSum || !strings.Contains(string(mod), goApp+" "+goAppVersion+"\n") {
		return "", fmt.Errorf("%w (found %s)", errGoApp, sum)
	}
	return m.Dir, nil
}

// copyTrimmed copies go.mod and the packages that pkg/app needs, in one go or not at all.
func copyTrimmed(from, to string) error {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(to), "new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	for _, name := range []string{"go.mod", "LICENSE"} {
		if err := copyFile(filepath.Join(from, name), filepath.Join(tmp, name)); err != nil {
			return err
		}
	}
	for _, pkg := range []string{"pkg/app", "pkg/errors"} {
		if err := copyPackage(filepath.Join(from, pkg), filepath.Join(tmp, pkg)); err != nil {
			return err
		}
	}
	if err := writeFile(filepath.Join(tmp, "pkg/app/trimmed.go"), []byte(stub)); err != nil {
		return err
	}
	return os.Rename(tmp, to)
}

func copyPackage(from, to string) error {
	names, err := filepath.Glob(filepath.Join(from, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasSuffix(base, "_test.go") || filepath.Base(from) == "app" && slices.Contains(dropped, base) {
			continue
		}
		if err := copyFile(name, filepath.Join(to, base)); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	body, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeFile(to, body)
}

// writeModfile is the project's go.mod with one more line, and its go.sum beside it.
func writeModfile(root, cache, to string) (string, error) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return "", err
	}
	name := filepath.Join(cache, "trimmed.mod")
	mod = append(mod, ("\nreplace " + goApp + " " + goAppVersion + " => " + to + "\n")...)
	if err := writeFile(name, mod); err != nil {
		return "", err
	}
	return name, writeFile(filepath.Join(cache, "trimmed.sum"), sum)
}
