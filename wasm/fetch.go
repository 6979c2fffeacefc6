//go:build js && wasm

package main

import (
	"context"
	"errors"
	"strings"
	"syscall/js"
	"time"

	"lixianban/app/device"
	"lixianban/app/outbox"
)

// maxFile bounds what is read of one file.
const maxFile = 4 << 20

// fetch reads one file of our own origin for the supply. /v1/ goes through the
// transport and its limits; the rest may come from the worker's cache unless fresh.
func fetch(ctx context.Context, path string, fresh bool) ([]byte, error) {
	if strings.HasPrefix(path, "/v1/") {
		r, err := device.Transport().Do(ctx, outbox.Request{Method: "GET", Path: path, Timeout: 30 * time.Second, MaxBody: maxFile})
		if err == nil && r.Status != 200 {
			err = errors.New("the server has no documents")
		}
		return r.Body, err
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
