//go:build js && wasm

// Command batch is the test worker: it runs a batch on the D1 binding that the
// address names, through the same adapter as the edge.
package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"

	"lixianban/worker/d1"
	"lixianban/worker/e2e/remote"
	"lixianban/worker/ledger"
)

func main() {
	workers.ServeNonBlock(http.HandlerFunc(serve))
	workers.Ready()
	select {}
}

func serve(w http.ResponseWriter, r *http.Request) {
	res, err := batch(r)
	if err != nil {
		res = remote.Response{Error: name(err)}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(res)
}

func batch(r *http.Request) (res remote.Response, err error) {
	db, err := d1.Open(cloudflare.GetBinding(strings.TrimPrefix(r.URL.Path, "/")))
	if err != nil {
		return res, err
	}
	var req remote.Request
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		return res, err
	}
	stmts, err := req.ToStmts()
	if err != nil {
		return res, err
	}
	rows, err := db.Batch(r.Context(), stmts)
	if err != nil {
		return res, err
	}
	return remote.FromRows(rows)
}

func name(err error) string {
	switch {
	case errors.Is(err, ledger.ErrBusy):
		return "busy"
	case errors.Is(err, ledger.ErrConstraint):
		return "constraint"
	}
	return err.Error()
}
