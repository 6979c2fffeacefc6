// Package remote lets tests on the host use a D1 database through worker/d1 as it
// runs at the edge: a test worker (remote/batch) takes batches as JSON, and [DB]
// sends them. It is part of no product.
package remote

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"

	"lixianban/worker/ledger"
)

// Request is one batch.
type Request struct {
	Stmts []Stmt `json:"stmts"`
}

// Stmt is a ledger.Stmt on the wire.
type Stmt struct {
	SQL  string  `json:"sql"`
	Args []Value `json:"args"`
}

// Value is nil, "s:text", "n:123" or "b:base64".
type Value *string

// Response is what came of a batch: Rows, or the name of its error.
type Response struct {
	Rows  [][][]Value `json:"rows,omitempty"`
	Error string      `json:"error,omitempty"`
}

// Encode writes a value that a Stmt may hold.
func Encode(v any) (Value, error) {
	var s string
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		s = "s:" + v
	case int64:
		s = "n:" + strconv.FormatInt(v, 10)
	case []byte:
		if v == nil {
			return nil, nil
		}
		s = "b:" + base64.StdEncoding.EncodeToString(v)
	default:
		return nil, fmt.Errorf("a %T can't cross the wire", v)
	}
	return &s, nil
}

// Decode reads what Encode wrote.
func Decode(v Value) (any, error) {
	switch {
	case v == nil:
		return nil, nil
	case len(*v) < 2:
		return nil, errors.New("a value without its kind")
	}
	text := (*v)[2:]
	switch (*v)[:2] {
	case "s:":
		return text, nil
	case "n:":
		return strconv.ParseInt(text, 10, 64)
	case "b:":
		return base64.StdEncoding.DecodeString(text)
	}
	return nil, errors.New("a value of unknown kind")
}

// ToStmts and FromRows convert whole batches.
func (r Request) ToStmts() ([]ledger.Stmt, error) {
	var out []ledger.Stmt
	for _, s := range r.Stmts {
		st := ledger.Stmt{SQL: s.SQL}
		for _, a := range s.Args {
			v, err := Decode(a)
			if err != nil {
				return nil, err
			}
			st.Args = append(st.Args, v)
		}
		out = append(out, st)
	}
	return out, nil
}

// FromStmts is the inverse of ToStmts.
func FromStmts(stmts []ledger.Stmt) (Request, error) {
	var r Request
	for _, s := range stmts {
		st := Stmt{SQL: s.SQL}
		for _, a := range s.Args {
			v, err := Encode(a)
			if err != nil {
				return r, err
			}
			st.Args = append(st.Args, v)
		}
		r.Stmts = append(r.Stmts, st)
	}
	return r, nil
}

// FromRows makes the answer of a batch.
func FromRows(rows [][]ledger.Row) (Response, error) {
	out := Response{Rows: make([][][]Value, len(rows))}
	for i, stmt := range rows {
		for _, row := range stmt {
			var line []Value
			for _, v := range row {
				enc, err := Encode(v)
				if err != nil {
					return out, err
				}
				line = append(line, enc)
			}
			out.Rows[i] = append(out.Rows[i], line)
		}
	}
	return out, nil
}

// ToRows is the inverse of FromRows.
func (r Response) ToRows() ([][]ledger.Row, error) {
	out := make([][]ledger.Row, len(r.Rows))
	for i, stmt := range r.Rows {
		for _, line := range stmt {
			row := make(ledger.Row, len(line))
			for k, v := range line {
				var err error
				if row[k], err = Decode(v); err != nil {
					return nil, err
				}
			}
			out[i] = append(out[i], row)
		}
	}
	return out, nil
}
