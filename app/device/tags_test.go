//go:build !js

package device

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The host must not see this room: a file without the tag would drag syscall/js, or
// a stub of it, into the server's build.
func TestEveryFileIsForTheBrowserOnly(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != "doc.go" && name != "tags_test.go" && !strings.HasPrefix(string(b), "//go:build js && wasm\n") {
			t.Errorf("%s does not begin with //go:build js && wasm", name)
		}
	}
	if len(files) < 5 {
		t.Errorf("found only %d files: the guard looks in the wrong place", len(files))
	}
}
