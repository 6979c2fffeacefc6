// Package packs_test holds what must be true of the packs' content, whoever edits it.
package packs_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"lixianban/app/policy"
	"lixianban/app/policy/author"
)

// longestSentence is what can be read aloud in one breath.
const longestSentence = 44

// mostQuestions is what a person answers at most, whatever the answers.
const mostQuestions = 8

// walks is how often each service is walked through at random.
const walks = 300

// rows are the row ids of the fact base: families with their size, and the odd ones.
var rows = map[string]int{
	"L": 12, "W": 19, "D": 6, "T": 8, "I": 14, "F": 8, "X": 8, "E": 11, "P": 10, "G": 7, "N": 14,
	"U1-": 4, "U2-": 6, "U3-": 9, "U4-": 6, "U5-": 17, "U6-": 7, "U7-": 4, "U8-": 8, "U9-": 5,
}

var oddRows = []string{"S0a", "S0b", "S0c", "S0d", "S0e", "S0f", "S0g", "I2b", "I3b", "P1b", "P3b", "H12393", "H12366", "H12333", "H12345"}

var folder = os.DirFS("national")

var compiled = sync.OnceValues(func() (*policy.Pack, []author.Diagnostic) { return author.Compile(folder) })

func national(t *testing.T) (fs.FS, *policy.Pack) {
	t.Helper()
	p, ds := compiled()
	for _, d := range ds {
		t.Error(d)
	}
	if p == nil {
		t.FailNow()
	}
	return folder, p
}

func TestEveryScenarioComesOut(t *testing.T) {
	fsys, _ := national(t)
	results, _ := author.RunScenarios(fsys)
	if len(results) < 150 {
		t.Errorf("only %d scenarios ran", len(results))
	}
	for _, r := range results {
		for _, d := range r.Problems {
			t.Errorf("%s %s: %s", r.File, r.Name, d)
		}
	}
}

func TestEveryRowIsCitedOrLeftOutWithAReason(t *testing.T) {
	fsys, p := national(t)
	used := cited(p)
	left := leftOut(t, fsys)
	for _, row := range allRows() {
		_, out := left[row]
		switch {
		case used[row] && out:
			t.Errorf("%s is cited and also listed as left out", row)
		case !used[row] && !out:
			t.Errorf("%s is neither cited by a statement nor listed in CHANGELOG.md under Left out", row)
		}
		delete(left, row)
	}
	for row := range left {
		t.Errorf("CHANGELOG.md leaves out %s, which is no row", row)
	}
}

func TestEverySentenceCanBeReadInOneBreath(t *testing.T) {
	_, p := national(t)
	hole := regexp.MustCompile(`\{[^}]*\}`)
	check := func(where string, x policy.Text) {
		for _, s := range regexp.MustCompile(`[。？！]`).Split(hole.ReplaceAllString(x.ZH, "四个字吧"), -1) {
			if n := utf8.RuneCountInString(s); n > longestSentence {
				t.Errorf("%s: %d characters in one sentence: %s", where, n, s)
			}
		}
	}
	for _, f := range p.Facts {
		check(f.Question.Fact, f.Ask)
		check(f.Question.Fact, f.Help)
		check(f.Question.Fact, f.Why)
	}
	for _, s := range p.Services {
		for _, r := range s.Rules {
			check(s.ID+" "+r.ID, r.Say)
			check(s.ID+" "+r.ID, r.More)
			check(s.ID+" "+r.ID, r.Ask)
			check(s.ID+" "+r.ID, r.Claim)
		}
	}
}

// TestEveryWalkEndsInAnAnswer answers at random, always the question the pack asks next.
func TestEveryWalkEndsInAnAnswer(t *testing.T) {
	_, p := national(t)
	for _, s := range p.Services {
		t.Run(s.ID, func(t *testing.T) {
			w := &walker{t: t, p: p, rnd: rand.New(rand.NewPCG(20261121, 1)), seen: map[string]bool{}, turn: map[string]int{}}
			for range walks {
				w.walk(s.ID)
			}
			for _, r := range s.Rules {
				if !w.seen[r.ID] {
					t.Errorf("%s was never shown in %d walks: drop it or make it reachable", r.ID, walks)
				}
			}
		})
	}
}

// TestNotKnowingNeverTrapsAPerson declines everything and still gets something to do.
func TestNotKnowingNeverTrapsAPerson(t *testing.T) {
	_, p := national(t)
	at, _ := policy.ParseDay("2026-11-21")
	for _, s := range p.Services {
		c := policy.Case{Service: s.ID, At: at, Facts: map[string]policy.Value{}}
		o, err := p.Evaluate(c)
		for n := 0; err == nil && len(o.Ask) > 0 && n <= len(p.Facts); n++ {
			c.Facts[o.Ask[0]] = policy.Value{State: policy.Declined}
			o, err = p.Evaluate(c)
		}
		if err != nil {
			t.Fatal(s.ID, err)
		}
		if !offersHelp(o) {
			t.Errorf("%s: with every answer 不知道 nothing points to 12393", s.ID)
		}
	}
}

