package view

import (
	"strings"
	"unicode/utf8"

	"lixianban/app/finder"
	"lixianban/app/policy"
)

// MaxHits is how many meanings of a question are shown: more is no answer.
const MaxHits = 3

// maxAsked is the longest question looked at, in characters; what a person says first counts.
const maxAsked = 300

// Hit is one thing that a question may mean, as a line to press.
type Hit struct {
	Intent     string // its page is /answers/<intent>
	Title, Say string // its name, and the first sentence of its answer ("" when there is none)
	Service    string // the interview that goes on from here, "" when the pack has none
}

// Asked is the part of what was written that is looked for; "" as long as there is
// too little to look for: one character says nothing.
func Asked(typed string) string {
	q := strings.TrimSpace(typed)
	if utf8.RuneCountInString(q) < 2 {
		return ""
	}
	if r := []rune(q); len(r) > maxAsked {
		return string(r[:maxAsked])
	}
	return q
}

// Hits puts what the finder heard beside what the pack answers at once.
func Hits(lang string, heard []finder.Match, answers []Reading) (hits []Hit) {
	for _, m := range heard {
		in, ok := finder.ByID(m.Intent)
		if !ok {
			continue
		}
		h := Hit{Intent: in.ID, Title: Text(lang, policy.Text{ZH: in.ZH, EN: in.EN}), Service: in.Service}
		for _, a := range answers {
			if a.ID == in.ID {
				h.Say = FirstSentence(a.Say)
			}
		}
		hits = append(hits, h)
	}
	return hits
}

// FirstSentence is a text up to its first full stop.
func FirstSentence(s string) string {
	end := len(s)
	for _, stop := range []string{"。", "！", "？", ". ", "! ", "? "} {
		if i := strings.Index(s, stop); i >= 0 {
			end = min(end, i+len(strings.TrimSpace(stop)))
		}
	}
	return s[:end]
}
