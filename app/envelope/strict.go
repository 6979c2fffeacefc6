package envelope

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Limits of JSON messages.
const (
	MaxDepth   = 16        // nested objects and arrays
	MaxRequest = 512 << 10 // bytes of a request body
	MaxPuts    = 32        // envelopes in one SyncRequest
	MaxWatches = 64        // watches in one SyncRequest
)

// Decode reads one JSON value into v, a pointer, and refuses what is bigger than max
// bytes, not UTF-8, nested over MaxDepth, has a member that v's type doesn't name
// exactly, a member twice, a null, a broken surrogate, or anything after the value.
func Decode(data []byte, max int, v any) error { return decode(data, max, v, true) }

// DecodeTolerant is Decode that skips unknown members: for the phone, which must
// understand servers newer than itself.
func DecodeTolerant(data []byte, max int, v any) error { return decode(data, max, v, false) }

func decode(data []byte, max int, v any, exact bool) error {
	if len(data) > max {
		return fail(CodeTooBig, "the message has %d bytes, at most %d are taken", len(data), max)
	}
	if !utf8.Valid(data) {
		return fail(CodeMalformed, "the message is not UTF-8")
	}
	w := walker{dec: json.NewDecoder(bytes.NewReader(data)), exact: exact}
	w.dec.UseNumber()
	if err := w.value(reflect.TypeOf(v).Elem(), 0); err != nil {
		return err
	}
	if rest := data[w.dec.InputOffset():]; len(bytes.TrimLeft(rest, " \t\r\n")) != 0 {
		return fail(CodeMalformed, "the message goes on after its end")
	}
	if err := json.Unmarshal(data, v); err != nil {
		return wrap(CodeMalformed, err, "the message has a value of the wrong kind")
	}
	return nil
}

// walker checks the tokens of a message against a type before anything is stored.
// encoding/json alone takes duplicate members, members in another case and null.
type walker struct {
	dec   *json.Decoder
	exact bool
}

func (w *walker) value(t reflect.Type, depth int) error {
	tok, err := w.dec.Token()
	if err != nil {
		return wrap(CodeMalformed, err, "the message is not JSON")
	}
	switch tok := tok.(type) {
	case nil:
		return fail(CodeMalformed, "the message holds a null; leave the member out")
	case string:
		return checkText(tok)
	case json.Delim:
		if depth == MaxDepth {
			return fail(CodeMalformed, "the message is nested deeper than %d", MaxDepth)
		}
		if tok == '{' {
			return w.object(t, depth+1)
		}
		return w.array(t, depth+1)
	}
	return nil
}

func checkText(s string) error {
	if strings.ContainsRune(s, utf8.RuneError) {
		return fail(CodeMalformed, "the message holds a broken character")
	}
	return nil
}

func (w *walker) array(t reflect.Type, depth int) error {
	elem := elemOf(t, reflect.Slice, reflect.Array)
	for w.dec.More() {
		if err := w.value(elem, depth); err != nil {
			return err
		}
	}
	return w.close()
}

func (w *walker) object(t reflect.Type, depth int) error {
	names, known := membersOf(t)
	seen := map[string]bool{}
	for w.dec.More() {
		tok, err := w.dec.Token()
		if err != nil {
			return wrap(CodeMalformed, err, "the message is not JSON")
		}
		name := tok.(string)
		folded := strings.ToLower(strings.ToUpper(name))
		if seen[folded] || checkText(name) != nil {
			return fail(CodeMalformed, "the message names a member twice")
		}
		seen[folded] = true
		ft, named := names[name]
		if known && !named && (w.exact || folds(names, folded)) {
			return fail(CodeMalformed, "the message has a member that is not known here")
		}
		if !known {
			ft = elemOf(t, reflect.Map)
		}
		if err := w.value(ft, depth); err != nil {
			return err
		}
	}
	return w.close()
}

// folds tells whether a name differs from a known one by case alone: encoding/json
// would take it for that one.
func folds(names map[string]reflect.Type, folded string) bool {
	for n := range names {
		if strings.ToLower(strings.ToUpper(n)) == folded {
			return true
		}
	}
	return false
}

func (w *walker) close() error {
	if _, err := w.dec.Token(); err != nil {
		return wrap(CodeMalformed, err, "the message is not JSON")
	}
	return nil
}

// elemOf is the element type of t, or nil where anything may stand.
func elemOf(t reflect.Type, kinds ...reflect.Kind) reflect.Type {
	t = deref(t)
	for _, k := range kinds {
		if t != nil && t.Kind() == k {
			return t.Elem()
		}
	}
	return nil
}

func deref(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// membersOf lists the JSON members of a struct type; known is false for others.
func membersOf(t reflect.Type) (names map[string]reflect.Type, known bool) {
	t = deref(t)
	if t == nil || t.Kind() != reflect.Struct {
		return nil, false
	}
	names = map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "-" && name != "" {
			names[name] = f.Type
		}
	}
	return names, true
}
