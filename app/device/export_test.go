//go:build js && wasm

package device

import (
	"time"

	"lixianban/app/outbox"
)

// Live is how many callbacks JavaScript can still call.
func Live() int { return live }

// HastyTransport gives up sooner than Transport.
func HastyTransport(connect, idle time.Duration) outbox.Transport {
	return transport{connect: connect, idle: idle}
}

// QuickLease beats more often than Lease.
func QuickLease(store outbox.Store, clock outbox.Clock, every time.Duration) outbox.Locks {
	l := Lease(store, clock).(lease)
	l.every = every
	return l
}

// Name is the database's.
func (s *Store) Name() string { return s.name }
