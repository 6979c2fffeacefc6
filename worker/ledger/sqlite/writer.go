package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"lixianban/worker/ledger"
)

// job is one batch on its way to the disk.
type job struct {
	stmts []ledger.Stmt
	rows  [][]ledger.Row
	err   error
	done  chan struct{}
}

// writer owns the writing connection and its prepared statements.
type writer struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// maxPrepared bounds the cache; the ledger's statements are a few dozen texts.
const maxPrepared = 256

func newWriter(db *sql.DB) (*writer, error) {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	return &writer{conn: conn, prepared: map[string]*sql.Stmt{}}, nil
}

// work commits what is waiting, as much as is there, until the queue is closed.
func (d *DB) work(w *writer) {
	defer close(d.done)
	defer w.close()
	for first := range d.queue {
		group := append(make([]*job, 0, d.opt.Group), first)
		for len(group) < d.opt.Group {
			j, ok := next(d.queue)
			if !ok {
				break
			}
			group = append(group, j)
		}
		w.commit(group)
	}
}

func next(queue chan *job) (*job, bool) {
	select {
	case j, ok := <-queue:
		return j, ok
	default:
		return nil, false
	}
}

// commit runs the group in one transaction. If the transaction as a whole fails,
// every job of it fails: none of them is on the disk, or (a failing COMMIT) nobody knows.
func (w *writer) commit(group []*job) {
	err := w.run(group)
	for _, j := range group {
		if err != nil {
			j.rows, j.err = nil, err
		}
		close(j.done)
	}
}

func (w *writer) run(group []*job) error {
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return classify(err)
	}
	if len(group) == 1 { // alone, the transaction itself is the savepoint
		rows, err := w.batch(group[0].stmts)
		if err != nil {
			return w.abandon(err)
		}
		group[0].rows = rows
	} else {
		for _, j := range group {
			if err := w.savepoint(j); err != nil {
				return w.abandon(err)
			}
		}
	}
	if err := w.exec("COMMIT"); err != nil {
		return w.abandon(err)
	}
	return nil
}

// abandon rolls back; SQLite may have done so itself, which is why the error of
// ROLLBACK says nothing.
func (w *writer) abandon(cause error) error {
	_ = w.exec("ROLLBACK")
	return classify(cause)
}

// savepoint runs one job. The job's own failure is kept in the job; an error
// returned means that the surrounding transaction is lost.
func (w *writer) savepoint(j *job) error {
	if err := w.exec("SAVEPOINT job"); err != nil {
		return err
	}
	if j.rows, j.err = w.batch(j.stmts); j.err != nil {
		j.rows = nil
		if err := w.exec("ROLLBACK TO job"); err != nil {
			return fmt.Errorf("%w (after %w)", err, j.err)
		}
	}
	return w.exec("RELEASE job")
}

func (w *writer) batch(stmts []ledger.Stmt) ([][]ledger.Row, error) {
	out := make([][]ledger.Row, len(stmts))
	for i, s := range stmts {
		st, err := w.prepare(s.SQL)
		if err != nil {
			return nil, classify(err)
		}
		rows, err := st.Query(s.Args...)
		if err != nil {
			return nil, classify(err)
		}
		if out[i], err = collect(rows); err != nil {
			return nil, classify(err)
		}
	}
	return out, nil
}

func (w *writer) prepare(text string) (*sql.Stmt, error) {
	if st := w.prepared[text]; st != nil {
		return st, nil
	}
	if len(w.prepared) >= maxPrepared {
		for k, st := range w.prepared {
			st.Close()
			delete(w.prepared, k)
		}
	}
	st, err := w.conn.PrepareContext(context.Background(), text)
	if err == nil {
		w.prepared[text] = st
	}
	return st, err
}

// close finalizes the statements, without which SQLite would keep the connection and
// never fold the WAL into the file.
func (w *writer) close() {
	for _, st := range w.prepared {
		st.Close()
	}
	w.conn.Close()
}

func (w *writer) exec(text string) error {
	st, err := w.prepare(text)
	if err != nil {
		return err
	}
	_, err = st.Exec()
	return err
}
