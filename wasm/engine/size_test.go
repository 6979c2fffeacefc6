//go:build !js

package main

import (
	"testing"

	"lixianban/static"
)

// What the engine (rules, interview, loading and checking a pack and an overlay) adds to an empty page,
// in bytes. The aim is 50 KB sent. It began at 541 KB and 102 KB sent; brotli of the whole program is
// chaotic to about 5 KB either way: 84 to 88 KB have been measured for the same code.
const (
	rawBudget  = 440_000
	sentBudget = 90_000
)

func TestTheEngineStaysWithinItsBudget(t *testing.T) {
	with, without := weigh(t, "./wasm/engine"), weigh(t, "./wasm/engine/empty")
	raw, sent := with.Raw-without.Raw, with.Brotli-without.Brotli
	t.Logf("the engine adds %d bytes, %d sent, to %d, %d", raw, sent, without.Raw, without.Brotli)
	if raw > rawBudget || sent > sentBudget {
		t.Errorf("the engine adds %d bytes, %d as sent; at most %d and %d", raw, sent, rawBudget, sentBudget)
	}
}

func weigh(t *testing.T, main string) static.Size {
	t.Helper()
	whole, _, err := static.Weigh(t.Context(), static.Config{Root: "../..", Cache: "../../.cache", Main: main})
	if err != nil {
		t.Fatal(err)
	}
	return whole
}
