package author_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	exprpb "cel.dev/expr"
	_ "cel.dev/expr/conformance/proto2"
	_ "cel.dev/expr/conformance/proto3"
	testpb "cel.dev/expr/conformance/test"
	"google.golang.org/protobuf/encoding/prototext"

	"lixianban/app/policy"
	"lixianban/app/policy/author"
)

// outside says which part of CEL a test of the conformance suite needs that our profile lacks: the
// first line that matches the expression, its bindings and its result.
var outside = []struct {
	why, pattern string
	cases        int
}{
	{"checks only a type", `^check only`, 25},
	{"no type check, types that don't fit", `^disable check`, 144},
	{"strings, bytes and null", `['"]|\bnull\b|string_value|bytes_value|null_value|has bytes`, 1115},
	{"doubles and unsigned", `\d+\.\d|\d[eE][+-]?\d|\d[uU]\b|\buint\b|double|uint64_value|inf|nan`, 555},
	{"messages, maps, lists and macros", `[{}\[\]]|\.(all|exists|exists_one|map|filter)\(|list_value|map_value|object_value|has\(|cel\.|google\.|TestAllTypes|GlobalEnum|enum_value`, 470},
	{"functions and members", `\.\s*[a-z]\w*|[a-z]\w*\(|type_value`, 84},
	{"division and remainder", `[/%]`, 20},
	{"order of true and false", `\b(true|false) [<>]`, 13},
	{"words of the language as names", `^(true|false) (true|false) `, 2},
	{"numbers beyond 2⁵³", `\d{16,}|0x[0-9a-fA-F]{14,}`, 7},
}

// inside is how many cases are left, and all pass.
const inside = 73

// TestTheConformanceCasesOfCELInsideOurProfile sends every case of the suite that our profile
// can say through the author's tools and the phone's evaluator.
func TestTheConformanceCasesOfCELInsideOurProfile(t *testing.T) {
	skipped, passed, total := map[string]int{}, 0, 0
	for file, c := range conformance(t) {
		total++
		if why := unsaid(c); why != "" {
			skipped[why]++
			continue
		}
		if got, want := ours(t, c), wanted(c); got != want {
			t.Errorf("%s: %s with %v is %s, want %s", file, c.Expr, c.Bindings, got, want)
			continue
		}
		passed++
	}
	for _, o := range outside {
		if skipped[o.why] != o.cases {
			t.Errorf("%d cases are outside for %s, want %d", skipped[o.why], o.why, o.cases)
		}
	}
	if passed != inside {
		t.Errorf("%d passed, want %d", passed, inside)
	}
	t.Logf("%d inside the profile, %d passed, of %d", total-sum(skipped), passed, total)
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// conformance reads the suite from the module that carries it.
func conformance(t *testing.T) map[string]*testpb.SimpleTest {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "cel.dev/expr").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, _ := fs.Glob(os.DirFS(strings.TrimSpace(string(dir))), "tests/simple/testdata/*.textproto")
	cases := map[string]*testpb.SimpleTest{}
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), name))
		if err != nil {
			t.Fatal(err)
		}
		var suite testpb.SimpleTestFile
		if err := (prototext.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(data, &suite); err != nil {
			t.Fatal(name, err)
		}
		for _, s := range suite.Section {
			for i, c := range s.Test {
				cases[fmt.Sprint(filepath.Base(name), "/", s.Name, "/", i, " ", c.Name)] = c
			}
		}
	}
	return cases
}

func unsaid(c *testpb.SimpleTest) string {
	text := c.Expr
	for name, v := range c.Bindings {
		text += " " + name + " " + v.GetValue().String()
	}
	if v := result(c); v != nil {
		text += " " + v.String()
	} else {
		text += " error"
	}
	if c.CheckOnly {
		text = "check only"
	} else if c.DisableCheck {
		text = "disable check"
	}
	for _, o := range outside {
		if regexp.MustCompile(o.pattern).MatchString(text) {
			return o.why
		}
	}
	return ""
}

// wanted is the value a case wants: true, false, a number, or error.
func wanted(c *testpb.SimpleTest) string {
	if v := result(c); v != nil {
		return plain(v)
	}
	return "error"
}

func result(c *testpb.SimpleTest) *exprpb.Value {
	if v := c.GetTypedResult().GetResult(); v != nil {
		return v
	}
	return c.GetValue()
}

func plain(v *exprpb.Value) string {
	if b, ok := v.Kind.(*exprpb.Value_BoolValue); ok {
		return strconv.FormatBool(b.BoolValue)
	}
	return strconv.FormatInt(v.GetInt64Value(), 10)
}

// ours compiles the case as a def of a pack, with its bindings as facts, and evaluates it.
func ours(t *testing.T, c *testpb.SimpleTest) string {
	t.Helper()
	unit := "int"
	if w := wanted(c); w == "true" || w == "false" {
		unit = "bool"
	}
	facts := "unused: {type: bool, label: {zh: 甲, en: a}, ask: {zh: 甲, en: a}, why: {zh: 甲, en: a}}\n"
	for name, v := range c.Bindings {
		u := "{type: int, min: -1000000000, max: 1000000000"
		if _, ok := v.GetValue().GetKind().(*exprpb.Value_BoolValue); ok {
			u = "{type: bool"
		}
		facts += name + ": " + u + ", label: {zh: 甲, en: a}, ask: {zh: 甲, en: a}, why: {zh: 甲, en: a}}\n"
	}
	pack := fstest.MapFS{"pack.yaml": file(small["pack.yaml"]), "cites.yaml": file(small["cites.yaml"]), "facts.yaml": file(facts),
		"services/x.yaml": file("service: x\ntitle: {zh: 甲, en: a}\ndefs:\n  it: {unit: " + unit + ", cel: " + strconv.Quote(c.Expr) + "}\n" +
			"rules:\n  - {id: a, kind: verdict, say: {zh: \"{it}\", en: \"{it}\"}, cites: [A]}\n")}
	p, problems := author.Compile(pack)
	if p == nil {
		return "refused: " + report(problems)
	}
	m, err := policy.NewMachine(p, "x", "", p.Checked)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range c.Bindings {
		f, _ := p.Fact(name)
		text := strings.NewReplacer("true", "yes", "false", "no").Replace(plain(v.GetValue()))
		answer, err := f.Parse(text)
		if err == nil {
			err = m.Set(name, answer)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	m.Run()
	v, _, _ := m.Lookup("it")
	switch {
	case v.State != policy.Known:
		return "error"
	case unit == "bool":
		return strconv.FormatBool(v.N != 0)
	}
	return strconv.FormatInt(v.N, 10)
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
