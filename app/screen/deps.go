package screen

import (
	"sync"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
)

// Deps is the world as the pages see it. The zero value is a page with no
// program: what the prerenderer uses, plus Services (and the pack behind them).
// wasm/main.go fills the rest in.
type Deps struct {
	// Services lists what the app can speak about, in the pack's order.
	Services []Service
	// Today is the day shown and asked about; on the host the build's.
	Today func() time.Time

	Store     outbox.Store        // nil: nothing can be kept (host)
	Directory *envelope.Directory // verified; nil: no office takes applications
	Demo      bool                // the build or the directory says demo: every screen says so
	Volatile  bool                // Store is memory only: every screen says so

	Changes Changes // tell pages that something they show has changed
}

// Service is one entry of the pack as the home page shows it.
type Service struct {
	ID    string            // "resident-stop"
	Title map[string]string // by language
}

// Changes lets the scheduler, the storage and the service worker wake the page
// that is open. The zero value is ready.
type Changes struct {
	mu   sync.Mutex
	next int
	subs map[int]func()
}

// Subscribe calls f after each Notify until the returned function is called.
func (c *Changes) Subscribe(f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.subs == nil {
		c.subs = map[int]func(){}
	}
	c.next++
	id := c.next
	c.subs[id] = f
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.subs, id)
	}
}

// Notify wakes every subscriber. It is safe from any goroutine.
func (c *Changes) Notify() {
	c.mu.Lock()
	fs := make([]func(), 0, len(c.subs))
	for _, f := range c.subs {
		fs = append(fs, f)
	}
	c.mu.Unlock()
	for _, f := range fs {
		f()
	}
}