func offersHelp(o *policy.Outcome) bool {
	for _, f := range o.Findings {
		if f.State == "holds" && strings.Contains(f.Say.ZH, "12393") {
			return true
		}
	}
	return false
}

type walker struct {
	t    *testing.T
	p    *policy.Pack
	rnd  *rand.Rand
	seen map[string]bool
	turn map[string]int // how often a question came up after the same choices
}

var walkDays = []string{"2026-01-08", "2026-08-27", "2026-10-31", "2026-11-01", "2026-11-21", "2026-12-31", "2027-01-01", "2027-03-10"}

func (w *walker) walk(service string) {
	at, _ := policy.ParseDay(walkDays[w.rnd.IntN(len(walkDays))])
	c := policy.Case{Service: service, At: at, Facts: map[string]policy.Value{}}
	o, err := w.p.Evaluate(c)
	path := ""
	for err == nil && len(o.Ask) > 0 {
		if len(c.Facts) == mostQuestions {
			w.t.Fatalf("more than %d questions on the way: %v, then %s", mostQuestions, c.Facts, o.Ask[0])
		}
		f, _ := w.p.Fact(o.Ask[0])
		n := w.answer(f, path, at)
		c.Facts[o.Ask[0]] = policy.Value{State: policy.Known, N: n}
		if f.Unit == policy.Enum || f.Unit == policy.Bool {
			path += fmt.Sprint(o.Ask[0], n, " ")
		}
		o, err = w.p.Evaluate(c)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.note(c, o)
}

// note holds that the walk ended in one verdict and that only the office can decide what is left.
func (w *walker) note(c policy.Case, o *policy.Outcome) {
	if s, _ := w.p.Service(c.Service); o.Verdict == nil && !s.Verdictless() {
		w.t.Fatalf("no verdict for %v at %s; conflict %v", c.Facts, c.At, o.Conflict)
	}
	if o.Verdict != nil {
		w.seen[o.Verdict.ID] = true
	}
	for _, f := range o.Findings {
		w.seen[f.ID] = true
		if f.State != "holds" && len(o.Office) == 0 {
			w.t.Errorf("%s still depends on %v with nothing left to ask", f.ID, f.DependsOn)
		}
	}
	for _, f := range o.Papers {
		w.seen[f.ID] = true
	}
	for _, hole := range holesInTable(o) {
		w.t.Errorf("%v at %s: %s", c.Facts, c.At, hole)
	}
}

// answer takes the choices of the first questions in turn, so that each is tried after the
// same choices before, and everything later at random.
func (w *walker) answer(f *policy.Fact, path string, at policy.Day) int64 {
	switch f.Unit {
	case policy.Bool:
		return w.choice(f, path, 2)
	case policy.Enum:
		return w.choice(f, path, len(f.Options))
	case policy.Date:
		return max(f.Min, int64(at)+int64(w.rnd.IntN(640)-430))
	}
	return min(f.Max, f.Min+int64(w.rnd.IntN(36)))
}

func (w *walker) choice(f *policy.Fact, path string, n int) int64 {
	if strings.Count(path, " ") >= 2 {
		return int64(w.rnd.IntN(n))
	}
	key := path + f.Question.Fact
	w.turn[key]++
	return int64(w.turn[key] % n)
}

func allRows() []string {
	out := append([]string(nil), oddRows...)
	for family, n := range rows {
		for i := 1; i <= n; i++ {
			out = append(out, fmt.Sprint(family, i))
		}
	}
	return out
}

func cited(p *policy.Pack) map[string]bool {
	used := map[string]bool{}
	for _, s := range p.Services {
		for _, r := range s.Rules {
			for _, i := range r.Cites {
				used[p.Cites[i].ID] = true
			}
		}
	}
	for _, x := range p.Params {
		for _, v := range x.Values {
			for _, i := range v.Cites {
				used[p.Cites[i].ID] = true
			}
		}
	}
	return used
}

func leftOut(t *testing.T, fsys fs.FS) map[string]string {
	t.Helper()
	text, err := fs.ReadFile(fsys, "CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(text), "\n## Left out\n")
	if !ok {
		t.Fatal("CHANGELOG.md has no section Left out")
	}
	left := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^- ([A-Z][A-Za-z0-9-]*): (.+)$`).FindAllStringSubmatch(list, -1) {
		left[m[1]] = m[2]
	}
	return left
}
