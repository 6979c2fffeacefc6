package desktest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
)

// Form is the one form the fixture's offices take.
const Form = "resident-stop@1"

// Fixture is a set of keys and the directory that names their public halves. The
// counter under test works with Directory and Service.
type Fixture struct {
	Directory envelope.Directory
	Service   ed25519.PrivateKey
	Epoch     string
	Office    envelope.OfficeSecret // of office "first", valid now
	Grace     envelope.OfficeSecret // of "first", past its date and in grace
	Retired   envelope.OfficeSecret // of "first", out of grace
	Other     envelope.OfficeSecret // of office "second"
	Stranger  envelope.OfficeSecret // in no directory
}

// NewFixture makes one around a time.
func NewFixture(tb testing.TB, now time.Time) Fixture {
	tb.Helper()
	f := Fixture{Epoch: "00c0ffee00c0ffee"}
	for _, s := range []*envelope.OfficeSecret{&f.Office, &f.Grace, &f.Retired, &f.Other, &f.Stranger} {
		*s = must(envelope.NewOfficeSecret(envelope.KEMX25519, rand.Reader))(tb)
	}
	f.Service = must(envelope.NewSigningKey(rand.Reader))(tb)
	day := 24 * time.Hour
	at := func(days int) time.Time { return now.Add(time.Duration(days) * day) }
	f.Directory = envelope.Directory{
		Version: 1, Issued: envelope.Timestamp(at(-1)), Expires: envelope.Timestamp(at(90)), Demo: true,
		Offices: []envelope.Office{
			{ID: "first", Name: "甲县医保中心", NameEN: "First", Regions: []string{"4116"}, Forms: []string{Form}, Keys: []envelope.OfficeKey{
				f.Office.Key(at(-10), at(365)), f.Grace.Key(at(-400), at(-100)), f.Retired.Key(at(-900), at(-181))}},
			{ID: "second", Name: "乙县医保中心", NameEN: "Second", Regions: []string{"4117"}, Forms: []string{Form}, Keys: []envelope.OfficeKey{f.Other.Key(at(-10), at(365))}},
		},
		Services: []envelope.ServiceKey{envelope.ServiceKeyOf(f.Service)},
	}
	if err := f.Directory.Check(); err != nil {
		tb.Fatal(err)
	}
	return f
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

// letter is one application as a phone holds it.
type letter struct {
	sid    envelope.SID
	secret []byte
	phone  envelope.PrivateKey
	bytes  []byte
}

func (l letter) path() string { return "/v1/submissions/" + l.sid.String() }

func (l letter) watch(after uint32) envelope.SyncWatch {
	return envelope.SyncWatch{SID: l.sid.String(), Secret: envelope.EncodeBytes(l.secret), After: after}
}

func (l letter) put() envelope.SyncPut {
	return envelope.SyncPut{SID: l.sid.String(), Envelope: envelope.EncodeBytes(l.bytes)}
}

// write seals a text to an office.
func (s *suite) write(to envelope.OfficeSecret, office, form, text string) letter {
	s.Helper()
	l := letter{sid: must(envelope.NewSID(rand.Reader))(s.T), secret: must(envelope.NewSecret(rand.Reader))(s.T), phone: must(envelope.NewPrivateKey(envelope.KEMX25519))(s.T)}
	return s.seal(l, to, office, form, text)
}

func (s *suite) seal(l letter, to envelope.OfficeSecret, office, form, text string) letter {
	s.Helper()
	h := envelope.Header{Office: office, SID: l.sid, Pack: "national@3", Form: form, Capability: envelope.CapabilityOf(l.secret)}
	l.bytes = must(envelope.Seal(to.Open.Public(), h, []byte(text)))(s.T)
	return l
}

func (s *suite) letter() letter { s.Helper(); return s.write(s.Office, "first", Form, "申请") }

// call is one request; a nil header map is a plain one.
type call struct {
	method, path, kind string
	body               []byte
	header             map[string]string
	chunked            bool // send without Content-Length
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends the call and checks what holds for every answer.
func (s *suite) do(c call) answer {
	s.Helper()
	a, err := s.send(c)
	if err != nil {
		s.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	s.checkHeaders(c, a)
	return a
}

func (s *suite) send(c call) (answer, error) {
	var body io.Reader = strings.NewReader(string(c.body))
	if c.chunked {
		body = io.MultiReader(body)
	}
	req, err := http.NewRequest(c.method, s.BaseURL+c.path, body)
	if err != nil {
		return answer{}, err
	}
	if c.kind != "" {
		req.Header.Set("Content-Type", c.kind)
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	resp, err := s.Client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, b}, err
}

const (
	octets = "application/octet-stream"
	asJSON = "application/json"
)

func (s *suite) putLetter(l letter) answer {
	s.Helper()
	return s.do(call{method: "PUT", path: l.path(), kind: octets, body: l.bytes})
}

func (s *suite) post(path string, v any) answer {
	s.Helper()
	return s.do(call{method: "POST", path: path, kind: asJSON, body: s.json(v)})
}

func (s *suite) json(v any) []byte { s.Helper(); return must(json.Marshal(v))(s.T) }

// office signs and sends an office's request.
func (s *suite) office(secret envelope.OfficeSecret, id, path string, v any) answer {
	s.Helper()
	return s.do(s.signed(secret, id, path, v, s.Now()))
}

func (s *suite) signed(secret envelope.OfficeSecret, id, path string, v any, at time.Time) call {
	s.Helper()
	body := s.json(v)
	sig := must(envelope.SignRequest(secret, id, "POST", path, body, at, rand.Reader))(s.T)
	return call{method: "POST", path: path, kind: asJSON, body: body, header: map[string]string{envelope.RequestHeader: sig}}
}

// want checks status and, for refusals, the problem's code.
func (s *suite) want(a answer, status int, code string) answer {
	s.Helper()
	if a.status != status {
		s.Fatalf("status %d, want %d; body %.300s", a.status, status, a.body)
	}
	if code == "" {
		return a
	}
	if p := s.problem(a); p.Code != code || p.Status != status {
		s.Fatalf("problem %+v, want code %s and status %d", p, code, status)
	}
	return a
}

func (s *suite) problem(a answer) envelope.Problem {
	s.Helper()
	var p envelope.Problem
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		s.Fatalf("content type %q of a refusal (%d, %.200s)", got, a.status, a.body)
	}
	s.decode(a, &p)
	if p.Title == "" || p.Type != "/problems/"+p.Code {
		s.Fatalf("problem %+v says too little", p)
	}
	return p
}

func (s *suite) decode(a answer, v any) {
	s.Helper()
	if err := envelope.Decode(a.body, 8<<20, v); err != nil {
		s.Fatalf("the answer %.200s: %v", a.body, err)
	}
}

// receipt verifies a receipt the way a phone does.
func (s *suite) receipt(a answer, l letter) envelope.Receipt {
	s.Helper()
	var r envelope.Receipt
	s.decode(a, &r)
	s.verify(r, l)
	return r
}

func (s *suite) verify(r envelope.Receipt, l letter) {
	s.Helper()
	if err := envelope.VerifyReceipt(r, l.sid, envelope.HashOf(l.bytes), s.Directory.Services); err != nil {
		s.Fatal(err)
	}
}

func (s *suite) rows(l letter, want int) {
	s.Helper()
	if got := s.CountRows(s.T, l.sid.String()); got != want {
		s.Fatalf("%d rows for one sid, want %d", got, want)
	}
}
