package policy

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// maxCaseBytes is far above any real case.
const maxCaseBytes = 1 << 18

// ParseCase reads the case format of the package comment, strictly, against a
// pack. Errors are *Error with the field's name and what is allowed.
func ParseCase(p *Pack, data []byte) (Case, error) {
	c := Case{Facts: map[string]Value{}}
	if len(data) > maxCaseBytes {
		return c, &Error{Code: "bad_case", Msg: "the case is larger than 256 KB; leave out what is not a fact of the service"}
	}
	seenAt := false
	err := eachField("", data, func(key string, raw json.RawMessage) error {
		switch key {
		case "service":
			return text(key, raw, &c.Service)
		case "region":
			return text(key, raw, &c.Region)
		case "at":
			seenAt = true
			return day(key, raw, &c.At)
		case "facts":
			return eachField("facts", raw, func(id string, raw json.RawMessage) error { return p.parseFact(c.Facts, id, raw) })
		}
		return &Error{Code: "unknown_field", Field: clip(key), Msg: "there is no such field; use service, region, at, facts"}
	})
	switch {
	case err != nil:
		return c, err
	case !seenAt:
		return c, &Error{Code: "bad_case", Field: "at", Msg: "the date asked about is missing; write it as YYYY-MM-DD"}
	}
	_, err = NewMachine(p, c.Service, c.Region, c.At)
	return c, err
}

// eachField walks an object in order and refuses repeated keys and anything after it.
func eachField(field string, data []byte, f func(string, json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return &Error{Code: "bad_case", Field: field, Msg: "must be a JSON object {…}"}
	}
	seen := map[string]bool{}
	for d.More() {
		var raw json.RawMessage
		key, err := d.Token()
		if err != nil || d.Decode(&raw) != nil {
			return notJSON(field, d)
		}
		k := key.(string)
		if seen[k] {
			return &Error{Code: "bad_case", Field: clip(k), Msg: "is given twice; keep one"}
		}
		seen[k] = true
		if err := f(k, raw); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil || d.More() {
		return notJSON(field, d)
	}
	return nil
}

func notJSON(field string, d *json.Decoder) error {
	return &Error{Code: "bad_case", Field: field, Msg: "is not valid JSON near byte " + strconv.FormatInt(d.InputOffset(), 10) + "; check quotes, commas and brackets there"}
}

func text(field string, raw json.RawMessage, to *string) error {
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, to) != nil {
		return &Error{Code: "wrong_type", Field: field, Msg: "must be text in quotes"}
	}
	return nil
}

func day(field string, raw json.RawMessage, to *Day) error {
	var s string
	if err := text(field, raw, &s); err != nil {
		return &Error{Code: "wrong_type", Field: field, Msg: "must be a day in quotes, as \"2026-11-21\""}
	}
	d, err := ParseDay(s)
	*to = d
	return in(field, err)
}

func (p *Pack) parseFact(facts map[string]Value, id string, raw json.RawMessage) error {
	f, ok := p.Fact(id)
	field := "facts." + clip(id)
	if !ok {
		return unknown("fact", field, id, factIDs(p))
	}
	v, err := f.parseJSON(raw)
	if err == nil {
		err = f.check(v)
	}
	if err != nil {
		return in(field, err)
	}
	facts[id] = v
	return nil
}

// parseJSON reads one answer: null and "unknown" are not asked, "declined" is 不知道.
func (f *Fact) parseJSON(raw json.RawMessage) (Value, error) {
	s := string(raw)
	quoted := len(s) > 0 && s[0] == '"' && json.Unmarshal(raw, &s) == nil
	_, option := f.Option(s)
	switch {
	case !quoted && s == "null", quoted && s == "unknown" && !option:
		return Value{}, nil
	case quoted && s == "declined" && !option:
		return Value{State: Declined}, nil
	case f.Unit == Bool && !quoted && (s == "true" || s == "false"):
		return Value{Known, bit(s == "true")}, nil
	case quoted == (f.Unit == Enum || f.Unit == Date) && f.Unit != Bool, f.Unit == Money:
		return f.Parse(s)
	}
	return Value{}, f.wrongType()
}

// Option finds an enum's option by id.
func (f *Fact) Option(id string) (int, bool) {
	for i := range f.Options {
		if f.Options[i].ID == id {
			return i, true
		}
	}
	return 0, false
}

// Parse reads the canonical text of an answer (see Text). Errors: wrong_type,
// unknown_option, bad_date, out_of_range.
func (f *Fact) Parse(s string) (Value, error) {
	n, err := f.number(s)
	if err != nil {
		return Value{}, err
	}
	v := Value{Known, n}
	return v, f.check(v)
}

func (f *Fact) number(s string) (int64, error) {
	switch f.Unit {
	case Bool:
		if s == "yes" || s == "no" {
			return bit(s == "yes"), nil
		}
	case Enum:
		if i, ok := f.Option(s); ok {
			return int64(i), nil
		}
		return 0, &Error{Code: "unknown_option", Msg: "“" + clip(s) + "” is not an option; use one of " + list(f.optionIDs())}
	case Date:
		d, err := ParseDay(s)
		return int64(d), err
	case Money:
		if n, ok := ParseYuan(s); ok {
			return n, nil
		}
	default:
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && s == strconv.FormatInt(n, 10) {
			return n, nil
		}
	}
	return 0, f.wrongType()
}

func (f *Fact) optionIDs() (ids []string) {
	for i := range f.Options {
		ids = append(ids, f.Options[i].ID)
	}
	return ids
}

var wanted = [...]string{
	Bool: "true or false", Int: "a whole number", Months: "a whole number of months",
	Date: "a day in quotes, as \"2026-11-21\"", Money: "an amount in yuan with at most two decimals, as \"400.00\"", Phrase: "",
}

func (f *Fact) wrongType() error {
	what := wanted[f.Unit]
	if f.Unit == Enum {
		what = "one of " + list(f.optionIDs())
	}
	return &Error{Code: "wrong_type", Msg: "must be " + what + ", or null"}
}

// ParseYuan reads yuan with at most two decimals into fen, without rounding.
func ParseYuan(s string) (fen int64, ok bool) {
	whole, cents, dot := strings.Cut(s, ".")
	digit := strings.TrimPrefix(whole, "-")
	if digit == "" || len(digit) > 13 || dot && (cents == "" || len(cents) > 2) {
		return 0, false
	}
	for _, c := range digit + cents {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, _ := strconv.ParseInt(digit+(cents + "00")[:2], 10, 64)
	if strings.HasPrefix(whole, "-") {
		n = -n
	}
	return n, true
}
