package filing

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"lixianban/app/envelope"
)

// Sizes of what is decoded.
const (
	MaxDraft       = 64 << 10
	MaxApplication = 64 << 10
	maxFacts       = 200
)

// Error says why a draft or an application can't be used, in one plain sentence
// without personal data.
type Error struct {
	Code string // draft, application, form, check, consent
	Say  string
	Err  error
}

func (e *Error) Error() string { return "filing: " + e.Say }

// Unwrap gives the cause, if any.
func (e *Error) Unwrap() error { return e.Err }

// Encode is the draft's JSON.
func (d Draft) Encode() ([]byte, error) { return canonical(d) }

// DecodeDraft reads a stored draft. Drafts of forms that this version doesn't know
// still decode, so that they can be shown and printed.
func DecodeDraft(b []byte) (Draft, error) {
	var d Draft
	if err := envelope.DecodeTolerant(b, MaxDraft, &d); err != nil {
		return Draft{}, &Error{"draft", "the draft can't be read; it is kept as it is", err}
	}
	if _, err := envelope.ParseSID(d.ID); err != nil {
		return Draft{}, &Error{"draft", "the draft has no name of its own; it is kept as it is", err}
	}
	return d, nil
}

// Set returns the draft with one value changed, one save more and the time of it.
// The value is kept as typed; Normalize and Check judge it.
func (d Draft) Set(field, value, now string) Draft {
	v := Values{}
	for k, x := range d.Values {
		v[k] = x
	}
	if v[field] = value; value == "" {
		delete(v, field)
	}
	d.Values, d.Updated = v, now
	d.Rev++
	return d
}

// CheckConsent tells whether the separate consent was given to the text of this form
// by the one who acts; a guardian's is required under 14 (SR-03).
func (f Form) CheckConsent(d Draft, env Env) Report {
	var r Report
	by := ConsentBy(d.Values, env.Today)
	switch c := d.Consent; {
	case c == nil:
		r.add(f, "consent", finding{problems: bad("consent.missing")})
	case c.Text != f.Consent:
		r.add(f, "consent", finding{problems: bad("consent.text")})
	case c.By != by:
		r.add(f, "consent", finding{problems: bad("consent.by", "by", by)})
	}
	return r
}

// ConsentBy says who must consent: the guardian for anyone under 14 or when acting as
// guardian, otherwise who acts.
func ConsentBy(v Values, today Date) string {
	switch band := ageBand(v["id"], today); {
	case band == "under8", band == "under14":
		return "guardian"
	case v["acting"] == "":
		return "self"
	}
	return v["acting"]
}

// Apply makes the application of a finished draft. statusKey is the phone's public key
// for this application, nonce 32 hex digits of fresh randomness, now the phone's time.
// It fails when the form or the consent still has a problem.
func (f Form) Apply(d Draft, statusKey, nonce, now string, env Env) (Application, error) {
	if d.Form != f.ID {
		return Application{}, &Error{"form", "the draft belongs to another form; open it from the list again", nil}
	}
	if r := f.Check(d.Values, env); !r.OK() {
		return Application{}, &Error{"check", fmt.Sprintf("%d answers still need care; go through the list again", len(r.Problems)), nil}
	}
	if r := f.CheckConsent(d, env); !r.OK() {
		return Application{}, &Error{"consent", "the consent is missing or for an older text; ask for it again", nil}
	}
	a := Application{
		V: 1, SID: d.ID, Nonce: nonce, Form: f.ID, Pack: d.Pack, StatusKey: statusKey,
		Facts: sortedFacts(d.Facts), Values: f.applying(d.Values, env.Today), Consent: *d.Consent, Made: now,
	}
	return a, a.check()
}

// applying keeps the normalised values of the fields that apply: what the person no
// longer sees is not sent.
func (f Form) applying(v Values, today Date) Values {
	v = f.Normalize(v)
	out := Values{}
	for _, s := range f.Visible(v, today) {
		for _, x := range s.Fields {
			if v[x.ID] != "" {
				out[x.ID] = v[x.ID]
			}
		}
	}
	return out
}

func sortedFacts(in []Answer) []Answer {
	out := slices.Clone(in)
	slices.SortFunc(out, func(a, b Answer) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Encode is the application's canonical JSON.
func (a Application) Encode() ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	return canonical(a)
}

// DecodeApplication reads an application strictly: only its canonical spelling, only
// known members. The form may be unknown to this version; the office sees the values.
func DecodeApplication(b []byte) (Application, error) {
	var a Application
	if err := envelope.Decode(b, MaxApplication, &a); err != nil {
		return Application{}, &Error{"application", "this is not an application of version 1", err}
	}
	if err := a.check(); err != nil {
		return Application{}, err
	}
	again, err := canonical(a)
	if err != nil || !bytes.Equal(again, b) {
		return Application{}, &Error{"application", "the application is not in its canonical spelling", err}
	}
	return a, nil
}

func (a Application) check() error {
	malformed := func(what string, err error) error {
		return &Error{"application", "the application's " + what + " is missing or malformed", err}
	}
	if a.V != 1 || a.Form == "" || a.Values == nil {
		return malformed("version, form or values", nil)
	}
	for _, id := range []string{a.SID, a.Nonce} {
		if _, err := envelope.ParseSID(id); err != nil {
			return malformed("sid or nonce", err)
		}
	}
	if key, err := envelope.DecodeBytes(a.StatusKey); err != nil || len(key) != 32 {
		return malformed("status key", err)
	}
	if a.Consent.Text == "" || a.Consent.By == "" || a.Consent.Time == "" {
		return malformed("consent", nil)
	}
	if len(a.Facts) > maxFacts || !strictlyAscending(a.Facts) {
		return malformed("facts", nil)
	}
	return nil
}

func strictlyAscending(facts []Answer) bool {
	for i := 1; i < len(facts); i++ {
		if facts[i-1].ID >= facts[i].ID {
			return false
		}
	}
	return true
}

// canonical is encoding/json without HTML escapes and without a final newline: struct
// members in order, map members by name.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, &Error{"application", "the application can't be written", err}
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
