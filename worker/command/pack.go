package command

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lixianban/app/policy"
	"lixianban/app/policy/author"
)

var packCommand = Command{
	Name:  "pack",
	Usage: "pack lint|test [DIR] | fmt [-l] DIR | diff OLD NEW | build -o FILE [DIR] | key -o FILE NAME | sign -key FILE -version N [-days N] [-directory FILE] -o FILE PACK… | stamp -key FILE -version N [-days N] -o FILE INDEX | verify -root FILE -index FILE [-timestamp FILE] [-directory FILE] PACK…",
	Short: "the policy editor's tool: format, lint, test, compare, build, sign and verify rule packs",
	Run:   runPack,
}

// packTools are pack's own subcommands.
var packTools = map[string]func(Env) error{
	"lint": packLint, "test": packTest, "fmt": packFmt, "diff": packDiff, "build": packBuild,
	"key": packKey, "sign": packSign, "stamp": packStamp, "verify": packVerify,
}

func runPack(_ context.Context, env Env) error {
	if len(env.Args) == 0 || packTools[env.Args[0]] == nil {
		return ErrUsage
	}
	run := packTools[env.Args[0]]
	env.Args = env.Args[1:]
	return run(env)
}

// folderArg is the one optional folder argument.
func folderArg(args []string) (fs.FS, error) {
	switch len(args) {
	case 0:
		return packSources("")
	case 1:
		return packSources(args[0])
	}
	return nil, ErrUsage
}

func packLint(env Env) error {
	fsys, err := folderArg(env.Args)
	if err != nil {
		return err
	}
	ds, covered := author.Survey(fsys)
	if len(ds) > 0 {
		fmt.Fprintln(env.Stdout, diagnosticText(ds, true))
	}
	for _, c := range covered {
		fmt.Fprintln(env.Stdout, c)
	}
	errors := 0
	for _, d := range ds {
		if !d.Warning {
			errors++
		}
	}
	if errors > 0 {
		return fmt.Errorf("%d errors, %d warnings; correct the errors and lint again", errors, len(ds)-errors)
	}
	fmt.Fprintf(env.Stdout, "no errors, %d warnings\n", len(ds))
	return nil
}

func packTest(env Env) error {
	fsys, err := folderArg(env.Args)
	if err != nil {
		return err
	}
	rs, ds := author.RunScenarios(fsys)
	if author.Failed(ds) {
		return fmt.Errorf("the rule pack has errors:\n%s", diagnosticText(ds, false))
	}
	failed := false
	for _, r := range rs {
		if len(r.Problems) > 0 {
			failed = true
			fmt.Fprintf(env.Stdout, "FAIL %s\n%s\n\n", r.Name, diagnosticText(r.Problems, true))
		}
	}
	if failed {
		return fmt.Errorf("%s", author.Summary(rs))
	}
	fmt.Fprintln(env.Stdout, author.Summary(rs))
	return nil
}

// packFmt rewrites the YAML of a folder in its canonical form; -l only lists what would change.
func packFmt(env Env) error {
	f := hostFlags(env, "fmt")
	list := f.Bool("l", false, "list files that would change and write nothing")
	if err := parse(f, env.Args, 1); err != nil {
		return err
	}
	dir := f.Arg(0)
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".yaml" {
			return err
		}
		return formatFile(env, name, *list)
	})
}

func formatFile(env Env, name string, list bool) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("can't read %s; check its permissions", name)
	}
	out := author.Format(data)
	if string(out) == string(data) {
		return nil
	}
	fmt.Fprintln(env.Stdout, name)
	if list {
		return nil
	}
	return os.WriteFile(name, out, 0o644)
}

func packDiff(env Env) error {
	if len(env.Args) != 2 {
		return ErrUsage
	}
	from, err := readPack(env.Args[0])
	if err != nil {
		return err
	}
	to, err := readPack(env.Args[1])
	if err != nil {
		return err
	}
	for _, line := range author.Diff(from, to) {
		fmt.Fprintln(env.Stdout, line)
	}
	return nil
}

// readPack takes a built file or a folder of sources.
func readPack(name string) (*policy.Pack, error) {
	if st, err := os.Stat(name); err == nil && !st.IsDir() {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("can't read %s; check its permissions", name)
		}
		return policy.Load(data)
	}
	return compilePack(name)
}

func packBuild(env Env) error {
	f := hostFlags(env, "build")
	out := f.String("o", "", "file to write")
	if parse(f, env.Args, -1) != nil || *out == "" || f.NArg() > 1 {
		return ErrUsage
	}
	p, err := compilePack(f.Arg(0))
	if err != nil {
		return err
	}
	data := policy.Encode(p)
	if err := os.WriteFile(*out, data, 0o644); err != nil {
		return fmt.Errorf("can't write %s; check that its folder exists", *out)
	}
	fmt.Fprintf(env.Stdout, "%s version %d: %d services, %d facts, %d parameters, %d bytes\n", p.ID, p.Version, len(p.Services), len(p.Facts), len(p.Params), len(data))
	return nil
}
