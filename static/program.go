package static

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The program is cut into pieces of pieceSize before compression; one that is
// still larger than maxWire when compressed is halved. At maxWire a 5 KB/s line
// carries a piece in 15 seconds, less than the 20 after which the worst lines
// are cut. Measured on a go-app program of 5.43 MB (brotli of the whole: 1.067 MB, gzip of
// the whole, the only other form that a page can undo by itself: 1.462 MB):
//
//	KB a piece   64     128    256    512    1024
//	brotli, MB   1.215  1.179  1.151  1.128  1.104
//	more than
//	the whole    14 %   11 %   8 %    6 %    3 %
//	largest KB   34     66     99     159    255
const (
	pieceSize = 256 << 10
	maxWire   = 72 << 10
)

// piece is one part of the program, named by its SHA-256.
type piece struct {
	raw    []byte
	packed packed
}

func (p piece) hash() string { return whole(p.raw) }

// at is the piece's address: half of its hash is plenty for a name, the check uses the whole.
func (p piece) at() string { return "p/" + p.hash()[:32] }

// makeProgram builds the wasm, or takes the one that was given.
func (b *builder) makeProgram(ctx context.Context) error {
	b.wasm = b.Wasm
	if b.wasm != nil {
		return nil
	}
	args, err := b.modfile(ctx)
	if err != nil {
		return err
	}
	b.wasm, err = compileWasm(ctx, b.Root, b.Main, args, b.Vars)
	return err
}

// modfile returns the flags that link the trimmed go-app. When it can't be trimmed the whole
// one is used, and the reason is said loudly: the site works, and every phone pays for it.
func (b *builder) modfile(ctx context.Context) ([]string, error) {
	if b.Whole {
		return nil, nil
	}
	mod, err := trim(ctx, b.Root, b.Cache)
	if errors.Is(err, errGoApp) {
		b.logf("WARNING: go-app is linked WHOLE, about 0.35 MB more for each phone: %v", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b.report.Trimmed = true
	return []string{"-modfile=" + mod}, nil
}

// compileWasm builds one main package for the browser.
func compileWasm(ctx context.Context, root, main string, extra []string, vars map[string]string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "lixianban-wasm-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	out := filepath.Join(dir, "app.wasm")
	flags, err := linkFlags(vars)
	if err != nil {
		return nil, err
	}
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags=" + flags, "-o", out}, extra...)
	cmd := exec.CommandContext(ctx, "go", append(args, main)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if msg, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compile %s for the browser: %w\n%s", main, err, msg)
	}
	return os.ReadFile(out)
}

// linkFlags sets variables in a fixed order. The linker splits at spaces, so none may hold one.
func linkFlags(vars map[string]string) (string, error) {
	flags := "-s -w"
	for _, name := range sorted(vars) {
		if strings.ContainsAny(name+vars[name], " \t\n'\"") {
			return "", fmt.Errorf("the value of %s holds a space or a quote; the linker can't carry it", name)
		}
		flags += " -X " + name + "=" + vars[name]
	}
	return flags, nil
}

// makePieces cuts and compresses the program, and publishes the pieces.
func (b *builder) makePieces(context.Context) error {
	parts := cut(b.wasm, pieceSize)
	b.pack.ahead(parts)
	for _, raw := range parts {
		if err := b.addPiece(raw); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) addPiece(raw []byte) error {
	p, err := b.pack.pack(raw)
	if err != nil {
		return err
	}
	if half := len(raw) / 2; p.brLen() > maxWire && half > 0 {
		if err := b.addPiece(raw[:half]); err != nil {
			return err
		}
		return b.addPiece(raw[half:])
	}
	b.pieces = append(b.pieces, piece{raw, p})
	b.put(piece{raw: raw}.at(), raw)
	return nil
}

// cut splits into parts of n bytes, the last one shorter.
func cut(body []byte, n int) [][]byte {
	var parts [][]byte
	for len(body) > n {
		parts, body = append(parts, body[:n]), body[n:]
	}
	return append(parts, body)
}

// program is program.json: what a page needs to fetch, check and join.
type program struct {
	Build  string  `json:"build"`
	Seq    uint64  `json:"seq"`
	Bytes  int     `json:"bytes"`  // joined
	Wire   int     `json:"wire"`   // as sent, brotli
	Pieces []entry `json:"pieces"` // in order
}

// entry is [SHA-256 in hex, bytes, bytes as sent].
type entry [3]any

func (b *builder) program() ([]byte, error) {
	p := program{Build: b.report.Build, Seq: b.Seq, Bytes: len(b.wasm)}
	for _, part := range b.pieces {
		p.Wire += part.packed.brLen()
		p.Pieces = append(p.Pieces, entry{part.hash(), len(part.raw), part.packed.brLen()})
	}
	return json.Marshal(p)
}

// wasmExec is the loader that belongs to this very compiler.
func wasmExec(ctx context.Context, root string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "GOROOT")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("ask go for its folder: %w", err)
	}
	return os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "lib", "wasm", "wasm_exec.js"))
}

// Weigh compiles the program of c as Build does and gives its size, as one file in
// whole and as the sum of its pieces in pieces.
func Weigh(ctx context.Context, c Config) (whole, pieces Size, err error) {
	b := newBuilder(c)
	if err := b.makeProgram(ctx); err != nil {
		return Size{}, Size{}, err
	}
	if !b.report.Trimmed && !c.Whole {
		return Size{}, Size{}, errGoApp
	}
	if err := b.makePieces(ctx); err != nil {
		return Size{}, Size{}, err
	}
	for _, p := range b.pieces {
		pieces = pieces.plus(Size{len(p.raw), p.packed.gzLen(), p.packed.brLen()})
	}
	whole, err = b.pack.size(b.wasm)
	return whole, pieces, err
}
