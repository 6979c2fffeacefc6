// Package sqlite is the ledger's DB over a file, through modernc.org/sqlite (pure Go).
//
// The file is in WAL mode with synchronous=FULL: when Batch returns nil the change
// is on the disk. One connection writes. Batches that arrive while it is busy are
// committed together: each runs in its own savepoint, so one that fails is undone
// alone, and all share one BEGIN IMMEDIATE, one COMMIT and one fsync. Nobody waits
// for company: a lone batch is committed at once. Batches of SELECTs alone run on
// reading connections beside the writer.
//
// secure_delete is on, so that erased envelopes are overwritten in the file (SR-30).
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"

	driver "modernc.org/sqlite"

	"lixianban/worker/ledger"
)

// Options bound the work in flight; zero values take the defaults.
type Options struct {
	Group int // batches per commit, 64
	Queue int // batches waiting before ErrBusy, 1024
}

// DB is a ledger.DB over one file.
type DB struct {
	write, read *sql.DB
	opt         Options
	queue       chan *job
	mu          sync.RWMutex // held for reading while sending to queue, for writing to close it
	closed      bool
	done        chan struct{}
}

var _ ledger.DB = (*DB)(nil)

// Open opens or makes the file, readable by its owner only. Close it when done.
func Open(path string, opt Options) (*DB, error) {
	if opt.Group == 0 {
		opt.Group = 64
	}
	if opt.Queue == 0 {
		opt.Queue = 1024
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	f.Close()
	d := &DB{opt: opt, queue: make(chan *job, opt.Queue), done: make(chan struct{})}
	if d.write, err = open(path, "immediate", 1); err != nil {
		return nil, err
	}
	if d.read, err = open(path, "deferred", 4); err != nil {
		d.write.Close()
		return nil, err
	}
	w, err := newWriter(d.write)
	if err != nil {
		d.write.Close()
		d.read.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	go d.work(w)
	return d, nil
}

// pragmas of each connection. temp_store keeps temporary tables off the disk.
var pragmas = []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "foreign_keys(ON)", "trusted_schema(OFF)", "temp_store(MEMORY)"}

func open(path, lock string, conns int) (*sql.DB, error) {
	q := url.Values{"_txlock": {lock}, "_pragma": pragmas}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// Close waits for the batches already accepted and closes the file.
func (d *DB) Close() error {
	d.mu.Lock()
	wasClosed := d.closed
	d.closed = true
	if !wasClosed {
		close(d.queue)
	}
	d.mu.Unlock()
	<-d.done
	return errors.Join(d.read.Close(), d.write.Close())
}

// Checkpoint folds the WAL into the file and empties it, so that erased bytes are
// gone from both (SR-30). It waits for readers up to the busy timeout.
func (d *DB) Checkpoint(ctx context.Context) error {
	_, err := d.read.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return classify(err)
}

// Batch implements ledger.DB. When ctx ends first the outcome is unknown: the batch
// may still be committed.
func (d *DB) Batch(ctx context.Context, stmts []ledger.Stmt) ([][]ledger.Row, error) {
	if len(stmts) == 0 {
		return nil, nil
	}
	if readOnly(stmts) {
		return d.readBatch(ctx, stmts)
	}
	j := &job{stmts: stmts, done: make(chan struct{})}
	if err := d.enqueue(j); err != nil {
		return nil, err
	}
	select {
	case <-j.done:
		return j.rows, j.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (d *DB) enqueue(j *job) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return fmt.Errorf("%w: it is closing", ledger.ErrBusy)
	}
	select {
	case d.queue <- j:
		return nil
	default:
		return fmt.Errorf("%w: %d batches are waiting", ledger.ErrBusy, d.opt.Queue)
	}
}

func (d *DB) readBatch(ctx context.Context, stmts []ledger.Stmt) ([][]ledger.Row, error) {
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, classify(err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	out := make([][]ledger.Row, len(stmts))
	for i, s := range stmts {
		rows, err := tx.QueryContext(ctx, s.SQL, s.Args...)
		if err != nil {
			return nil, classify(err)
		}
		if out[i], err = collect(rows); err != nil {
			return nil, classify(err)
		}
	}
	return out, nil
}

func readOnly(stmts []ledger.Stmt) bool {
	for _, s := range stmts {
		if !strings.HasPrefix(s.SQL, "SELECT") {
			return false
		}
	}
	return true
}

func collect(rows *sql.Rows) ([]ledger.Row, error) {
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out []ledger.Row
	for rows.Next() {
		row, dst := make(ledger.Row, len(cols)), make([]any, len(cols))
		for i := range row {
			dst[i] = &row[i]
		}
		if err := rows.Scan(dst...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// SQLite's primary result codes, https://sqlite.org/rescode.html.
const (
	codeBusy       = 5
	codeLocked     = 6
	codeFull       = 13
	codeConstraint = 19
)

// classify maps what surely did not happen to the port's errors: a busy or full
// database asks for a later try, a constraint for other data.
func classify(err error) error {
	var e *driver.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case codeBusy, codeLocked, codeFull:
		return fmt.Errorf("%w: %v", ledger.ErrBusy, err)
	case codeConstraint:
		return fmt.Errorf("%w: %v", ledger.ErrConstraint, err)
	}
	return err
}
