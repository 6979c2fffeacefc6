//go:build !js

package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"lixianban/worker/ledger"
)

// DB sends batches to a test worker. URL names the worker and the binding.
type DB struct{ URL string }

var _ ledger.DB = DB{}

// names of the errors that a batch may end with; others are of unknown outcome.
var names = map[string]error{"busy": ledger.ErrBusy, "constraint": ledger.ErrConstraint}

// Batch runs over there.
func (d DB) Batch(ctx context.Context, stmts []ledger.Stmt) ([][]ledger.Row, error) {
	req, err := FromStmts(stmts)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	hr, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(hr)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var r Response
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil {
		return nil, fmt.Errorf("the test worker answered %s without JSON: %w", res.Status, err)
	}
	if known, ok := names[r.Error]; ok {
		return nil, known
	}
	if r.Error != "" {
		return nil, fmt.Errorf("d1: %s", r.Error)
	}
	return r.ToRows()
}
