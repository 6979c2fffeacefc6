//go:build js && wasm

package device_test

import (
	"context"
	"errors"
	"strings"
	"syscall/js"
	"testing"

	"lixianban/app/device"
)

func eval(code string) js.Value { return js.Global().Call("eval", "("+code+")") }

func TestAwaitReturnsWhatThePromiseHolds(t *testing.T) {
	v, err := device.Await(t.Context(), eval(`new Promise(r => setTimeout(r, 1, 'yes'))`))
	if err != nil || v.String() != "yes" {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestARejectionKeepsTheNameAndDropsTheMessage(t *testing.T) {
	_, err := device.Await(t.Context(), eval(`Promise.reject(new DOMException('412801196203151234', 'QuotaExceededError'))`))
	if !errors.Is(err, &device.Error{Name: "QuotaExceededError"}) {
		t.Errorf("got %v", err)
	}
	if strings.Contains(err.Error(), "4128") {
		t.Errorf("the error quotes the message: %v", err)
	}
}

func TestAnythingCanBeThrown(t *testing.T) {
	for _, code := range []string{`null`, `undefined`, `"text"`, `7`, `{}`, `{name: 7}`, `Symbol("s")`} {
		_, err := device.Await(t.Context(), eval(`Promise.reject(`+code+`)`))
		if !errors.Is(err, &device.Error{Name: "Error"}) {
			t.Errorf("rejected with %s: got %v", code, err)
		}
	}
}

func TestTryTurnsExceptionsAndWrongTypesIntoErrors(t *testing.T) {
	for name, f := range map[string]func() js.Value{
		"RangeError":  func() js.Value { return eval(`() => { throw new RangeError('x') }`).Invoke() },
		"TypeError":   func() js.Value { return js.Undefined().Call("anything") },
		"SyntaxError": func() js.Value { return js.Global().Call("eval", "(") },
	} {
		if _, err := device.Try(f); !errors.Is(err, &device.Error{Name: name}) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTryLetsOurOwnPanicsThrough(t *testing.T) {
	defer func() {
		if r := recover(); r != "ours" {
			t.Errorf("recovered %v", r)
		}
	}()
	device.Try(func() js.Value { panic("ours") })
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := device.Await(ctx, eval(`new Promise(() => {})`)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAThousandPromisesLeaveNoCallbackBehind(t *testing.T) {
	before := device.Live()
	for i := range 1000 {
		p := eval(`Promise.resolve()`)
		if i%2 == 1 {
			p = eval(`Promise.reject()`)
		}
		device.Await(t.Context(), p)
	}
	device.Await(t.Context(), js.ValueOf("no promise"))
	if got := device.Live(); got != before {
		t.Errorf("%d callbacks before, %d after", before, got)
	}
}

func TestALateResultReleasesItsCallbacks(t *testing.T) {
	before := device.Live()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	late := eval(`(() => { let r; const p = new Promise(x => r = x); p.go = r; return p })()`)
	device.Await(ctx, late)
	if device.Live() != before+2 {
		t.Fatalf("a pending promise must keep its callbacks, has %d", device.Live()-before)
	}
	late.Call("go")
	device.Await(t.Context(), late) // comes after the first one's callback
	if got := device.Live(); got != before {
		t.Errorf("%d callbacks before, %d after", before, got)
	}
}
