//go:build js && wasm

package device

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall/js"

	"lixianban/app/outbox"
)

// StoreEvent is something that happened to the database from outside.
type StoreEvent string

// The events of a Store.
const (
	// StoreSuperseded: a newer build in another page needs the database; this page
	// should save and ask for a reload. Its writes still arrive.
	StoreSuperseded StoreEvent = "superseded"
	// StoreDeleted: another page wiped everything. All further calls fail, so that
	// nothing wiped comes back.
	StoreDeleted StoreEvent = "deleted"
	// StoreClosed: the browser closed the database, as when its data are cleared or
	// the disk fails. The next call opens it again.
	StoreClosed StoreEvent = "closed"
)

// Store is an outbox.Store over IndexedDB; see the package comment.
type Store struct {
	name    string
	on      func(StoreEvent)
	h       *handle       // nil while closed
	turn    chan struct{} // held while opening
	deleted bool
}

// OpenStore opens or makes the database. on may be nil; it runs inside an event
// callback and returns at once. The error is ErrUnavailable or ErrFull: the app then
// works in memory and says that nothing will be kept.
func OpenStore(ctx context.Context, name string, on func(StoreEvent)) (*Store, error) {
	if on == nil {
		on = func(StoreEvent) {}
	}
	s := &Store{name: name, on: on, turn: make(chan struct{}, 1)}
	if _, err := s.open(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Close lets go of the handle; the next call opens it again.
func (s *Store) Close() { s.drop() }

// Get reads one record.
func (s *Store) Get(ctx context.Context, table, key string) (outbox.Record, error) {
	var req js.Value
	err := s.transact(ctx, "readonly", []string{table}, func(t *tx) {
		req = t.table(table).Call("get", toJS([]byte(key)))
	})
	if err != nil {
		return outbox.Record{}, err
	}
	v := req.Get("result")
	if v.IsUndefined() {
		return outbox.Record{}, outbox.ErrNotFound
	}
	return record(key, v)
}

// List reads up to n records after a key. Keys and values are read in the same
// transaction, so they belong together.
func (s *Store) List(ctx context.Context, table, after string, n int) ([]outbox.Record, error) {
	var keys, values js.Value
	err := s.transact(ctx, "readonly", []string{table}, func(t *tx) {
		open := js.Global().Get("IDBKeyRange").Call("lowerBound", toJS([]byte(after)), true)
		args := []any{open}
		if n > 0 {
			args = append(args, n)
		}
		keys = t.table(table).Call("getAllKeys", args...)
		values = t.table(table).Call("getAll", args...)
	})
	if err != nil {
		return nil, err
	}
	return records(keys.Get("result"), values.Get("result"))
}

// Apply writes the whole batch or nothing. Guards and revisions see the effect of
// the batch's earlier operations on the same key.
func (s *Store) Apply(ctx context.Context, b outbox.Batch) error {
	if len(b) == 0 {
		return nil
	}
	return s.transact(ctx, "readwrite", tablesOf(b), func(t *tx) {
		reads := make([]js.Value, len(b))
		for i, op := range b {
			reads[i] = t.table(op.Table).Call("get", toJS([]byte(op.Key)))
		}
		// The last answer comes after all others; inside its callback the
		// transaction is active, and every write is placed before it returns.
		reads[len(b)-1].Set("onsuccess", t.on(func([]js.Value) {
			t.do(func() error { return write(t, b, reads) })
		}))
	})
}

// write judges all guards and then places all writes.
func write(t *tx, b outbox.Batch, reads []js.Value) error {
	next, err := revisions(b, func(i int) uint64 { return revOf(reads[i].Get("result")) })
	if err != nil {
		return err
	}
	for i, op := range b {
		key := toJS([]byte(op.Key))
		if op.Value == nil {
			t.table(op.Table).Call("delete", key)
			continue
		}
		t.table(op.Table).Call("put", map[string]any{"v": toJS(op.Value), "r": float64(next[i])}, key)
	}
	return nil
}

// revisions computes the revision each operation leaves (0: deleted), or fails
// with ErrConflict. stored gives the revision before the batch.
func revisions(b outbox.Batch, stored func(i int) uint64) ([]uint64, error) {
	now := map[[2]string]uint64{}
	next := make([]uint64, len(b))
	for i, op := range b {
		id := [2]string{op.Table, op.Key}
		rev, seen := now[id]
		if !seen {
			rev = stored(i)
		}
		if op.Rev != outbox.AnyRev && op.Rev != rev {
			return nil, outbox.ErrConflict
		}
		if op.Value != nil {
			next[i] = rev + 1
		}
		now[id] = next[i]
	}
	return next, nil
}

func tablesOf(b outbox.Batch) []string {
	var names []string
	for _, op := range b {
		if !slices.Contains(names, op.Table) {
			names = append(names, op.Table)
		}
	}
	return names
}

func revOf(v js.Value) uint64 {
	if r := get(v, "r"); r.Type() == js.TypeNumber {
		return uint64(r.Float())
	}
	return 0
}

func record(key string, v js.Value) (outbox.Record, error) {
	b, ok := toGo(get(v, "v"))
	if !ok {
		return outbox.Record{}, fmt.Errorf("%w: a stored value is damaged", outbox.ErrUnavailable)
	}
	return outbox.Record{Key: key, Value: b, Rev: revOf(v)}, nil
}

func records(keys, values js.Value) ([]outbox.Record, error) {
	n := min(keys.Length(), values.Length())
	out := make([]outbox.Record, 0, n)
	for i := range n {
		key, _ := toGo(keys.Index(i))
		r, err := record(string(key), values.Index(i))
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

var errDeleted = fmt.Errorf("%w: another page deleted all data; reload to start anew", outbox.ErrUnavailable)

// Wipe deletes the database and its marker for good (I9). The store answers
// nothing afterwards; open a new one.
func (s *Store) Wipe(ctx context.Context) error {
	s.drop()
	s.deleted = true
	forget(s.markerKey())
	forget(s.lostKey())
	req, err := call(js.Global().Get("indexedDB"), "deleteDatabase", s.name)
	if err != nil {
		return errors.Join(outbox.ErrUnavailable, err)
	}
	_, err = settle(ctx, req, nil)
	return err
}
