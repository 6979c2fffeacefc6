package screen

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/policy"
	"lixianban/app/policy/author"
	"lixianban/app/screen/view"
	"lixianban/app/words"
	"lixianban/static/packs"
)

// inShanghai is a phone whose owner is insured in Shanghai, with its rules.
func inShanghai(t *testing.T) *Deps {
	t.Helper()
	p, found := author.Compile(packs.Of("310000"))
	if author.Failed(found) {
		t.Fatal(found)
	}
	d := mustDeps(t)
	d.Pack = p
	if err := d.savePlace(context.Background(), place{Region: "310000"}); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestGuideAndResultTellWhereItIsDoneInTheRegion(t *testing.T) {
	d := inShanghai(t)
	answered(t, d, costly...)
	g := &guide{frame: at(d, words.ZH, "guide", "resident-stop"), region: "310000", told: "310000"}
	r := &result{frame: at(d, words.ZH, "result", "resident-stop"), told: "310000"}
	r.show(r.replayed(context.Background()), "310000")
	for name, page := range map[string]app.Composer{"guide": g, "result": r} {
		doc := app.HTMLString(page)
		for _, want := range []string{"去哪里办", "（上海专区）", "居保账户暂停申请", "查过", "conf--", "上海市 · 按", "<ol>"} {
			if !strings.Contains(doc, want) {
				t.Errorf("the %s lacks %q", name, want)
			}
		}
		if strings.Count(doc, "去哪里办") != 1 {
			t.Errorf("the %s tells where %d times", name, strings.Count(doc, "去哪里办"))
		}
	}
}

func TestWhereNothingIsKnownThePageSaysSo(t *testing.T) {
	d := mustDeps(t)
	for told, want := range map[string]string{"": "选参保的地方", "420100": "武汉市的办法我们没有查到"} {
		doc := app.HTMLString(&guide{frame: at(d, words.ZH, "guide", "resident-stop"), told: told})
		if !strings.Contains(doc, want) || !strings.Contains(doc, "tel:12393") {
			t.Errorf("told %q: no %q", told, want)
		}
	}
}

func TestRulesPastTheirTimeSaySoOnEveryPageThatTellsThem(t *testing.T) {
	d := mustDeps(t)
	fresh, late := d.Now, noon.AddDate(3, 0, 0)
	say := view.Date(words.ZH, d.Pack.Checked) + " 查的，可能有新的"
	for _, r := range Routes(d) {
		if r.Lang != words.ZH || !regexp.MustCompile(`^/(guide|papers|print)/resident-stop$|^/answers|^/myths$|^/$`).MatchString(r.Path) {
			continue
		}
		d.Now = fresh
		if strings.Contains(app.HTMLString(r.New()), say) {
			t.Errorf("%s calls fresh rules old", r.Path)
		}
		d.Now = func() time.Time { return late }
		if got := strings.Contains(app.HTMLString(r.New()), say); got != (r.Path != "/") {
			t.Errorf("%s with old rules says so: %v", r.Path, got)
		}
	}
}

func TestALongResultShowsTheFirstWarningsAndFoldsTheRest(t *testing.T) {
	r := &result{frame: at(mustDeps(t), words.ZH, "result", "resident-stop")}
	many := make([]view.Statement, 9)
	for kind, open := range map[policy.Kind]int{policy.KindWarning: 3, policy.KindOption: 3, policy.KindConsequence: 4, policy.KindStep: 9} {
		doc := app.HTMLString(app.Div().Body(r.part(view.Part{Kind: string(kind), Statements: many})))
		before, _, folded := strings.Cut(doc, "还有 ")
		if got := strings.Count(before, `class="finding `); got != open || folded != (open < 9) {
			t.Errorf("of 9 %s statements %d stand open, folded %v", kind, got, folded)
		}
		if strings.Count(doc, `class="finding `) != 9 {
			t.Errorf("of 9 %s statements some are gone", kind)
		}
	}
	// One more than fits is not worth a press.
	if doc := app.HTMLString(app.Div().Body(r.part(view.Part{Kind: string(policy.KindWarning), Statements: many[:4]}))); strings.Contains(doc, "还有") {
		t.Error("a single line was folded")
	}
}
