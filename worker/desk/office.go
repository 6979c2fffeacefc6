package desk

import (
	"net/http"

	"lixianban/app/envelope"
	"lixianban/worker/ledger"
)

// signed reads an office's request: body, signature, clock, then the nonce, which
// counts once only when all else holds. Nothing of the body is used before that.
func (c *counter) signed(r *http.Request, v any) (envelope.RequestAuth, error) {
	b, err := body(r, "application/json", envelope.MaxRequest)
	if err != nil {
		return envelope.RequestAuth{}, err
	}
	dir, err := c.Directory(r.Context())
	if err != nil {
		return envelope.RequestAuth{}, err
	}
	now, at := c.now()
	auth, err := envelope.VerifyRequest(r.Header.Get(envelope.RequestHeader), r.Method, r.URL.Path, b, dir, now)
	if err != nil {
		return auth, err
	}
	if err := envelope.Decode(b, envelope.MaxRequest, v); err != nil {
		return auth, err
	}
	before := envelope.Timestamp(now.Add(-3 * envelope.RequestWindow))
	fresh, err := c.Ledger.UseNonce(r.Context(), auth.Office, auth.Nonce, at, before)
	if err == nil && !fresh {
		err = refuse("replayed")
	}
	return auth, err
}

func (c *counter) pull(w http.ResponseWriter, r *http.Request) error {
	var req envelope.PullRequest
	auth, err := c.signed(r, &req)
	if err != nil {
		return err
	}
	if err := checkPull(req); err != nil {
		return err
	}
	resp, err := c.hand(r, auth, req)
	if err != nil {
		return err
	}
	c.sealAudit(w, r)
	writeJSON(w, http.StatusOK, "application/json", resp)
	return nil
}

func checkPull(req envelope.PullRequest) error {
	if req.V != 1 || req.After < 0 || req.After >= 1<<53 || req.Limit < 0 || req.Limit > envelope.MaxList ||
		len(req.Fetch) > envelope.MaxFetch || len(req.Ack) > envelope.MaxAcks {
		return refuse("malformed")
	}
	for _, sids := range [][]string{req.Fetch, req.Ack} {
		for _, sid := range sids {
			if _, err := envelope.ParseSID(sid); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *counter) hand(r *http.Request, auth envelope.RequestAuth, req envelope.PullRequest) (envelope.PullResponse, error) {
	_, at := c.now()
	resp := envelope.PullResponse{V: 1, Time: at}
	if err := c.Ledger.Ack(r.Context(), auth.Office, at, req.Ack...); err != nil {
		return resp, err
	}
	if req.Limit > 0 {
		items, err := c.Ledger.List(r.Context(), auth.Office, auth.Nonce, at, req.After, req.Limit)
		if err != nil {
			return resp, err
		}
		for _, it := range items {
			item, err := itemOf(it)
			if err != nil {
				return resp, err
			}
			resp.Items = append(resp.Items, item)
		}
	}
	sealed, err := c.Ledger.Fetch(r.Context(), auth.Office, auth.Nonce, at, req.Fetch...)
	for _, s := range sealed {
		item, err := itemOf(s.Item)
		if err != nil {
			return resp, err
		}
		item.Envelope = envelope.EncodeBytes(s.Envelope)
		resp.Envelopes = append(resp.Envelopes, item)
	}
	return resp, err
}

func itemOf(it ledger.Item) (envelope.PullItem, error) {
	sid, err := envelope.ParseSID(it.SID)
	return envelope.PullItem{Pos: it.Pos, SID: it.SID, Number: envelope.Number(sid), Key: it.Key, Pack: it.Pack, Form: it.Form,
		Size: it.Size, Time: it.At, State: string(it.State), Seq: it.Seq}, err
}

func (c *counter) events(w http.ResponseWriter, r *http.Request) error {
	var req envelope.EventsRequest
	auth, err := c.signed(r, &req)
	if err != nil {
		return err
	}
	if err := checkEvents(req); err != nil {
		return err
	}
	_, at := c.now()
	resp := envelope.EventsResponse{V: 1, Time: at}
	for _, e := range req.Events {
		out, err := c.Ledger.AppendEvent(r.Context(), auth.Office, ledger.Event{SID: e.SID, Seq: e.Seq, Sealed: e.Sealed}, at)
		if err != nil {
			return err
		}
		resp.Results = append(resp.Results, resultOf(e, out))
	}
	c.sealAudit(w, r)
	writeJSON(w, http.StatusOK, "application/json", resp)
	return nil
}

// maxSealed bounds a status event: the longest reason, padded and sealed, is far below.
const maxSealed = 32 << 10

func checkEvents(req envelope.EventsRequest) error {
	if req.V != 1 || len(req.Events) == 0 || len(req.Events) > envelope.MaxEvents {
		return refuse("malformed")
	}
	for _, e := range req.Events {
		if _, err := envelope.ParseSID(e.SID); err != nil {
			return err
		}
		if b, err := envelope.DecodeBytes(e.Sealed); err != nil || len(b) == 0 || len(b) > maxSealed || e.Seq == 0 {
			return refuse("malformed")
		}
	}
	return nil
}

// eventResults maps outcomes to status codes and problems.
var eventResults = map[ledger.Outcome]struct {
	status int
	code   string
}{
	ledger.Stored:     {http.StatusCreated, ""},
	ledger.Same:       {http.StatusOK, ""},
	ledger.NotFound:   {http.StatusNotFound, "no_application"},
	ledger.OutOfOrder: {http.StatusConflict, "out_of_order"},
	ledger.Differs:    {http.StatusUnprocessableEntity, "taken"},
}

func resultOf(e envelope.Event, out ledger.Outcome) envelope.EventResult {
	res := eventResults[out]
	r := envelope.EventResult{SID: e.SID, Seq: e.Seq, Status: res.status}
	if res.code != "" {
		r.Problem = refuse(res.code).problem()
	}
	return r
}

// sealAudit chains what the office's request and the submissions before it added.
// A chain that does not close is an auditor's matter and shows in the log; the
// office's work is stored and goes on.
func (c *counter) sealAudit(w http.ResponseWriter, r *http.Request) {
	if _, err := c.Ledger.Seal(r.Context(), 1024); err != nil {
		note(w, "audit")
	}
}
