package packs_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"lixianban/app/finder"
	"lixianban/app/policy"
)

// days on which the laws, the years or the premiums change.
var answerDays = []string{"2025-01-01", "2026-08-27", "2026-08-28", "2026-11-21", "2026-12-31", "2027-01-01", "2028-06-01"}

// holesInTable says where the table of choices has a cell twice, or a row without one of its columns.
func holesInTable(o *policy.Outcome) (holes []string) {
	cells := map[string]string{}
	for _, f := range o.Findings {
		if f.Kind != policy.KindChoice {
			continue
		}
		cell := f.Column + " " + f.Row
		if f.State != "holds" && len(o.Office) == 0 || cells[cell] != "" {
			holes = append(holes, fmt.Sprintf("%s %s beside %q in %s", f.ID, f.State, cells[cell], cell))
		}
		cells[cell] = f.ID
	}
	for _, row := range policy.Rows {
		n := 0
		for _, col := range policy.Columns {
			n += min(1, len(cells[col+" "+row]))
		}
		if n > 0 && n < len(policy.Columns) {
			holes = append(holes, "the row "+row+" lacks a column")
		}
	}
	return holes
}

func TestTheChoicesAreComparedWhereAPersonMayStop(t *testing.T) {
	for _, c := range []struct {
		name, json string
		rows       []string
	}{
		{"does not want it", `{"service":"resident-stop","at":"2026-11-21","facts":{"reason":"unwanted","paid":"this","gap_years":1,"streak":2,"zero_claim":false}}`, []string{"cover-end", "wait", "first-day", "money", "reward", "law"}},
		{"takes a job", `{"service":"resident-stop","at":"2026-11-21","facts":{"reason":"job","paid":"both","cover":"dated","cover_start":"2026-12-01"}}`, []string{"cover-end", "wait", "money", "reward", "law"}},
		{"moves", `{"service":"resident-stop","at":"2027-03-01","facts":{"reason":"moved","paid":"this","cover":"unsure"}}`, []string{"cover-end", "wait", "money", "reward", "law"}},
		{"flexible, too dear", `{"service":"flexible-stop","at":"2027-03-01","facts":{"flex_why":"costly","aid":"none","autopay":true,"arrears":false,"prepaid":false}}`, []string{"cover-end", "wait", "first-day", "money", "years", "law"}},
		{"flexible, a job is dated", `{"service":"flexible-stop","at":"2026-11-21","facts":{"flex_why":"job","cover":"dated","cover_start":"2026-12-01","prepaid":true,"autopay":false,"arrears":false}}`, []string{"cover-end", "wait", "first-day", "money", "years", "law"}},
		{"the other cover works", `{"service":"resident-stop","at":"2026-11-21","facts":{"reason":"job","paid":"this","cover":"active"}}`, nil},
		{"has lapsed already", `{"service":"resident-stop","at":"2026-11-21","facts":{"reason":"unwanted","paid":"none"}}`, nil},
	} {
		_, p := national(t)
		o := readIn(t, p, c.json)
		var rows []string
		for _, row := range policy.Rows {
			if slices.ContainsFunc(o.Findings, func(f policy.Finding) bool { return f.Row == row && f.Column == "stop" && f.State == "holds" }) {
				rows = append(rows, row)
			}
		}
		if !slices.Equal(rows, c.rows) || len(holesInTable(o)) > 0 {
			t.Errorf("%s: rows %v, %v", c.name, rows, holesInTable(o))
		}
	}
}

// menu is how a path through somebody else's app is written; versions move those.
var menu = regexp.MustCompile(`→|->|>|【|「我的|点击|菜单里`)

// read evaluates a service of statements on a day.
func read(t *testing.T, service, day string) []policy.Finding {
	t.Helper()
	_, p := national(t)
	at, err := policy.ParseDay(day)
	if err != nil {
		t.Fatal(err)
	}
	o, err := p.Evaluate(policy.Case{Service: service, At: at})
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Ask) > 0 || o.Verdict != nil {
		t.Errorf("%s asks %v and has the verdict %v: it is only for reading", service, o.Ask, o.Verdict)
	}
	return o.Findings
}

func TestEveryIntentHasOneAnswerOnEveryDay(t *testing.T) {
	for _, day := range answerDays {
		found := map[string]policy.Finding{}
		for _, f := range read(t, "answers", day) {
			if _, twice := found[f.ID]; twice || f.Kind != policy.KindAnswer || f.State != "holds" {
				t.Errorf("%s: %s is %s, %s, or said twice", day, f.ID, f.Kind, f.State)
			}
			found[f.ID] = f
		}
		for _, in := range finder.Intents {
			f, ok := found[in.ID]
			if !ok {
				t.Errorf("%s: the intent %s has no answer", day, in.ID)
				continue
			}
			if !slices.Contains(f.Opens, in.Service) {
				t.Errorf("%s opens %v, and the search leads to %s", in.ID, f.Opens, in.Service)
			}
			delete(found, in.ID)
		}
		for id := range found {
			t.Errorf("%s: the answer %s belongs to no intent", day, id)
		}
	}
}

func TestAnAnswerIsShortAndAsksBack(t *testing.T) {
	for _, f := range read(t, "answers", "2026-11-21") {
		if n := sentences(f.Say.ZH) + sentences(f.More.ZH); n < 2 || n > 5 {
			t.Errorf("%s has %d sentences", f.ID, n)
		}
		if !strings.Contains(f.Ask.ZH, "？") || !strings.Contains(f.Ask.EN, "?") {
			t.Errorf("%s asks nothing back: %v", f.ID, f.Ask)
		}
		if len(f.Cites) == 0 {
			t.Errorf("%s cites nothing", f.ID)
		}
		for _, s := range []string{f.Say.ZH, f.More.ZH, f.Ask.ZH} {
			if menu.MatchString(s) {
				t.Errorf("%s names a path through an app: %s", f.ID, s)
			}
		}
	}
}

func sentences(s string) int {
	return strings.Count(s, "。") + strings.Count(s, "？") + strings.Count(s, "！")
}

func TestTheTwentyMythsAreAnsweredWithASource(t *testing.T) {
	for _, day := range answerDays {
		seen := map[string]bool{}
		for _, f := range read(t, "myths", day) {
			number, _, _ := strings.Cut(f.ID, "-")
			if f.Kind != policy.KindMyth || seen[number] {
				t.Errorf("%s: %s is %s or comes twice", day, f.ID, f.Kind)
			}
			seen[number] = true
			if len(f.Cites) == 0 || f.Confidence == "" || sentences(f.Claim.ZH) != 1 || sentences(f.Say.ZH)+sentences(f.More.ZH) > 4 {
				t.Errorf("%s: cites %d, confidence %q, claim %q, %q", f.ID, len(f.Cites), f.Confidence, f.Claim.ZH, f.Say.ZH+f.More.ZH)
			}
			if utf8.RuneCountInString(f.Claim.ZH) > 60 {
				t.Errorf("%s: the claim is too long", f.ID)
			}
		}
		for i := 1; i <= 20; i++ {
			if !seen[fmt.Sprint("c", i)] {
				t.Errorf("%s: myth c%d is missing", day, i)
			}
		}
	}
}
