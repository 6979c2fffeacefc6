package static

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// builder gathers the site in memory; nothing touches Out before the last step.
type builder struct {
	Config
	files  map[string][]byte // path inside dist → bytes as they are
	hashed map[string]string // "site.css" → "/a/site.0123456789.css"
	wasm   []byte
	pieces []piece
	bodies map[string]string // page path → normalised content
	report Report
	pack   *packer
}

type step struct {
	name string
	do   func(context.Context) error
}

func newBuilder(c Config) *builder {
	b := &builder{Config: c, files: map[string][]byte{}, hashed: map[string]string{}, bodies: map[string]string{}}
	if b.Web == nil {
		b.Web = os.DirFS(filepath.Join(c.Root, "static", "web"))
	}
	b.pack = &packer{dir: filepath.Join(c.Cache, "packed")}
	return b
}

// steps in the order in which one needs the other.
func (b *builder) steps() []step {
	return []step{
		{"program", b.makeProgram},
		{"pieces", b.makePieces},
		{"style", b.makeStyle},
		{"icons", b.makeIcons},
		{"pages", b.renderPages},
		{"rule packs", b.makePacks},
		{"build number", b.makeBuild},
		{"scripts", b.makeBoot},
		{"documents", b.makeDocuments},
		{"lists for crawlers and hosts", b.makeLists},
		{"worker", b.makeWorker},
		{"measure", b.measure},
		{"write", b.write},
	}
}

func (b *builder) logf(format string, args ...any) {
	if b.Logf != nil {
		b.Logf(format, args...)
	}
}

// put adds a file under a name that browsers ask for again each time.
func (b *builder) put(name string, body []byte) { b.files[name] = body }

// putHashed adds a file under a name that holds its hash, and remembers where it is.
func (b *builder) putHashed(name string, body []byte) {
	ext := filepath.Ext(name)
	at := "a/" + strings.TrimSuffix(name, ext) + "." + short(body, 5) + ext
	b.files[at] = body
	b.hashed[name] = "/" + at
}

// short is the beginning of the SHA-256 in hex, n bytes of it.
func short(body []byte, n int) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:n])
}

// whole is the SHA-256 in hex.
func whole(body []byte) string { return short(body, sha256.Size) }

// makeBuild names the build after everything that can differ between two builds:
// what has been made so far, the page bodies, and the sources of what follows.
func (b *builder) makeBuild(context.Context) error {
	h := sha256.New()
	add := func(name string, body []byte) { fmt.Fprintf(h, "%s %d\n%s\n", name, len(body), body) }
	for _, name := range sorted(b.files) {
		add(name, b.files[name])
	}
	for _, path := range sorted(b.bodies) {
		add(path, []byte(b.bodies[path]))
	}
	for _, p := range b.Pages {
		add("page", []byte(p.Path+"\n"+p.Title+"\n"+p.About))
	}
	for _, name := range []string{"boot.js", "sw.js"} {
		src, err := fs.ReadFile(b.Web, name)
		if err != nil {
			return fmt.Errorf("read static/web/%s: %w", name, err)
		}
		add(name, src)
	}
	env, err := json.Marshal(b.Env)
	if err != nil {
		return err
	}
	add("env", env)
	fmt.Fprintf(h, "%d %s", b.Seq, b.Base)
	b.report.Build = hex.EncodeToString(h.Sum(nil)[:6])
	return nil
}

func (b *builder) makePacks(context.Context) error {
	for name, body := range b.Packs {
		if !fs.ValidPath(name) || strings.HasPrefix(name, ".") {
			return fmt.Errorf("%q can't be the name of a published pack: use letters, digits, dots and dashes", name)
		}
		b.put("packs/"+name, body)
	}
	return nil
}

// makeLists writes what hosts and crawlers read.
func (b *builder) makeLists(context.Context) error {
	b.put("robots.txt", robots(b.Base))
	if b.Base != "" {
		b.put("sitemap.xml", sitemap(b.Base, b.Pages))
	}
	b.put("_headers", headersFile())
	return nil
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// write lists every file in build.json, compresses, and swaps the folders.
func (b *builder) write(context.Context) error {
	b.report.Files = map[string]File{}
	for name, body := range b.files {
		b.report.Files[name] = File{len(body), whole(body)}
	}
	list, err := json.MarshalIndent(map[string]any{
		"build": b.report.Build, "seq": b.Seq, "wasm": whole(b.wasm), "files": b.report.Files,
	}, "", " ")
	if err != nil {
		return err
	}
	b.put("build.json", append(list, '\n'))
	tmp := b.Out + ".new"
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	for _, name := range sorted(b.files) {
		if err := b.writeForms(tmp, name, b.files[name]); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(b.Out); err != nil {
		return err
	}
	return os.Rename(tmp, b.Out)
}

// writeForms writes a file and, where it pays, its compressed forms.
func (b *builder) writeForms(dir, name string, body []byte) error {
	if err := writeFile(filepath.Join(dir, name), body); err != nil {
		return err
	}
	if !worthPacking(name) {
		return nil
	}
	p, err := b.pack.pack(body)
	if err != nil {
		return err
	}
	for _, form := range []struct {
		ext  string
		body []byte
	}{{".br", p.br}, {".gz", p.gz}} {
		if len(form.body) < len(body) {
			if err := writeFile(filepath.Join(dir, name+form.ext), form.body); err != nil {
				return err
			}
		}
	}
	return nil
}

// worthPacking leaves out what is compressed already and what no browser fetches.
func worthPacking(name string) bool {
	ext := filepath.Ext(name)
	return ext != ".png" && name != "_headers" && name != "build.json"
}

func writeFile(name string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, body, 0o644)
}

// measure fills in the sizes that the budgets are held against.
func (b *builder) measure(context.Context) error {
	css := b.files[strings.TrimPrefix(b.hashed["site.css"], "/")]
	size, err := b.pack.size(css)
	if err != nil {
		return err
	}
	b.report.CSS = size
	b.report.Pieces = len(b.pieces)
	for _, p := range b.pieces {
		b.report.Wasm = b.report.Wasm.plus(Size{len(p.raw), p.packed.gzLen(), p.packed.brLen()})
	}
	return b.measurePorch()
}

func (s Size) plus(t Size) Size { return Size{s.Raw + t.Raw, s.Gzip + t.Gzip, s.Brotli + t.Brotli} }

// measurePorch adds up what the heaviest porch page needs before the program:
// page, css, boot script, icon and install manifest (PorchRequests requests).
func (b *builder) measurePorch() error {
	var shared Size
	for _, name := range []string{b.hashed["site.css"], b.hashed["boot.js"], b.hashed["icon.svg"], "/manifest.webmanifest"} {
		size, err := b.pack.size(b.files[strings.TrimPrefix(name, "/")])
		if err != nil {
			return err
		}
		shared = shared.plus(size)
	}
	for _, p := range b.Pages {
		size, err := b.pack.size(b.files[fileOf(p.Path)])
		if err != nil {
			return err
		}
		if sum := size.plus(shared); p.Porch && sum.Brotli > b.report.Porch.Brotli {
			b.report.Porch, b.report.PorchOf = sum, p.Path
		}
	}
	return nil
}

// jsLine is a constant at the head of a script.
func jsLine(name string, v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(true)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return []byte("\"use strict\";\nconst " + name + " = " + strings.TrimSpace(buf.String()) + ";\n"), nil
}
