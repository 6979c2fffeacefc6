// Package ledger keeps what the counter holds, in one SQL schema that SQLite,
// D1 and PostgreSQL all take. It stores sealed bytes and their names, hashes,
// sizes, times and states; never a name, an ID number, a phone or free text (SR-05).
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

// DB runs statements. Batch is atomic: all of them or none, in order, alone.
// Errors wrap ErrBusy (try later), ErrConstraint, or are of unknown outcome:
// the caller reads again before it answers (F40).
type DB interface {
	Batch(ctx context.Context, stmts []Stmt) ([][]Row, error)
}

// Errors of a DB, compared with errors.Is.
var (
	ErrBusy       = errors.New("ledger: the database is busy")
	ErrConstraint = errors.New("ledger: a constraint failed")
)
