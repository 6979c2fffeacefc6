// Package ledgertest says in tests what a ledger over any DB must do. Each DB's own
// tests call [Run].
package ledgertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"

	"lixianban/worker/ledger"
)

// At is the time the suite's first records carry.
const At = "2026-11-21T08:00:00Z"

// Submission makes the n-th submission of an office; the same arguments give the same bytes.
func Submission(office string, n int) ledger.Submission {
	env := bytes.Repeat([]byte{byte(n)}, 600)
	hash := sha256.Sum256(fmt.Append(env, office, n))
	capability := sha256.Sum256(fmt.Append(nil, "secret", n))
	return ledger.Submission{SID: fmt.Sprintf("%032x", hash[:16]), Office: office, Key: "0011223344556677", Pack: "national@1", Form: "resident-stop@1",
		Capability: capability[:], Hash: hash[:], Envelope: env, Receipt: fmt.Sprintf(`{"n":%d}`, n), At: At}
}

// Run checks the ledger over the DBs that open returns, an empty one each time.
func Run(t *testing.T, open func(testing.TB) ledger.DB) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := &suite{T: t, db: open(t)}
			s.Ledger = ledger.New(s.db)
			s.must(s.Migrate(t.Context()))
			c.run(s)
		})
	}
}

type suite struct {
	*testing.T
	*ledger.Ledger
	db ledger.DB
}

func (s *suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *suite) submit(sub ledger.Submission, want ledger.Outcome) ledger.Fate {
	s.Helper()
	fates, err := s.Submit(s.Context(), sub)
	s.must(err)
	if fates[0].Outcome != want {
		s.Fatalf("outcome %d, want %d", fates[0].Outcome, want)
	}
	return fates[0]
}

// count reads one number.
func (s *suite) count(sql string, args ...any) int64 {
	s.Helper()
	res, err := s.db.Batch(s.Context(), []ledger.Stmt{{SQL: sql, Args: args}})
	s.must(err)
	return res[0][0][0].(int64)
}

func (s *suite) wantCount(want int64, sql string, args ...any) {
	s.Helper()
	if got := s.count(sql, args...); got != want {
		s.Fatalf("%s: %d, want %d", sql, got, want)
	}
}

