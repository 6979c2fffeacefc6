// Package ledger keeps what the counter holds, in one SQL schema that SQLite,
// D1 and PostgreSQL all take. It stores sealed bytes and their names, hashes,
// sizes, times and states; never a name, an ID number, a phone or free text (SR-05).
//
// # The port
//
// A [DB] offers one thing, an atomic Batch, because that is all D1 has: no
// interactive transaction, so nothing here reads in one call and decides in the
// next. Every change is one batch of statements whose conditions are SQL, and
// every change may be sent again: rows are inserted ON CONFLICT DO NOTHING under
// a name the caller chose, and the batch ends by reading what is now stored.
// What is read is the answer, whoever wrote it.
//
// # The dialect
//
// Placeholders are plain ?, used once each in order (PostgreSQL's adapter numbers
// them; no statement holds a literal question mark). Types are TEXT, BIGINT and
// BYTEA, which SQLite reads as a name without meaning. Blobs are bound in VALUES
// only; anything bound in a SELECT list is CAST to TEXT or BIGINT. Times are
// RFC 3339 text in UTC with whole seconds, which sorts as time does.
//
// # Tombstones
//
// A submission's row is never deleted: after the retention time its bytes are
// (state "erased", SR-30), and its sid, hash and receipt answer for ever. A phone
// that comes back after two years gets the same receipt, not a second case.
//
// # The audit chain
//
// Every change and every look by staff adds a row to audit, in the same batch, so
// there is no change without its entry and no entry without its change (F42). The
// row's ref names the act ("submit/<sid>", "event/<sid>/<seq>"); a repeated act
// has the same ref and adds nothing. Triggers refuse UPDATE and DELETE.
//
// SQL here cannot compute SHA-256, and reading the last hash before the batch
// would make every two writers race for the head and one of them lose. So entries
// take their dense seq inside the batch, and [Ledger.Seal] chains them afterwards:
//
//	hash(n) = SHA-256("lixianban audit v1\n" || hash(n-1) || canonical entry n)
//
// A hash depends only on the entries, so two sealers at once compute the same
// hashes and the second insert does nothing. Until an entry is sealed an edit past
// the triggers could pass unseen; the embedded server seals every second and the
// edge with each office request. [Ledger.Verify] recomputes everything and names
// the first bad entry; a cut-off tail is found against a checkpoint kept elsewhere (F64).
package ledger

import (
	"context"
	"errors"
)

// Stmt is one statement. Args are string, int64 below 2^53, []byte or nil: what
// D1 can bind (times are RFC 3339 text).
type Stmt struct {
	SQL  string
	Args []any
}

// Row holds one result row: string, int64, []byte or nil by column.
type Row []any

// DB runs statements. Batch is atomic: all of them or none, in order, alone
// (serializable). It returns one slice of rows a statement, nil or empty when the
// statement has none. Errors wrap ErrBusy (nothing happened, try later),
// ErrConstraint (nothing happened), or are of unknown outcome: the caller reads
// again before it answers (F40).
type DB interface {
	Batch(ctx context.Context, stmts []Stmt) ([][]Row, error)
}

// Errors of a DB, compared with errors.Is.
var (
	ErrBusy       = errors.New("ledger: the database is busy")
	ErrConstraint = errors.New("ledger: a constraint failed")
)
