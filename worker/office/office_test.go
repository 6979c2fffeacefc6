package office_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/filing"
	"lixianban/worker/office"
)

// counter is a Transport with one application, which loses or changes answers.
type counter struct {
	item   envelope.PullItem
	lose   int // answers still to be lost, after acting
	portal string
	events []envelope.Event
	nonces map[string]bool
	race   bool // another clerk answers first
}

var errLost = errors.New("cut")

func (c *counter) Post(_ context.Context, path string, header map[string]string, body []byte) (int, []byte, error) {
	if c.portal != "" {
		return 200, []byte(c.portal), nil
	}
	nonce := strings.Fields(header[envelope.RequestHeader])[4]
	if c.nonces[nonce] {
		panic("a nonce was used twice")
	}
	c.nonces[nonce] = true
	var resp any
	if path == "/v1/office/events" {
		resp = c.post(body)
	} else {
		resp = c.pull(body)
	}
	b, err := json.Marshal(resp)
	if c.lose > 0 {
		c.lose--
		return 0, nil, errLost
	}
	return 200, b, err
}

func (c *counter) pull(body []byte) envelope.PullResponse {
	var req envelope.PullRequest
	if err := json.Unmarshal(body, &req); err != nil {
		panic(err)
	}
	resp := envelope.PullResponse{V: 1}
	c.item.Seq = uint32(len(c.events))
	if req.Limit > 0 && req.After < c.item.Pos {
		it := c.item
		it.Envelope = ""
		resp.Items = append(resp.Items, it)
	}
	for _, sid := range req.Fetch {
		if sid == c.item.SID {
			resp.Envelopes = append(resp.Envelopes, c.item)
		}
	}
	return resp
}

func (c *counter) post(body []byte) envelope.EventsResponse {
	var req envelope.EventsRequest
	if err := json.Unmarshal(body, &req); err != nil {
		panic(err)
	}
	ev := req.Events[0]
	if c.race {
		c.race = false
		c.events = append(c.events, envelope.Event{SID: ev.SID, Seq: ev.Seq, Sealed: "other"})
	}
	res := envelope.EventResult{SID: ev.SID, Seq: ev.Seq, Status: 409}
	switch n := uint32(len(c.events)); {
	case ev.Seq == n+1:
		c.events = append(c.events, ev)
		res.Status = 201
	case ev.Seq <= n && c.events[ev.Seq-1] == ev:
		res.Status = 200
	case ev.Seq <= n:
		res.Status = 422
	}
	return envelope.EventsResponse{V: 1, Results: []envelope.EventResult{res}}
}

type fixture struct {
	*testing.T
	*office.Client
	counter *counter
	phone   envelope.PrivateKey
}

