package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lixianban/worker/ledger"
	"lixianban/worker/ledger/ledgertest"
	"lixianban/worker/ledger/sqlite"
)

func mustOpen(tb testing.TB, path string, opt sqlite.Options) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.Open(path, opt)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

func mustLedger(tb testing.TB, path string) (*ledger.Ledger, *sqlite.DB) {
	tb.Helper()
	db := mustOpen(tb, path, sqlite.Options{})
	l := ledger.New(db)
	if err := l.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return l, db
}

func TestLedgerOverSQLite(t *testing.T) {
	ledgertest.Run(t, func(tb testing.TB) ledger.DB {
		return mustOpen(tb, filepath.Join(tb.TempDir(), "a b?%#.db"), sqlite.Options{})
	})
}

func TestTheFileIsItsOwnersOnlyAndDurable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	l, _ := mustLedger(t, path)
	if _, err := l.Submit(t.Context(), ledgertest.Submission("a", 1)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal"} {
		if st, err := os.Stat(name); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want mode 0600", name, st.Mode(), err)
		}
	}
}

// A failing batch must not take down those committed with it.
func TestOneFailingBatchLeavesItsCompanionsAlone(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	if err := ledger.New(db).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	const n = 200
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			name := fmt.Sprint("k", i)
			stmts := []ledger.Stmt{{SQL: `INSERT INTO meta (name, value) VALUES (?, ?)`, Args: []any{name, "v"}}}
			switch i % 4 {
			case 1:
				stmts = append(stmts, stmts[0]) // a constraint fails
			case 3:
				stmts = append(stmts, ledger.Stmt{SQL: `INSERT INTO nowhere VALUES (1)`})
			}
			_, errs[i] = db.Batch(context.Background(), stmts)
		})
	}
	wg.Wait()
	for i, err := range errs {
		if (err != nil) != (i%2 == 1) || (i%4 == 1) != errors.Is(err, ledger.ErrConstraint) {
			t.Errorf("batch %d: %v", i, err)
		}
	}
	res, err := db.Batch(t.Context(), []ledger.Stmt{{SQL: `SELECT COUNT(*) FROM meta WHERE name LIKE 'k%'`}})
	if err != nil || res[0][0][0] != int64(n/2) {
		t.Fatalf("%v rows, %v; want %d", res, err, n/2)
	}
}

func TestAFullQueueAndAClosedFileAreBusy(t *testing.T) {
	db := mustOpen(t, filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := db.Batch(t.Context(), []ledger.Stmt{{SQL: `CREATE TABLE t (x TEXT)`}})
	if !errors.Is(err, ledger.ErrBusy) {
		t.Fatalf("after Close: %v, want ErrBusy", err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestWhatIsStoredSurvivesReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	l, db := mustLedger(t, path)
	sub := ledgertest.Submission("a", 1)
	if _, err := l.Submit(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	l, _ = mustLedger(t, path)
	fates, err := l.Submit(t.Context(), sub)
	if err != nil || fates[0].Outcome != ledger.Same || fates[0].Receipt != sub.Receipt {
		t.Fatalf("after reopening: %+v, %v", fates, err)
	}
}

// Erased bytes are gone from the file, not only from the table (SR-30).
func TestErasedBytesAreOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	l, db := mustLedger(t, path)
	sub := ledgertest.Submission("a", 1)
	sub.Envelope = []byte(strings.Repeat("CANARY-7Q", 400))
	if _, err := l.Submit(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	if err := l.Ack(t.Context(), "a", "2026-01-01T00:00:00Z", sub.SID); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Sweep(t.Context(), "2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z", 10); n != 1 || err != nil {
		t.Fatalf("swept %d, %v", n, err)
	}
	if err := db.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "CANARY-7Q") {
			t.Errorf("%s still holds erased bytes", name)
		}
	}
}

// Someone with the file and without the triggers edits the log (F64).
func TestEveryEditOfTheAuditIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	l, db := mustLedger(t, path)
	const entries = 60
	for n := range entries {
		if _, err := l.Submit(t.Context(), ledgertest.Submission("a", n)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Seal(t.Context(), entries/2); err != nil {
		t.Fatal(err)
	}
	head, err := l.Seal(t.Context(), 1024)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	clean, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		seq := 1 + rng.IntN(entries)
		edit, first := randomEdit(rng, seq, entries)
		t.Run(fmt.Sprintf("%d %s", i, edit), func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "y.db")
			if err := os.WriteFile(copied, clean, 0o600); err != nil {
				t.Fatal(err)
			}
			tamper(t, copied, edit)
			l := ledger.New(mustOpen(t, copied, sqlite.Options{}))
			_, err := l.Verify(context.Background(), head)
			var found *ledger.TamperError
			if !errors.As(err, &found) || found.Seq != int64(first) {
				t.Errorf("verify: %v; want entry %d named", err, first)
			}
		})
	}
}

