package sim

import (
	"context"
	"sync"
	"testing"

	"lixianban/worker/ledger"
	"lixianban/worker/ledger/ledgertest"
)

// oneByOne lets the suite's parallel cases use a Disk, which belongs to one goroutine.
type oneByOne struct {
	mu sync.Mutex
	*Disk
}

func (o *oneByOne) Batch(ctx context.Context, stmts []ledger.Stmt) ([][]ledger.Row, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.Disk.Batch(ctx, stmts)
}

func TestTheSimulatedDatabaseIsALedgersDatabase(t *testing.T) {
	ledgertest.Run(t, func(tb testing.TB) ledger.DB {
		d, err := NewDisk()
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { d.Close() })
		return &oneByOne{Disk: d}
	})
}

func TestADatabaseGoesBackToItsMarks(t *testing.T) {
	d, err := NewDisk()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	l := ledger.New(d)
	if err := l.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ mark, to string }{{mark: "a"}, {mark: "b"}, {to: "b"}, {mark: "c"}, {to: "a"}, {to: "a"}} {
		if step.mark != "" {
			if err := d.Save(step.mark); err != nil {
				t.Fatal(err)
			}
			if err := l.SetMeta(t.Context(), "after", step.mark); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := d.Back(step.to); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"a": "", "b": "a"}[step.to]
		if got, err := l.Meta(t.Context(), "after"); err != nil || got != want {
			t.Fatalf("back to %s: %q, %v, want %q", step.to, got, err, want)
		}
	}
}

func BenchmarkSubmit(b *testing.B) {
	d, err := NewDisk()
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	l := ledger.New(d)
	if err := l.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	_ = d.Save("clean")
	for i := 0; b.Loop(); i++ {
		if i%20 == 0 {
			_ = d.Back("clean")
		}
		if _, err := l.Submit(b.Context(), ledgertest.Submission("a", i)); err != nil {
			b.Fatal(err)
		}
	}
}
