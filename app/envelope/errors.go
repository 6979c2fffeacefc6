package envelope

import "fmt"

// Code names a failure for machines and for the catalogue of words.
type Code string

// The codes of this package.
const (
	CodeMalformed   Code = "malformed"   // the bytes have no meaning in this format
	CodeTooBig      Code = "too_big"     // over the size limit
	CodeUnsupported Code = "unsupported" // a suite or version this build doesn't know
	CodeWrongKey    Code = "wrong_key"   // sealed to another key
	CodeCannotOpen  Code = "cannot_open" // altered, or not for this key
	CodeSignature   Code = "signature"   // a signature or its key is not right
	CodeMismatch    Code = "mismatch"    // true, but about something else
	CodeNoOffice    Code = "no_office"   // no office takes this form for this region
	CodeNoKey       Code = "no_key"      // the office has no key valid at this time
	CodeRetired     Code = "key_retired" // the key is out of grace: seal again
	CodeStale       Code = "stale"       // a signed request too far from the server's time
	CodeRandom      Code = "random"      // the device gave no random bytes
)

// Error is every error of this package. Say is one plain sentence that says what to
// do next; it never holds personal data or secret bytes.
type Error struct {
	Code Code
	Say  string
	Err  error
}

func (e *Error) Error() string { return "envelope: " + e.Say }

// Unwrap gives the cause, if any.
func (e *Error) Unwrap() error { return e.Err }

// Is matches another *Error with the same code, so that
// errors.Is(err, envelope.ErrOf(envelope.CodeRetired)) works.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Say == ""
}

// ErrOf is a target for errors.Is that matches every Error with this code.
func ErrOf(c Code) error { return &Error{Code: c} }

func fail(c Code, format string, args ...any) error {
	return &Error{Code: c, Say: fmt.Sprintf(format, args...)}
}

func wrap(c Code, err error, say string) error { return &Error{Code: c, Say: say, Err: err} }