// randomEdit gives SQL and the first entry it spoils.
func randomEdit(rng *rand.Rand, seq, entries int) (string, int) {
	switch rng.IntN(6) {
	case 0:
		return fmt.Sprintf(`DELETE FROM audit WHERE seq = %d`, seq), seq
	case 1:
		return fmt.Sprintf(`DELETE FROM audit WHERE seq >= %d`, seq), seq
	case 2:
		seq = min(seq, entries-1)
		return fmt.Sprintf(`UPDATE audit SET seq = 99999 WHERE seq = %d; UPDATE audit SET seq = %d WHERE seq = %d; UPDATE audit SET seq = %d WHERE seq = 99999`, seq, seq, seq+1, seq+1), seq
	case 3: // both the entries and their hashes: only the kept checkpoint knows
		return `DELETE FROM audit WHERE seq > 30; DELETE FROM audit_chain WHERE first_seq > 30`, 31
	case 4:
		return `DELETE FROM audit_chain WHERE first_seq = 1`, 1
	}
	column := []string{"ref", "at", "actor", "act", "sid", "note"}[rng.IntN(6)]
	return fmt.Sprintf(`UPDATE audit SET %s = %s || 'x' WHERE seq = %d`, column, column, seq), seq
}

func tamper(t *testing.T, path, edit string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, trigger := range []string{"audit_no_update", "audit_no_delete", "audit_chain_no_update", "audit_chain_no_delete"} {
		if _, err := db.Exec(`DROP TRIGGER ` + trigger); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(edit); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkSubmit stores 6 KB envelopes with synchronous=FULL: one sender, 64 that
// share commits, and one sender with eight in a batch as a sync brings them.
func BenchmarkSubmit(b *testing.B) {
	var n atomic.Int64
	next := func() ledger.Submission {
		s := ledgertest.Submission("a", int(n.Add(1)))
		s.Envelope = make([]byte, 6<<10)
		return s
	}
	rate := func(b *testing.B, from int64) {
		b.ReportMetric(float64(n.Load()-from)/b.Elapsed().Seconds(), "rows/s")
	}
	for _, size := range []int{1, 8} {
		b.Run(fmt.Sprint(size, " in a batch"), func(b *testing.B) {
			l, _ := mustLedger(b, filepath.Join(b.TempDir(), "x.db"))
			from := n.Load()
			for b.Loop() {
				subs := make([]ledger.Submission, size)
				for i := range subs {
					subs[i] = next()
				}
				if _, err := l.Submit(b.Context(), subs...); err != nil {
					b.Fatal(err)
				}
			}
			rate(b, from)
		})
	}
	b.Run("64 senders", func(b *testing.B) {
		l, _ := mustLedger(b, filepath.Join(b.TempDir(), "x.db"))
		from := n.Load()
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := l.Submit(context.Background(), next()); err != nil {
					b.Error(err)
				}
			}
		})
		rate(b, from)
	})
}

// BenchmarkRaw is what the ledger's figures stand beside: the driver inserting the
// same bytes under the same pragmas, with nothing around it, one by one and 64 to a commit.
func BenchmarkRaw(b *testing.B) {
	for _, group := range []int{1, 64} {
		b.Run(fmt.Sprint(group, " to a commit"), func(b *testing.B) {
			db, err := sql.Open("sqlite", filepath.Join(b.TempDir(), "x.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			db.SetMaxOpenConns(1)
			if _, err := db.Exec(`CREATE TABLE t (sid TEXT PRIMARY KEY, envelope BLOB)`); err != nil {
				b.Fatal(err)
			}
			env, n := make([]byte, 6<<10), 0
			for b.Loop() {
				tx, err := db.Begin()
				if err != nil {
					b.Fatal(err)
				}
				for range group {
					n++
					if _, err := tx.Exec(`INSERT INTO t VALUES (?, ?)`, ledgertest.Submission("a", n).SID, env); err != nil {
						b.Fatal(err)
					}
				}
				if err := tx.Commit(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
