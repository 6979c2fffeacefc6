//go:build js && wasm

package device_test

import (
	"testing"

	"lixianban/app/device"
	"lixianban/app/outbox/storetest"
)

// reopenable lets the contract close the database and come back.
type reopenable struct {
	*device.Store
	again func() *device.Store
}

func (r *reopenable) Close() error { r.Store.Close(); return nil }
func (r *reopenable) Open() error  { r.Store = r.again(); return nil }

func TestIndexedDBKeepsTheStoresContract(t *testing.T) {
	for _, c := range storetest.Cases {
		t.Run(c.Name, func(t *testing.T) {
			s := open(t)
			c.Run(t, &reopenable{Store: s, again: func() *device.Store { return openNamed(t, s.Name(), nil) }})
		})
	}
}
