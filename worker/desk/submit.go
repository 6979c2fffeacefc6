package desk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"lixianban/app/envelope"
	"lixianban/worker/ledger"
)

func (c *counter) ping(w http.ResponseWriter, r *http.Request) error {
	n := r.URL.Query().Get("n")
	if len(n) > 64 || strings.Trim(n, "0123456789abcdef") != "" {
		return refuse("malformed")
	}
	_, at := c.now()
	writeJSON(w, http.StatusOK, "application/json", struct {
		N     string `json:"n"`
		Time  string `json:"time"`
		Epoch string `json:"epoch"`
	}{n, at, c.Epoch})
	return nil
}

func (c *counter) submit(w http.ResponseWriter, r *http.Request) error {
	b, err := body(r, "application/octet-stream", envelope.MaxEnvelope)
	if err != nil {
		return err
	}
	res, err := c.deliver(r.Context(), []parcel{{sid: strings.TrimPrefix(r.URL.Path, "/v1/submissions/"), bytes: b}})
	if err != nil {
		return err
	}
	if res[0].fault != nil {
		return res[0].fault
	}
	writeJSON(w, res[0].status, "application/json", res[0].receipt)
	return nil
}

// parcel is one envelope on its way in: first what came, then what became of it.
type parcel struct {
	sid     string
	bytes   []byte
	claim   *envelope.Receipt // the counter's own, from before a restore
	sub     ledger.Submission
	fault   *fault // refused for this reason, unless it is already held
	status  int    // 201 or 200
	receipt *envelope.Receipt
}

// deliver stores what can be stored in one batch and answers all in order. An error
// is about all of them: nothing is known to be stored and the phone keeps everything.
func (c *counter) deliver(ctx context.Context, ps []parcel) ([]parcel, error) {
	if len(ps) == 0 {
		return nil, nil
	}
	dir, err := c.Directory(ctx)
	if err != nil {
		return nil, err
	}
	now, at := c.now()
	for i := range ps {
		ps[i].fault = faultOf(c.examine(&ps[i], dir, now, at))
	}
	if err := c.settle(ctx, ps, func(p parcel) bool { return p.fault == nil }, c.Ledger.Submit); err != nil {
		return nil, err
	}
	// What the directory refuses may have been taken when its key was in use.
	unlisted := func(p parcel) bool { return p.fault != nil && p.sub.SID != "" }
	return ps, c.settle(ctx, ps, unlisted, c.Ledger.Find)
}

// examine checks one envelope and prepares what is stored of it. sub.SID is set once
// the envelope itself is in order.
func (c *counter) examine(p *parcel, dir envelope.Directory, now time.Time, at string) error {
	sid, err := envelope.ParseSID(p.sid)
	if err != nil {
		return err
	}
	h, err := envelope.ParseHeader(p.bytes)
	if err != nil {
		return err
	}
	if h.SID != sid {
		return refuse("mismatch")
	}
	hash := envelope.HashOf(p.bytes)
	receipt, err := c.sign(h, hash, at)
	if err != nil {
		return err
	}
	p.sub = ledger.Submission{SID: p.sid, Office: h.Office, Key: h.Key.String(), Pack: h.Pack, Form: h.Form,
		Capability: h.Capability[:], Hash: hash[:], Envelope: p.bytes, Receipt: receipt, At: at}
	err = dir.Accepts(h, now)
	if errors.Is(err, envelope.ErrOf(envelope.CodeRetired)) && p.claim != nil && envelope.VerifyReceipt(*p.claim, sid, hash, dir.Services) == nil {
		return nil // taken when its key was in use, and lost since
	}
	return err
}

func (c *counter) sign(h envelope.Header, hash envelope.Hash, at string) (string, error) {
	r, err := envelope.SignReceipt(c.Service, envelope.Receipt{SID: h.SID.String(), Hash: hash.String(), Pack: h.Pack,
		Number: envelope.Number(h.SID), Time: at, Epoch: c.Epoch})
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(r)
	return string(text), err
}

// settle runs the ledger over the chosen parcels and writes their fates back.
func (c *counter) settle(ctx context.Context, ps []parcel, chosen func(parcel) bool, run func(context.Context, ...ledger.Submission) ([]ledger.Fate, error)) error {
	var at []int
	var subs []ledger.Submission
	for i, p := range ps {
		if chosen(p) {
			at, subs = append(at, i), append(subs, p.sub)
		}
	}
	if len(subs) == 0 {
		return nil
	}
	fates, err := run(ctx, subs...)
	if err != nil {
		return err
	}
	for k, f := range fates {
		if err := ps[at[k]].settled(f); err != nil {
			return err
		}
	}
	return nil
}

func (p *parcel) settled(f ledger.Fate) error {
	switch f.Outcome {
	case ledger.Stored:
		p.status = http.StatusCreated
	case ledger.Same:
		p.status = http.StatusOK
	case ledger.Differs:
		p.fault = refuse("taken")
		return nil
	default:
		return nil // not held: the fault found before stands
	}
	p.fault, p.receipt = nil, new(envelope.Receipt)
	return json.Unmarshal([]byte(f.Receipt), p.receipt)
}
