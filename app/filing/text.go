package filing

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// narrow turns full-width ASCII (U+FF01–FF5E) and the ideographic space into plain
// ASCII: Chinese keyboards type them without notice.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000' || r == '\u00a0':
			return ' '
		}
		return r
	}, s)
}

// compact drops every space and dash after narrowing.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t-—–‐－_.", r) {
			return -1
		}
		return r
	}, narrow(s))
}

// normalName keeps a name as the register writes it: one middle dot (U+00B7) for
// the six that keyboards type, single spaces, no variation selectors.
func normalName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("•‧・･∙⋅", r):
			return '·'
		case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF:
			return -1
		}
		return r
	}, narrow(s))
	return strings.Join(strings.Fields(s), " ")
}

// normalText trims free text and keeps its lines.
func normalText(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimSpace(strings.ReplaceAll(s, "\t", " "))
}

// unsafeRune finds a character that may not stand in any text: controls, bidi and
// zero-width formats, private use, non-characters and broken ones (SR-29).
func unsafeRune(s string, newlines bool) bool {
	if !utf8.ValidString(s) {
		return true
	}
	return strings.ContainsFunc(s, func(r rune) bool {
		if r == '\n' {
			return !newlines
		}
		return r == utf8.RuneError || r == 0x2028 || r == 0x2029 || r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF ||
			unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co)
	})
}

// nameRune tells what a name may hold: letters of any script, the 〇 of names, and
// rare characters that are newer than this program's tables (planes 2 and 3).
func nameRune(r rune) bool {
	return unicode.IsLetter(r) || r == '〇' || r >= 0x20000 && r <= 0x3FFFD || strings.ContainsRune("·.' -’", r)
}

// composed refuses what NFC would change: combining marks after their base, and
// compatibility ideographs, which two registers would spell differently.
func composed(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Mn, unicode.Me) || r >= 0xF900 && r <= 0xFAD9 || r >= 0x2F800 && r <= 0x2FA1D
	})
}

func checkName(f Field, v string, _ Env) (p, w []found) {
	switch {
	case unsafeRune(v, false) || !composed(v):
		return bad("name.character"), nil
	case strings.ContainsFunc(v, func(r rune) bool { return !nameRune(r) }):
		return bad("name.letters"), nil
	case utf8.RuneCountInString(v) > f.Max:
		return bad("too-long", "max", itoa(f.Max)), nil
	case strings.Trim(v, "·.' -’") != v || !strings.ContainsFunc(v, unicode.IsLetter) && utf8.RuneCountInString(v) < 2:
		return bad("name.letters"), nil
	case utf8.RuneCountInString(v) == 1:
		return nil, bad("name.short")
	}
	return nil, nil
}

func checkText(f Field, v string, _ Env) (p, w []found) {
	switch {
	case unsafeRune(v, true):
		return bad("text.character"), nil
	case utf8.RuneCountInString(v) > f.Max:
		return bad("too-long", "max", itoa(f.Max), "over", itoa(utf8.RuneCountInString(v)-f.Max)), nil
	case strings.Count(v, "\n") > 20:
		return bad("text.lines"), nil
	case longDigits(v):
		return nil, bad("text.account")
	}
	return nil, nil
}

// longDigits notices what may be a bank card or ID number in free text, where nobody
// asked for it.
func longDigits(v string) bool {
	run := 0
	for _, r := range compact(v) {
		if r < '0' || r > '9' {
			run = 0
			continue
		}
		if run++; run >= 15 {
			return true
		}
	}
	return false
}
