package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Entry is one line of the audit. It holds ids, hashes and counts, never content.
type Entry struct {
	Seq   int64  // 1, 2, 3 … without a gap
	Ref   string // names the act; a repeated act adds no second entry
	At    string // RFC 3339
	Actor string // "phone", "system" or "office:<id>"
	Act   string // submit, differs, list, fetch, ack, event, erase
	SID   string // or empty
	Note  string // a hash in hex, a count
}

// sealRun is the most entries one row of audit_chain covers.
const sealRun = 1024

const auditDomain = "lixianban audit v1\n"

// auditStmt adds an entry unless its ref is there; with conds, only when the first
// (an SQL condition, its arguments following) holds. It takes the next seq inside
// the batch, which runs alone.
func auditStmt(e Entry, cond ...any) Stmt {
	sql := `INSERT INTO audit (seq, ref, at, actor, act, sid, note)
SELECT (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT) WHERE `
	args := []any{e.Ref, e.At, e.Actor, e.Act, e.SID, e.Note}
	if len(cond) == 0 {
		sql += "1 = 1"
	} else {
		sql += cond[0].(string)
		args = append(args, cond[1:]...)
	}
	return Stmt{SQL: sql + ` ON CONFLICT (ref) DO NOTHING`, Args: args}
}

// chain is the hash of an entry after the one whose hash is prev. Fields are
// length-prefixed, so no two entries have the same canonical bytes.
func chain(prev [32]byte, e Entry) [32]byte {
	b := append([]byte(auditDomain), prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	for _, f := range []string{e.Ref, e.At, e.Actor, e.Act, e.SID, e.Note} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(f)))
		b = append(b, f...)
	}
	return sha256.Sum256(b)
}

// Checkpoint names the chain's state at an entry. Kept somewhere else, it proves
// later that nothing up to Seq was removed or changed.
type Checkpoint struct {
	Seq  int64
	Hash string // 64 hex digits
}

// Seal chains at most limit entries that are not chained yet and returns the new
// head. It is safe to run anywhere, any number at once.
func (l *Ledger) Seal(ctx context.Context, limit int) (Checkpoint, error) {
	head, err := l.Head(ctx)
	for limit > 0 && err == nil {
		var run []Entry
		if run, err = l.entries(ctx, head.Seq, min(limit, sealRun)); err != nil || len(run) == 0 {
			break
		}
		limit -= len(run)
		if err = l.sealRun(ctx, head, run); err == nil {
			head, err = l.Head(ctx)
		}
	}
	return head, err
}

func (l *Ledger) sealRun(ctx context.Context, head Checkpoint, run []Entry) error {
	prev, err := head.sum()
	if err != nil {
		return err
	}
	hashes := make([]byte, 0, 32*len(run))
	for i, e := range run {
		if e.Seq != head.Seq+int64(i)+1 {
			return &TamperError{Seq: head.Seq + int64(i) + 1, Why: "the entry is missing"}
		}
		prev = chain(prev, e)
		hashes = append(hashes, prev[:]...)
	}
	_, err = l.db.Batch(ctx, []Stmt{{SQL: `INSERT INTO audit_chain (first_seq, last_seq, hashes) VALUES (?, ?, ?) ON CONFLICT (first_seq) DO NOTHING`,
		Args: []any{run[0].Seq, run[len(run)-1].Seq, hashes}}})
	return err
}

// Head returns the last sealed entry; the zero Checkpoint when none is.
func (l *Ledger) Head(ctx context.Context) (Checkpoint, error) {
	res, err := l.db.Batch(ctx, []Stmt{{SQL: `SELECT last_seq, hashes FROM audit_chain ORDER BY first_seq DESC LIMIT 1`}})
	if err != nil || len(res[0]) == 0 {
		return Checkpoint{}, err
	}
	var c Checkpoint
	var hashes []byte
	if err := res[0][0].scan(&c.Seq, &hashes); err != nil {
		return Checkpoint{}, err
	}
	if len(hashes) < 32 {
		return Checkpoint{}, &TamperError{Seq: c.Seq, Why: "its hash is missing"}
	}
	c.Hash = hex.EncodeToString(hashes[len(hashes)-32:])
	return c, nil
}

func (c Checkpoint) sum() (sum [32]byte, err error) {
	if c.Seq == 0 {
		return sum, nil
	}
	b, err := hex.DecodeString(c.Hash)
	if err != nil || len(b) != 32 {
		return sum, fmt.Errorf("a checkpoint's hash is 64 hex digits, this one is %q", c.Hash)
	}
	return [32]byte(b), nil
}

