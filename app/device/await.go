//go:build js && wasm

package device

import (
	"context"
	"syscall/js"
)

// Error is a JavaScript exception or rejection, by the name of its class, such as
// "QuotaExceededError". Two errors of one name are equal to errors.Is.
type Error struct{ Name string }

func (e *Error) Error() string { return "the browser answered " + e.Name }

// Is compares names.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Name == e.Name
}

// Try calls f and turns a JavaScript exception, or a value of an unexpected type,
// into an *Error. Other panics of f pass through.
func Try(f func() js.Value) (v js.Value, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case js.Error:
			err = &Error{Name: nameOf(r.Value)}
		case *js.ValueError:
			err = &Error{Name: "TypeError"}
		default:
			panic(r)
		}
	}()
	return f(), nil
}

// nameOf reads the name of anything JavaScript can throw.
func nameOf(v js.Value) string {
	if v.Type() == js.TypeObject {
		if name := v.Get("name"); name.Type() == js.TypeString {
			return name.String()
		}
	}
	return "Error"
}

// Await waits until the promise settles or ctx ends. A rejection is an *Error.
// When ctx ends first the promise goes on, its result is dropped, and the two
// callbacks live until it settles: releasing them earlier would make the browser
// call a released function.
func Await(ctx context.Context, promise js.Value) (js.Value, error) {
	type result struct {
		v   js.Value
		err error
	}
	done := make(chan result, 1)
	var s scope
	ok := s.on(func(args []js.Value) { s.release(); done <- result{v: first(args)} })
	failed := s.on(func(args []js.Value) { s.release(); done <- result{err: &Error{Name: nameOf(first(args))}} })
	if _, err := Try(func() js.Value { return promise.Call("then", ok, failed) }); err != nil {
		s.release()
		return js.Undefined(), err
	}
	select {
	case r := <-done:
		return r.v, r.err
	case <-ctx.Done():
		return js.Undefined(), ctx.Err()
	}
}

func first(args []js.Value) js.Value {
	if len(args) == 0 {
		return js.Undefined()
	}
	return args[0]
}

// live counts the callbacks that JavaScript can still call. There is one thread.
var live int

// scope is a set of callbacks that are released together.
type scope []js.Func

// on makes a callback of f; what f returns is undefined to JavaScript.
func (s *scope) on(f func(args []js.Value)) js.Func {
	return s.returning(func(args []js.Value) any { f(args); return nil })
}

func (s *scope) returning(f func(args []js.Value) any) js.Func {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any { return f(args) })
	live++
	*s = append(*s, fn)
	return fn
}

// release lets go of all callbacks; a callback may release its own scope.
func (s *scope) release() {
	for _, fn := range *s {
		fn.Release()
		live--
	}
	*s = nil
}

// get reads a chain of properties and stops with undefined at the first gap, so
// that a browser without a feature is no exception.
func get(v js.Value, names ...string) js.Value {
	for _, name := range names {
		if t := v.Type(); t != js.TypeObject && t != js.TypeFunction {
			return js.Undefined()
		}
		next, err := Try(func() js.Value { return v.Get(name) })
		if err != nil {
			return js.Undefined()
		}
		v = next
	}
	return v
}

// call calls a method and returns an exception as an error.
func call(v js.Value, method string, args ...any) (js.Value, error) {
	return Try(func() js.Value { return v.Call(method, args...) })
}

// toJS copies bytes into a new Uint8Array.
func toJS(b []byte) js.Value {
	a := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(a, b)
	return a
}

// toGo copies the bytes of a Uint8Array or ArrayBuffer, and reports whether v is one.
func toGo(v js.Value) ([]byte, bool) {
	if v.Type() != js.TypeObject {
		return nil, false
	}
	array := js.Global().Get("Uint8Array")
	if v.InstanceOf(js.Global().Get("ArrayBuffer")) {
		v = array.New(v)
	}
	if !v.InstanceOf(array) {
		return nil, false
	}
	b := make([]byte, v.Get("length").Int())
	js.CopyBytesToGo(b, v)
	return b, true
}
