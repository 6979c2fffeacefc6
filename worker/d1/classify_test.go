package d1

import (
	"errors"
	"testing"

	"lixianban/worker/ledger"
)

// The texts are those of D1's documentation (debug D1, error list) and of workerd.
func TestOnlyAnErrorThatSurelyChangedNothingIsCalledBusyOrConstraint(t *testing.T) {
	for text, want := range map[string]error{
		"D1_ERROR: UNIQUE constraint failed: events.sid, events.seq: SQLITE_CONSTRAINT":           ledger.ErrConstraint,
		"D1_ERROR: audit is append-only: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)": ledger.ErrConstraint,
		"D1_ERROR: NOT NULL constraint failed: meta.value: SQLITE_CONSTRAINT":                     ledger.ErrConstraint,
		"D1_ERROR: D1 DB is overloaded. Requests queued for too long.":                            ledger.ErrBusy,
		"D1_ERROR: D1 DB is overloaded. Too many requests queued.":                                ledger.ErrBusy,
		"D1_ERROR: no such table: submissions: SQLITE_ERROR":                                      errStatement,
		"D1_TYPE_ERROR: Type 'undefined' not supported for value 'undefined'":                     errValue,
		"D1_ERROR: Network connection lost.":                                                      ErrUnknown,
		"D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.":     ErrUnknown,
		"D1_ERROR: Internal error while starting up D1 DB storage caused object to be reset.":     ErrUnknown,
		"D1_ERROR: D1 DB's isolate exceeded its memory limit and was reset.":                      ErrUnknown,
		"D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.":                   ErrUnknown,
		"": ErrUnknown,
	} {
		if got := classify(text); !errors.Is(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
