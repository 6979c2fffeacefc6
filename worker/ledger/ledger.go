package ledger

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
)

// Ledger is the store's logic over any DB. It holds no state of its own, so a new
// one a request (the edge) and many copies over one database (a cluster) are fine.
type Ledger struct{ db DB }

// New wraps a DB whose schema is migrated.
func New(db DB) *Ledger { return &Ledger{db: db} }

// State is what the counter knows of a submission.
type State string

// The states of a submission at the counter, in order.
const (
	Held    State = "held"    // stored, not yet confirmed by the office
	Fetched State = "fetched" // the office has confirmed that it holds it
	Erased  State = "erased"  // the bytes are deleted, the row answers for ever
)

// Submission is one sealed application to be stored.
type Submission struct {
	SID        string // 32 hex digits
	Office     string // office id
	Key        string // 16 hex digits: the office's sealing key
	Pack, Form string // as in the envelope's header
	Capability []byte // SHA-256 of the look-up secret
	Hash       []byte // SHA-256 of Envelope
	Envelope   []byte
	Receipt    string // signed before storing; the first one stored is everyone's
	At         string // RFC 3339, UTC, whole seconds
}

// Outcome says what a change met.
type Outcome int

// The outcomes of a change.
const (
	Stored     Outcome = iota + 1 // new
	Same                          // the same bytes were there already
	Differs                       // other bytes hold this name; nothing changed
	NotFound                      // no such submission of this office
	OutOfOrder                    // an event whose seq is not the next one
)

// Fate is what became of one Submission. Receipt is the stored one: for Differs,
// that of the bytes which came first (don't hand it out).
type Fate struct {
	Outcome Outcome
	Receipt string
}

// Submit stores the submissions in one batch, all or none, and returns a fate for
// each in order. It may be repeated without limit (I2, F26, F27). After an error
// of unknown outcome it reads again: what is found stored is answered as stored,
// otherwise the error comes back and the phone keeps its envelope (F40).
func (l *Ledger) Submit(ctx context.Context, subs ...Submission) ([]Fate, error) {
	var stmts []Stmt
	for _, s := range subs {
		stmts = append(stmts, submitStmts(s)...)
	}
	res, err := l.db.Batch(ctx, stmts)
	if err != nil {
		return l.reread(ctx, subs, err)
	}
	fates := make([]Fate, len(subs))
	for i, s := range subs {
		inserted, stored := res[3*i+1], res[3*i+2]
		if fates[i], err = fateOf(s, stored, len(inserted) > 0); err != nil {
			return nil, err
		}
	}
	return fates, l.auditDiffering(ctx, subs, fates)
}

// submitStmts: the audit entry first, because its seq is the submission's place in
// the office's list; for a repeated sid both inserts do nothing.
func submitStmts(s Submission) []Stmt {
	ref := "submit/" + s.SID
	return []Stmt{
		auditStmt(Entry{Ref: ref, At: s.At, Actor: "phone", Act: "submit", SID: s.SID, Note: fmt.Sprintf("%x", s.Hash)}),
		{SQL: `INSERT INTO submissions (sid, pos, office, office_key, pack, form, capability, hash, size, received_at, state, receipt, envelope)
VALUES (?, (SELECT seq FROM audit WHERE ref = ?), ?, ?, ?, ?, ?, ?, ?, ?, 'held', ?, ?) ON CONFLICT (sid) DO NOTHING RETURNING sid`,
			Args: []any{s.SID, ref, s.Office, s.Key, s.Pack, s.Form, s.Capability, s.Hash, int64(len(s.Envelope)), s.At, s.Receipt, s.Envelope}},
		storedStmt(s.SID),
	}
}

func storedStmt(sid string) Stmt {
	return Stmt{SQL: `SELECT hash, receipt FROM submissions WHERE sid = ?`, Args: []any{sid}}
}

func fateOf(s Submission, stored []Row, inserted bool) (Fate, error) {
	if len(stored) == 0 {
		return Fate{Outcome: NotFound}, nil
	}
	var hash []byte
	var f Fate
	if err := stored[0].scan(&hash, &f.Receipt); err != nil {
		return Fate{}, err
	}
	switch {
	case !bytes.Equal(hash, s.Hash):
		f.Outcome = Differs
	case inserted:
		f.Outcome = Stored
	default:
		f.Outcome = Same
	}
	return f, nil
}

func (l *Ledger) reread(ctx context.Context, subs []Submission, cause error) ([]Fate, error) {
	if errors.Is(cause, ErrBusy) || errors.Is(cause, ErrConstraint) {
		return nil, cause
	}
	fates, err := l.Find(ctx, subs...)
	if err != nil {
		return nil, fmt.Errorf("%w (and reading again: %w)", cause, err)
	}
	for _, f := range fates {
		if f.Outcome == NotFound {
			return nil, cause
		}
	}
	return fates, nil
}

// Find tells what Submit would answer without storing anything: Same, Differs or
// NotFound, in order. Only SID and Hash of the submissions are used.
func (l *Ledger) Find(ctx context.Context, subs ...Submission) ([]Fate, error) {
	stmts := make([]Stmt, len(subs))
	for i, s := range subs {
		stmts[i] = storedStmt(s.SID)
	}
	res, err := l.batch(ctx, stmts)
	if err != nil {
		return nil, err
	}
	fates := make([]Fate, len(subs))
	for i, s := range subs {
		if fates[i], err = fateOf(s, res[i], false); err != nil {
			return nil, err
		}
	}
	return fates, nil
}

