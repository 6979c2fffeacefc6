package trust

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const maxDepth = 16

// checkText holds the form of a document's text: kind line, one payload line.
func checkText(kind Kind, text string) error {
	payload, ok := strings.CutPrefix(text, string(kind)+"\n")
	payload, ok2 := strings.CutSuffix(payload, "\n")
	if !ok || !ok2 || payload == "" {
		return refuse(Malformed, kind.doc(), "is not of the kind "+string(kind))
	}
	if !cleanText(payload) {
		return refuse(Malformed, kind.doc(), "has bytes that are not plain one-line text")
	}
	return nil
}

// cleanText admits valid UTF-8 without control, bidi, invisible or unassignable characters.
func cleanText(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) ||
		r == '\u2028' || r == '\u2029' || r == utf8.RuneError || r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef
}

// decodeCanonical fills v from payload and demands that v prints as payload again.
func decodeCanonical(doc string, payload []byte, v any) error {
	if err := json.Unmarshal(payload, v); err != nil {
		return refuse(Malformed, doc, "is not JSON of the right shape")
	}
	if again, err := json.Marshal(v); err != nil || !bytes.Equal(again, payload) {
		return refuse(Malformed, doc, "is not in canonical form")
	}
	return nil
}

// checkTree walks JSON of somebody else's shape: one value, no repeated field in
// any letter case, limited depth, clean strings.
func checkTree(doc string, payload []byte) error {
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.UseNumber()
	if err := walk(dec, maxDepth); err != nil {
		return refuse(Malformed, doc, err.Error())
	}
	if _, err := dec.Token(); err != io.EOF {
		return refuse(Malformed, doc, "has something after its JSON")
	}
	return nil
}

type treeError string

func (e treeError) Error() string { return string(e) }

func walk(dec *json.Decoder, depth int) error {
	tok, err := dec.Token()
	if err != nil {
		return treeError("is not JSON")
	}
	switch t := tok.(type) {
	case string:
		if !cleanText(t) {
			return treeError("hides control or bidi characters in a string")
		}
	case json.Delim:
		if depth == 0 {
			return treeError("is nested too deep")
		}
		if err := walkMembers(dec, t == '{', depth-1); err != nil {
			return err
		}
		_, err = dec.Token()
		return err
	}
	return nil
}

func walkMembers(dec *json.Decoder, object bool, depth int) error {
	seen := map[string]bool{}
	for dec.More() {
		if object {
			tok, err := dec.Token()
			name, _ := tok.(string)
			if err != nil || !cleanText(name) {
				return treeError("has a broken field name")
			}
			if low := strings.ToLower(name); seen[low] {
				return treeError("repeats the field " + name)
			} else {
				seen[low] = true
			}
		}
		if err := walk(dec, depth); err != nil {
			return err
		}
	}
	return nil
}

// formatTime and parseTime hold the one form a time may have.
func formatTime(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

func parseTime(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil && formatTime(t) == s && t.Year() >= 2020 && t.Year() < 2200
}