var cases = []struct {
	name string
	run  func(*suite)
}{
	{"migrating again changes nothing", func(s *suite) {
		s.submit(Submission("a", 1), ledger.Stored)
		s.must(s.Migrate(s.Context()))
		s.wantCount(1, `SELECT COUNT(*) FROM submissions`)
	}},
	{"a schema of a newer program is refused", func(s *suite) {
		s.must(s.SetMeta(s.Context(), "schema", "999"))
		if err := s.Migrate(s.Context()); err == nil {
			s.Fatal("an old program migrated a newer schema")
		}
	}},
	{"the same bytes a hundred times are one row, one audit entry, one receipt", func(s *suite) {
		first := Submission("a", 1)
		s.submit(first, ledger.Stored)
		for i := range 100 {
			again := first
			again.Receipt, again.At = fmt.Sprintf(`{"later":%d}`, i), "2028-01-01T00:00:00Z"
			if f := s.submit(again, ledger.Same); f.Receipt != first.Receipt {
				s.Fatalf("receipt %s, want the first one", f.Receipt)
			}
		}
		s.wantCount(1, `SELECT COUNT(*) FROM submissions`)
		s.wantCount(1, `SELECT COUNT(*) FROM audit`)
	}},
	{"other bytes under a sid change nothing and are audited once", func(s *suite) {
		first := Submission("a", 1)
		s.submit(first, ledger.Stored)
		for i := range 3 {
			other := Submission("a", 2+i)
			other.SID = first.SID
			s.submit(other, ledger.Differs)
		}
		s.submit(first, ledger.Same)
		s.wantCount(1, `SELECT COUNT(*) FROM submissions`)
		s.wantCount(1, `SELECT COUNT(*) FROM audit WHERE act = ?`, "differs")
	}},
	{"parallel duplicates store once", parallelDuplicates},
	{"many at once are all or none", func(s *suite) {
		a, b := Submission("a", 1), Submission("a", 2)
		fates, err := s.Submit(s.Context(), a, b, a)
		s.must(err)
		if fates[0].Outcome != ledger.Stored || fates[1].Outcome != ledger.Stored || fates[2].Outcome != ledger.Same {
			s.Fatalf("fates %+v", fates)
		}
		bad := Submission("a", 3)
		bad.Hash = nil // NOT NULL
		if _, err := s.Submit(s.Context(), Submission("a", 4), bad); !errors.Is(err, ledger.ErrConstraint) {
			s.Fatalf("error %v, want ErrConstraint", err)
		}
		s.wantCount(2, `SELECT COUNT(*) FROM submissions`)
		s.wantCount(2, `SELECT COUNT(*) FROM audit`)
	}},
	{"a batch that fails at its last statement leaves nothing", func(s *suite) {
		_, err := s.db.Batch(s.Context(), []ledger.Stmt{
			{SQL: `INSERT INTO meta (name, value) VALUES (?, ?)`, Args: []any{"x", "1"}},
			{SQL: `INSERT INTO meta (name, value) VALUES (?, ?)`, Args: []any{"x", "2"}},
		})
		if !errors.Is(err, ledger.ErrConstraint) {
			s.Fatalf("error %v, want ErrConstraint", err)
		}
		s.wantCount(0, `SELECT COUNT(*) FROM meta WHERE name = ?`, "x")
	}},
	{"values come back as they went in", func(s *suite) {
		blob := []byte{0, 1, 0xff, '?', 0}
		res, err := s.db.Batch(s.Context(), []ledger.Stmt{
			{SQL: `INSERT INTO audit_chain (first_seq, last_seq, hashes) VALUES (?, ?, ?)`, Args: []any{int64(1), int64(1)<<53 - 1, blob}},
			{SQL: `SELECT first_seq, last_seq, hashes, (SELECT value FROM meta WHERE name = ?) FROM audit_chain`, Args: []any{"nothing"}},
		})
		s.must(err)
		row := res[1][0]
		if row[0] != int64(1) || row[1] != int64(1)<<53-1 || !bytes.Equal(row[2].([]byte), blob) || row[3] != nil {
			s.Fatalf("row %#v", row)
		}
	}},
	{"a wrong secret and an unknown sid look alike", func(s *suite) {
		sub := Submission("a", 1)
		s.submit(sub, ledger.Stored)
		news, err := s.Watch(s.Context(),
			ledger.Ask{SID: sub.SID, Capability: sub.Capability},
			ledger.Ask{SID: sub.SID, Capability: sub.Hash},
			ledger.Ask{SID: Submission("a", 2).SID, Capability: sub.Capability},
			ledger.Ask{SID: Submission("a", 2).SID, Capability: make([]byte, 32)})
		s.must(err)
		if !news[0].Known || news[0].Receipt != sub.Receipt || news[0].State != ledger.Held {
			s.Fatalf("the right secret got %+v", news[0])
		}
		for _, n := range news[1:] {
			if n.Known || n.Receipt != "" || n.State != "" || n.Events != nil {
				s.Fatalf("a wrong one got %+v", n)
			}
		}
	}},
	{"events come in order, once, from the right office", eventsInOrder},
	{"an office sees its own list in the order of arrival", ownList},
	{"fetching is audited at each look and changes no state", fetchAndAck},
	{"a nonce counts once", func(s *suite) {
		for _, c := range []struct {
			office, nonce, at, before string
			want                      bool
		}{
			{"a", "n1", "2026-11-21T08:00:00Z", "2026-11-21T07:45:00Z", true},
			{"a", "n1", "2026-11-21T08:10:00Z", "2026-11-21T07:55:00Z", false},
			{"b", "n1", "2026-11-21T08:10:00Z", "2026-11-21T07:55:00Z", true},
			{"a", "n1", "2026-11-21T09:00:00Z", "2026-11-21T08:45:00Z", true}, // the request itself is too old by then
		} {
			got, err := s.UseNonce(s.Context(), c.office, c.nonce, c.at, c.before)
			s.must(err)
			if got != c.want {
				s.Fatalf("%+v: fresh = %v", c, got)
			}
		}
	}},
	{"erased bytes leave a row that answers for ever", tombstones},
	{"the audit verifies and only its edits are found", auditVerifies},
	{"append-only tables refuse edits", func(s *suite) {
		s.submit(Submission("a", 1), ledger.Stored)
		for _, sql := range []string{`UPDATE audit SET act = 'x'`, `DELETE FROM audit`, `DELETE FROM submissions`} {
			if _, err := s.db.Batch(s.Context(), []ledger.Stmt{{SQL: sql}}); !errors.Is(err, ledger.ErrConstraint) {
				s.Errorf("%s: %v, want ErrConstraint", sql, err)
			}
		}
	}},
	{"an unknown outcome is read again before it is answered", unknownOutcome},
	{"counts are by office and state", func(s *suite) {
		for n := range 3 {
			s.submit(Submission("a", n), ledger.Stored)
		}
		s.submit(Submission("b", 9), ledger.Stored)
		s.must(s.Ack(s.Context(), "a", At, Submission("a", 0).SID))
		got, err := s.Stats(s.Context())
		s.must(err)
		if want := "[{a fetched 1} {a held 2} {b held 1}]"; fmt.Sprint(got) != want {
			s.Fatalf("stats %v, want %s", got, want)
		}
	}},
}

