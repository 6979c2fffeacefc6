//go:build js && wasm

package device

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall/js"
	"time"

	"lixianban/app/outbox"
)

// The phases of an exchange; see the package comment.
const (
	connectLimit = 15 * time.Second
	idleLimit    = 30 * time.Second
	slowest      = 1 << 10  // bytes a second that still count as a working network
	maxBody      = 64 << 10 // of an answer, when the request names no limit
)

// readHeaders are the only ones handed on.
var readHeaders = []string{"content-type", "content-digest", "retry-after", "etag", "date"}

// Transport carries requests with fetch.
func Transport() outbox.Transport { return transport{connect: connectLimit, idle: idleLimit} }

type transport struct{ connect, idle time.Duration }

// Do performs one exchange. Every failure wraps outbox.ErrOffline and names the
// phase, never the address, a header or the body.
func (t transport) Do(ctx context.Context, r outbox.Request) (outbox.Response, error) {
	if !strings.HasPrefix(r.Path, "/v1/") {
		return outbox.Response{}, fmt.Errorf("%w: a path that does not start with /v1/", outbox.ErrOffline)
	}
	x := t.begin(ctx, r)
	defer x.end()
	resp, err := x.ask(r)
	if err != nil {
		return outbox.Response{}, fmt.Errorf("%w: no answer (%w)", outbox.ErrOffline, err)
	}
	body, err := x.read(resp, limitOf(r))
	if err != nil {
		return outbox.Response{}, fmt.Errorf("%w: the answer broke off (%w)", outbox.ErrOffline, err)
	}
	return outbox.Response{Status: resp.Get("status").Int(), Header: headersOf(resp), Body: body}, nil
}

// exchange is one fetch with the controller that can cut it off.
type exchange struct {
	ctx        context.Context
	cancel     context.CancelFunc
	controller js.Value
	phase      *time.Timer
	idle       time.Duration
}

func (t transport) begin(ctx context.Context, r outbox.Request) *exchange {
	upload := time.Duration(len(r.Body)/slowest) * time.Second
	total := r.Timeout
	if total <= 0 {
		total = t.connect + upload + t.idle + time.Duration(limitOf(r)/slowest)*time.Second
	}
	x := &exchange{idle: t.idle, controller: js.Global().Get("AbortController").New()}
	x.ctx, x.cancel = context.WithTimeout(ctx, total)
	x.phase = time.AfterFunc(t.connect+upload, x.cancel)
	return x
}

// end stops the timer and cuts off whatever still runs.
func (x *exchange) end() {
	x.phase.Stop()
	x.cancel()
	call(x.controller, "abort")
}

func (x *exchange) ask(r outbox.Request) (js.Value, error) {
	origin := js.Global().Get("location").Get("origin").String()
	promise, err := call(js.Global(), "fetch", origin+r.Path, x.options(r))
	if err != nil {
		return js.Undefined(), err
	}
	resp, err := Await(x.ctx, promise)
	if err != nil {
		return js.Undefined(), err
	}
	if !ownAnswer(resp, origin) {
		return js.Undefined(), errors.New("it came from another place")
	}
	return resp, nil
}

func (x *exchange) options(r outbox.Request) map[string]any {
	headers := map[string]any{}
	for k, v := range r.Header {
		headers[k] = v
	}
	o := map[string]any{
		"method": r.Method, "headers": headers, "mode": "same-origin", "redirect": "error", "cache": "no-store",
		"credentials": "omit", "referrerPolicy": "no-referrer", "signal": x.controller.Get("signal"),
	}
	if r.Body != nil {
		o["body"] = toJS(r.Body)
	}
	return o
}

func ownAnswer(resp js.Value, origin string) bool {
	return resp.Get("type").String() == "basic" && !resp.Get("redirected").Bool() &&
		strings.HasPrefix(resp.Get("url").String(), origin+"/")
}

// read collects the body chunk by chunk and refuses one that is too long.
func (x *exchange) read(resp js.Value, limit int) ([]byte, error) {
	stream := resp.Get("body")
	if stream.Type() != js.TypeObject {
		return nil, nil // null: an answer without a body
	}
	reader, err := call(stream, "getReader")
	if err != nil {
		return nil, err
	}
	var body []byte
	for {
		x.phase.Reset(x.idle)
		chunk, err := x.next(reader)
		if err != nil || chunk == nil {
			return body, err
		}
		if body = append(body, chunk...); len(body) > limit {
			return nil, errors.New("it is too long")
		}
	}
}

// next reads one chunk; nil means the end.
func (x *exchange) next(reader js.Value) ([]byte, error) {
	promise, err := call(reader, "read")
	if err != nil {
		return nil, err
	}
	v, err := Await(x.ctx, promise)
	if err != nil || v.Get("done").Bool() {
		return nil, err
	}
	b, _ := toGo(v.Get("value"))
	return append([]byte{}, b...), nil
}

func limitOf(r outbox.Request) int {
	if r.MaxBody > 0 {
		return r.MaxBody
	}
	return maxBody
}

func headersOf(resp js.Value) map[string]string {
	h := map[string]string{}
	for _, name := range readHeaders {
		if v := resp.Get("headers").Call("get", name); v.Type() == js.TypeString {
			h[name] = v.String()
		}
	}
	return h
}
