package sim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"

	"lixianban/worker/ledger"
)

// Disk is a ledger.DB over SQLite in memory: the real statements in the real engine,
// without a file. It belongs to one goroutine. A backup is an image of all pages, as
// a copy of the file would be.
type Disk struct {
	images   map[string][]byte
	db       *sql.DB
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// NewDisk opens an empty database.
func NewDisk() (*Disk, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Disk{db: db, conn: conn, prepared: map[string]*sql.Stmt{}, images: map[string][]byte{}}, nil
}

// Close ends it.
func (d *Disk) Close() error {
	for _, st := range d.prepared {
		st.Close()
	}
	return errors.Join(d.conn.Close(), d.db.Close())
}

// Save keeps the present state under a name.
func (d *Disk) Save(name string) error {
	return d.conn.Raw(func(c any) error {
		image, err := c.(interface{ Serialize() ([]byte, error) }).Serialize()
		d.images[name] = image
		return err
	})
}

// Back returns to the state of a Save.
func (d *Disk) Back(name string) error {
	image, ok := d.images[name]
	if !ok {
		return errors.New("there is no backup " + name)
	}
	return d.conn.Raw(func(c any) error { return c.(interface{ Deserialize([]byte) error }).Deserialize(image) })
}

// Batch implements ledger.DB.
func (d *Disk) Batch(_ context.Context, stmts []ledger.Stmt) ([][]ledger.Row, error) {
	if len(stmts) == 0 {
		return nil, nil
	}
	if !writes(stmts) {
		return d.run(stmts)
	}
	if err := d.exec("BEGIN"); err != nil {
		return nil, err
	}
	rows, err := d.run(stmts)
	if err != nil {
		return nil, errors.Join(err, d.exec("ROLLBACK"))
	}
	return rows, d.exec("COMMIT")
}

func writes(stmts []ledger.Stmt) bool {
	for _, s := range stmts {
		if !strings.HasPrefix(s.SQL, "SELECT") {
			return true
		}
	}
	return false
}

func (d *Disk) run(stmts []ledger.Stmt) ([][]ledger.Row, error) {
	out := make([][]ledger.Row, len(stmts))
	for i, s := range stmts {
		st, err := d.prepare(s.SQL)
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

func (d *Disk) prepare(text string) (*sql.Stmt, error) {
	if st := d.prepared[text]; st != nil {
		return st, nil
	}
	st, err := d.conn.PrepareContext(context.Background(), text)
	if err == nil {
		d.prepared[text] = st
	}
	return st, err
}

func (d *Disk) exec(text string) error {
	st, err := d.prepare(text)
	if err == nil {
		_, err = st.Exec()
	}
	return err
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

// constraint is SQLite's primary result code 19, https://sqlite.org/rescode.html.
const constraint = 19

func classify(err error) error {
	var e *driver.Error
	if errors.As(err, &e) && e.Code()&0xff == constraint {
		return fmt.Errorf("%w: %v", ledger.ErrConstraint, err)
	}
	return err
}
