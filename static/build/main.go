// Command build makes dist/: go run ./static/build
//
//	-out DIR      the site's folder, replaced as a whole (dist)
//	-cache DIR    what may be kept between builds (.cache)
//	-anchor FILE  the signed root document that phones are built with (LIXIANBAN root, see
//	              app/policy/trust); without one the program trusts no pack and no office from the network
//	-demo         the program says on every screen that it is a demonstration
//	-base URL     the public address, for the sitemap and for canonical links
//	-seq N        the release's number, never lower than the last one's; by default
//	              SOURCE_DATE_EPOCH, else the time of the newest commit, else 0
//	-whole        link go-app as it is, to compare
//
// wasm/main.go finds the anchor in its variable anchor (base64 of the document) and the demo
// in its variable demo ("1"). Only the Go tools are needed; git is asked when it is there.
package main

import (
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"

	"lixianban/app/policy"
	"lixianban/app/policy/author"
	"lixianban/app/screen"
	"lixianban/static"
	"lixianban/static/packs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	c, err := configure(args)
	if err != nil {
		return err
	}
	pack, err := compilePack("")
	if err != nil {
		return err
	}
	c.Packs = map[string][]byte{pack.ID + ".pack": policy.Encode(pack)}
	if err := overlays(c.Packs, pack); err != nil {
		return err
	}
	c.Pages = pages(pack, c.Vars["main.demo"] != "")
	c.Shortcuts = shortcuts(c.Pages)
	r, err := static.Build(ctx, c)
	if err != nil {
		return err
	}
	tell(r, c.Out)
	return nil
}

// configure reads the flags.
func configure(args []string) (static.Config, error) {
	c := static.Config{Root: ".", Main: "./wasm", Vars: map[string]string{}, Logf: func(format string, a ...any) {
		fmt.Fprintf(os.Stderr, "build: "+format+"\n", a...)
	}}
	f := flag.NewFlagSet("build", flag.ContinueOnError)
	f.StringVar(&c.Out, "out", "dist", "the site's folder")
	f.StringVar(&c.Cache, "cache", ".cache", "kept between builds")
	f.StringVar(&c.Base, "base", "", "the public address")
	f.BoolVar(&c.Whole, "whole", false, "link go-app as it is")
	f.Uint64Var(&c.Seq, "seq", seq(), "the release's number")
	anchor := f.String("anchor", "", "file of the signed root document")
	demo := f.Bool("demo", false, "say on every screen that this is a demonstration")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	c.Base = strings.TrimSuffix(c.Base, "/")
	if *demo {
		c.Vars["main.demo"] = "1"
	}
	if *anchor != "" {
		root, err := os.ReadFile(*anchor)
		if err != nil {
			return c, fmt.Errorf("read the anchor: %w; make one with lixianban keys", err)
		}
		c.Vars["main.anchor"] = base64.StdEncoding.EncodeToString(root)
	}
	return c, nil
}

// seq is the time of the sources: the same for the same commit.
func seq() uint64 {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, err := exec.Command("git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return 0
		}
		text = string(out)
	}
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// overlays adds what each province has beyond the nation, so that a phone fetches only its own.
func overlays(files map[string][]byte, nation *policy.Pack) error {
	for _, province := range packs.Provinces() {
		joined, err := compilePack(province)
		if err != nil {
			return err
		}
		file, err := policy.EncodeOverlay(province, nation, joined)
		if err != nil {
			return fmt.Errorf("the rules of %s: %w", province, err)
		}
		files[province+".overlay"] = file
	}
	return nil
}

// compilePack builds the rules of the nation, with those of a province when one is
// named; with an error in their sources there is no site.
func compilePack(province string) (*policy.Pack, error) {
	pack, found := author.Compile(packs.Of(province))
	for _, d := range found {
		fmt.Fprintln(os.Stderr, "static/packs/"+d.String())
	}
	if author.Failed(found) {
		return nil, fmt.Errorf("the rule packs have errors, see above; mend them and build again")
	}
	return pack, nil
}

func pages(pack *policy.Pack, demo bool) []static.Page {
	var ps []static.Page
	for _, r := range screen.Routes(&screen.Deps{Pack: pack, Demo: demo}) {
		ps = append(ps, static.Page{Path: r.Path, Lang: r.Lang, Title: r.Title, About: r.About, Porch: r.Porch, New: r.New})
	}
	return ps
}

// shortcuts of the installed app, those whose pages exist.
func shortcuts(pages []static.Page) []static.Shortcut {
	var cuts []static.Shortcut
	for _, s := range []static.Shortcut{
		{Name: "查能不能停", Path: "/ask/resident-stop", Lang: "zh-CN"},
		{Name: "我的申请", Path: "/mine", Lang: "zh-CN"},
		{Name: "要带的东西", Path: "/papers/resident-stop", Lang: "zh-CN"},
		{Name: "Check", Path: "/en/ask/resident-stop", Lang: "en"},
		{Name: "My applications", Path: "/en/mine", Lang: "en"},
		{Name: "What to bring", Path: "/en/papers/resident-stop", Lang: "en"},
	} {
		for _, p := range pages {
			if p.Path == s.Path {
				cuts = append(cuts, s)
			}
		}
	}
	return cuts
}

// tell says what was made, in the units of the budgets.
func tell(r static.Report, out string) {
	kb := func(n int) string { return strconv.Itoa((n + 1023) / 1024) }
	fmt.Printf("%s: build %s, %d files\n", out, r.Build, len(r.Files))
	fmt.Printf("program: %s KB, as sent %s KB (brotli) or %s KB (gzip) in %d pieces, go-app trimmed: %v\n",
		kb(r.Wasm.Raw), kb(r.Wasm.Brotli), kb(r.Wasm.Gzip), r.Pieces, r.Trimmed)
	fmt.Printf("heaviest first page: %s, %s KB as sent with style, script and icon, in %d requests\n",
		r.PorchOf, kb(r.Porch.Brotli), static.PorchRequests)
}
