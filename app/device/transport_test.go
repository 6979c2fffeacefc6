//go:build js && wasm

package device_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"lixianban/app/device"
	"lixianban/app/outbox"
)

// The page's origin answers these tests; see the transport's server in the browser tests.

func TestARequestArrivesWholeAndWithoutTraces(t *testing.T) {
	js.Global().Get("document").Set("cookie", "trace=1")
	body := bytes.Repeat([]byte{0, 1, 0xff}, 5000)
	resp, err := device.Transport().Do(t.Context(), outbox.Request{
		Method: "PUT", Path: "/v1/echo", Header: map[string]string{"Content-Type": "application/octet-stream"}, Body: body,
	})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Method, Type, Cookie, Referer string
		Body                          []byte
	}
	if err := json.Unmarshal(resp.Body, &got); err != nil {
		t.Fatal(err)
	}
	if got.Method != "PUT" || got.Type != "application/octet-stream" || !bytes.Equal(got.Body, body) {
		t.Errorf("the server got %s %s and %d bytes", got.Method, got.Type, len(got.Body))
	}
	if got.Cookie != "" || got.Referer != "" {
		t.Errorf("cookie %q, referrer %q went along", got.Cookie, got.Referer)
	}
	if resp.Status != 207 || resp.Header["content-type"] != "application/json" || resp.Header["retry-after"] != "7" || resp.Header["x-other"] != "" {
		t.Errorf("status %d, headers %v", resp.Status, resp.Header)
	}
}

func TestErrorAnswersAreAnswers(t *testing.T) {
	resp, err := device.Transport().Do(t.Context(), outbox.Request{Method: "GET", Path: "/v1/status/503"})
	if err != nil || resp.Status != 503 || len(resp.Body) == 0 {
		t.Errorf("got %d, %v", resp.Status, err)
	}
}

func TestAnAnswerWithoutABodyIsFine(t *testing.T) {
	resp, err := device.Transport().Do(t.Context(), outbox.Request{Method: "GET", Path: "/v1/status/204"})
	if err != nil || resp.Status != 204 || len(resp.Body) != 0 {
		t.Errorf("got %d, %q, %v", resp.Status, resp.Body, err)
	}
}

func TestNothingUsableIsOffline(t *testing.T) {
	const secret = "412801196203151234"
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx context.Context
		r   outbox.Request
	}{
		"a redirect":             {t.Context(), outbox.Request{Path: "/v1/redirect"}},
		"a redirect elsewhere":   {t.Context(), outbox.Request{Path: "/v1/elsewhere"}},
		"a cut":                  {t.Context(), outbox.Request{Path: "/v1/cut"}},
		"a hang-up":              {t.Context(), outbox.Request{Path: "/v1/hangup"}},
		"an answer too long":     {t.Context(), outbox.Request{Path: "/v1/big", MaxBody: 1000}},
		"longer than the usual":  {t.Context(), outbox.Request{Path: "/v1/big"}},
		"silence":                {t.Context(), outbox.Request{Path: "/v1/silent", Timeout: 200 * time.Millisecond}},
		"a stalled answer":       {t.Context(), outbox.Request{Path: "/v1/stall", Timeout: 200 * time.Millisecond}},
		"a caller who gave up":   {cancelled, outbox.Request{Path: "/v1/echo"}},
		"a path of another kind": {t.Context(), outbox.Request{Path: "//other.invalid/v1/"}},
		"a body on a GET":        {t.Context(), outbox.Request{Path: "/v1/echo", Method: "GET", Body: []byte(secret)}},
		"a broken header":        {t.Context(), outbox.Request{Path: "/v1/echo", Header: map[string]string{"X": secret + "\x00"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.r.Method == "" {
				c.r.Method, c.r.Body = "POST", []byte(secret)
			}
			resp, err := device.Transport().Do(c.ctx, c.r)
			if !errors.Is(err, outbox.ErrOffline) {
				t.Fatalf("got %d, %v", resp.Status, err)
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "/v1/echo") {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

func TestEachPhaseHasItsOwnLimit(t *testing.T) {
	hasty := device.HastyTransport(200*time.Millisecond, 200*time.Millisecond)
	for _, path := range []string{"/v1/silent", "/v1/stall"} {
		_, err := hasty.Do(t.Context(), outbox.Request{Method: "POST", Path: path, Timeout: time.Hour})
		if !errors.Is(err, outbox.ErrOffline) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func TestASlowAnswerThatKeepsComingArrives(t *testing.T) {
	patient := device.HastyTransport(time.Minute, time.Minute)
	resp, err := patient.Do(t.Context(), outbox.Request{Method: "POST", Path: "/v1/slow"})
	if err != nil || string(resp.Body) != "abcdefghij" {
		t.Errorf("got %q, %v", resp.Body, err)
	}
}

func TestNothingComesFromTheCache(t *testing.T) {
	var seen []string
	for range 2 {
		resp, err := device.Transport().Do(t.Context(), outbox.Request{Method: "GET", Path: "/v1/counter"})
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, string(resp.Body))
	}
	if seen[0] == seen[1] {
		t.Errorf("both times %s", seen[0])
	}
}

func TestExchangesLeaveNoCallbackBehind(t *testing.T) {
	before := device.Live()
	for range 30 {
		for _, path := range []string{"/v1/counter", "/v1/cut", "/v1/redirect"} {
			device.Transport().Do(t.Context(), outbox.Request{Method: "GET", Path: path})
		}
	}
	if got := device.Live(); got != before {
		t.Errorf("%d callbacks before, %d after", before, got)
	}
}