func parallelDuplicates(s *suite) {
	const senders = 32
	fates := make([]ledger.Fate, senders)
	errs := make([]error, senders)
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			sub := Submission("a", 1)
			sub.Receipt = fmt.Sprintf(`{"sender":%d}`, i)
			var f []ledger.Fate
			if f, errs[i] = s.Submit(context.Background(), sub); errs[i] == nil {
				fates[i] = f[0]
			}
		})
	}
	wg.Wait()
	stored := 0
	for i, f := range fates {
		s.must(errs[i])
		if f.Outcome == ledger.Stored {
			stored++
		}
		if f.Receipt != fates[0].Receipt {
			s.Errorf("sender %d has another receipt", i)
		}
	}
	if stored != 1 {
		s.Fatalf("%d of %d were told it was new, want 1", stored, senders)
	}
	s.wantCount(1, `SELECT COUNT(*) FROM audit`)
}

func eventsInOrder(s *suite) {
	sub := Submission("a", 1)
	s.submit(sub, ledger.Stored)
	for _, c := range []struct {
		office string
		seq    uint32
		sealed string
		want   ledger.Outcome
	}{
		{"a", 2, "two", ledger.OutOfOrder},
		{"b", 1, "one", ledger.NotFound},
		{"a", 1, "one", ledger.Stored},
		{"a", 1, "one", ledger.Same},
		{"a", 1, "uno", ledger.Differs},
		{"b", 2, "two", ledger.NotFound},
		{"a", 3, "three", ledger.OutOfOrder},
		{"a", 2, "two", ledger.Stored},
		{"a", 1, "one", ledger.Same},
	} {
		got, err := s.AppendEvent(s.Context(), c.office, ledger.Event{SID: sub.SID, Seq: c.seq, Sealed: c.sealed}, At)
		s.must(err)
		if got != c.want {
			s.Fatalf("%+v: outcome %d", c, got)
		}
	}
	news, err := s.Watch(s.Context(), ledger.Ask{SID: sub.SID, Capability: sub.Capability}, ledger.Ask{SID: sub.SID, Capability: sub.Capability, After: 1})
	s.must(err)
	if len(news[0].Events) != 2 || news[0].Events[0].Sealed != "one" || len(news[1].Events) != 1 || news[1].Events[0].Seq != 2 {
		s.Fatalf("events %+v", news)
	}
	if news[0].State != ledger.Fetched {
		s.Errorf("state %s: an event proves that the office holds it", news[0].State)
	}
	s.wantCount(2, `SELECT COUNT(*) FROM audit WHERE act = ?`, "event")
}

func ownList(s *suite) {
	for n := range 5 {
		s.submit(Submission("a", n), ledger.Stored)
		s.submit(Submission("b", 100+n), ledger.Stored)
	}
	var seen []string
	after := int64(0)
	for page := 0; ; page++ {
		items, err := s.List(s.Context(), "a", fmt.Sprint("page", page), At, after, 2)
		s.must(err)
		if len(items) == 0 {
			break
		}
		for _, it := range items {
			seen = append(seen, it.SID)
			after = it.Pos
		}
	}
	for n := range 5 {
		if len(seen) != 5 || seen[n] != Submission("a", n).SID {
			s.Fatalf("list %v", seen)
		}
	}
	s.wantCount(4, `SELECT COUNT(*) FROM audit WHERE act = ?`, "list")
}

