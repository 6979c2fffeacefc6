package command_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"lixianban/app/policy/trust"
)

func (s *shell) write(name, text string) string {
	s.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	return s.path(name)
}

func TestCheckPrintsTheOutcomeOfACase(t *testing.T) {
	s := mustShell(t)
	c := s.write("case.json", `{"service":"resident-stop","at":"2026-12-01","facts":{"reason":"died","death_date":"2026-11-30"}}`)
	var o struct {
		At       string
		Pack     struct{ Checked string }
		Settled  bool
		Verdict  struct{ ID string }
		Findings []struct {
			ID     string
			Values []struct{ Unit, Low, High any }
			Cites  []struct{ Confidence string }
		}
		Ask []string
	}
	if err := json.Unmarshal([]byte(s.ok("check", "-json", c)), &o); err != nil {
		t.Fatal(err)
	}
	if o.At != "2026-12-01" || len(o.Pack.Checked) != 10 || len(o.Findings) == 0 {
		t.Errorf("%+v", o)
	}
	for _, f := range o.Findings {
		if len(f.Cites) == 0 {
			t.Errorf("%s cites nothing", f.ID)
		}
		for _, v := range f.Values {
			if low, ok := v.Low.(string); v.Unit == "date" && v.Low != nil && (!ok || len(low) != 10) {
				t.Errorf("%s prints a day as %v", f.ID, v.Low)
			}
		}
	}
	if text := s.ok("check", c); !strings.Contains(text, "【结论】") || !strings.Contains(text, "依据") {
		t.Error(text)
	}
}

func TestCheckComparesTheChoicesAndReadsAnswersAndMyths(t *testing.T) {
	s := mustShell(t)
	for _, c := range []struct {
		json string
		want []string
	}{
		{`{"service":"resident-stop","at":"2026-11-21","facts":{"reason":"unwanted","paid":"this","gap_years":2,"streak":2,"zero_claim":false}}`,
			[]string{"【三种做法比一比】", "回来要等多久\n  · 现在就停：停 2 年再回来，先等 4 到 5 个月", "· 到期不再交：", "· 换一种参保：", "法律怎么说"}},
		{`{"service":"answers","at":"2026-11-21"}`, []string{"只供阅读", "接着问：", "去这里：停掉居民医保（resident-stop）"}},
		{`{"service":"myths","at":"2026-11-21"}`, []string{"✗ 网上说：", "[实情] "}},
	} {
		text := s.ok("check", s.write("case.json", c.json))
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: want %q in\n%s", c.json, want, text)
			}
		}
		if strings.Contains(text, "[] ") {
			t.Errorf("%s: a kind without a word", c.json)
		}
	}
}

func TestCheckNamesTheFieldThatIsWrong(t *testing.T) {
	s := mustShell(t)
	for text, part := range map[string]string{
		`{"service":"resident-stop","at":"2026-02-30"}`:                               "at: “2026-02-30” is not a day",
		`{"service":"resident-stop","at":"2026-12-01","region":"000000"}`:             "region: there is no region",
		`{"service":"resident","at":"2026-12-01"}`:                                    "use one of",
		`{"service":"resident-stop","at":"2026-12-01","facts":{"reason":true}}`:       "facts.reason: must be one of",
		`{"service":"resident-stop","at":"2026-12-01","facts":{"death_date":"soon"}}`: "facts.death_date: “soon” is not a day",
		`{"service":"resident-stop","at":"2026-12-01","who":1}`:                       "who: there is no such field",
		`not json`: "must be a JSON object",
	} {
		s.fails(1, part, "check", "-json", s.write("case.json", text))
	}
	s.fails(2, "usage: lixianban check", "check")
	s.fails(2, "usage: lixianban check", "check", "-xml", "case.json")
	s.fails(1, "check the path", "check", s.path("nowhere.json"))
	s.fails(1, "there is no folder", "check", "-packs", s.path("nowhere"), s.write("case.json", "{}"))
}

func TestAPackIsBuiltSignedAndVerified(t *testing.T) {
	s := mustShell(t)
	s.ok("pack", "build", "-o", s.path("national.lxp"))
	public := strings.TrimSpace(s.ok("pack", "key", "-o", s.path("key"), "rules.test/1"))
	secret, _ := os.ReadFile(s.path("key"))
	k, err := trust.ParseSigner(strings.TrimSpace(string(secret)))
	if err != nil || k.Public() != public {
		t.Fatalf("%s %v", public, err)
	}
	root, err := trust.DemoRoot(public, time.Now(), time.Now().AddDate(1, 0, 0)).Sign(k)
	if err != nil {
		t.Fatal(err)
	}
	s.write("root", string(root))
	s.ok("pack", "sign", "-key", s.path("key"), "-version", "1", "-o", s.path("index"), s.path("national.lxp"))
	s.ok("pack", "stamp", "-key", s.path("key"), "-version", "1", "-days", "7", "-o", s.path("stamp"), s.path("index"))
	args := []string{"pack", "verify", "-root", s.path("root"), "-index", s.path("index"), "-timestamp", s.path("stamp"), s.path("national.lxp")}
	if out := s.ok(args...); !strings.Contains(out, "is in index 1") {
		t.Error(out)
	}
	data, _ := os.ReadFile(s.path("national.lxp"))
	data[len(data)/2] ^= 1
	s.write("national.lxp", string(data))
	if code, _, errs := s.run(args...); code != 1 || errs == "" {
		t.Errorf("a changed pack verifies: %d %s", code, errs)
	}
	s.fails(1, "choose a new file", "pack", "key", "-o", s.path("key"), "rules.test/2")
	s.fails(2, "usage", "pack", "sign", s.path("national.lxp"))
	s.fails(2, "usage", "pack", "sing")
}

func TestTheEditorsToolsReportOnAFolder(t *testing.T) {
	s := mustShell(t)
	if out := s.ok("pack", "lint"); !strings.Contains(out, "no errors") {
		t.Error(out)
	}
	if out := s.ok("pack", "test"); !strings.Contains(out, " 0 failed") {
		t.Error(out)
	}
	s.write("pack.yaml", "id: x\nversion: one\n")
	s.fails(1, "errors", "pack", "lint", s.dir)
	s.ok("pack", "build", "-o", s.path("a.lxp"))
	if out := s.ok("pack", "diff", s.path("a.lxp"), s.path("a.lxp")); out != "" {
		t.Error(out)
	}
	s.write("messy.yaml", "a: 1  \n\n\n\nb: 2")
	if out := s.ok("pack", "fmt", "-l", s.dir); !strings.Contains(out, "messy.yaml") {
		t.Error(out)
	}
	s.ok("pack", "fmt", s.dir)
	if data, _ := os.ReadFile(s.path("messy.yaml")); string(data) != "a: 1\n\nb: 2\n" {
		t.Errorf("%q", data)
	}
}
