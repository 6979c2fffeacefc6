package desk

import (
	"context"
	"encoding/json"
	"net/http"

	"lixianban/app/envelope"
	"lixianban/worker/ledger"
)

func (c *counter) sync(w http.ResponseWriter, r *http.Request) error { return c.exchange(w, r, true) }

func (c *counter) status(w http.ResponseWriter, r *http.Request) error {
	return c.exchange(w, r, false)
}

func (c *counter) exchange(w http.ResponseWriter, r *http.Request, mayPut bool) error {
	var req envelope.SyncRequest
	if _, err := message(r, &req); err != nil {
		return err
	}
	if err := checkSync(req, mayPut); err != nil {
		return err
	}
	resp, err := c.answer(r.Context(), req)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, "application/json", resp)
	return nil
}

func checkSync(req envelope.SyncRequest, mayPut bool) error {
	_, err := envelope.ParseSID(req.Nonce) // 32 hex digits too
	switch {
	case err != nil, req.V != 1, len(req.Put) > 0 && !mayPut, len(req.Put) > envelope.MaxPuts, len(req.Watch) > envelope.MaxWatches:
		return refuse("malformed")
	}
	return nil
}

func (c *counter) answer(ctx context.Context, req envelope.SyncRequest) (envelope.SyncResponse, error) {
	_, at := c.now()
	resp := envelope.SyncResponse{V: 1, Nonce: req.Nonce, Epoch: c.Epoch, Time: at}
	var err error
	if resp.Put, err = c.put(ctx, req.Put); err != nil {
		return resp, err
	}
	if resp.Watch, err = c.watch(ctx, req.Watch); err != nil {
		return resp, err
	}
	resp.Index, err = c.newIndex(ctx, req.Index)
	return resp, err
}

func (c *counter) put(ctx context.Context, puts []envelope.SyncPut) ([]envelope.PutResult, error) {
	ps := make([]parcel, len(puts))
	for i, p := range puts {
		b, _ := envelope.DecodeBytes(p.Envelope) // what is not base64 is no envelope either
		ps[i] = parcel{sid: p.SID, bytes: b, claim: p.Receipt}
	}
	ps, err := c.deliver(ctx, ps)
	if err != nil {
		return nil, err
	}
	var results []envelope.PutResult
	for i, p := range ps {
		res := envelope.PutResult{SID: puts[i].SID, Status: p.status, Receipt: p.receipt}
		if p.fault != nil {
			res.Problem = p.fault.problem()
			res.Status = res.Problem.Status
		}
		results = append(results, res)
	}
	return results, nil
}

func (c *counter) watch(ctx context.Context, watches []envelope.SyncWatch) ([]envelope.WatchState, error) {
	asks := make([]ledger.Ask, len(watches))
	for i, wt := range watches {
		asks[i] = askOf(wt)
	}
	news, err := c.Ledger.Watch(ctx, asks...)
	if err != nil {
		return nil, err
	}
	var states []envelope.WatchState
	for i, n := range news {
		st, err := stateOf(watches[i].SID, n)
		if err != nil {
			return nil, err
		}
		states = append(states, st)
	}
	return states, nil
}

// askOf turns a watch into a question for the ledger. A secret that is too short or
// not base64 asks with a capability that no secret has, and so is simply unknown.
func askOf(wt envelope.SyncWatch) ledger.Ask {
	a := ledger.Ask{SID: wt.SID, After: wt.After, Capability: []byte("a secret that opens nothing")}
	if secret, err := envelope.DecodeBytes(wt.Secret); err == nil && len(secret) >= envelope.SecretSize {
		sum := envelope.CapabilityOf(secret)
		a.Capability = sum[:]
	}
	return a
}

func stateOf(sid string, n ledger.News) (envelope.WatchState, error) {
	st := envelope.WatchState{SID: sid, Known: n.Known}
	if !n.Known {
		return st, nil
	}
	for _, e := range n.Events {
		st.Events = append(st.Events, envelope.Event{SID: e.SID, Seq: e.Seq, Sealed: e.Sealed})
	}
	st.Receipt = new(envelope.Receipt)
	return st, json.Unmarshal([]byte(n.Receipt), st.Receipt)
}

// newIndex is the newest index's hash when the phone holds another one.
func (c *counter) newIndex(ctx context.Context, held string) (string, error) {
	if c.Index == nil {
		return "", nil
	}
	x, err := c.Index(ctx)
	if err != nil || x.Hash == held {
		return "", err
	}
	return x.Hash, nil
}

func (c *counter) packs(w http.ResponseWriter, r *http.Request) error {
	if c.Index == nil {
		return refuse("not_found")
	}
	x, err := c.Index(r.Context())
	if err != nil {
		return err
	}
	tag := `"` + x.Hash + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "no-cache")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(x.Body)
	return nil
}
