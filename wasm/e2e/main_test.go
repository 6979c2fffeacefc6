//go:build !js

package e2e

import (
	"os"
	"testing"

	"lixianban/wasm/e2e/browser"
)

func TestMain(m *testing.M) {
	code := browser.Main(m)
	clean()
	os.Exit(code)
}
