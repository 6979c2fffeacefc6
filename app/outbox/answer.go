package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"

	"lixianban/app/envelope"
)

// answer is what one exchange brought, not yet believed.
type answer struct {
	status int
	kind   string // media type without parameters
	body   []byte
	after  time.Duration // Retry-After
	err    error         // nothing came back
}

// exchange carries one request. The time-out grows with the body: 30 s and 1 s for each
// 2 KB, at most 5 minutes (F34, F35).
func (s *stepper) exchange(ctx context.Context, r Request) answer {
	r.Timeout = min(5*time.Minute, 30*time.Second+time.Duration(len(r.Body)/2048)*time.Second)
	resp, err := s.b.c.Net.Do(ctx, r)
	s.r.Up += len(r.Body)
	if err == nil && len(resp.Body) > r.MaxBody {
		err = errors.New("the answer is longer than allowed")
	}
	if err != nil {
		return answer{err: err}
	}
	s.r.Down += len(resp.Body)
	kind, _, _ := strings.Cut(resp.Header["content-type"], ";")
	return answer{
		status: resp.Status, kind: strings.ToLower(strings.TrimSpace(kind)), body: resp.Body,
		after: retryAfter(resp.Header["retry-after"], s.b.c.Clock.Now()),
	}
}

// digest is a body's Content-Digest (RFC 9530): a server that gets other bytes, or
// none, says so instead of keeping them (L1).
func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// damagedOnTheWay is the server's code for a body that isn't its digest's. It is about
// the line, not about the application: the same bytes are tried again.
const damagedOnTheWay = "digest"

func putRequest(it Item) Request {
	return Request{
		Method: "PUT", Path: "/v1/submissions/" + it.SID, Body: it.Envelope, MaxBody: 64 << 10,
		Header: map[string]string{
			"Content-Type":   "application/octet-stream",
			"Content-Digest": digest(it.Envelope),
		},
	}
}

// sync believes an answer to req only if it is what this server would say.
func (a answer) sync(req envelope.SyncRequest) (envelope.SyncResponse, *Error) {
	var resp envelope.SyncResponse
	if failed := a.failure(); failed != nil {
		return resp, failed
	}
	if a.status != 200 || a.kind != "application/json" {
		return resp, nonsense("not a sync answer", nil)
	}
	if err := envelope.DecodeTolerant(a.body, len(a.body), &resp); err != nil {
		return resp, nonsense("not readable", err)
	}
	if resp.V != 1 || resp.Nonce != req.Nonce || len(resp.Put) != len(req.Put) || len(resp.Watch) != len(req.Watch) {
		return resp, nonsense("not the answer to this question", nil)
	}
	for i, p := range resp.Put {
		if p.SID != req.Put[i].SID {
			return resp, nonsense("not in the order asked", nil)
		}
	}
	for i, w := range resp.Watch {
		if w.SID != req.Watch[i].SID {
			return resp, nonsense("not in the order asked", nil)
		}
	}
	if _, err := envelope.ParseHash(resp.Index); err != nil {
		resp.Index = ""
	}
	return resp, nil
}

// put believes the answer to a PUT: a receipt to be verified, or a problem of ours.
func (a answer) put() (*envelope.Receipt, *envelope.Problem, *Error) {
	if a.err == nil && (a.status == 200 || a.status == 201) && a.kind == "application/json" {
		var r envelope.Receipt
		if err := envelope.DecodeTolerant(a.body, len(a.body), &r); err != nil {
			return nil, nil, nonsense("not readable", err)
		}
		return &r, nil, nil
	}
	failed := a.failure()
	if failed != nil && failed.Code == CodeRefused {
		return nil, a.problem(), nil
	}
	if failed == nil {
		failed = nonsense("not a receipt", nil)
	}
	return nil, nil, failed
}

// failure sorts the answers that bring nothing: none at all, busy, refused by us, or
// somebody else's. nil for a status below 400.
func (a answer) failure() *Error {
	switch p := a.problem(); {
	case a.err != nil:
		return &Error{CodeNoAnswer, "no answer came back; it will be tried again", a.err}
	case a.status < 400:
		return nil
	case a.status == 429 || a.status == 503:
		return &Error{CodeBusy, "the server is busy; it will be tried again", nil}
	case p != nil && p.Code == damagedOnTheWay:
		return &Error{CodeNoAnswer, "the message was damaged on the way; it will be tried again", nil}
	case p != nil && a.status < 500:
		return &Error{CodeRefused, "the server refuses the exchange (" + plainCode(p.Code) + ")", nil}
	case a.status == 413:
		return &Error{CodeTooBigWay, "something on the way refuses messages of this size", nil}
	}
	return nonsense("status "+strconv.Itoa(a.status), nil)
}

// problem is the RFC 9457 body, nil unless it is one of ours.
func (a answer) problem() *envelope.Problem {
	var p envelope.Problem
	if a.kind != "application/problem+json" || envelope.DecodeTolerant(a.body, 16<<10, &p) != nil ||
		p.Status != a.status || plainCode(p.Code) == "" {
		return nil
	}
	return &p
}

// plainCode keeps a server's code to what may stand in a log: a short identifier.
func plainCode(code string) string {
	if len(code) > 40 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return ""
	}
	return code
}

func nonsense(what string, err error) *Error {
	return &Error{CodeNonsense, "something answered that isn't the server (" + what + "); it will be tried again", err}
}

// retryAfter reads seconds or an HTTP date (RFC 9110 §10.2.3); 0 for anything else.
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return time.Duration(min(n, 86400)) * time.Second
	}
	if t, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", text); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
