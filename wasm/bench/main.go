//go:build !js

// Command bench measures the rules' engine beside its peers, in one process of node, on one
// rule of twelve conditions, and prints the ratios:
//
//	go run ./wasm/bench
//
// It needs node and npm and installs the peers, by exact version, under .cache/bench. All
// contenders take turns in short batches and the fastest batch of each counts, so that a busy machine
// slows the run but hardly moves a ratio.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"lixianban/app/policy"
	"lixianban/app/policy/author"
)

const dir = ".cache/bench"

var peers = []string{"json-logic-engine@5.0.7", "json-rules-engine@7.3.1", "@gorules/zen-engine@0.54.0"}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, from := range map[string]string{"twelve.lxp": "wasm/bench/rule", "national.lxp": "static/packs/national", "all.lxp": "static/packs"} {
		if err := pack(from, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := install(); err != nil {
		return err
	}
	if err := command([]string{"GOOS=js", "GOARCH=wasm"}, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(dir, "bench.wasm"), "./wasm/bench"); err != nil {
		return err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	script, err := os.ReadFile("wasm/bench/bench.mjs")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "bench.mjs"), script, 0o644); err != nil {
		return err
	}
	return command(nil, "node", filepath.Join(dir, "bench.mjs"), filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"))
}

// pack compiles a folder of rules.
func pack(from, to string) error {
	p, problems := author.Compile(os.DirFS(from))
	if p == nil {
		return fmt.Errorf("%s does not compile, run this in the project's folder: %v", from, problems)
	}
	return os.WriteFile(to, policy.Encode(p), 0o644)
}

// install fetches the peers unless the same ones are there.
func install() error {
	mark, want := filepath.Join(dir, "installed"), strings.Join(peers, " ")
	if have, _ := os.ReadFile(mark); string(have) == want {
		return nil
	}
	if err := command(nil, "npm", append([]string{"install", "--prefix", dir, "--no-audit", "--no-fund", "--silent", "--save-exact"}, peers...)...); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte(want), 0o644)
}

func command(env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
