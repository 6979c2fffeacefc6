package view

import (
	"strings"

	"lixianban/app/policy"
	"lixianban/app/words"
)

// Unit says how a value of a unit is typed: the look of the field, the keyboard, and
// the words key of its hint ("ask.hint."+Key).
type Unit struct{ Kind, Mode, Key string }

// Units of questions that are typed rather than pressed.
var Units = map[policy.Unit]Unit{
	policy.Int:    {"short", "numeric", "int"},
	policy.Months: {"short", "numeric", "months"},
	policy.Money:  {"short", "decimal", "money"},
	policy.Date:   {"date", "numeric", "date"},
}

// Typed is how a canonical answer is shown in a field: days without signs between.
func Typed(_ string, canonical string) string {
	if canonical == "?" {
		return ""
	}
	if d, err := policy.ParseDay(canonical); err == nil {
		return strings.ReplaceAll(d.String(), "-", "")
	}
	return canonical
}

// Untype gives what a person typed the form that the interview takes: full-width
// digits become plain, spaces go, a day may be written 20261201, 2026-12-1 or 2026年12月1日.
func Untype(u policy.Unit, typed string) string {
	s := Plain(typed)
	if u == policy.Date {
		return CleanDate(s)
	}
	return s
}

// Plain makes full-width signs half-width and drops spaces.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\u3000' || r == '\u00a0' || r == '\t':
			return -1
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		}
		return r
	}, s)
}

// CleanDate reads the ways people write a day and gives YYYY-MM-DD, or s itself
// when it is none of them.
func CleanDate(s string) string {
	digits := func(x string) bool { return x != "" && strings.Trim(x, "0123456789") == "" }
	if len(s) == 8 && digits(s) {
		return s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-/.年月日号", r) })
	if len(parts) != 3 || len(parts[0]) != 4 {
		return s
	}
	for _, p := range parts {
		if !digits(p) || len(p) > 4 {
			return s
		}
	}
	return parts[0] + "-" + two(parts[1]) + "-" + two(parts[2])
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// Understood repeats a typed day as it was understood; nothing for other units.
func Understood(lang string, u policy.Unit, typed string) string {
	if u != policy.Date {
		return ""
	}
	return UnderstoodDate(lang, typed)
}

// UnderstoodDate repeats a typed day as it was understood, "" when it isn't one.
func UnderstoodDate(lang, typed string) string {
	d, err := policy.ParseDay(CleanDate(Plain(typed)))
	if err != nil {
		return ""
	}
	return words.T(lang, "ask.understood", "date", Date(lang, d))
}
