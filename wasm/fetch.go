//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"syscall/js"
	"time"

	"lixianban/app/device"
	"lixianban/app/outbox"
	"lixianban/wasm/supply"
)

// ours tells the server's own answer from that of a gateway on the way.
func ours(problem []byte) bool {
	var p struct {
		Code string `json:"code"`
	}
	return json.Unmarshal(problem, &p) == nil && p.Code == "not_found"
}

// maxFile bounds what is read of one file.
const maxFile = 4 << 20

// fetch reads one file of our own origin for the supply. /v1/ goes through the
// transport and its limits; the rest may come from the worker's cache unless fresh.
func fetch(ctx context.Context, path string, fresh bool) ([]byte, error) {
	if strings.HasPrefix(path, "/v1/") {
		r, err := device.Transport().Do(ctx, outbox.Request{Method: "GET", Path: path, Timeout: 30 * time.Second, MaxBody: maxFile})
		switch {
		case err != nil:
			return nil, err
		case r.Status == 404 && ours(r.Body):
			return nil, supply.ErrNone
		case r.Status != 200:
			return nil, errors.New("the server gave no documents")
		}
		return r.Body, nil
	}
	options := map[string]any{"redirect": "error", "credentials": "omit"}
	if fresh {
		options["cache"] = "reload"
	}
	resp, err := device.Await(ctx, js.Global().Call("fetch", path, options))
	if err != nil {
		return nil, err
	}
	if !resp.Get("ok").Bool() {
		return nil, errors.New("the site has no such file")
	}
	buf, err := device.Await(ctx, resp.Call("arrayBuffer"))
	if err != nil || buf.Get("byteLength").Int() > maxFile {
		return nil, errors.Join(err, errors.New("the file can't be read"))
	}
	bytes := make([]byte, buf.Get("byteLength").Int())
	js.CopyBytesToGo(bytes, js.Global().Get("Uint8Array").New(buf))
	return bytes, nil
}
