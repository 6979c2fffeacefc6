// Package words holds every sentence of the app that is not policy text, in
// Chinese and in English.
//
// # Form
//
// The catalogue is a table of rows, one key with both languages beside each other, so
// that no language can lack a key and a translator sees what is meant. Keys are dotted,
// area first: "mine.resend". A sentence takes named places:
//
//	{n}                          the argument n
//	{n:application|applications} the first form when n is 1, else the second
//
// # Tone
//
// Short sentences. The everyday word first, the official term once in brackets. An
// error says what to do next. Nothing here states a rule of insurance: that is the
// pack's, with its source.
//
// Rows are Go data instead of embedded JSON: nothing to decode at start-up, and the
// compiler checks the shape.
package words

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// The languages of the catalogue, as in <html lang>.
const (
	ZH = "zh-CN"
	EN = "en"
)

// row is one sentence. Neither text may be empty.
type row struct{ key, zh, en string }

// areas lists the tables; each lives in the file named for it.
var areas = [][]row{shellRows, homeRows, guideRows, askRows, resultRows, papersRows, readRows, applyRows, statusRows, mineRows, settingsRows, aboutRows, problemRows}

var index = sync.OnceValue(func() map[string]row {
	m := map[string]row{}
	for _, a := range areas {
		for _, r := range a {
			m[r.key] = r
		}
	}
	return m
})

// T is the sentence of key in lang ("en…" is English, everything else Chinese).
// args are pairs of a place's name and its value. An unknown key gives the key
// itself: visible, harmless, and refused by the tests of the sources.
func T(lang, key string, args ...any) string {
	r, ok := index()[key]
	if !ok {
		return key
	}
	s := r.zh
	if strings.HasPrefix(lang, EN) {
		s = r.en
	}
	if len(args) == 0 && !strings.Contains(s, "{") {
		return s
	}
	return fill(s, args)
}

// Has reports whether the catalogue has the key: for keys made from codes of
// other packages, with a general sentence to fall back on.
func Has(key string) bool {
	_, ok := index()[key]
	return ok
}

// Keys lists the catalogue's keys in the order of its tables.
func Keys() []string {
	var ks []string
	for _, a := range areas {
		for _, r := range a {
			ks = append(ks, r.key)
		}
	}
	return ks
}

// fill puts the arguments into their places; a place without an argument stays visible.
func fill(s string, args []any) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		j := strings.IndexByte(s, '}')
		if i < 0 || j < i {
			return b.String() + s
		}
		b.WriteString(s[:i])
		b.WriteString(place(s[i+1:j], args))
		s = s[j+1:]
	}
}

// place renders "n" or "n:one|other".
func place(p string, args []any) string {
	name, forms, plural := strings.Cut(p, ":")
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != name {
			continue
		}
		v := fmt.Sprint(args[i+1])
		if !plural {
			return v
		}
		one, other, _ := strings.Cut(forms, "|")
		if v == "1" {
			return one
		}
		return other
	}
	return "{" + p + "}"
}

// Number writes a whole number in plain digits.
func Number(n int64) string { return strconv.FormatInt(n, 10) }
