package finder

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed sounds.txt
var soundsText string

// sounds is the table of sounds.txt, read at the first question.
var sounds = sync.OnceValue(func() soundTable {
	t := soundTable{of: make(map[rune]string, 4096), known: map[string]bool{}}
	for line := range strings.Lines(soundsText) {
		syllable, chars, _ := strings.Cut(strings.TrimSpace(line), " ")
		t.known[syllable] = true
		for _, c := range chars {
			t.of[c] = merge(syllable)
		}
	}
	return t
})

type soundTable struct {
	of    map[rune]string
	known map[string]bool // syllables as spelled
}

// soundOf is the merged syllable of a common character, "" for a rare one.
func soundOf(r rune) string { return sounds().of[r] }

// merged lists the spellings that dialects and hurried thumbs mix up.
var merged = strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ang", "an", "eng", "en", "ing", "in")

// merge brings the syllables that sound alike in dialects to one spelling.
func merge(syllable string) string {
	s := merged.Replace(syllable)
	if rest, ok := strings.CutPrefix(s, "n"); ok && rest != "" {
		return "l" + rest
	}
	return s
}

// spell cuts typed pinyin into syllables, longest first with one way back; nil
// when it can't be all pinyin.
func spell(s string) []string {
	if s == "" {
		return []string{}
	}
	if len(s) > 80 {
		return nil
	}
	for n := min(6, len(s)); n > 0; n-- {
		if !sounds().known[s[:n]] {
			continue
		}
		if rest := spell(s[n:]); rest != nil {
			return append([]string{s[:n]}, rest...)
		}
	}
	return nil
}
