//go:build js && wasm

package device

import (
	"context"
	"syscall/js"

	"lixianban/app/outbox"
)

// Locks uses Web Locks, and a lease row in store where the browser has none (F05).
func Locks(store outbox.Store, clock outbox.Clock) outbox.Locks {
	fallback := Lease(store, clock)
	if api := get(js.Global(), "navigator", "locks"); api.Type() == js.TypeObject {
		return webLocks{api: api, fallback: fallback}
	}
	return fallback
}

type webLocks struct {
	api      js.Value
	fallback outbox.Locks
}

// TryDo asks for the lock without waiting. A browser that has the interface and
// denies it (an opaque origin) is served by the lease.
func (w webLocks) TryDo(ctx context.Context, name string, f func(context.Context) error) (bool, error) {
	hold := deferred()
	granted := make(chan bool, 1)
	var s scope
	cb := s.returning(func(args []js.Value) any {
		ok := !first(args).IsNull()
		granted <- ok
		if !ok {
			return nil
		}
		return hold.promise
	})
	request, err := call(w.api, "request", "lixianban."+name, map[string]any{"ifAvailable": true}, cb)
	if err != nil {
		s.release()
		return w.fallback.TryDo(ctx, name, f)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := Await(context.Background(), request)
		s.release()
		ended <- err
	}()
	select {
	case ok := <-granted:
		if !ok {
			return false, nil
		}
	case <-ended:
		return w.fallback.TryDo(ctx, name, f)
	}
	defer func() { hold.resolve(); <-ended }()
	return true, f(ctx)
}

// promise is one that we settle ourselves.
type promise struct {
	promise js.Value
	settle  js.Value
}

func deferred() *promise {
	p := &promise{}
	var s scope
	executor := s.on(func(args []js.Value) { p.settle = args[0] })
	p.promise = js.Global().Get("Promise").New(executor)
	s.release() // the executor runs inside New
	return p
}

func (p *promise) resolve() { p.settle.Invoke() }
