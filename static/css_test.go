package static_test

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lixianban/static"
)

// Budgets of what everyone downloads before the program, in bytes as sent (brotli).
const (
	cssBudget   = 10 << 10
	bootBudget  = 6 << 10
	porchBudget = 60 << 10 // the heaviest page with all it needs
)

func TestTheStyleAndTheScriptsStayWithinTheirBudgets(t *testing.T) {
	r := mustBuild(t, fixture(t.TempDir()+"/dist", small))
	boot, err := static.PackForTest([]byte(findScript(t, r)))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("css %+v, boot %+v, porch %+v (%s)", r.CSS, boot, r.Porch, r.PorchOf)
	for _, b := range []struct {
		what      string
		got, most int
	}{{"css", r.CSS.Brotli, cssBudget}, {"boot.js", boot.Brotli, bootBudget}, {"porch", r.Porch.Brotli, porchBudget}} {
		if b.got > b.most {
			t.Errorf("%s is %d bytes as sent, at most %d", b.what, b.got, b.most)
		}
	}
}

// findScript is the source of the boot script with its facts.
func findScript(t *testing.T, r static.Report) string {
	t.Helper()
	out := t.TempDir() + "/d"
	mustBuild(t, fixture(out, small))
	for name := range r.Files {
		if strings.HasPrefix(name, "a/boot.") {
			return mustRead(t, out, name)
		}
	}
	t.Fatal("no boot script was built")
	return ""
}

// pairs that must be readable: foreground, background, least contrast.
// 7 is WCAG's AAA for text, 3 its AA for the outline of a control.
var pairs = []struct {
	fore, back string
	least      float64
}{
	{"text", "bg", 7}, {"text", "surface", 7}, {"text", "sunken", 7},
	{"text-soft", "bg", 7}, {"text-soft", "surface", 7}, {"text-soft", "sunken", 7},
	{"text", "go-wash", 7}, {"text", "wait-wash", 7}, {"text", "no-wash", 7}, {"text", "info-wash", 7},
	{"text", "action-wash", 7}, {"text-soft", "action-wash", 7},
	{"go", "go-wash", 7}, {"wait", "wait-wash", 7}, {"no", "no-wash", 7}, {"info", "info-wash", 7},
	{"go", "surface", 7}, {"wait", "surface", 7}, {"no", "surface", 7}, {"info", "surface", 7},
	{"no", "bg", 7}, {"link", "bg", 7}, {"link", "surface", 7}, {"link", "info-wash", 7},
	{"on-action", "action", 7}, {"on-action", "action-press", 7}, {"action", "bg", 7}, {"action", "surface", 7}, {"action", "action-wash", 7},
	{"edge", "bg", 3}, {"edge", "surface", 3}, {"edge", "sunken", 3}, {"action", "line", 3},
	{"focus", "bg", 3}, {"focus", "surface", 3}, {"wait-fill", "wait-wash", 2},
}

func TestContrastHoldsInBothThemes(t *testing.T) {
	src, err := os.ReadFile("web/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark := themes(string(src))
	for name, theme := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, p := range pairs {
			got := contrast(t, theme, p.fore, p.back)
			if got < p.least {
				t.Errorf("%s: --%s on --%s is %.2f, at least %g", name, p.fore, p.back, got, p.least)
			}
		}
	}
}

var token = regexp.MustCompile(`--([a-z0-9-]+):\s*([^;]+);`)

// themes reads the tokens; what dark doesn't say it has from light.
func themes(src string) (light, dark map[string]string) {
	before, after, _ := strings.Cut(src, `:root[data-theme="dark"] {`)
	after, _, _ = strings.Cut(after, "}")
	light, dark = map[string]string{}, map[string]string{}
	for _, m := range token.FindAllStringSubmatch(before, -1) {
		light[m[1]], dark[m[1]] = m[2], m[2]
	}
	for _, m := range token.FindAllStringSubmatch(after, -1) {
		dark[m[1]] = m[2]
	}
	return light, dark
}

func contrast(t *testing.T, theme map[string]string, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, theme, a), luminance(t, theme, b)
	return (math.Max(x, y) + .05) / (math.Min(x, y) + .05)
}

// luminance follows WCAG 2.2 ("relative luminance").
func luminance(t *testing.T, theme map[string]string, name string) float64 {
	t.Helper()
	v := theme[name]
	if ref, ok := strings.CutPrefix(v, "var(--"); ok {
		return luminance(t, theme, strings.TrimSuffix(ref, ")"))
	}
	hex := strings.TrimPrefix(v, "#")
	if len(hex) == 3 {
		hex = fmt.Sprintf("%c%c%c%c%c%c", hex[0], hex[0], hex[1], hex[1], hex[2], hex[2])
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		t.Fatalf("--%s is %q, want a colour like #1a2520", name, v)
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&255) / 255
		if c <= .04045 {
			return c / 12.92
		}
		return math.Pow((c+.055)/1.055, 2.4)
	}
	return .2126*part(16) + .7152*part(8) + .0722*part(0)
}

func TestTheSheetsKeepTheirRules(t *testing.T) {
	css, err := static.StylesheetForTest(os.DirFS("web"))
	if err != nil {
		t.Fatal(err)
	}
	for what, re := range map[string]string{
		"!important":             `!important`,
		"another origin":         `url\("?https?:|@import|@font-face`,
		"a left or a right":      `(margin|padding|border|inset)-(left|right)|text-align:(left|right)|[;{](left|right):`,
		"a colour not in tokens": `[;{](color|background|border-color):#`,
	} {
		if m := regexp.MustCompile(re).FindString(css); m != "" {
			t.Errorf("the style holds %s: %s", what, m)
		}
	}
	if open, shut := strings.Count(css, "{"), strings.Count(css, "}"); open != shut {
		t.Errorf("%d braces open, %d close", open, shut)
	}
	for _, m := range regexp.MustCompile(`var\(--([a-z0-9-]+)`).FindAllStringSubmatch(css, -1) {
		if !strings.Contains(css, "--"+m[1]+":") {
			t.Errorf("--%s is used and never set", m[1])
		}
	}
}

func TestEveryClassBelongsToItsSheet(t *testing.T) {
	names, err := fs.Glob(os.DirFS("web"), "css/*.css")
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]string{}
	for _, n := range names {
		src, err := os.ReadFile("web/" + n)
		if err != nil {
			t.Fatal(err)
		}
		if n == "css/print.css" {
			continue // it takes things away from every block
		}
		head, _, _ := strings.Cut(string(src), "*/")
		body := regexp.MustCompile(`:where\([^)]*\)`).ReplaceAllString(strings.TrimPrefix(string(src), head), "")
		for _, m := range regexp.MustCompile(`\.([a-z][a-z0-9]*)(__[a-z]+|--[a-z]+)`).FindAllStringSubmatch(body, -1) {
			block := m[1]
			if o := owner[block+m[2]]; o != "" && o != n {
				t.Errorf(".%s%s is styled in %s and in %s", block, m[2], o, n)
			}
			owner[block+m[2]] = n
			if !strings.Contains(head, block) {
				t.Errorf("%s doesn't name .%s at its head", n, block)
			}
		}
	}
}

func TestTheScriptsParse(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is needed to check the scripts: install Node 20")
	}
	for _, name := range []string{"boot.js", "sw.js"} {
		if out, err := exec.Command(node, "--check", "web/"+name).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}
