package sim

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	rowLine  = regexp.MustCompile(`(?m)^//\t([FL]\d+) +(.+)$`)
	testName = regexp.MustCompile(`\bTest[A-Z]\w+`)
	testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

// TestTheTableOfFaultsNamesWhatIsThere: each row once, with tests that exist and faults
// that the mix has, or open with its reason; each fault of the mix in some row.
func TestTheTableOfFaultsNamesWhatIsThere(t *testing.T) {
	page, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	tests, rows, used := testsOfTheTree(t), map[string]int{}, map[string]bool{"forged-receipt": true, "old-answer": true}
	for _, m := range rowLine.FindAllStringSubmatch(string(page), -1) {
		rows[m[1]]++
		named := testName.FindAllString(m[2], -1)
		for _, name := range named {
			if !tests[name] {
				t.Errorf("%s names %s, which is nowhere in the tree", m[1], name)
			}
		}
		_, list, _ := strings.Cut(m[2], "sim: ")
		list, _, _ = strings.Cut(list, " (")
		for _, f := range strings.Fields(list) {
			used[f] = true
			if !slices.Contains(Faults(), Fault(f)) {
				t.Errorf("%s names the fault %s, which the mix doesn't have", m[1], f)
			}
		}
		if open := strings.HasPrefix(m[2], "open: "); !open && len(named) == 0 && list == "" || open && len(m[2]) < 20 {
			t.Errorf("%s names no test and no reason", m[1])
		}
	}
	for letter, n := range map[string]int{"F": 70, "L": 32} {
		for i := 1; i <= n; i++ {
			row := fmt.Sprintf("%s%d", letter, i)
			if letter == "F" {
				row = fmt.Sprintf("F%02d", i)
			}
			if rows[row] != 1 {
				t.Errorf("row %s is there %d times", row, rows[row])
			}
		}
	}
	for _, f := range Faults() {
		if !used[string(f)] {
			t.Errorf("no row speaks of the fault %s", f)
		}
	}
}

// testsOfTheTree lists every test function by name.
func testsOfTheTree(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, room := range []string{"app", "worker", "wasm", "static"} {
		err := filepath.WalkDir("../../"+room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if !strings.HasSuffix(path, "_test.go") {
				return nil
			}
			src, err := os.ReadFile(path)
			for _, m := range testFunc.FindAllSubmatch(src, -1) {
				all[string(m[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