func fetchAndAck(s *suite) {
	mine, theirs := Submission("a", 1), Submission("b", 2)
	s.submit(mine, ledger.Stored)
	s.submit(theirs, ledger.Stored)
	for look := range 2 {
		got, err := s.Fetch(s.Context(), "a", fmt.Sprint("look", look), At, theirs.SID, mine.SID)
		s.must(err)
		if len(got) != 1 || !bytes.Equal(got[0].Envelope, mine.Envelope) || got[0].State != ledger.Held {
			s.Fatalf("fetched %+v", got)
		}
	}
	s.wantCount(2, `SELECT COUNT(*) FROM audit WHERE act = ?`, "fetch")
	for range 2 {
		s.must(s.Ack(s.Context(), "a", At, mine.SID, theirs.SID))
	}
	s.wantCount(1, `SELECT COUNT(*) FROM audit WHERE act = ?`, "ack")
	s.wantCount(1, `SELECT COUNT(*) FROM submissions WHERE state = ?`, "fetched")
}

func tombstones(s *suite) {
	sub, young := Submission("a", 1), Submission("a", 2)
	s.submit(sub, ledger.Stored)
	s.submit(young, ledger.Stored)
	s.submit(Submission("a", 3), ledger.Stored) // never fetched: never erased
	s.must(s.Ack(s.Context(), "a", "2026-11-21T08:00:00Z", sub.SID))
	s.must(s.Ack(s.Context(), "a", "2026-12-21T08:00:01Z", young.SID))
	n, err := s.Sweep(s.Context(), "2026-12-21T08:00:00Z", "2027-01-20T08:00:00Z", 10)
	s.must(err)
	if n != 1 {
		s.Fatalf("swept %d, want 1", n)
	}
	s.wantCount(1, `SELECT COUNT(*) FROM submissions WHERE envelope IS NULL AND state = 'erased'`)
	if f := s.submit(sub, ledger.Same); f.Receipt != sub.Receipt {
		s.Errorf("a resend of erased bytes got %q", f.Receipt)
	}
	other := Submission("a", 7)
	other.SID = sub.SID
	s.submit(other, ledger.Differs)
	news, err := s.Watch(s.Context(), ledger.Ask{SID: sub.SID, Capability: sub.Capability})
	s.must(err)
	if !news[0].Known || news[0].State != ledger.Erased {
		s.Errorf("watch %+v", news[0])
	}
	got, err := s.Fetch(s.Context(), "a", "late", At, sub.SID)
	s.must(err)
	if len(got) != 1 || got[0].Envelope != nil {
		s.Errorf("fetching erased bytes gave %+v", got)
	}
}

func auditVerifies(s *suite) {
	ctx := s.Context()
	if head, err := s.Verify(ctx); err != nil || head.Seq != 0 {
		s.Fatalf("an empty log: %+v, %v", head, err)
	}
	var heads []ledger.Checkpoint
	for n := range 30 {
		s.submit(Submission("a", n), ledger.Stored)
		if n%7 == 6 {
			head, err := s.Seal(ctx, 1024)
			s.must(err)
			heads = append(heads, head)
		}
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Seal(context.Background(), 1024); err != nil {
				s.Error(err)
			}
		})
	}
	wg.Wait()
	head, err := s.Verify(ctx, heads...)
	s.must(err)
	if head.Seq != 30 || head != mustSeal(s) {
		s.Fatalf("head %+v after 30 entries", head)
	}
	var tamper *ledger.TamperError
	if _, err := s.Verify(ctx, ledger.Checkpoint{Seq: 31, Hash: head.Hash}); !errors.As(err, &tamper) {
		s.Fatalf("a lost tail gave %v", err)
	}
	if _, err := s.Verify(ctx, ledger.Checkpoint{Seq: 30, Hash: heads[0].Hash}); !errors.As(err, &tamper) || tamper.Seq != 30 {
		s.Fatalf("another checkpoint gave %v", err)
	}
}

func mustSeal(s *suite) ledger.Checkpoint {
	s.Helper()
	head, err := s.Seal(s.Context(), 1024)
	s.must(err)
	return head
}
