package desk

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"lixianban/app/envelope"
	"lixianban/worker/ledger"
)

// Kind is one line of the table of problems.
type Kind struct {
	Code   string
	Status int
	Title  string // what to do, for whoever reads the response by eye
}

// Problems lists every problem the counter answers with. Codes are stable: the
// phone's catalogue has the words for people. Those of package envelope keep their names.
var Problems = []Kind{
	{"malformed", 400, "The request is not in the format of this protocol: compare it with the documentation and send it again."},
	{"digest", 400, "The body does not have the Content-Digest sent with it: send it again."},
	{"mismatch", 400, "The sid in the address is not the one in the envelope: put it under its own sid."},
	{"signature", 401, "The request is not signed by an office of the directory: check the key and the office id."},
	{"stale", 401, "The request is over 5 minutes off this server's time: set the clock and sign it again."},
	{"replayed", 401, "This signed request was used before: sign it again."},
	{"not_found", 404, "There is nothing at this address."},
	{"no_office", 404, "No office of that name takes this form: update the directory and choose again."},
	{"no_application", 404, "This office has no such application: list again."},
	{"method", 405, "This address does not take that method: see Allow."},
	{"out_of_order", 409, "The event's seq is not the next one: list again and number it anew."},
	{"key_retired", 410, "The office's key is no longer in use: update the directory and seal again."},
	{"too_big", 413, "The body is too big: an envelope has at most 256 KB and a message 512 KB."},
	{"type", 415, "The body has another content type than this address takes."},
	{"encoding", 415, "The body has a Content-Encoding: send it as it is."},
	{"taken", 422, "Other bytes are stored under this name and stay: they are not replaced."},
	{"too_many", 429, "Too many requests: wait for Retry-After."},
	{"internal", 500, "Something went wrong here and was noted: send it again later."},
	{"busy", 503, "The counter is busy: wait for Retry-After and send it again."},
	{"unsupported", 400, "The envelope's suite is not taken here: update the app and seal again."},
}

// fault is a refusal on its way to the client.
type fault struct {
	code       string
	retryAfter int      // seconds, for too_many and busy
	allow      []string // for method
	cause      error    // for tests and the log's code only; never sent
}

func (f *fault) Error() string { return "desk: " + f.code }
func (f *fault) Unwrap() error { return f.cause }

func refuse(code string) *fault { return &fault{code: code} }

// busySeconds is asked of a phone that meets a busy counter; it adds its own jitter.
const busySeconds = 5

// faultOf maps the errors of the rooms below to problems; nil stays nil.
func faultOf(err error) *fault {
	var f *fault
	var e *envelope.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case errors.Is(err, ledger.ErrBusy):
		return &fault{code: "busy", retryAfter: busySeconds, cause: err}
	case errors.As(err, &e) && known(string(e.Code)):
		return &fault{code: string(e.Code), cause: err}
	case errors.As(err, &e):
		return &fault{code: "malformed", cause: err}
	}
	// Of unknown outcome, or broken: the phone keeps its envelope and comes back.
	return &fault{code: "busy", retryAfter: busySeconds, cause: err}
}

func known(code string) bool {
	return slices.ContainsFunc(Problems, func(k Kind) bool { return k.Code == code })
}

func kindOf(code string) Kind {
	i := slices.IndexFunc(Problems, func(k Kind) bool { return k.Code == code })
	if i < 0 {
		return kindOf("internal")
	}
	return Problems[i]
}

func (f *fault) problem() *envelope.Problem {
	k := kindOf(f.code)
	return &envelope.Problem{Type: "/problems/" + k.Code, Title: k.Title, Status: k.Status, Code: k.Code}
}

func (f *fault) write(w http.ResponseWriter) {
	h := w.Header()
	if f.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(f.retryAfter))
	}
	for _, m := range f.allow {
		h.Add("Allow", m)
	}
	p := f.problem()
	writeJSON(w, p.Status, "application/problem+json", p)
}

func writeJSON(w http.ResponseWriter, status int, kind string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("desk: a response always prints: " + err.Error())
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
