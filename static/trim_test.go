package static_test

import (
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lixianban/static"
)

func TestTheTrimmedProgramCompilesAndIsSmaller(t *testing.T) {
	wasm, err := program()
	if err != nil {
		t.Fatalf("go-app without its server no longer compiles: %v", err)
	}
	if len(wasm) > 6<<20 {
		t.Errorf("the smallest program is %d bytes; with net/http it was 7.0 MB, without 5.4 MB", len(wasm))
	}
	if strings.Contains(string(wasm), "net/http.(*Transport)") || strings.Contains(string(wasm), "crypto/tls.(*Conn)") {
		t.Error("net/http is linked")
	}
}

func TestTheModuleIsTheOneThatIsTrimmed(t *testing.T) {
	mod := mustRead(t, root, "go.mod")
	if !strings.Contains(mod, static.GoAppForTest+" "+static.GoAppVersionForTest+"\n") {
		t.Errorf("go.mod has another go-app than %s: look at its new files, then change trim.go", static.GoAppVersionForTest)
	}
	if out, err := format.Source([]byte(mustRead(t, root, "static/trim.go"))); err != nil || len(out) == 0 {
		t.Error(err)
	}
}

// The program calls these by name on window; a missing one is an exception in the browser.
func TestBootSuppliesEverythingThatGoAppCalls(t *testing.T) {
	cmd := exec.Command("go", "list", "-f", "{{.Dir}}", static.GoAppForTest+"/pkg/app")
	cmd.Dir = root
	dir, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal("go-app's sources are not there", err)
	}
	boot := mustRead(t, root, "static/web/boot.js")
	called := regexp.MustCompile(`"(goapp[A-Z]\w+)"`)
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f, "_test.go") || strings.HasSuffix(f, "scripts.go") {
			continue
		}
		for _, m := range called.FindAllStringSubmatch(string(src), -1) {
			if !strings.Contains(boot, m[1]) {
				t.Errorf("%s calls %s, which boot.js doesn't supply", filepath.Base(f), m[1])
			}
		}
	}
}
