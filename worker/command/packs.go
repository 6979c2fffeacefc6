package command

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"lixianban/app/policy"
	"lixianban/app/policy/author"
	"lixianban/static/packs"
)

// packSources is the folder to compile: dir, or the sources the binary carries.
func packSources(dir string) (fs.FS, error) {
	if dir == "" {
		return packs.FS, nil
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("there is no folder %s; name the folder that holds pack.yaml, or the one above it", dir)
	}
	return os.DirFS(dir), nil
}

// compilePack compiles, or returns every diagnostic as one error.
func compilePack(dir string) (*policy.Pack, error) {
	fsys, err := packSources(dir)
	if err != nil {
		return nil, err
	}
	p, ds := author.Compile(fsys)
	if p == nil {
		return nil, fmt.Errorf("the rule pack has errors:\n%s", diagnosticText(ds, false))
	}
	return p, nil
}

// diagnosticText lists diagnostics a blank line apart.
func diagnosticText(ds []author.Diagnostic, warnings bool) string {
	var b strings.Builder
	for _, d := range ds {
		if warnings || !d.Warning {
			b.WriteString(d.String())
			b.WriteString("\n\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// readInput reads a file, or stdin for "-", up to a limit.
func readInput(env Env, name string, limit int64) ([]byte, error) {
	in := env.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("can't read %s; check the path, or give - and pipe it in", name)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s is larger than %d KB", name, limit>>10)
	}
	return data, err
}
