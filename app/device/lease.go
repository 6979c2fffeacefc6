//go:build js && wasm

package device

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"

	"lixianban/app/outbox"
)

const (
	leaseLength = 20 * time.Second
	heartbeat   = 5 * time.Second
)

// Lease is the lock for browsers without Web Locks: a row that its holder renews
// every 5 s and that others may take after 20 s of silence. It runs on the device's
// clock, which its pages share; a lease that ends further ahead than its own length
// was written before the clock jumped back, and counts as over. A page that was
// frozen past its lease finds the row changed at its next beat, and the work's
// context ends (F07). Two holders can overlap for that moment; the server's answer
// to a second copy makes that harmless (I2).
func Lease(store outbox.Store, clock outbox.Clock) outbox.Locks {
	return lease{store: store, clock: clock, owner: rand.Text(), every: heartbeat}
}

type lease struct {
	store outbox.Store
	clock outbox.Clock
	owner string
	every time.Duration
}

type leaseRow struct {
	Owner string    `json:"owner"`
	Until time.Time `json:"until"`
}

// TryDo takes the row, works, and gives it back.
func (l lease) TryDo(ctx context.Context, name string, f func(context.Context) error) (bool, error) {
	key := "lease/" + name
	rev, held, err := l.look(ctx, key)
	if err != nil || held {
		return false, err
	}
	if err := l.put(ctx, key, rev); errors.Is(err, outbox.ErrConflict) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	ctx, cancel := context.WithCancel(ctx)
	last := make(chan uint64, 1)
	go func() { last <- l.beat(ctx, cancel, key, rev+1) }()
	err = f(ctx)
	cancel()
	rev = <-last
	// The work is done whether or not the row goes: an old row ends by itself.
	_ = l.store.Apply(context.WithoutCancel(ctx), outbox.Batch{{Table: outbox.TableMeta, Key: key, Rev: rev}})
	return true, err
}

// look reads who holds the row now.
func (l lease) look(ctx context.Context, key string) (rev uint64, held bool, err error) {
	r, err := l.store.Get(ctx, outbox.TableMeta, key)
	if errors.Is(err, outbox.ErrNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	var row leaseRow
	if json.Unmarshal(r.Value, &row) != nil {
		return r.Rev, false, nil
	}
	left := row.Until.Sub(l.clock.Now())
	return r.Rev, left > 0 && left <= leaseLength, nil
}

func (l lease) put(ctx context.Context, key string, rev uint64) error {
	b, err := json.Marshal(leaseRow{Owner: l.owner, Until: l.clock.Now().Add(leaseLength)})
	if err != nil {
		return err
	}
	return l.store.Apply(ctx, outbox.Batch{{Table: outbox.TableMeta, Key: key, Value: b, Rev: rev}})
}

// beat renews the row until ctx ends or the row is another's, and returns the
// revision it last wrote.
func (l lease) beat(ctx context.Context, lost context.CancelFunc, key string, rev uint64) uint64 {
	tick := time.NewTicker(l.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return rev
		case <-tick.C:
			if l.put(ctx, key, rev) != nil {
				lost()
				return rev
			}
			rev++
		}
	}
}
