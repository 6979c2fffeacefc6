package ledger

import (
	"context"
	"errors"
	"fmt"
)

// Item is one line of an office's work list; nothing in it is personal.
type Item struct {
	Pos        int64 // the cursor: the list is in order of Pos
	SID        string
	Key        string // the sealing key it was made for
	Pack, Form string
	Hash       []byte
	Size       int64
	At         string
	State      State
	Receipt    string
	Seq        uint32 // of its last status event, 0 when none
}

const itemColumns = `pos, sid, office_key, pack, form, hash, size, received_at, state, receipt, (SELECT COALESCE(MAX(seq), 0) FROM events WHERE events.sid = submissions.sid)`

// List returns at most n items of an office after a position, and notes the look
// under ref, which the caller makes unique (the request's nonce).
func (l *Ledger) List(ctx context.Context, office, ref, at string, after int64, n int) ([]Item, error) {
	res, err := l.db.Batch(ctx, []Stmt{
		auditStmt(Entry{Ref: "list/" + office + "/" + ref, At: at, Actor: "office:" + office, Act: "list", Note: fmt.Sprint(after)}),
		{SQL: `SELECT ` + itemColumns + ` FROM submissions WHERE office = ? AND pos > ? ORDER BY pos LIMIT ?`, Args: []any{office, after, int64(n)}},
	})
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(res[1]))
	for i, r := range res[1] {
		if err := items[i].scan(r); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (it *Item) scan(r Row, more ...any) error {
	var state string
	var seq int64
	err := r.scan(append([]any{&it.Pos, &it.SID, &it.Key, &it.Pack, &it.Form, &it.Hash, &it.Size, &it.At, &state, &it.Receipt, &seq}, more...)...)
	it.State, it.Seq = State(state), uint32(seq)
	return err
}

// Sealed is an item with its bytes; Envelope is nil once they are erased.
type Sealed struct {
	Item
	Envelope []byte
}

// Fetch returns the named submissions of an office, in the order asked, leaving out
// those it does not have. Each look is one audit entry under ref (I11). The state
// does not change: bytes may be lost on the way, so only Ack or an event says fetched.
func (l *Ledger) Fetch(ctx context.Context, office, ref, at string, sids ...string) ([]Sealed, error) {
	var stmts []Stmt
	for _, sid := range sids {
		stmts = append(stmts,
			auditStmt(Entry{Ref: "fetch/" + office + "/" + ref + "/" + sid, At: at, Actor: "office:" + office, Act: "fetch", SID: sid}, ownedBy, sid, office),
			Stmt{SQL: `SELECT ` + itemColumns + `, envelope FROM submissions WHERE sid = ? AND office = ?`, Args: []any{sid, office}})
	}
	res, err := l.batch(ctx, stmts)
	if err != nil {
		return nil, err
	}
	var all []Sealed
	for i := range sids {
		for _, r := range res[2*i+1] {
			var s Sealed
			if err := s.Item.scan(r, &s.Envelope); err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	return all, nil
}

const ownedBy = `EXISTS (SELECT 1 FROM submissions WHERE sid = ? AND office = ?)`

// Ack records that the office holds these submissions safely: from now the retention
// time runs. Repeating it changes nothing.
func (l *Ledger) Ack(ctx context.Context, office, at string, sids ...string) error {
	var stmts []Stmt
	for _, sid := range sids {
		stmts = append(stmts, ackStmts(office, at, sid, ownedBy, sid, office)...)
	}
	_, err := l.batch(ctx, stmts)
	return err
}

func ackStmts(office, at, sid string, cond ...any) []Stmt {
	where := cond[0].(string)
	return []Stmt{
		auditStmt(Entry{Ref: "ack/" + sid, At: at, Actor: "office:" + office, Act: "ack", SID: sid}, cond...),
		{SQL: `UPDATE submissions SET state = 'fetched', fetched_at = ? WHERE sid = ? AND office = ? AND state = 'held' AND ` + where,
			Args: append([]any{at, sid, office}, cond[1:]...)},
	}
}

// AppendEvent stores a status event of an office. Seq must be the next one:
// 1 + the highest stored; the same bytes again are Same, other bytes under a used
// seq Differs, a gap OutOfOrder. An event proves that the office opened the
// application, so it also acknowledges it.
func (l *Ledger) AppendEvent(ctx context.Context, office string, e Event, at string) (Outcome, error) {
	res, err := l.db.Batch(ctx, eventStmts(office, e, at))
	if err != nil {
		if errors.Is(err, ErrBusy) || errors.Is(err, ErrConstraint) {
			return 0, err
		}
		return l.rereadEvent(ctx, office, e, err)
	}
	return eventOutcome(e, len(res[0]) > 0, res[len(res)-2], res[len(res)-1])
}

func eventStmts(office string, e Event, at string) []Stmt {
	seq := int64(e.Seq)
	const landed = `EXISTS (SELECT 1 FROM events JOIN submissions ON submissions.sid = events.sid WHERE events.sid = ? AND events.seq = ? AND events.sealed = ? AND submissions.office = ?)`
	stmts := []Stmt{{SQL: `INSERT INTO events (sid, seq, sealed, at)
SELECT CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT)
WHERE ` + ownedBy + ` AND (SELECT COALESCE(MAX(seq), 0) + 1 FROM events WHERE sid = ?) = ?
ON CONFLICT (sid, seq) DO NOTHING RETURNING seq`,
		Args: []any{e.SID, seq, e.Sealed, at, e.SID, office, e.SID, seq}}}
	stmts = append(stmts, auditStmt(Entry{Ref: fmt.Sprintf("event/%s/%d", e.SID, seq), At: at, Actor: "office:" + office, Act: "event", SID: e.SID, Note: fmt.Sprint(seq)},
		landed, e.SID, seq, e.Sealed, office))
	stmts = append(stmts, ackStmts(office, at, e.SID, landed, e.SID, seq, e.Sealed, office)...)
	return append(stmts, eventReadStmts(office, e)...)
}

func eventReadStmts(office string, e Event) []Stmt {
	return []Stmt{
		{SQL: `SELECT sid FROM submissions WHERE sid = ? AND office = ?`, Args: []any{e.SID, office}},
		{SQL: `SELECT sealed FROM events WHERE sid = ? AND seq = ?`, Args: []any{e.SID, int64(e.Seq)}},
	}
}

func (l *Ledger) rereadEvent(ctx context.Context, office string, e Event, cause error) (Outcome, error) {
	res, err := l.db.Batch(ctx, eventReadStmts(office, e))
	if err != nil {
		return 0, fmt.Errorf("%w (and reading again: %w)", cause, err)
	}
	out, err := eventOutcome(e, false, res[0], res[1])
	if err == nil && out == OutOfOrder {
		return 0, cause // it is not there: the office may send it again
	}
	return out, err
}

func eventOutcome(e Event, inserted bool, owned, stored []Row) (Outcome, error) {
	switch {
	case len(owned) == 0:
		return NotFound, nil
	case len(stored) == 0:
		return OutOfOrder, nil
	case inserted:
		return Stored, nil
	}
	var sealed string
	if err := stored[0].scan(&sealed); err != nil {
		return 0, err
	}
	if sealed == e.Sealed {
		return Same, nil
	}
	return Differs, nil
}

// UseNonce reports whether the office uses this nonce for the first time, and
// forgets nonces older than before (their requests are too old to be accepted).
func (l *Ledger) UseNonce(ctx context.Context, office, nonce, at, before string) (bool, error) {
	res, err := l.db.Batch(ctx, []Stmt{
		{SQL: `DELETE FROM nonces WHERE office = ? AND at < ?`, Args: []any{office, before}},
		{SQL: `INSERT INTO nonces (office, nonce, at) VALUES (?, ?, ?) ON CONFLICT (office, nonce) DO NOTHING RETURNING nonce`, Args: []any{office, nonce, at}},
	})
	return err == nil && len(res[1]) == 1, err
}

// Sweep erases the bytes of at most n submissions fetched before a time (SR-30) and
// returns how many it did. The rows stay as tombstones.
func (l *Ledger) Sweep(ctx context.Context, before, at string, n int) (int, error) {
	res, err := l.db.Batch(ctx, []Stmt{{SQL: `SELECT sid FROM submissions WHERE state = 'fetched' AND fetched_at < ? ORDER BY pos LIMIT ?`, Args: []any{before, int64(n)}}})
	if err != nil {
		return 0, err
	}
	var stmts []Stmt
	for _, r := range res[0] {
		var sid string
		if err := r.scan(&sid); err != nil {
			return 0, err
		}
		stmts = append(stmts,
			auditStmt(Entry{Ref: "erase/" + sid, At: at, Actor: "system", Act: "erase", SID: sid}),
			Stmt{SQL: `UPDATE submissions SET state = 'erased', envelope = NULL WHERE sid = ?`, Args: []any{sid}})
	}
	_, err = l.batch(ctx, stmts)
	return len(res[0]), err
}

// batch skips the round trip when there is nothing to do.
func (l *Ledger) batch(ctx context.Context, stmts []Stmt) ([][]Row, error) {
	if len(stmts) == 0 {
		return nil, nil
	}
	return l.db.Batch(ctx, stmts)
}