// TamperError names the first entry that is not what was sealed.
type TamperError struct {
	Seq int64
	Why string
}

func (e *TamperError) Error() string {
	return fmt.Sprintf("audit entry %d: %s; restore the log from the copy kept off-site and compare", e.Seq, e.Why)
}

// Verify recomputes the chain over all sealed entries and compares it with the
// stored hashes and with the checkpoints kept elsewhere. It returns the sealed
// head, and a *TamperError naming the first bad entry when one is.
func (l *Ledger) Verify(ctx context.Context, kept ...Checkpoint) (Checkpoint, error) {
	v := verifier{kept: map[int64]string{}}
	for _, c := range kept {
		v.kept[c.Seq] = c.Hash
	}
	for {
		res, err := l.db.Batch(ctx, []Stmt{{SQL: `SELECT first_seq, last_seq, hashes FROM audit_chain WHERE first_seq > ? ORDER BY first_seq LIMIT 1`, Args: []any{v.seq}}})
		if err != nil {
			return Checkpoint{}, err
		}
		if len(res[0]) == 0 {
			return v.done()
		}
		if err := v.run(ctx, l, res[0][0]); err != nil {
			return Checkpoint{}, err
		}
	}
}

type verifier struct {
	seq  int64
	prev [32]byte
	kept map[int64]string
}

func (v *verifier) run(ctx context.Context, l *Ledger, r Row) error {
	var first, last int64
	var hashes []byte
	if err := r.scan(&first, &last, &hashes); err != nil {
		return err
	}
	if first != v.seq+1 || int64(len(hashes)) != 32*(last-first+1) || last-first >= sealRun {
		return &TamperError{Seq: v.seq + 1, Why: "its hash is missing"}
	}
	entries, err := l.entries(ctx, first-1, int(last-first+1))
	if err != nil {
		return err
	}
	for i := range last - first + 1 {
		if int64(len(entries)) <= i || entries[i].Seq != first+i {
			return &TamperError{Seq: first + i, Why: "the entry is missing"}
		}
		if err := v.entry(entries[i], [32]byte(hashes[32*i:])); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) entry(e Entry, want [32]byte) error {
	v.seq, v.prev = e.Seq, chain(v.prev, e)
	if v.prev != want {
		return &TamperError{Seq: e.Seq, Why: "the entry was changed after it was sealed"}
	}
	kept, ok := v.kept[e.Seq]
	if ok && kept != hex.EncodeToString(want[:]) {
		return &TamperError{Seq: e.Seq, Why: "the chain differs from the checkpoint kept elsewhere"}
	}
	delete(v.kept, e.Seq)
	return nil
}

func (v *verifier) done() (Checkpoint, error) {
	for seq := range v.kept {
		if seq > 0 {
			return Checkpoint{}, &TamperError{Seq: v.seq + 1, Why: fmt.Sprintf("the log ends before the checkpoint at %d", seq)}
		}
	}
	if v.seq == 0 {
		return Checkpoint{}, nil
	}
	return Checkpoint{Seq: v.seq, Hash: hex.EncodeToString(v.prev[:])}, nil
}

// Audit returns at most n entries after a seq, for the auditor's screen and the off-site copy.
func (l *Ledger) Audit(ctx context.Context, after int64, n int) ([]Entry, error) {
	if n < 1 || n > sealRun {
		return nil, errors.New("ask for 1 to 1024 audit entries at a time")
	}
	return l.entries(ctx, after, n)
}

func (l *Ledger) entries(ctx context.Context, after int64, n int) ([]Entry, error) {
	res, err := l.db.Batch(ctx, []Stmt{{SQL: `SELECT seq, ref, at, actor, act, sid, note FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`, Args: []any{after, int64(n)}}})
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(res[0]))
	for i, r := range res[0] {
		e := &entries[i]
		if err := r.scan(&e.Seq, &e.Ref, &e.At, &e.Actor, &e.Act, &e.SID, &e.Note); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// Last returns the seq of the newest entry, sealed or not; 0 when there is none.
func (l *Ledger) Last(ctx context.Context) (int64, error) {
	res, err := l.db.Batch(ctx, []Stmt{{SQL: `SELECT COALESCE(MAX(seq), 0) FROM audit`}})
	if err != nil {
		return 0, err
	}
	var last int64
	return last, res[0][0].scan(&last)
}
