package finder_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"lixianban/app/finder"
)

// The held-out questions were written by someone who saw neither the lexicon nor the
// training questions. The floors sit a little under what was measured, so that a
// change which makes the finder deafer is seen.
func TestQuestionsNobodyTrainedOnAreUnderstood(t *testing.T) {
	t.Parallel()
	var asked, first, three, off, turned int
	b, err := os.ReadFile("testdata/heldout.tsv")
	if err != nil {
		t.Fatal(err)
	}
	f := mustFinder(t)
	for line := range strings.Lines(string(b)) {
		want, q, _ := strings.Cut(strings.TrimSpace(line), "\t")
		ms := f.Ask(q, 3)
		if want == finder.None {
			off++
			turned += count(len(ms) == 0)
			continue
		}
		asked++
		at := place(ms, strings.Split(want, "|"))
		first += count(at == 0)
		three += count(at >= 0)
		if at != 0 {
			t.Logf("%s: %s → %v", want, q, ms)
		}
	}
	t.Logf("%d questions: %d first, %d within three; %d about other things, %d turned away", asked, first, three, off, turned)
	for _, c := range []struct {
		what       string
		got, total int
		percent    int
	}{{"first", first, asked, 86}, {"within three", three, asked, 94}, {"turned away", turned, off, 88}} {
		if c.got*100 < c.total*c.percent {
			t.Errorf("%s: %d of %d, want at least %d %%", c.what, c.got, c.total, c.percent)
		}
	}
}

// place is where the first accepted intent stands, -1 when it doesn't.
func place(ms []finder.Match, accepted []string) int {
	return slices.IndexFunc(ms, func(m finder.Match) bool { return slices.Contains(accepted, m.Intent) })
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
