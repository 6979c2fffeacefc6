package edge_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lixianban/app/policy/trust"
	"lixianban/worker/edge"
)

var now = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// signed is a demo's root and a bundle with a directory of that payload.
func signed(t *testing.T, directory string) (anchor, bundle []byte) {
	t.Helper()
	key := must(trust.GenerateKey(bytes.NewReader(make([]byte, 32)), "demo"))(t)
	dir := must(trust.SignDirectory([]byte(directory), key))(t)
	pin := trust.Pin(1, dir)
	index := must(trust.Index{Version: 1, Issued: trust.Time(now), Expires: trust.Time(now.AddDate(0, 1, 0)), Packs: []trust.Pack{}, Directory: &pin}.Sign(key))(t)
	stamp := must(trust.Stamp{Version: 1, Issued: trust.Time(now), Expires: trust.Time(now.AddDate(0, 0, 9)), Index: trust.Pin(1, index)}.Sign(key))(t)
	return must(trust.DemoRoot(key.Public(), now, now.AddDate(1, 0, 0)).Sign(key))(t), trust.Bundle{Timestamp: stamp, Index: index, Directory: dir}.Bytes()
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

const empty = `{"version":1,"issued":"2026-11-21T00:00:00Z","expires":"2027-11-21T00:00:00Z"}`

func TestDocumentsThatDoNotVerifyAreNotDeployed(t *testing.T) {
	anchor, bundle := signed(t, empty)
	_, bad := signed(t, strings.Replace(empty, "}", `,"offices":[{"id":""}]}`, 1))
	for name, p := range map[string]edge.Plan{
		"a changed byte":           {Anchor: anchor, Bundle: bytes.Replace(bundle, []byte(`2027-11-21`), []byte(`2037-11-21`), 1)},
		"another root":             {Anchor: bytes.Replace(anchor, []byte("2027"), []byte("2028"), 1), Bundle: bundle},
		"no root":                  {Bundle: bundle},
		"an office without a name": {Anchor: anchor, Bundle: bad},
		"not a bundle":             {Anchor: anchor, Bundle: []byte("{}")},
	} {
		p.Source, p.Now, p.Out = filepath.Join("..", ".."), now, filepath.Join(t.TempDir(), "edge")
		if err := edge.Build(t.Context(), p); err == nil || !strings.HasPrefix(err.Error(), "the documents to deploy: ") {
			t.Errorf("%s: got %v", name, err)
		}
		if _, err := os.Stat(p.Out); err == nil {
			t.Errorf("%s: something was built", name)
		}
	}
}

func TestABuildCarriesItsDocumentsAndTheLibrarysShim(t *testing.T) {
	anchor, bundle := signed(t, empty)
	out := filepath.Join(t.TempDir(), "edge")
	if err := edge.Build(t.Context(), edge.Plan{Source: filepath.Join("..", ".."), Out: out, Anchor: anchor, Bundle: bundle, Now: now}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"app.wasm", "edge.mjs", "worker.mjs", "runtime.mjs", "wasm_exec.js", "documents.mjs"} {
		if st, err := os.Stat(filepath.Join(out, name)); err != nil || st.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	docs := string(must(os.ReadFile(filepath.Join(out, "documents.mjs")))(t))
	for _, want := range []string{`export const DIRECTORY = "{\"version\":1`, `export const BUNDLE = "{\"timestamp\"`, `export const INDEX = "`} {
		if !strings.Contains(docs, want) {
			t.Errorf("documents.mjs lacks %s", want)
		}
	}
}

func TestWithoutNodeASentenceSaysWhatToInstall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := edge.Packages(t.Context(), filepath.Join("..", ".."))
	if err == nil || !strings.Contains(err.Error(), "apt-get install nodejs npm") {
		t.Errorf("got %v", err)
	}
}
