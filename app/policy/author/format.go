package author

import (
	"bytes"
	"strings"
)

// Format is the canonical layout of a pack's YAML: line feeds, no tabs for indentation, no blanks at
// line ends, at most one empty line in a row, one line feed at the end. It never touches what a
// line says, so comments and the order of keys stay.
func Format(data []byte) []byte {
	text := strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
	var b bytes.Buffer
	empty := true
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" {
			empty = true
			continue
		}
		if empty && b.Len() > 0 {
			b.WriteByte('\n')
		}
		empty = false
		b.WriteString(indent(line))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// indent turns leading tabs, which YAML refuses, into two spaces each.
func indent(line string) string {
	rest := strings.TrimLeft(line, "\t ")
	return strings.ReplaceAll(line[:len(line)-len(rest)], "\t", "  ") + rest
}