func mustFixture(t *testing.T) *fixture {
	t.Helper()
	secret := must(envelope.NewOfficeSecret(envelope.KEMX25519, rand.Reader))(t)
	f := &fixture{T: t, phone: must(envelope.NewPrivateKey(envelope.KEMX25519))(t), counter: &counter{nonces: map[string]bool{}}}
	f.Client = &office.Client{Key: office.KeyFile{Office: "demo", Secret: secret}, Transport: f.counter, Now: time.Now, Rand: rand.Reader}
	f.file(secret, func(*filing.Application, *envelope.Header) {})
	return f
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// file puts an application into the counter; change may make the parts disagree.
func (f *fixture) file(to envelope.OfficeSecret, change func(*filing.Application, *envelope.Header)) {
	f.Helper()
	sid := must(envelope.NewSID(rand.Reader))(f.T)
	now := envelope.Timestamp(time.Now())
	a := filing.Application{V: 1, SID: sid.String(), Nonce: strings.Repeat("a", 32), Form: "resident-stop@1", Pack: "national@1", StatusKey: envelope.EncodeBytes(f.phone.Public().Bytes()),
		Values: filing.Values{"name": "王桂兰"}, Consent: filing.Consent{Text: "c@1", Time: now, By: "self"}, Made: now}
	h := envelope.Header{Office: "demo", SID: sid, Pack: "national@1", Form: "resident-stop@1", Capability: envelope.CapabilityOf([]byte("sixteen bytes or more"))}
	change(&a, &h)
	sealed := must(envelope.Seal(to.Open.Public(), h, must(a.Encode())(f.T)))(f.T)
	f.counter.item = envelope.PullItem{Pos: 7, SID: h.SID.String(), Number: envelope.Number(h.SID), State: "held", Envelope: envelope.EncodeBytes(sealed)}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var e *office.Error
	if !errors.As(err, &e) || e.Code != code || e.Say == "" {
		t.Errorf("error %v, want code %s", err, code)
	}
}

func TestALostAnswerDoesNotAnswerTwice(t *testing.T) {
	f := mustFixture(t)
	o, err := f.Open(t.Context(), f.counter.item.Number)
	if err != nil {
		t.Fatal(err)
	}
	f.counter.lose = 2
	if err := f.Decide(t.Context(), o, envelope.Accepted, ""); err != nil {
		t.Fatal(err)
	}
	if len(f.counter.events) != 2 {
		t.Errorf("%d events, want fetched and accepted", len(f.counter.events))
	}
	f.counter.lose = 99
	wantCode(t, f.Decide(t.Context(), o, envelope.Accepted, ""), "unreachable")
}

func TestTheSecondOfTwoClerksLooksAgain(t *testing.T) {
	f := mustFixture(t)
	f.counter.race = true
	o, err := f.Open(t.Context(), f.counter.item.SID)
	if err != nil || o.Item.Seq != 1 {
		t.Fatalf("opening beside another clerk: seq %d, %v", o.Item.Seq, err)
	}
	f.counter.race = true
	wantCode(t, f.Decide(t.Context(), o, envelope.Rejected, "不符合条件"), "out_of_order")
}

func TestWhatDoesNotFitTogetherIsNotActedOn(t *testing.T) {
	for name, change := range map[string]func(*filing.Application, *envelope.Header){
		"another sid":  func(a *filing.Application, _ *envelope.Header) { a.SID = strings.Repeat("b", 32) },
		"another form": func(_ *filing.Application, h *envelope.Header) { h.Form = "resident-resume@1" },
		"another pack": func(_ *filing.Application, h *envelope.Header) { h.Pack = "national@2" },
	} {
		t.Run(name, func(t *testing.T) {
			f := mustFixture(t)
			f.file(f.Key.Secret, change)
			_, err := f.Open(t.Context(), f.counter.item.SID)
			wantCode(t, err, "mismatch")
			if len(f.counter.events) != 0 {
				t.Error("the applicant was told something")
			}
			if _, bad, err := f.OpenAll(t.Context()); err != nil || len(bad) != 1 {
				t.Errorf("OpenAll: %v, %v", bad, err)
			}
		})
	}
}

func TestEnvelopesForAnOldKeyOpenWithIt(t *testing.T) {
	f := mustFixture(t)
	old := must(envelope.NewOfficeSecret(envelope.KEMHybrid, rand.Reader))(t)
	f.file(old, func(*filing.Application, *envelope.Header) {})
	_, err := f.Open(t.Context(), f.counter.item.SID)
	wantCode(t, err, "no_key")
	f.Old = []envelope.OfficeSecret{old}
	if o, err := f.Open(t.Context(), f.counter.item.SID); err != nil || o.Application.Values["name"] != "王桂兰" {
		t.Errorf("%v", err)
	}
}

func TestAPortalsPageIsNoAnswer(t *testing.T) {
	f := mustFixture(t)
	for _, page := range []string{"<html>login</html>", `{"v":1,"items":[{"pos":5},{"pos":3}]}`} {
		f.counter.portal = page
		_, err := f.List(t.Context())
		wantCode(t, err, "nonsense")
	}
}

func TestADecisionNeedsWords(t *testing.T) {
	f := mustFixture(t)
	o, err := f.Open(t.Context(), f.counter.item.SID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		state  envelope.StatusState
		reason string
	}{{envelope.NeedsInfo, ""}, {envelope.Rejected, " \n"}, {envelope.Accepted, strings.Repeat("长", envelope.MaxReason+1)}} {
		wantCode(t, f.Decide(t.Context(), o, c.state, c.reason), "input")
	}
	if err := f.Decide(t.Context(), o, envelope.Rejected, strings.Repeat("长", envelope.MaxReason)); err != nil {
		t.Error(err)
	}
	st, err := envelope.OpenStatus(f.phone, f.counter.events[1], envelope.Office{ID: "demo", Keys: []envelope.OfficeKey{f.Key.Secret.Key(time.Now(), time.Now().Add(time.Hour))}})
	if err != nil || st.State != envelope.Rejected {
		t.Errorf("the phone reads %+v, %v", st.State, err)
	}
}
