package packs_test

import (
	"sync"
	"testing"

	"lixianban/app/finder"
	"lixianban/app/policy"
	"lixianban/app/policy/author"
	"lixianban/static/packs"
)

var everywhere = sync.OnceValues(func() (*policy.Pack, []author.Diagnostic) { return author.Compile(packs.FS) })

// TestNoRegionTakesAnAnswerAwayOrTearsTheTable evaluates what is read and compared in every region.
func TestNoRegionTakesAnAnswerAwayOrTearsTheTable(t *testing.T) {
	p, ds := everywhere()
	if p == nil {
		t.Fatal(ds)
	}
	facts := `"facts":{"reason":"unwanted","paid":"this","gap_years":2,"streak":2,"zero_claim":true}`
	for _, region := range append([]string{""}, p.Regions...) {
		for _, day := range []string{"2026-11-21", "2027-01-01"} {
			got := 0
			for _, f := range readIn(t, p, `{"service":"answers","region":"`+region+`","at":"`+day+`"}`).Findings {
				if f.Kind == policy.KindAnswer && f.State == "holds" && len(f.Cites) > 0 && len(f.Opens) > 0 {
					got++
				}
			}
			if got != len(finder.Intents) {
				t.Errorf("%s %s: %d answers for %d intents", region, day, got, len(finder.Intents))
			}
			o := readIn(t, p, `{"service":"resident-stop","region":"`+region+`","at":"`+day+`",`+facts+`}`)
			for _, hole := range holesInTable(o) {
				t.Errorf("%s %s: %s", region, day, hole)
			}
		}
	}
}

func readIn(t *testing.T, p *policy.Pack, text string) *policy.Outcome {
	t.Helper()
	c, err := policy.ParseCase(p, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o, err := p.Evaluate(c)
	if err != nil {
		t.Fatal(err)
	}
	return o
}
