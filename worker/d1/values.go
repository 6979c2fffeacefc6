//go:build js && wasm

package d1

import (
	"math"
	"syscall/js"

	"lixianban/worker/ledger"
)

// maxSafe is the highest integer that a JavaScript number holds exactly.
const maxSafe = 1<<53 - 1

func toJS(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return js.Null(), nil
	case string:
		return v, nil
	case int64:
		if v > maxSafe || v < -maxSafe {
			return nil, errValue
		}
		return float64(v), nil
	case []byte:
		if v == nil {
			return js.Null(), nil
		}
		a := js.Global().Get("Uint8Array").New(len(v))
		js.CopyBytesToJS(a, v)
		return a.Get("buffer"), nil
	}
	return nil, errValue
}

func fromJS(v js.Value) (any, error) {
	switch v.Type() {
	case js.TypeNull:
		return nil, nil
	case js.TypeString:
		return v.String(), nil
	case js.TypeNumber:
		f := v.Float()
		if f != math.Trunc(f) || math.Abs(f) > maxSafe {
			return nil, errValue
		}
		return int64(f), nil
	case js.TypeObject:
		a := js.Global().Get("Uint8Array").New(v) // takes ArrayBuffer and array alike
		b := make([]byte, a.Length())
		js.CopyBytesToGo(b, a)
		return b, nil
	}
	return nil, errValue
}

// readResults reads batch's answer. A shape that isn't D1's leaves the outcome unknown:
// the statements have run.
func readResults(results js.Value, n int) ([][]ledger.Row, error) {
	if results.Type() != js.TypeObject || results.Length() != n {
		return nil, ErrUnknown
	}
	out := make([][]ledger.Row, n)
	for i := range n {
		rows := results.Index(i).Get("results")
		if rows.Type() != js.TypeObject {
			continue
		}
		for k := range rows.Length() {
			row, err := readRow(rows.Index(k))
			if err != nil {
				return nil, ErrUnknown
			}
			out[i] = append(out[i], row)
		}
	}
	return out, nil
}

// readRow takes the columns in the order in which the statement names them, which
// is the order of the object's members.
func readRow(object js.Value) (ledger.Row, error) {
	columns := js.Global().Get("Object").Call("values", object)
	row := make(ledger.Row, columns.Length())
	for i := range row {
		v, err := fromJS(columns.Index(i))
		if err != nil {
			return nil, err
		}
		row[i] = v
	}
	return row, nil
}
