package policy

// Error is a refusal: a code for machines, the field it is about, one sentence
// that says what to do.
//
// Codes: bad_date, bad_case, unknown_field, unknown_service, unknown_region,
// unknown_fact, unknown_option, wrong_type, out_of_range, bad_pack, pack_too_large.
type Error struct {
	Code  string
	Field string // "facts.job_start", "" when it is about the whole
	Msg   string
}

// Error is the sentence, after the field.
func (e *Error) Error() string {
	if e.Field == "" {
		return e.Msg
	}
	return e.Field + ": " + e.Msg
}

// in returns the error with its field set.
func in(field string, err error) error {
	if e, ok := err.(*Error); ok {
		c := *e
		c.Field = field
		return &c
	}
	return err
}

// clip keeps quoted input short and on one line.
func clip(s string) string {
	r := []rune(s)
	for i, c := range r {
		if forbidden(c) {
			r[i] = '·'
		}
	}
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(r)
}

// list joins allowed values for a sentence, at most twelve of them.
func list(ids []string) string {
	out := ""
	for i, id := range ids {
		if i == 12 {
			return out + ", …"
		}
		if i > 0 {
			out += ", "
		}
		out += id
	}
	return out
}
