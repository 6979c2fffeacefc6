package edge

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/policy/trust"
)

//go:embed edge.mjs
var entry []byte

// Plan says what to build.
type Plan struct {
	Source  string // the module's root
	Package string // the wasm program, "./worker" when empty
	Out     string // emptied first
	// Anchor and Bundle are the signed root and documents to deploy, verified here.
	// Without them the edge lists no office and publishes no packs.
	Anchor, Bundle []byte
	Now            time.Time
}

// Build makes OUT. It needs the Go tools and nothing else.
func Build(ctx context.Context, p Plan) error {
	docs, err := documents(p)
	if err != nil {
		return err
	}
	if p.Package == "" {
		p.Package = "./worker"
	}
	out, err := filepath.Abs(p.Out)
	if err != nil {
		return err
	}
	if err := run(ctx, p.Source, nil, "go", "run", "github.com/syumai/workers/cmd/workers-assets-gen", "-mode=go", "-o", out); err != nil {
		return err
	}
	if err := run(ctx, p.Source, []string{"GOOS=js", "GOARCH=wasm"}, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(out, "app.wasm"), p.Package); err != nil {
		return err
	}
	for name, b := range map[string][]byte{"edge.mjs": entry, "documents.mjs": docs} {
		if err := os.WriteFile(filepath.Join(out, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// documents verifies what is to be deployed and writes it as a JavaScript module.
func documents(p Plan) ([]byte, error) {
	env := map[string]string{"DIRECTORY": "{}", "BUNDLE": "", "INDEX": ""}
	if len(p.Bundle) > 0 {
		t, err := verify(p)
		if err != nil {
			return nil, fmt.Errorf("the documents to deploy: %w", err)
		}
		env["BUNDLE"], env["INDEX"] = string(p.Bundle), t.IndexHash
		if t.Directory != nil {
			env["DIRECTORY"] = string(t.Directory)
		}
	}
	var out bytes.Buffer
	for _, name := range []string{"DIRECTORY", "BUNDLE", "INDEX"} {
		text, err := json.Marshal(env[name]) // escapes U+2028 too: a JavaScript string as it stands
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "export const %s = %s;\n", name, text)
	}
	return out.Bytes(), nil
}

func verify(p Plan) (trust.Trusted, error) {
	v, err := trust.NewVerifier(p.Anchor, trust.State{})
	if err != nil {
		return trust.Trusted{}, err
	}
	b, err := trust.ParseBundle(p.Bundle)
	if err != nil {
		return trust.Trusted{}, err
	}
	t, err := v.Verify(p.Now, b)
	if err != nil || t.Directory == nil {
		return t, err
	}
	var d envelope.Directory
	if err := json.Unmarshal(t.Directory, &d); err != nil {
		return t, err
	}
	return t, d.Check()
}

// run shows a command's words only when it fails.
func run(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, args[0], err, out)
	}
	return nil
}
