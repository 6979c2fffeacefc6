//go:build !js

package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"lixianban/wasm/e2e/browser"
)

func TestTheDeviceRoomInChromium(t *testing.T) {
	browser.GoTest{Package: "lixianban/app/device", Handler: trying()}.In(t, browser.Shared(t))
}

// The envelope's vectors hold in the browser's arithmetic as on the host.
func TestTheEnvelopeRoomInChromium(t *testing.T) {
	browser.GoTest{Package: "lixianban/app/envelope"}.In(t, browser.Shared(t))
}

// trying is the server of the transport's tests: each path one way to answer.
func trying() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/echo", echo)
	mux.HandleFunc("/v1/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		var code int
		fmt.Sscan(r.PathValue("code"), &code)
		w.WriteHeader(code)
		io.WriteString(w, "words")
	})
	mux.HandleFunc("/v1/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/v1/echo", http.StatusFound) })
	mux.HandleFunc("/v1/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://localhost:1/", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/v1/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "only this")
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/v1/hangup", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/v1/big", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", 1<<20)) })
	mux.HandleFunc("/v1/silent", func(_ http.ResponseWriter, r *http.Request) { drain(r); <-r.Context().Done() })
	mux.HandleFunc("/v1/stall", func(w http.ResponseWriter, r *http.Request) {
		drain(r)
		io.WriteString(w, "a beginning")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/v1/slow", func(w http.ResponseWriter, _ *http.Request) {
		for _, c := range "abcdefghij" {
			fmt.Fprintf(w, "%c", c)
			http.NewResponseController(w).Flush()
		}
	})
	var n atomic.Int64
	mux.HandleFunc("/v1/counter", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		fmt.Fprint(w, n.Add(1))
	})
	return mux
}

func drain(r *http.Request) { io.Copy(io.Discard, r.Body) }

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", "7")
	w.Header().Set("X-Other", "not read")
	w.WriteHeader(http.StatusMultiStatus)
	json.NewEncoder(w).Encode(map[string]any{
		"Method": r.Method, "Type": r.Header.Get("Content-Type"), "Cookie": r.Header.Get("Cookie"), "Referer": r.Referer(), "Body": body,
	})
}
