package view

import (
	"strings"

	"lixianban/app/words"
)

// Message is a result as plain text for a relative: what the rules say, what to do, what
// to bring, and whom to ask. The person's answers are not in it.
func Message(lang, service, basis string, r Result) string {
	lines := []string{words.T(lang, "app.name") + words.T(lang, "shell.dot") + service, basis}
	if r.Verdict != nil {
		lines = append(lines, "", r.Verdict.Say)
		lines = appendSome(lines, r.Verdict.More)
	}
	for _, p := range r.Parts {
		lines = append(lines, section(p)...)
	}
	if bring, _ := SplitPapers(r.Papers); len(bring) > 0 {
		lines = append(lines, "", words.T(lang, "papers.bring"))
		for _, p := range bring {
			lines = append(lines, "□ "+p.Say)
		}
	}
	return strings.Join(append(lines, "", words.T(lang, "share.foot")), "\n")
}

// shared are the groups that a message holds: the rest is on the page.
var shared = map[string]bool{"consequence": true, "warning": true, "step": true, "channel": true}

func section(p Part) (lines []string) {
	for _, s := range p.Statements {
		if !shared[p.Kind] || s.Vague {
			continue
		}
		if lines == nil {
			lines = []string{"", p.Title}
		}
		lines = append(lines, "· "+s.Say)
		for _, w := range s.Ways {
			lines = append(lines, "  - "+w)
		}
		lines = appendSome(lines, s.Depends)
	}
	return lines
}

func appendSome(lines []string, s string) []string {
	if s == "" {
		return lines
	}
	return append(lines, s)
}
