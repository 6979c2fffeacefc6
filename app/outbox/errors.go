package outbox

import (
	"errors"
	"fmt"
)

// Code names a failure for the catalogue of words.
type Code string

// The codes of this package.
const (
	CodeConflict  Code = "conflict"           // changed in another page
	CodeFull      Code = "full"               // no room left: nothing was saved
	CodeStorage   Code = "storage"            // the store can't be used: nothing was saved
	CodeMixup     Code = "mixup"              // a record holds another record's content (L22)
	CodeUnsent    Code = "unsent"             // refused: not delivered and not exported (L23)
	CodeNotFound  Code = "not_found"          // no such draft or item
	CodeNewer     Code = "newer"              // the store was written by a newer app
	CodeNoOffice  Code = "no_office"          // no office takes this form here
	CodeNoKey     Code = "no_key"             // no office key valid at the phone's date
	CodeSealing   Code = "sealing"            // sealing failed: the draft is kept (L26)
	CodeNoAnswer  Code = "no_answer"          // nothing usable came back
	CodeNonsense  Code = "nonsense"           // an answer that isn't the server's (F30, F38)
	CodeRefused   Code = "refused"            // the server refused the exchange
	CodeBusy      Code = "busy"               // the server asks to wait
	CodeTooBigWay Code = "too_big_on_the_way" // something between us and the server refuses the size (L20)
)

// Error is every error of this package. Say is one plain sentence without personal data.
type Error struct {
	Code Code
	Say  string
	Err  error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("outbox: %s (%v)", e.Say, e.Err)
	}
	return "outbox: " + e.Say
}

// Unwrap gives the cause, if any.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of err's first *Error, "" for nil and foreign errors.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// storeErrors says what each of the Store's errors means for the person.
var storeErrors = []struct {
	err  error
	code Code
	say  string
}{
	{ErrNotFound, CodeNotFound, "it is not on this phone any more; look at the list again"},
	{ErrConflict, CodeConflict, "it was changed in another page; take it over here or go on there"},
	{ErrFull, CodeFull, "the phone has no room left and nothing was saved; delete photos or other apps' data, or write it down"},
}

// storeError gives a Store's error its code; nil stays nil.
func storeError(err error) error {
	if err == nil || CodeOf(err) != "" {
		return err
	}
	for _, s := range storeErrors {
		if errors.Is(err, s.err) {
			return &Error{s.code, s.say, err}
		}
	}
	return &Error{CodeStorage, "the phone's storage can't be used just now and nothing was saved; close other pages and try again", err}
}
