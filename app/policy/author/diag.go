package author

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Diagnostic is one thing wrong with a pack's sources, where it is and what to do.
type Diagnostic struct {
	File      string // path inside the folder
	Line, Col int    // counted from 1, in characters; 0 = about the whole file
	Msg       string // one sentence
	Source    string // the line it is on
	Next      string // what to do, "" when the sentence says it
	Warning   bool   // the pack can still be built
}

// String is file:line:col: sentence, the source line with a caret, and the next step.
func (d Diagnostic) String() string {
	var b strings.Builder
	b.WriteString(d.File)
	if d.Line > 0 {
		b.WriteString(":" + strconv.Itoa(d.Line) + ":" + strconv.Itoa(d.Col))
	}
	b.WriteString(": ")
	if d.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(d.Msg)
	if d.Line > 0 && d.Source != "" {
		b.WriteString("\n | " + strings.ReplaceAll(d.Source, "\t", " ") + "\n | " + pad(d.Source, d.Col) + "^")
	}
	if d.Next != "" {
		b.WriteString("\n = " + d.Next)
	}
	return b.String()
}

// pad is as many columns as the characters before col take on a terminal.
func pad(line string, col int) string {
	n := 0
	for i, r := range []rune(line) {
		if i >= col-1 {
			break
		}
		n += runeWidth(r)
	}
	return strings.Repeat(" ", n)
}

// runeWidth is 2 for what terminals draw wide: CJK, kana, hangul, full-width forms.
func runeWidth(r rune) int {
	switch {
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0x303e, r >= 0x3041 && r <= 0x33ff,
		r >= 0x3400 && r <= 0x4dbf, r >= 0x4e00 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3,
		r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60,
		r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	case r == utf8.RuneError:
		return 1
	}
	return 1
}

// Failed tells whether any diagnostic is an error.
func Failed(ds []Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return !d.Warning })
}

func sortDiags(ds []Diagnostic) []Diagnostic {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Msg, b.Msg))
	})
	return slices.Compact(ds)
}

// sink collects diagnostics.
type sink struct {
	list   []Diagnostic
	broken bool // a file could not be read at all: what names its ids would only repeat that
}

func (s *sink) at(n *node, next, format string, args ...any) {
	s.list = append(s.list, n.diag(false, next, format, args...))
}

func (s *sink) warn(n *node, next, format string, args ...any) {
	s.list = append(s.list, n.diag(true, next, format, args...))
}

func (n *node) diag(warning bool, next, format string, args ...any) Diagnostic {
	d := Diagnostic{File: n.file.name, Line: n.line, Col: n.col, Msg: fmt.Sprintf(format, args...), Next: next, Warning: warning}
	if n.line > 0 && n.line <= len(n.file.lines) {
		d.Source = n.file.lines[n.line-1]
	}
	return d
}

// nearest suggests the allowed word closest to what was written, "" when none is near.
func nearest(got string, allowed []string) string {
	best, at := "", (len([]rune(got))+1)/3
	for _, a := range allowed {
		if d := distance([]rune(got), []rune(a)); d <= at && (best == "" || d < at) {
			best, at = a, d
		}
	}
	return best
}

func didYouMean(got string, allowed []string) string {
	if n := nearest(got, allowed); n != "" {
		return "did you mean " + strconv.Quote(n) + "?"
	}
	if len(allowed) == 0 {
		return ""
	}
	return "use one of " + strings.Join(allowed[:min(len(allowed), 20)], ", ")
}

// distance is Levenshtein's.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		prev := row[0]
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			prev, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, prev+cost)
		}
	}
	return row[len(b)]
}
