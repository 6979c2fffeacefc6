package office

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"lixianban/app/envelope"
	"lixianban/app/filing"
)

// Opened is an application in clear. It exists on the office's machine only.
type Opened struct {
	Item        envelope.PullItem
	Header      envelope.Header
	Application filing.Application
}

// Open fetches and decrypts one application, named by sid or public number, and,
// when nobody has opened it before, tells the applicant that the office has it.
func (c *Client) Open(ctx context.Context, name string) (Opened, error) {
	sid := name
	if _, err := envelope.ParseSID(name); err != nil {
		it, err := c.Find(ctx, name)
		if err != nil {
			return Opened{}, err
		}
		sid = it.SID
	}
	o, err := c.open(ctx, sid)
	if err != nil || o.Item.Seq > 0 {
		return o, err
	}
	o.Item.Seq, err = c.answer(ctx, o, envelope.Fetched, "")
	var e *Error
	if errors.As(err, &e) && e.Code == "out_of_order" {
		return c.open(ctx, sid) // another clerk was faster and has told the applicant
	}
	return o, err
}

// OpenAll decrypts every application whose bytes the counter still has, without
// telling anybody; what cannot be opened comes back in bad, by sid.
func (c *Client) OpenAll(ctx context.Context) (all []Opened, bad map[string]error, err error) {
	items, err := c.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	bad = map[string]error{}
	for _, it := range items {
		if it.State == "erased" {
			continue
		}
		got, err := c.open(ctx, it.SID)
		var e *Error
		switch {
		case err == nil:
			all = append(all, got)
		case errors.As(err, &e) && (e.Code == "mismatch" || e.Code == "no_key"):
			bad[it.SID] = err
		default:
			return nil, nil, err
		}
	}
	return all, bad, nil
}

func (c *Client) open(ctx context.Context, sid string) (Opened, error) {
	items, err := c.fetch(ctx, sid)
	if err != nil {
		return Opened{}, err
	}
	if len(items) != 1 || items[0].SID != sid {
		return Opened{}, &Error{Code: "not_found", Say: "this office has no application " + sid + ": run office list"}
	}
	it := items[0]
	if it.Envelope == "" {
		return Opened{}, &Error{Code: "not_found", Say: "the counter has erased application " + sid + " after its retention time: look in the office's own files"}
	}
	b, err := envelope.DecodeBytes(it.Envelope)
	if err != nil {
		return Opened{}, &Error{"nonsense", "the answer is not a counter's: check the address", err}
	}
	o, err := c.decrypt(b)
	if err == nil && o.Header.SID.String() != sid {
		err = mismatch(nil)
	}
	it.Envelope = ""
	o.Item = it
	return o, err
}

// decrypt opens an envelope with the key it was made for and checks that clear and
// sealed part are about the same thing (L22).
func (c *Client) decrypt(b []byte) (Opened, error) {
	h, err := envelope.ParseHeader(b)
	if err != nil {
		return Opened{}, mismatch(err)
	}
	for _, s := range append([]envelope.OfficeSecret{c.Key.Secret}, c.Old...) {
		if s.Open.Public().ID() != h.Key {
			continue
		}
		_, text, err := envelope.Open(s.Open, b)
		if err != nil {
			return Opened{}, mismatch(err)
		}
		a, err := filing.DecodeApplication(text)
		if err != nil || a.SID != h.SID.String() || a.Form != h.Form || a.Pack != h.Pack {
			return Opened{}, mismatch(err)
		}
		return Opened{Header: h, Application: a}, nil
	}
	return Opened{}, &Error{Code: "no_key", Say: "the application was sealed to key " + h.Key.String() + ": give that key's file with -old"}
}

func mismatch(err error) error {
	return &Error{"mismatch", "the application was altered or is not one: don't act on it, ask the applicant to file again", err}
}

// Decide answers an application. reason is the clerk's words to the applicant: they
// are required for needs-info and rejected, at most envelope.MaxReason characters.
func (c *Client) Decide(ctx context.Context, o Opened, state envelope.StatusState, reason string) error {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "" && state != envelope.Accepted:
		return &Error{Code: "input", Say: "say why with -reason: the applicant has to know what to do next"}
	case utf8.RuneCountInString(reason) > envelope.MaxReason:
		return &Error{Code: "input", Say: "the reason is longer than 500 characters: say it in fewer words"}
	}
	_, err := c.answer(ctx, o, state, reason)
	return err
}

// answer posts the next event and returns its seq. The event is sealed once, so that
// sending it again after a lost answer is the same event.
func (c *Client) answer(ctx context.Context, o Opened, state envelope.StatusState, reason string) (uint32, error) {
	b, err := envelope.DecodeBytes(o.Application.StatusKey)
	if err != nil {
		return 0, mismatch(err)
	}
	phone, err := envelope.ParsePublicKey(envelope.KEMX25519, b)
	if err != nil {
		return 0, mismatch(err)
	}
	seq := o.Item.Seq + 1
	ev, err := envelope.SealStatus(c.Key.Secret.Sign, phone, envelope.Status{SID: o.Item.SID, Seq: seq, State: state, Reason: reason,
		Time: envelope.Timestamp(c.Now()), Office: c.Key.Office})
	if err != nil {
		return 0, err
	}
	return seq, c.post(ctx, ev)
}

// Twins groups the sids of applications that carry one nonce: one intent that came
// under several names. Decide one of each group.
func Twins(all []Opened) [][]string {
	byNonce := map[string][]string{}
	for _, o := range all {
		byNonce[o.Application.Nonce] = append(byNonce[o.Application.Nonce], o.Item.SID)
	}
	var twins [][]string
	for _, o := range all {
		if sids := byNonce[o.Application.Nonce]; len(sids) > 1 && sids[0] == o.Item.SID {
			twins = append(twins, sids)
		}
	}
	return twins
}
