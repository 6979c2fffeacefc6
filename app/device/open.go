//go:build js && wasm

package device

import (
	"context"
	"errors"
	"fmt"
	"syscall/js"
	"time"

	"lixianban/app/outbox"
)

// patience is how long an open may wait for other pages to let go.
const patience = 10 * time.Second

// handle is an open connection with the callbacks that watch it.
type handle struct {
	scope
	db js.Value
}

func (h *handle) close() {
	h.db.Set("onversionchange", js.Null())
	h.db.Set("onclose", js.Null())
	h.db.Call("close")
	h.release()
}

// drop closes the handle, so that the next call opens a new one.
func (s *Store) drop() {
	if s.h != nil {
		s.h.close()
		s.h = nil
	}
}

// open returns the open handle or makes one; callers that come together share it.
func (s *Store) open(ctx context.Context) (*handle, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", outbox.ErrUnavailable, ctx.Err())
	}
	if s.deleted {
		return nil, errDeleted
	}
	if s.h != nil {
		return s.h, nil
	}
	db, err := s.connect(ctx)
	if err != nil {
		return nil, s.judge(ctx, err)
	}
	s.h = &handle{db: db}
	s.h.watch(s)
	return s.h, nil
}

// watch follows what other pages and the browser do to the database.
func (h *handle) watch(s *Store) {
	gone := func(e StoreEvent) {
		h.close()
		if s.h == h {
			s.h = nil
		}
		s.on(e)
	}
	h.db.Set("onversionchange", h.on(func(args []js.Value) {
		if get(first(args), "newVersion").IsNull() {
			s.deleted = true
			gone(StoreDeleted)
			return
		}
		gone(StoreSuperseded)
	}))
	h.db.Set("onclose", h.on(func([]js.Value) { gone(StoreClosed) }))
}

// connect opens the database at its own version, and at the next one when a table
// is missing. Another page may win that race, so it looks again.
func (s *Store) connect(ctx context.Context) (js.Value, error) {
	version := 0
	for range 4 {
		db, err := s.request(ctx, version)
		switch {
		case errors.Is(err, &Error{Name: "VersionError"}):
			version = 0
		case err != nil:
			return js.Undefined(), err
		case len(missing(db)) == 0:
			return db, nil
		default:
			version = db.Get("version").Int() + 1
			db.Call("close")
		}
	}
	return js.Undefined(), fmt.Errorf("%w: the database's layout keeps changing; close the other pages", outbox.ErrUnavailable)
}

// request opens the database at a version (0: the one it has).
func (s *Store) request(ctx context.Context, version int) (js.Value, error) {
	args := []any{s.name}
	if version > 0 {
		args = append(args, version)
	}
	req, err := call(get(js.Global(), "indexedDB"), "open", args...)
	if err != nil {
		return js.Undefined(), fmt.Errorf("%w: this browser keeps no data here (%w)", outbox.ErrUnavailable, err)
	}
	fresh := false
	db, err := settle(ctx, req, func(event js.Value) {
		fresh = event.Get("oldVersion").Int() == 0
		upgrade(req)
	})
	if err == nil {
		s.notice(fresh)
	}
	return db, err
}

// upgrade adds the missing tables; a failure aborts the whole change of version.
func upgrade(req js.Value) {
	_, err := Try(func() js.Value {
		db := req.Get("result")
		for _, name := range missing(db) {
			db.Call("createObjectStore", name)
		}
		return js.Undefined()
	})
	if err != nil {
		call(req.Get("transaction"), "abort")
	}
}

func missing(db js.Value) (names []string) {
	have := db.Get("objectStoreNames")
	for _, name := range outbox.Tables {
		if !have.Call("contains", name).Bool() {
			names = append(names, name)
		}
	}
	return names
}

// settle waits for an open or delete request. If it gives up first, a connection
// that arrives later is closed, so that it blocks nobody.
func settle(ctx context.Context, req js.Value, upgraded func(event js.Value)) (js.Value, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var s scope
	done := make(chan error, 1)
	end := func(err error) { s.release(); done <- err }
	req.Set("onsuccess", s.on(func([]js.Value) {
		if end(nil); ctx.Err() != nil {
			call(req.Get("result"), "close")
		}
	}))
	req.Set("onerror", s.on(func([]js.Value) { end(&Error{Name: nameOf(req.Get("error"))}) }))
	if upgraded != nil {
		req.Set("onupgradeneeded", s.on(func(args []js.Value) { upgraded(first(args)) }))
	}
	select {
	case err := <-done:
		if err != nil {
			return js.Undefined(), err
		}
		return req.Get("result"), nil
	case <-ctx.Done():
		return js.Undefined(), fmt.Errorf("%w: another page holds the database; close the other pages", outbox.ErrUnavailable)
	}
}