// auditDiffering notes that other bytes came under a stored sid (F59): once a sid,
// so that nobody can fill the log with tries.
func (l *Ledger) auditDiffering(ctx context.Context, subs []Submission, fates []Fate) error {
	var stmts []Stmt
	for i, s := range subs {
		if fates[i].Outcome == Differs {
			stmts = append(stmts, auditStmt(Entry{Ref: "differs/" + s.SID, At: s.At, Actor: "phone", Act: "differs", SID: s.SID, Note: fmt.Sprintf("%x", s.Hash)}))
		}
	}
	if len(stmts) == 0 {
		return nil
	}
	_, err := l.db.Batch(ctx, stmts)
	return err
}

// Ask asks for news of one submission.
type Ask struct {
	SID        string
	Capability []byte // SHA-256 of the secret shown
	After      uint32 // highest event seq held
}

// Event is one sealed status event.
type Event struct {
	SID    string
	Seq    uint32
	Sealed string // base64url, as on the wire
}

// News answers an Ask. Known is false when the sid is not here or the capability is
// another one: the same reads run for both, and the comparison takes constant time (SR-18).
type News struct {
	Known   bool
	State   State
	Receipt string
	Events  []Event // Seq > After, ascending, at most MaxEvents
}

// MaxEvents bounds the events one Ask returns; the rest comes with the next one.
const MaxEvents = 64

// Watch answers each Ask in order, in one batch.
func (l *Ledger) Watch(ctx context.Context, asks ...Ask) ([]News, error) {
	if len(asks) == 0 {
		return nil, nil
	}
	var stmts []Stmt
	for _, a := range asks {
		stmts = append(stmts,
			Stmt{SQL: `SELECT capability, state, receipt FROM submissions WHERE sid = ?`, Args: []any{a.SID}},
			Stmt{SQL: `SELECT seq, sealed FROM events WHERE sid = ? AND seq > ? ORDER BY seq LIMIT ?`, Args: []any{a.SID, int64(a.After), int64(MaxEvents)}})
	}
	res, err := l.db.Batch(ctx, stmts)
	if err != nil {
		return nil, err
	}
	news := make([]News, len(asks))
	for i, a := range asks {
		if news[i], err = newsOf(a, res[2*i], res[2*i+1]); err != nil {
			return nil, err
		}
	}
	return news, nil
}

func newsOf(a Ask, sub, events []Row) (News, error) {
	capability, state, n := make([]byte, len(a.Capability)), "", News{}
	if len(sub) > 0 {
		if err := sub[0].scan(&capability, &state, &n.Receipt); err != nil {
			return News{}, err
		}
	}
	if subtle.ConstantTimeCompare(capability, a.Capability) != 1 || len(sub) == 0 {
		return News{}, nil
	}
	n.Known, n.State = true, State(state)
	for _, r := range events {
		var seq int64
		e := Event{SID: a.SID}
		if err := r.scan(&seq, &e.Sealed); err != nil {
			return News{}, err
		}
		e.Seq = uint32(seq)
		n.Events = append(n.Events, e)
	}
	return n, nil
}

// Meta reads a setting, "" when it is not set.
func (l *Ledger) Meta(ctx context.Context, name string) (string, error) {
	res, err := l.db.Batch(ctx, []Stmt{metaStmt(name)})
	if err != nil || len(res[0]) == 0 {
		return "", err
	}
	var v string
	return v, res[0][0].scan(&v)
}

// SetMeta writes a setting.
func (l *Ledger) SetMeta(ctx context.Context, name, value string) error {
	_, err := l.db.Batch(ctx, []Stmt{{SQL: `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, Args: []any{name, value}}})
	return err
}

func metaStmt(name string) Stmt {
	return Stmt{SQL: `SELECT value FROM meta WHERE name = ?`, Args: []any{name}}
}

// Count is the number of submissions of one office in one state.
type Count struct {
	Office string
	State  State
	N      int64
}

// Stats counts submissions; no personal data can be in it.
func (l *Ledger) Stats(ctx context.Context) ([]Count, error) {
	res, err := l.db.Batch(ctx, []Stmt{{SQL: `SELECT office, state, COUNT(*) FROM submissions GROUP BY office, state ORDER BY office, state`}})
	if err != nil {
		return nil, err
	}
	counts := make([]Count, len(res[0]))
	for i, r := range res[0] {
		var state string
		if err := r.scan(&counts[i].Office, &state, &counts[i].N); err != nil {
			return nil, err
		}
		counts[i].State = State(state)
	}
	return counts, nil
}

// scan copies the row's cells into *string, *int64 and *[]byte; NULL gives the zero value.
func (r Row) scan(dst ...any) error {
	if len(r) != len(dst) {
		return fmt.Errorf("ledger: a row has %d columns, want %d", len(r), len(dst))
	}
	for i, d := range dst {
		if !assign(d, r[i]) {
			return fmt.Errorf("ledger: column %d is a %T, want %T", i, r[i], d)
		}
	}
	return nil
}

func assign(dst, v any) bool {
	ok := v == nil
	switch d := dst.(type) {
	case *string:
		if v != nil {
			*d, ok = v.(string)
		}
	case *int64:
		if v != nil {
			*d, ok = v.(int64)
		}
	case *[]byte:
		if v != nil {
			*d, ok = v.([]byte)
		} else {
			*d = nil
		}
	}
	return ok
}
