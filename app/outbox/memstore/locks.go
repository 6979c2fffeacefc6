package memstore

import (
	"context"
	"sync"
)

// Locks is an outbox.Locks for pages of one process.
type Locks struct {
	mu   sync.Mutex
	held map[string]bool
}

// TryDo implements outbox.Locks.
func (l *Locks) TryDo(ctx context.Context, name string, f func(context.Context) error) (bool, error) {
	if !l.take(name) {
		return false, nil
	}
	defer l.drop(name)
	return true, f(ctx)
}

func (l *Locks) take(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[name] {
		return false
	}
	if l.held == nil {
		l.held = map[string]bool{}
	}
	l.held[name] = true
	return true
}

func (l *Locks) drop(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, name)
}
