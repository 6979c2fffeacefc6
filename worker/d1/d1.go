//go:build js && wasm

package d1

import (
	"context"
	"errors"
	"syscall/js"

	"lixianban/worker/ledger"
)

// DB is a ledger.DB over one binding.
type DB struct{ binding js.Value }

var _ ledger.DB = DB{}

// Open takes the binding as the worker's env holds it. A missing binding is an error
// here, not at the first statement.
func Open(binding js.Value) (DB, error) {
	if binding.Type() != js.TypeObject || binding.Get("batch").Type() != js.TypeFunction {
		return DB{}, errors.New("d1: there is no D1 database bound as DB; add it to d1_databases in the worker's configuration")
	}
	return DB{binding}, nil
}

// Batch runs the statements in one D1 batch. A context that ends while D1 works
// leaves the outcome unknown.
func (d DB) Batch(ctx context.Context, stmts []ledger.Stmt) (rows [][]ledger.Row, err error) {
	if len(stmts) == 0 {
		return nil, nil
	}
	prepared, err := d.prepare(stmts)
	if err != nil {
		return nil, err
	}
	results, err := d.send(ctx, prepared)
	if err != nil {
		return nil, err
	}
	return readResults(results, len(stmts))
}

// prepare binds all arguments. D1 throws at once on what it can't bind, before
// anything is sent.
func (d DB) prepare(stmts []ledger.Stmt) (list js.Value, err error) {
	defer func() {
		if e := thrown(recover()); e != nil {
			err = errValue
		}
	}()
	list = js.Global().Get("Array").New(len(stmts))
	for i, s := range stmts {
		args := make([]any, len(s.Args))
		for k, a := range s.Args {
			if args[k], err = toJS(a); err != nil {
				return list, err
			}
		}
		list.SetIndex(i, d.binding.Call("prepare", s.SQL).Call("bind", args...))
	}
	return list, nil
}

func (d DB) send(ctx context.Context, prepared js.Value) (results js.Value, err error) {
	defer func() {
		if e := thrown(recover()); e != nil {
			err = classify(e.Error())
		}
	}()
	return await(ctx, d.binding.Call("batch", prepared))
}

// thrown passes on panics that are no JavaScript exception.
func thrown(p any) error {
	if p == nil {
		return nil
	}
	e, ok := p.(js.Error)
	if !ok {
		panic(p)
	}
	return e
}

// await waits for a promise. Its callbacks are released when it settles, also after
// ctx has ended.
func await(ctx context.Context, promise js.Value) (js.Value, error) {
	type settled struct {
		value js.Value
		err   error
	}
	done := make(chan settled, 1)
	var resolve, reject js.Func
	settle := func(s settled) any {
		resolve.Release()
		reject.Release()
		done <- s
		return nil
	}
	resolve = js.FuncOf(func(_ js.Value, args []js.Value) any { return settle(settled{value: args[0]}) })
	reject = js.FuncOf(func(_ js.Value, args []js.Value) any { return settle(settled{err: classify(message(args[0]))}) })
	promise.Call("then", resolve, reject)
	select {
	case s := <-done:
		return s.value, s.err
	case <-ctx.Done():
		return js.Value{}, errors.Join(ErrUnknown, ctx.Err())
	}
}

// message is the text of what a promise was rejected with, its cause included.
func message(v js.Value) string {
	text := js.Global().Call("String", v).String()
	if v.Type() == js.TypeObject && v.Get("cause").Truthy() {
		text += ": " + js.Global().Call("String", v.Get("cause")).String()
	}
	return text
}
