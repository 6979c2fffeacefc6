//go:build !js

package e2e

import (
	"testing"

	"lixianban/wasm/e2e/browser"
)

func TestTheDeviceRoomInChromium(t *testing.T) {
	browser.GoTest{Package: "lixianban/app/device"}.In(t, browser.Shared(t))
}
