package e2e_test

import (
	"errors"
	"fmt"
	"testing"

	"lixianban/worker/e2e"
	"lixianban/worker/e2e/remote"
	"lixianban/worker/edge"
	"lixianban/worker/ledger"
	"lixianban/worker/ledger/ledgertest"
)

// manyDBs starts the test worker with empty D1 databases and hands out one a call.
func manyDBs(t *testing.T, n int) func(testing.TB) ledger.DB {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("DB%d", i))
	}
	e := e2e.Start(t, e2e.Plan{Edge: edge.Plan{Package: "./worker/e2e/remote/batch"}, Databases: names})
	return func(tb testing.TB) ledger.DB {
		if len(names) == 0 {
			tb.Fatal("the suite wants more databases than the test worker has: raise n")
		}
		name := names[0]
		names = names[1:]
		return remote.DB{URL: e.URL + "/" + name}
	}
}

func TestLedgerOverD1(t *testing.T) {
	open := manyDBs(t, 40)
	t.Run("suite", func(t *testing.T) { ledgertest.Run(t, open) })
	t.Run("values", func(t *testing.T) { roundTrips(t, open(t)) })
	t.Run("rollback", func(t *testing.T) { undone(t, open(t)) })
}

// Every value that a Stmt may hold comes back as it was bound.
func roundTrips(t *testing.T, db ledger.DB) {
	run(t, db, `CREATE TABLE v (s TEXT, n BIGINT, b BYTEA)`)
	bytes := make([]byte, 256)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	for _, row := range []ledger.Row{
		{"", int64(0), []byte{}},
		{"医保 ' \" ? \u0000 \U0001F600", int64(1<<53 - 1), bytes},
		{nil, int64(-(1<<53 - 1)), nil},
		{"123", nil, []byte{0}},
	} {
		res := run(t, db, `INSERT INTO v (s, n, b) VALUES (?, ?, ?) RETURNING s, n, b`, row...)
		if fmt.Sprintf("%#v", res[0]) != fmt.Sprintf("%#v", row) {
			t.Errorf("got %#v, want %#v", res[0], row)
		}
	}
	if _, err := db.Batch(t.Context(), []ledger.Stmt{{SQL: `SELECT ?`, Args: []any{int64(1 << 53)}}}); err == nil {
		t.Error("a number that JavaScript can't hold was bound")
	}
}

// F42: the failing statement is the last, and nothing of the batch stays.
func undone(t *testing.T, db ledger.DB) {
	run(t, db, `CREATE TABLE once (id BIGINT PRIMARY KEY)`)
	run(t, db, `INSERT INTO once (id) VALUES (1)`)
	_, err := db.Batch(t.Context(), []ledger.Stmt{
		{SQL: `INSERT INTO once (id) VALUES (2)`}, {SQL: `INSERT INTO once (id) VALUES (3)`}, {SQL: `INSERT INTO once (id) VALUES (1)`}})
	if !errors.Is(err, ledger.ErrConstraint) {
		t.Errorf("got %v, want a constraint error", err)
	}
	if rows := run(t, db, `SELECT id FROM once ORDER BY id`); len(rows) != 1 {
		t.Errorf("got rows %v, want only the first", rows)
	}
}

func run(t *testing.T, db ledger.DB, sql string, args ...any) []ledger.Row {
	t.Helper()
	res, err := db.Batch(t.Context(), []ledger.Stmt{{SQL: sql, Args: args}})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return res[0]
}
