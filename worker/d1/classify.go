package d1

import (
	"errors"
	"strings"

	"lixianban/worker/ledger"
)

// ErrUnknown marks an error after which nobody knows whether the batch ran.
var ErrUnknown = errors.New("d1: the outcome is unknown; read again before answering")

// errValue marks a batch that was refused before it was sent.
var errValue = errors.New("d1: a value can't be bound; the statement's author must convert it")

// errStatement marks SQL that D1 refused; it changed nothing.
var errStatement = errors.New("d1: D1 refused a statement; run the migrations and try again")

// causes maps pieces of D1's error texts to what they mean, first match first.
var causes = []struct {
	text string
	err  error
}{
	{"SQLITE_CONSTRAINT", ledger.ErrConstraint},
	{"constraint failed", ledger.ErrConstraint},
	{"overloaded", ledger.ErrBusy}, // refused in the queue, before it ran
	{"SQLITE_BUSY", ledger.ErrBusy},
	{"no such table", errStatement},
	{"no such column", errStatement},
	{"syntax error", errStatement},
	{"D1_TYPE_ERROR", errValue},
}

// classify turns the text of a D1 error into an error of ours. The text itself is
// dropped: it may quote what was bound.
func classify(text string) error {
	for _, c := range causes {
		if strings.Contains(text, c.text) {
			return c.err
		}
	}
	return ErrUnknown
}
