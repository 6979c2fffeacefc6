//go:build js && wasm

package device

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"syscall/js"
	"time"

	"lixianban/app/outbox"
)

// stall is how long a transaction may take; a healthy one needs milliseconds, a
// wedged one never ends.
const stall = 30 * time.Second

// tx is one transaction on its way.
type tx struct {
	scope
	v    js.Value
	err  error // the first failure of our own; wins over the browser's
	done chan error
}

// transact runs body inside one transaction and waits for its end. body places
// requests and does not wait.
func (s *Store) transact(ctx context.Context, mode string, tables []string, body func(*tx)) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", outbox.ErrUnavailable, ctx.Err())
	}
	t, err := s.begin(ctx, mode, tables)
	if err != nil {
		return err
	}
	t.do(func() error { body(t); return nil })
	stalled := time.NewTimer(stall)
	defer stalled.Stop()
	select {
	case err = <-t.done:
		return s.judge(ctx, err)
	case <-ctx.Done(): // the caller's wish: the handle is well
		t.abort()
		return fmt.Errorf("%w: %w", outbox.ErrUnavailable, ctx.Err())
	case <-stalled.C:
		t.abort()
		return s.judge(ctx, errors.New("a transaction makes no progress"))
	}
}

// begin starts a transaction, reopening the database once if its handle is dead:
// a transaction that could not start has written nothing.
func (s *Store) begin(ctx context.Context, mode string, tables []string) (*tx, error) {
	names := make([]any, len(tables))
	for i, n := range tables {
		names[i] = n
	}
	var v js.Value
	for range 2 {
		h, err := s.open(ctx)
		if err != nil {
			return nil, err
		}
		v, err = call(h.db, "transaction", names, mode, map[string]any{"durability": "strict"})
		if err == nil {
			return watch(v), nil
		}
		if !errors.Is(err, &Error{Name: "InvalidStateError"}) {
			return nil, s.judge(ctx, err)
		}
		s.drop()
	}
	return nil, fmt.Errorf("%w: the database closes at once", outbox.ErrUnavailable)
}

// watch makes the transaction report its end once.
func watch(v js.Value) *tx {
	t := &tx{v: v, done: make(chan error, 1)}
	v.Set("oncomplete", t.on(func([]js.Value) { t.finish(nil) }))
	v.Set("onabort", t.on(func([]js.Value) { t.finish(&Error{Name: nameOf(v.Get("error"))}) }))
	return t
}

func (t *tx) finish(err error) {
	t.release()
	if t.err != nil {
		err = t.err
	}
	t.done <- err
}

// do runs f, which may fail or throw; then the transaction is aborted with that error.
func (t *tx) do(f func() error) {
	var own error
	_, thrown := Try(func() js.Value { own = f(); return js.Undefined() })
	if t.err = cmp.Or(own, thrown); t.err != nil {
		t.abort()
	}
}

// abort asks for an abort; on a transaction that has ended it does nothing.
func (t *tx) abort() { call(t.v, "abort") }

func (t *tx) table(name string) js.Value { return t.v.Call("objectStore", name) }

// judge turns the end of a transaction into the errors of outbox.Store, and drops
// the handle when it may be wedged.
func (s *Store) judge(ctx context.Context, err error) error {
	var thrown *Error
	switch {
	case err == nil, errors.Is(err, outbox.ErrConflict):
		return err
	case errors.Is(err, &Error{Name: "QuotaExceededError"}):
		return fmt.Errorf("%w (%w)", outbox.ErrFull, err)
	case errors.As(err, &thrown) && tight(ctx):
		s.drop()
		return fmt.Errorf("%w (%w)", outbox.ErrFull, err)
	}
	s.drop()
	return fmt.Errorf("%w: %w", outbox.ErrUnavailable, err)
}

// tight reports whether the origin has next to no room left: then the browser's
// vague errors mean a full disk.
func tight(ctx context.Context) bool {
	u, err := Estimate(ctx)
	free := u.Quota - u.Used
	return err == nil && (free < 1<<20 || free < u.Quota/20)
}
