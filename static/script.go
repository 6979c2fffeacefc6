package static

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strings"
)

// workerAt is the worker's address: at the root, so that it may serve everything below.
const workerAt = "/sw.js"

// makeBoot publishes the loader, the list of pieces and the boot script that ties them together.
func (b *builder) makeBoot(ctx context.Context) error {
	exec, err := wasmExec(ctx, b.Root)
	if err != nil {
		return err
	}
	b.putHashed("exec.js", exec)
	list, err := b.program()
	if err != nil {
		return err
	}
	b.putHashed("program.json", list)
	b.put("program.json", list)
	env := map[string]string{}
	for k, v := range b.Env {
		env[k] = v
	}
	env["GOAPP_INTERNAL_URLS"] = `["tel:","sms:","mailto:"]`
	env["GOAPP_VERSION"] = b.report.Build
	sum := sha256.Sum256(list)
	return b.script("boot.js", map[string]any{
		"build": b.report.Build, "seq": b.Seq, "exec": b.hashed["exec.js"], "worker": workerAt, "env": env,
		"program": []string{b.hashed["program.json"], "sha256-" + base64.StdEncoding.EncodeToString(sum[:])},
	}, b.putHashed)
}

// makeWorker lists what the worker keeps: what the program needs to start at any
// address, and no more, since a slow line carries it all before anything works offline. It comes last: its list holds the hashes of all the rest.
func (b *builder) makeWorker(context.Context) error {
	shell := map[string][2]any{}
	keep := func(address, file string) {
		body := b.files[file]
		shell[address] = [2]any{whole(body), len(body)}
	}
	var pages []string
	lost, opening := map[string]string{}, map[string]string{}
	for _, p := range b.Pages {
		pages = append(pages, p.Path)
		dir, isLost := strings.CutSuffix(p.Path, "/404")
		if isLost {
			lost[strings.TrimPrefix(dir, "/")] = p.Path
		}
		if isLost || p.home() {
			keep(p.Path, fileOf(p.Path))
		}
	}
	for dir := range lost {
		opening[dir] = openingOf(dir)
		keep(opening[dir], fileOf(opening[dir]))
	}
	for _, name := range []string{"site.css", "boot.js", "exec.js", "program.json", "icon.svg", "icon-192.png"} {
		keep(b.hashed[name], strings.TrimPrefix(b.hashed[name], "/"))
	}
	for _, m := range manifests {
		keep("/"+m.file, m.file)
	}
	for name := range b.Packs {
		if strings.HasSuffix(name, ".pack") { // a province's overlay is fetched by whom it concerns
			keep("/packs/"+name, "packs/"+name)
		}
	}
	pieces := []string{}
	for _, p := range b.pieces {
		pieces = append(pieces, "/"+p.at())
	}
	return b.script("sw.js", map[string]any{
		"build": b.report.Build, "seq": b.Seq, "shell": shell, "pages": pages, "lost": lost, "opening": opening, "pieces": pieces,
	}, b.put)
}

// script publishes a script of static/web with its facts on the first line.
func (b *builder) script(name string, facts map[string]any, put func(string, []byte)) error {
	src, err := fs.ReadFile(b.Web, name)
	if err != nil {
		return fmt.Errorf("read static/web/%s: %w", name, err)
	}
	head, err := jsLine("SITE", facts)
	if err != nil {
		return err
	}
	put(name, append(head, stripJS(string(src))...))
	return nil
}

// stripJS drops whole-line comments and indentation. Our scripts hold no text over several lines.
func stripJS(src string) string {
	var b strings.Builder
	for _, line := range strings.Split(src, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
