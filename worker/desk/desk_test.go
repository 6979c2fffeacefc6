//go:build !js

package desk_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/worker/desk"
	"lixianban/worker/desk/desktest"
	"lixianban/worker/ledger"
	"lixianban/worker/ledger/sqlite"
)

var index = desk.Index{Hash: strings.Repeat("ab", 32), Body: []byte(`{"index":"x"}`)}

// counter is a desk over SQLite in a file, with everything a test may want to turn.
type counter struct {
	desk.Config
	fixture desktest.Fixture
	db      *sqlite.DB
	log     []desk.Line
}

func mustCounter(tb testing.TB, now func() time.Time) *counter {
	tb.Helper()
	db, err := sqlite.Open(filepath.Join(tb.TempDir(), "x.db"), sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	c := &counter{fixture: desktest.NewFixture(tb, now()), db: db}
	c.Config = desk.Config{Ledger: ledger.New(db), Service: c.fixture.Service, Epoch: c.fixture.Epoch, Now: now,
		Directory: func(context.Context) (envelope.Directory, error) { return c.fixture.Directory, nil },
		Index:     func(context.Context) (desk.Index, error) { return index, nil }}
	if err := c.Ledger.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return c
}

func (c *counter) rows(tb testing.TB, sid string) int {
	tb.Helper()
	res, err := c.db.Batch(context.Background(), []ledger.Stmt{{SQL: `SELECT COUNT(*) FROM submissions WHERE sid = ?`, Args: []any{sid}}})
	if err != nil {
		tb.Fatal(err)
	}
	return int(res[0][0][0].(int64))
}

func TestTheCounterOverSQLite(t *testing.T) {
	c := mustCounter(t, time.Now)
	srv := httptest.NewServer(desk.New(c.Config))
	defer srv.Close()
	desktest.Run(t, desktest.Target{Fixture: c.fixture, BaseURL: srv.URL, Now: time.Now, CountRows: c.rows, Index: index.Hash})
	if _, err := c.Ledger.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
