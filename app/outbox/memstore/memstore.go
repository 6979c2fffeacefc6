// Package memstore is the outbox's Store in memory: for private browsing, where nothing
// may be kept, and for tests, which make it fail at a chosen step.
//
// A test counts the calls of a journey, then runs it once for each k with a Plan
// that breaks call k: refuse it, cut the power before it, or cut the power after it was
// committed but before the caller heard so. After a power cut every call fails until
// Reopen, which is the next start of the app. LoseTail drops the newest batches, as a
// device does that answers before it has flushed.
package memstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"

	"lixianban/app/outbox"
)

// Fault is what happens at one call.
type Fault uint8

// The faults.
const (
	Never       Fault = iota
	Refuse            // the call returns Plan.Err and changes nothing
	CrashBefore       // power is cut: nothing was written, no later call works
	CrashAfter        // power is cut: the batch was written, the caller doesn't know
)

// Plan breaks the At-th call of any method, counted from 1 since SetPlan.
type Plan struct {
	At    int
	Fault Fault
	Err   error // for Refuse; nil means outbox.ErrUnavailable
	Every bool  // At and every later call
	Op    Op    // count only these calls; zero = all
}

// Op tells the methods apart in a Plan.
type Op uint8

// The calls a Plan can count.
const (
	AnyOp Op = iota
	Reads
	Writes
)

// Store is an outbox.Store in memory, safe for concurrent use.
type Store struct {
	mu      sync.Mutex
	now     tables
	past    []tables // before each committed batch, for LoseTail
	keep    int
	limit   int // bytes of values, 0 = none
	plan    Plan
	calls   int
	crashed bool
}

// tables is table → key → record. A value once stored is never changed in place.
type tables map[string]map[string]outbox.Record

// New gives an empty store.
func New() *Store {
	t := tables{}
	for _, name := range outbox.Tables {
		t[name] = map[string]outbox.Record{}
	}
	return &Store{now: t}
}

// SetPlan arms a fault and restarts the count.
func (s *Store) SetPlan(p Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan, s.calls = p, 0
}

// Calls counts the calls since SetPlan that the plan counts.
func (s *Store) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// SetLimit makes batches that leave more than n bytes of values fail with ErrFull.
func (s *Store) SetLimit(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = n
}

// KeepTail remembers the state before each of the last n batches, for LoseTail.
func (s *Store) KeepTail(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep, s.past = n, nil
}

// LoseTail undoes the newest n batches, as far as they are remembered.
func (s *Store) LoseTail(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n = min(n, len(s.past)); n > 0 {
		s.now = s.past[len(s.past)-n]
		s.past = s.past[:len(s.past)-n]
	}
}

// Reopen is the next start of the app: faults are off, what was committed is there.
func (s *Store) Reopen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crashed, s.plan, s.calls = false, Plan{}, 0
}

// Poke writes a record behind the guards' back, to damage it.
func (s *Store) Poke(table, key string, value []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now[table][key] = outbox.Record{Key: key, Value: slices.Clone(value), Rev: s.now[table][key].Rev + 1}
}

// begin counts a call and gives the fault it meets.
func (s *Store) begin(ctx context.Context, op Op) (Fault, error) {
	if err := ctx.Err(); err != nil {
		return Refuse, err
	}
	if s.crashed {
		return Refuse, outbox.ErrUnavailable
	}
	if s.plan.Op != AnyOp && s.plan.Op != op {
		return Never, nil
	}
	s.calls++
	if s.plan.Fault == Never || s.calls < s.plan.At || s.calls > s.plan.At && !s.plan.Every {
		return Never, nil
	}
	s.crashed = s.plan.Fault != Refuse
	if s.plan.Err != nil {
		return s.plan.Fault, s.plan.Err
	}
	return s.plan.Fault, outbox.ErrUnavailable
}

// Get implements outbox.Store.
func (s *Store) Get(ctx context.Context, table, key string) (outbox.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.begin(ctx, Reads); err != nil {
		return outbox.Record{}, err
	}
	t, ok := s.now[table]
	if !ok {
		return outbox.Record{}, unknown(table)
	}
	r, ok := t[key]
	if !ok {
		return outbox.Record{}, outbox.ErrNotFound
	}
	return clone(r), nil
}

// List implements outbox.Store.
func (s *Store) List(ctx context.Context, table, after string, n int) ([]outbox.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.begin(ctx, Reads); err != nil {
		return nil, err
	}
	t, ok := s.now[table]
	if !ok {
		return nil, unknown(table)
	}
	out := []outbox.Record{}
	for key, r := range t {
		if key > after {
			out = append(out, clone(r))
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	if n > 0 && len(out) > n {
		out = out[:n]
	}
	return out, nil
}

// Apply implements outbox.Store.
func (s *Store) Apply(ctx context.Context, b outbox.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fault, err := s.begin(ctx, Writes)
	if fault == Refuse || fault == CrashBefore {
		return err
	}
	next, failed := s.now.apply(b)
	if failed != nil {
		return failed
	}
	if s.limit > 0 && next.size() > s.limit && next.size() > s.now.size() {
		return outbox.ErrFull
	}
	if s.keep > 0 {
		s.past = append(s.past, s.now)
		s.past = s.past[max(0, len(s.past)-s.keep):]
	}
	s.now = next
	return err
}

// apply gives the tables after b, or why b fails; t stays as it was. Operations see
// the effect of earlier ones of the same batch.
func (t tables) apply(b outbox.Batch) (tables, error) {
	next := maps.Clone(t)
	copied := map[string]bool{}
	for _, op := range b {
		old, ok := next[op.Table]
		if !ok {
			return nil, unknown(op.Table)
		}
		if rev := old[op.Key].Rev; op.Rev != outbox.AnyRev && op.Rev != rev {
			return nil, outbox.ErrConflict
		}
		if !copied[op.Table] {
			next[op.Table], copied[op.Table] = maps.Clone(old), true
		}
		write(next[op.Table], op)
	}
	return next, nil
}

func write(t map[string]outbox.Record, op outbox.Op) {
	if op.Value == nil {
		delete(t, op.Key)
		return
	}
	t[op.Key] = outbox.Record{Key: op.Key, Value: slices.Clone(op.Value), Rev: t[op.Key].Rev + 1}
}

// String counts the records by table; it shows no content.
func (s *Store) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, name := range outbox.Tables {
		fmt.Fprintf(&b, "%s:%d ", name, len(s.now[name]))
	}
	return b.String()
}

func (t tables) size() int {
	n := 0
	for _, records := range t {
		for k, r := range records {
			n += len(k) + len(r.Value)
		}
	}
	return n
}

func clone(r outbox.Record) outbox.Record {
	r.Value = slices.Clone(r.Value)
	return r
}

func unknown(table string) error { return fmt.Errorf("memstore: no table %q", table) }
