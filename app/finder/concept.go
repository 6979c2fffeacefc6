package finder

import (
	"strings"
	"sync"
)

// entry is one lexicon word: its concept, its characters and its sounds.
type entry struct {
	concept string
	chars   []rune
	sounds  []string
}

type wordTable struct {
	byChar  map[rune][]entry   // by first character
	bySound map[string][]entry // by first sound; words of two characters and more
	english map[string]string  // Latin and digit words → concept
}

var words = sync.OnceValue(func() wordTable {
	t := wordTable{map[rune][]entry{}, map[string][]entry{}, map[string]string{}}
	for line := range strings.Lines(lexicon) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		for _, w := range f[1:] {
			t.add(f[0], []rune(w))
		}
	}
	return t
})

func (t *wordTable) add(concept string, w []rune) {
	if !isHan(w[0]) && !strings.ContainsFunc(string(w), isHan) {
		t.english[string(w)] = concept
		return
	}
	e := entry{concept: concept, chars: w}
	for _, r := range w {
		e.sounds = append(e.sounds, soundOf(r))
	}
	t.byChar[w[0]] = append(t.byChar[w[0]], e)
	if len(w) > 1 && isHan(w[0]) {
		t.bySound[e.sounds[0]] = append(t.bySound[e.sounds[0]], e)
	}
}

// heard is a concept found in a question; soft when only its sound was right.
type heard struct {
	concept string
	soft    bool
	at, n   int
}

// concepts finds the longest words from left to right. A word by characters wins
// over one of the same length by sound.
func concepts(ts []token) []heard {
	var out []heard
	for i := 0; i < len(ts); {
		h, ok := longest(ts, i)
		if !ok {
			i++
			continue
		}
		out = append(out, h)
		i += h.n
	}
	return out
}

// longest is the longest word that starts at i.
func longest(ts []token, i int) (best heard, ok bool) {
	t := words()
	if ts[i].word != "" {
		c, ok := t.english[ts[i].word]
		return heard{concept: c, at: i, n: 1}, ok
	}
	for _, e := range t.byChar[ts[i].char] {
		if len(e.chars) > best.n && sameChars(ts[i:], e) {
			best = heard{e.concept, false, i, len(e.chars)}
		}
	}
	for _, e := range t.bySound[ts[i].sound] {
		if len(e.chars) > best.n && soundsLike(ts[i:], e) {
			best = heard{e.concept, true, i, len(e.chars)}
		}
	}
	return best, best.n > 0
}

func sameChars(ts []token, e entry) bool {
	if len(ts) < len(e.chars) {
		return false
	}
	for k, r := range e.chars {
		if ts[k].char != r {
			return false
		}
	}
	return true
}

// soundsLike lets one unit of a word of four or more be anything (合作衣疗, 亲情张户).
func soundsLike(ts []token, e entry) bool {
	if len(ts) < len(e.chars) {
		return false
	}
	wrong := 0
	for k, r := range e.chars {
		switch {
		case ts[k].isBreak() || ts[k].word != "":
			return false
		case ts[k].char == r, ts[k].sound != "" && ts[k].sound == e.sounds[k]:
		default:
			wrong++
		}
	}
	return wrong == 0 || wrong == 1 && len(e.chars) >= 4
}
