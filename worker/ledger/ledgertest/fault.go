package ledgertest

import (
	"context"
	"errors"
	"strings"

	"lixianban/worker/ledger"
)

// ErrLost is an error of unknown outcome.
var ErrLost = errors.New("the connection to the database was lost")

// Faulty is a DB whose writing batches fail as Fault says, when it is set.
type Faulty struct {
	ledger.DB
	Fault Fault
}

// Fault is how the next writing batch fails; it happens once.
type Fault int

// The faults of a batch that writes.
const (
	None       Fault = iota
	LostSent         // ErrLost, and it happened
	LostUnsent       // ErrLost, and it did not happen
	Busy             // ErrBusy, and it did not happen
	LostTwice        // ErrLost, it happened, and the next read fails too
)

// Batch runs or fails.
func (f *Faulty) Batch(ctx context.Context, stmts []ledger.Stmt) ([][]ledger.Row, error) {
	fault := f.Fault
	reads := strings.HasPrefix(stmts[0].SQL, "SELECT")
	if fault == None || reads && fault != LostTwice {
		return f.DB.Batch(ctx, stmts)
	}
	if fault != LostTwice || reads {
		f.Fault = None
	}
	switch {
	case fault == Busy:
		return nil, ledger.ErrBusy
	case !reads && fault != LostUnsent:
		if _, err := f.DB.Batch(ctx, stmts); err != nil {
			return nil, err
		}
	}
	return nil, ErrLost
}

func unknownOutcome(s *suite) {
	for i, c := range []struct {
		fault Fault
		want  ledger.Outcome // 0: an error
		err   error
	}{
		{LostSent, ledger.Same, nil},
		{LostUnsent, 0, ErrLost},
		{Busy, 0, ledger.ErrBusy},
		{LostTwice, 0, ErrLost},
	} {
		db := &Faulty{DB: s.db, Fault: c.fault}
		l := ledger.New(db)
		sub := Submission("a", 10+i)
		fates, err := l.Submit(s.Context(), sub)
		if !errors.Is(err, c.err) || err == nil && fates[0] != (ledger.Fate{Outcome: c.want, Receipt: sub.Receipt}) {
			s.Errorf("submit with fault %d: %+v, %v", c.fault, fates, err)
		}
		db.Fault = None
		if fates, err = l.Submit(s.Context(), sub); err != nil || fates[0].Receipt != sub.Receipt {
			s.Errorf("the next try after fault %d: %+v, %v", c.fault, fates, err)
		}
		s.wantCount(1, `SELECT COUNT(*) FROM submissions WHERE sid = ?`, sub.SID)
		s.wantCount(1, `SELECT COUNT(*) FROM audit WHERE sid = ?`, sub.SID)

		db.Fault = c.fault
		ev := ledger.Event{SID: sub.SID, Seq: 1, Sealed: "one"}
		out, err := l.AppendEvent(s.Context(), "a", ev, At)
		if !errors.Is(err, c.err) || out != c.want {
			s.Errorf("event with fault %d: %d, %v", c.fault, out, err)
		}
		db.Fault = None
		if out, err = l.AppendEvent(s.Context(), "a", ev, At); err != nil || out != ledger.Stored && out != ledger.Same {
			s.Errorf("the next event after fault %d: %d, %v", c.fault, out, err)
		}
	}
}
