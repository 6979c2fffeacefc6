package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"lixianban/app/envelope"
)

// Config joins a Box to the world.
type Config struct {
	Store Store
	Net   Transport
	Clock Clock
	Locks Locks
	Rand  Rand
	// Directory gives the newest verified directory; the zero one means none is known.
	Directory func() envelope.Directory
	// Index gives the hash of the newest signed index held; nil or "" = none.
	Index func() string
}

// Box is the phone's side of delivery. Its methods may be called from many goroutines.
type Box struct {
	c Config

	mu       sync.Mutex // guards what follows; never held over a port's call
	pace     pace
	inflight map[string]bool
	read     map[string]decoded // by sid
	lastSeen string             // watches go round: the last sid asked
}

// New gives a Box; nothing is read or sent yet.
func New(c Config) *Box {
	return &Box{c: c, pace: newPace(), inflight: map[string]bool{}, read: map[string]decoded{}}
}

// layout is the marker in TableMeta. Min is the oldest app version of the layout that can
// still read and write it: a rolled-back app works while Min allows (F13).
type layout struct {
	V   int `json:"v"`
	Min int `json:"min"`
}

const (
	layoutKey     = "layout"
	layoutVersion = 1
)

// Open checks the store's layout version and writes it to a fresh store. CodeNewer: a newer
// app wrote this store in a way this one can't keep; nothing was touched.
func (b *Box) Open(ctx context.Context) error {
	r, err := b.c.Store.Get(ctx, TableMeta, layoutKey)
	if errors.Is(err, ErrNotFound) {
		return b.markLayout(ctx)
	}
	if err != nil {
		return storeError(err)
	}
	var l layout
	if err := envelope.DecodeTolerant(r.Value, 1<<10, &l); err != nil {
		return &Error{CodeNewer, "the marker of the stored data can't be read; update the app before going on", err}
	}
	if l.Min > layoutVersion {
		return &Error{CodeNewer, "a newer version of the app wrote the stored data; update the app before going on", nil}
	}
	return nil
}

func (b *Box) markLayout(ctx context.Context) error {
	v, err := json.Marshal(layout{layoutVersion, layoutVersion})
	if err != nil {
		return storeError(err)
	}
	err = b.c.Store.Apply(ctx, Batch{{Table: TableMeta, Key: layoutKey, Value: v, Rev: 0}})
	if errors.Is(err, ErrConflict) { // another page was first
		return nil
	}
	return storeError(err)
}

// NewSID draws the name of a new application.
func (b *Box) NewSID() (envelope.SID, error) { return envelope.NewSID(b.c.Rand) }

// Trigger notes an outside event that may end a backoff early and makes the status due.
func (b *Box) Trigger(w Why) {
	if w == WhyTimer {
		return
	}
	now := b.c.Clock.Mono()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pace.wake(now)
}
