package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"lixianban/app/envelope"
)

// Transport carries one POST to the counter. An error means that nothing useful came
// back; whether the counter acted is unknown.
type Transport interface {
	Post(ctx context.Context, path string, header map[string]string, body []byte) (status int, answer []byte, err error)
}

// Client is one office at one counter.
type Client struct {
	Key       KeyFile
	Old       []envelope.OfficeSecret // keys of before a rotation: envelopes for them may still come
	Transport Transport
	Now       func() time.Time
	Rand      io.Reader
}

// Error is every refusal of this package: one sentence that says what to do.
type Error struct {
	Code string // a problem's code, or one of unreachable, nonsense, not_found, mismatch, no_key, input
	Say  string
	Err  error
}

func (e *Error) Error() string { return e.Say }

// Unwrap gives the cause, if any.
func (e *Error) Unwrap() error { return e.Err }

// maxAnswer holds a page of the list or MaxFetch envelopes.
const maxAnswer = 8 << 20

// tries is how often a request is sent when nothing comes back. Each is signed anew,
// with a nonce of its own; the counter takes the same content twice without harm.
const tries = 3

// call signs and sends a message and reads the answer into resp.
func (c *Client) call(ctx context.Context, path string, req, resp any) error {
	body, err := json.Marshal(req)
	if err != nil {
		return err
	}
	var status int
	var answer []byte
	for try := 0; try < tries; try++ {
		var auth string
		auth, err = envelope.SignRequest(c.Key.Secret, c.Key.Office, http.MethodPost, path, body, c.Now(), c.Rand)
		if err != nil {
			return err
		}
		status, answer, err = c.Transport.Post(ctx, path, map[string]string{envelope.RequestHeader: auth, "Content-Type": "application/json"}, body)
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return &Error{"unreachable", "the counter gives no answer: check the address and the network, then run this again", err}
	}
	return read(status, answer, resp)
}

func read(status int, answer []byte, resp any) error {
	if status == http.StatusOK {
		if err := envelope.DecodeTolerant(answer, maxAnswer, resp); err != nil {
			return &Error{"nonsense", "the answer is not a counter's: check the address", err}
		}
		return nil
	}
	var p envelope.Problem
	if err := envelope.DecodeTolerant(answer, maxAnswer, &p); err != nil || p.Code == "" {
		return &Error{"nonsense", fmt.Sprintf("the answer (%d) is not a counter's: check the address", status), err}
	}
	return &Error{Code: p.Code, Say: p.Title}
}

// List returns the office's whole list, oldest first.
func (c *Client) List(ctx context.Context) ([]envelope.PullItem, error) {
	var all []envelope.PullItem
	err := c.each(ctx, func(it envelope.PullItem) bool { all = append(all, it); return true })
	return all, err
}

// each walks the list until f returns false.
func (c *Client) each(ctx context.Context, f func(envelope.PullItem) bool) error {
	for after := int64(0); ; {
		var resp envelope.PullResponse
		if err := c.call(ctx, "/v1/office/pull", envelope.PullRequest{V: 1, After: after, Limit: envelope.MaxList}, &resp); err != nil {
			return err
		}
		for _, it := range resp.Items {
			if it.Pos <= after {
				return &Error{Code: "nonsense", Say: "the counter's list goes backwards: tell whoever runs it"}
			}
			after = it.Pos
			if !f(it) {
				return nil
			}
		}
		if len(resp.Items) < envelope.MaxList {
			return nil
		}
	}
}

// Find returns the item with this sid or public number.
func (c *Client) Find(ctx context.Context, name string) (envelope.PullItem, error) {
	match, err := matcher(name)
	if err != nil {
		return envelope.PullItem{}, err
	}
	var found []envelope.PullItem
	if err := c.each(ctx, func(it envelope.PullItem) bool {
		if match(it) {
			found = append(found, it)
		}
		return true
	}); err != nil {
		return envelope.PullItem{}, err
	}
	switch len(found) {
	case 0:
		return envelope.PullItem{}, &Error{Code: "not_found", Say: "this office has no application " + name + ": run office list"}
	case 1:
		return found[0], nil
	}
	return envelope.PullItem{}, &Error{Code: "not_found", Say: "two applications have the number " + name + ": give the sid instead"}
}

func matcher(name string) (func(envelope.PullItem) bool, error) {
	if _, err := envelope.ParseSID(name); err == nil {
		return func(it envelope.PullItem) bool { return it.SID == name }, nil
	}
	number, err := envelope.ParseNumber(name)
	if err != nil {
		return nil, &Error{"input", "give a number like 7KQD-M2XA-K or a sid of 32 hex digits, as office list shows them", err}
	}
	return func(it envelope.PullItem) bool { return it.Number == number }, nil
}

// fetch returns the items with their envelopes, in the order asked.
func (c *Client) fetch(ctx context.Context, sids ...string) ([]envelope.PullItem, error) {
	var all []envelope.PullItem
	for len(sids) > 0 {
		n := min(len(sids), envelope.MaxFetch)
		var resp envelope.PullResponse
		if err := c.call(ctx, "/v1/office/pull", envelope.PullRequest{V: 1, Fetch: sids[:n]}, &resp); err != nil {
			return nil, err
		}
		all, sids = append(all, resp.Envelopes...), sids[n:]
	}
	return all, nil
}

// post sends one event.
func (c *Client) post(ctx context.Context, ev envelope.Event) error {
	var resp envelope.EventsResponse
	if err := c.call(ctx, "/v1/office/events", envelope.EventsRequest{V: 1, Events: []envelope.Event{ev}}, &resp); err != nil {
		return err
	}
	if len(resp.Results) != 1 || resp.Results[0].SID != ev.SID {
		return &Error{Code: "nonsense", Say: "the counter did not say what became of the answer: open the application again"}
	}
	switch r := resp.Results[0]; {
	case r.Status == http.StatusOK, r.Status == http.StatusCreated:
		return nil
	case r.Status == http.StatusConflict, r.Status == http.StatusUnprocessableEntity:
		return &Error{Code: "out_of_order", Say: "somebody else answered this application meanwhile: open it again and decide anew"}
	case r.Problem != nil:
		return &Error{Code: r.Problem.Code, Say: r.Problem.Title}
	}
	return errors.New("the counter refused the answer without a reason: tell whoever runs it")
}
