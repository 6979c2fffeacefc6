package screen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lixianban/app/filing"
	"lixianban/app/words"
)

var keyShape = regexp.MustCompile(`^[a-z]+(\.[A-Za-z0-9-]+)+\.?$|^[a-z]+\.$`)

// literals lists the strings of our sources that look like keys of the catalogue, or,
// with a dot at the end, like the beginning of keys made at run time.
func literals(t *testing.T, roots ...string) []string {
	t.Helper()
	var found []string
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if s, err := strconv.Unquote(lit.Value); err == nil && keyShape.MatchString(s) {
						found = append(found, s)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// areasOf lists the first segments that belong to the catalogue.
func areasOf(keys []string) []string {
	var as []string
	for _, k := range keys {
		a, _, _ := strings.Cut(k, ".")
		as = append(as, a)
	}
	return as
}

func TestEveryKeyInTheSourcesIsInTheCatalogueAndEveryRowIsUsed(t *testing.T) {
	keys := words.Keys()
	used := literals(t, ".", "../../wasm")
	areas := areasOf(keys)
	for _, u := range used {
		a, _, _ := strings.Cut(u, ".")
		if slices.Contains(areas, a) && !strings.HasSuffix(u, ".") && !words.Has(u) {
			t.Errorf("the sources ask for %q, which the catalogue doesn't have", u)
		}
	}
	for _, k := range keys {
		if !slices.ContainsFunc(used, func(u string) bool { return u == k || strings.HasSuffix(u, ".") && strings.HasPrefix(k, u) }) {
			t.Errorf("nothing asks for %q", k)
		}
	}
}

// The catalogue has words for all that forms, the interview and the queue can say.
func TestEveryCodeOfOtherRoomsHasWords(t *testing.T) {
	for code, args := range filing.Codes {
		key := "filing.problem." + code
		if !words.Has(key) {
			key = "filing.warning." + code
		}
		if !words.Has(key) {
			t.Errorf("filing code %s has no sentence", code)
		}
		filled := words.T(words.ZH, key, "label", "x")
		for _, p := range regexp.MustCompile(`\{([a-z]+)\}`).FindAllStringSubmatch(filled, -1) {
			if !slices.Contains(args, p[1]) {
				t.Errorf("%s waits for %s, which its code doesn't give", key, p[1])
			}
		}
	}
	for _, src := range []struct{ dir, prefix string }{{"../outbox", "outbox."}, {"../interview", "answer."}} {
		for _, code := range codesIn(t, src.dir) {
			if !words.Has(src.prefix + code) {
				t.Errorf("code %s of %s has no sentence", code, src.dir)
			}
		}
	}
}

// codesIn finds the codes a room declares: constants of type Code, and keys "answer.…".
func codesIn(t *testing.T, dir string) []string {
	t.Helper()
	var codes []string
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources in %s: %v", dir, err)
	}
	pattern := regexp.MustCompile(`\bCode\w+\s+Code\s*=\s*"([a-z_]+)"|wrong\("([a-z_]+)"`)
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pattern.FindAllStringSubmatch(string(data), -1) {
			codes = append(codes, m[1]+m[2])
		}
	}
	return codes
}

func TestEveryFieldOfEveryFormHasItsWords(t *testing.T) {
	form, ok := formOf("resident-stop")
	if !ok {
		t.Fatal("no form for resident-stop")
	}
	need := func(key string) {
		if !words.Has(key) {
			t.Errorf("the catalogue lacks %s", key)
		}
	}
	for _, s := range form.Steps {
		need("filing.step." + s.ID)
		for _, f := range s.Fields {
			need("filing.field." + f.ID)
			need("filing.purpose." + f.Purpose)
			need("filing.retention." + f.Retention)
			for _, o := range f.Options {
				need("filing.option." + f.ID + "." + o)
			}
		}
	}
}
