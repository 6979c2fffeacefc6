//go:build !js

package e2e

import (
	"testing"

	"lixianban/wasm/e2e/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }
