package policy

import "unicode/utf8"

// Engine numbers what this evaluator understands; a pack that needs a later one names it in
// the signed index and is refused with "update the program first".
const Engine = 1

// The limits of a pack. A phone must be able to refuse a hostile file before it
// spends memory on it, so Load checks each count against both its limit and the bytes left.
const (
	MaxPackBytes = 4 << 20
	maxStrings   = 1 << 16
	maxString    = 4096
	maxCites     = 1 << 13
	maxFacts     = 1 << 10
	maxOptions   = 64
	maxParams    = 1 << 12
	maxValues    = 1 << 10
	maxYears     = 64
	maxDays      = 366
	maxRegions   = 1 << 12
	maxServices  = 1 << 8
	maxNodes     = 1 << 16
	maxSlots     = 1 << 12
	maxRules     = 1 << 12
	maxRefs      = 256
	maxNumber    = 1 << 53 // beyond ±maxNumber arithmetic fails
)

// forbidden tells characters that no text of a pack may hold: they are invisible or
// reorder what is shown, and can make a signed sentence read differently (F56).
func forbidden(r rune) bool {
	switch {
	case r >= 0x20 && r < 0x7f, r >= 0x3000 && r < 0x3164, r > 0x3164 && r < 0xe000: // nearly all text
		return false
	case r < 0x20, r >= 0x7f && r <= 0xa0, r == 0xad, r == 0x61c, r == 0x115f || r == 0x1160 || r == 0x17b4 || r == 0x17b5 || r == 0x180e,
		r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0x3164, r == 0xffa0,
		r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff, r >= 0xfff0 && r <= 0xffff,
		r >= 0xe000 && r <= 0xf8ff, r >= 0xe0000:
		return true
	}
	return false
}

// CleanText tells whether a pack may hold s: valid UTF-8, at most 4096 bytes, no
// control, bidirectional, invisible or private characters.
func CleanText(s string) bool {
	if len(s) > maxString {
		return false
	}
	for i := 0; i < len(s); {
		switch b := s[i]; {
		case b >= 0x20 && b < 0x7f:
			i++
			continue
		case b >= 0xe4 && b <= 0xe9 && i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80: // a Chinese character
			i += 3
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if size < 2 || forbidden(r) {
			return false
		}
		i += size
	}
	return true
}
