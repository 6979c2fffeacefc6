package e2e

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"lixianban/worker/edge"
	"lixianban/worker/ledger"
)

//go:embed faulty.mjs
var faulty []byte

// CompatibilityDate is that of worker/wrangler.jsonc; a test compares them.
const CompatibilityDate = "2026-04-01"

// Plan is what an edge is started with.
type Plan struct {
	Edge      edge.Plan         // Source, Out and Now are filled in when empty
	Vars      map[string]string // SERVICE_SECRET, EPOCH
	Databases []string          // D1 bindings, "DB" when nil
	Site      string            // folder with the built site, none when empty
	Persist   string            // folder of D1's files, one of the test's own when empty
}

// Edge is a running workerd.
type Edge struct {
	URL string // without a slash at its end
	tb  testing.TB
}

// Source is the module's root, found from this file.
func Source() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Start builds the edge, installs npm packages if they are missing, starts workerd
// with an empty, migrated D1 and stops it when the test ends.
func Start(tb testing.TB, p Plan) *Edge {
	tb.Helper()
	p = p.withDefaults(tb)
	if err := edge.Packages(tb.Context(), p.Edge.Source); err != nil {
		tb.Fatal(err)
	}
	if err := edge.Build(tb.Context(), p.Edge); err != nil {
		tb.Fatal(err)
	}
	e := &Edge{tb: tb, URL: launch(tb, p)}
	for _, name := range p.Databases {
		if name == "DB" {
			e.Migrate()
		}
	}
	return e
}

func (p Plan) withDefaults(tb testing.TB) Plan {
	if p.Edge.Source == "" {
		p.Edge.Source = Source()
	}
	if p.Edge.Out == "" {
		p.Edge.Out = filepath.Join(tb.TempDir(), "edge")
	}
	if p.Edge.Now.IsZero() {
		p.Edge.Now = time.Now()
	}
	if p.Persist == "" {
		p.Persist = tb.TempDir()
	}
	if p.Databases == nil {
		p.Databases = []string{"DB"}
	}
	return p
}

// launch writes the plan to miniflare.mjs and reads workerd's address.
func launch(tb testing.TB, p Plan) string {
	tb.Helper()
	plan, err := json.Marshal(map[string]any{
		"compatibilityDate": CompatibilityDate, "dir": p.Edge.Out, "modules": modules(p.Edge.Out), "vars": p.Vars,
		"databases": p.Databases, "persist": p.Persist, "site": p.Site,
	})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "node", filepath.Join(p.Edge.Source, "worker", "e2e", "miniflare.mjs"))
	cmd.Dir = filepath.Join(p.Edge.Source, "worker") // where node looks for miniflare
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	said := &journal{tb: tb}
	cmd.Stderr = said
	stdin, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		said.mute()
		stdin.Close()
		time.AfterFunc(10*time.Second, cancel) // only if workerd doesn't end by itself
		_ = cmd.Wait()
		cancel()
	})
	fmt.Fprintf(stdin, "%s\n", plan)
	var ready struct{ URL string }
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil {
		tb.Fatalf("workerd did not start: %v\n%s", err, said)
	}
	return string(bytes.TrimSuffix([]byte(ready.URL), []byte("/")))
}

// modules lists the built files for workerd; the first is the entry.
func modules(dir string) []map[string]string {
	list := []map[string]string{{"type": "ESModule", "path": filepath.Join(dir, "tests.mjs"), "contents": string(faulty)}}
	for _, name := range []string{"edge.mjs", "worker.mjs", "runtime.mjs", "wasm_exec.js", "documents.mjs"} {
		list = append(list, map[string]string{"type": "ESModule", "path": filepath.Join(dir, name)})
	}
	return append(list, map[string]string{"type": "CompiledWasm", "path": filepath.Join(dir, "app.wasm")})
}

// journal keeps what workerd says and passes it to the test's log.
type journal struct {
	tb    testing.TB
	mu    sync.Mutex
	text  bytes.Buffer
	muted bool
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.Write(b)
	if !j.muted {
		j.tb.Logf("workerd: %s", bytes.TrimSpace(b))
	}
	return len(b), nil
}

func (j *journal) mute() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.muted = true
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// Fault is a way in which D1 fails.
type Fault string

// The faults that the test entry knows.
const (
	AfterCommit   Fault = "after-commit"   // the batch ran, then the line broke (F40)
	BeforeCommit  Fault = "before-commit"  // the line broke before it ran (F40)
	LastStatement Fault = "last-statement" // a statement added at the end fails in D1 itself (F42)
	Overloaded    Fault = "overloaded"     // refused in D1's queue (F41)
	Slow          Fault = "slow"           // half a second late, then as always
	Timeout       Fault = "timeout"        // 30 s are over; the outcome is unknown (F41)
)

// Break makes the next batches of the edge fail.
func (e *Edge) Break(f Fault, times int) {
	e.tb.Helper()
	e.call("/__test/fault", map[string]any{"kind": f, "times": times}, nil)
}

// Tidy runs the cron trigger.
func (e *Edge) Tidy() {
	e.tb.Helper()
	e.call("/__test/tidy", nil, nil)
}

// SQL runs one statement on the binding, past the program and its faults, and
// returns its rows.
func (e *Edge) SQL(sql string, args ...any) []map[string]any {
	e.tb.Helper()
	var results [][]map[string]any
	e.call("/__test/sql", []map[string]any{{"sql": sql, "args": args}}, &results)
	return results[0]
}

// Count counts a table's rows.
func (e *Edge) Count(table string) int {
	e.tb.Helper()
	n, _ := e.SQL(`SELECT COUNT(*) AS n FROM ` + table)[0]["n"].(float64)
	return int(n)
}

// Migrate runs the schema's files, as wrangler does when the edge is deployed.
func (e *Edge) Migrate() {
	e.tb.Helper()
	for _, m := range ledger.Migrations() {
		var stmts []map[string]any
		for _, s := range m.Stmts {
			stmts = append(stmts, map[string]any{"sql": s.SQL})
		}
		e.call("/__test/sql", stmts, nil)
	}
}

func (e *Edge) call(path string, body, into any) {
	e.tb.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		e.tb.Fatal(err)
	}
	res, err := http.Post(e.URL+path, "application/json", bytes.NewReader(b))
	if err != nil {
		e.tb.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		e.tb.Fatalf("%s: %s %v\n%.500s", path, res.Status, err, got)
	}
	if into != nil {
		if err := json.Unmarshal(got, into); err != nil {
			e.tb.Fatal(err)
		}
	}
}
