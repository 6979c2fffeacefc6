//go:build !js

package browser

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"time"
)

// Offline takes the page's network away, or gives it back, and tells the page so. It
// does not reach the service worker: to be sure, stop the server too.
func (t *Tab) Offline(off bool) {
	t.tb.Helper()
	t.must("Network.emulateNetworkConditions", params{"offline": off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}, nil)
}

// Crash kills the renderer at this instant: no event of the page runs any more. The
// phone's storage stays, and Open brings a new page into the tab.
func (t *Tab) Crash() {
	t.tb.Helper()
	t.mu.Lock()
	t.crashed = make(chan struct{})
	t.mu.Unlock()
	go t.call(Patience, "Page.crash", nil, nil) // a crashed page doesn't answer
	select {
	case <-t.crashed:
	case <-time.After(Patience):
		t.tb.Fatal("the page does not crash")
	}
}

// Quota limits an origin's storage to that many bytes; negative lifts the limit. Chromium
// remembers the room it found at its first write for a while: set the quota before.
func (t *Tab) Quota(origin string, bytes int64) {
	t.tb.Helper()
	p := params{"origin": origin}
	if bytes >= 0 {
		p["quotaSize"] = bytes
	}
	t.must("Storage.overrideQuotaForOrigin", p, nil)
}

// ClearStorage deletes what the browser holds for the origin, of the kinds of CDP's
// Storage domain: "indexeddb", "cache_storage", "service_workers", "local_storage", "all".
func (t *Tab) ClearStorage(kinds string) {
	t.tb.Helper()
	t.must("Storage.clearDataForOrigin", params{"origin": t.origin(), "storageTypes": kinds}, nil)
}

// StopWorkers ends every running service worker, as the browser does when it is idle (F24).
func (t *Tab) StopWorkers() {
	t.tb.Helper()
	t.must("ServiceWorker.enable", nil, nil)
	t.must("ServiceWorker.stopAllWorkers", nil, nil)
}

// Breakpoints makes the page stop at each debugger statement, for a Crash at a chosen
// point of its work; the channel tells of each stop.
func (t *Tab) Breakpoints() <-chan struct{} {
	t.tb.Helper()
	t.must("Debugger.enable", nil, nil)
	return t.paused
}

// Inject runs a script in every document of the tab before the document's own.
func (t *Tab) Inject(script string) {
	t.tb.Helper()
	t.must("Page.addScriptToEvaluateOnNewDocument", params{"source": script}, nil)
}

// Freeze suspends the page as a phone does in the background (F07); Resume wakes it.
func (t *Tab) Freeze() { t.lifecycle("frozen") }

// Resume wakes a frozen page.
func (t *Tab) Resume() { t.lifecycle("active") }

func (t *Tab) lifecycle(state string) {
	t.tb.Helper()
	t.must("Page.setWebLifecycleState", params{"state": state}, nil)
}

// Size sets the viewport in CSS pixels.
func (t *Tab) Size(w, h int) {
	t.tb.Helper()
	t.must("Emulation.setDeviceMetricsOverride", params{"width": w, "height": h, "deviceScaleFactor": 1, "mobile": w < 600}, nil)
}

// TextSize sets the size of the root's text in pixels; 0 is the page's own.
func (t *Tab) TextSize(px int) {
	t.tb.Helper()
	t.Eval(`((px) => { document.documentElement.style.fontSize = px ? px + 'px' : '' })(`+itoa(px)+`)`, nil)
}

// Screenshot saves the whole page as a PNG of that width and text size (0: the page's
// own) in $E2E_SHOTS, and does nothing where that is not set.
func (t *Tab) Screenshot(name string, w, h, px int) {
	t.tb.Helper()
	dir := os.Getenv("E2E_SHOTS")
	if dir == "" {
		return
	}
	t.Size(w, h)
	t.TextSize(px)
	var shot struct {
		Data string `json:"data"`
	}
	t.must("Page.captureScreenshot", params{"format": "png", "captureBeyondViewport": true}, &shot)
	b, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+"-"+itoa(w)+".png"), b, 0o644)
	}
	if err != nil {
		t.tb.Fatal("save a screenshot:", err)
	}
	t.TextSize(0)
}

func (t *Tab) origin() string {
	t.tb.Helper()
	var s string
	t.Eval(`location.origin`, &s)
	return s
}
