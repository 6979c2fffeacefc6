package desktest

import (
	"bytes"
	"time"

	"lixianban/app/envelope"
)

func (s *suite) pull(req envelope.PullRequest) envelope.PullResponse {
	s.Helper()
	req.V = 1
	var resp envelope.PullResponse
	s.decode(s.want(s.office(s.Office, "first", "/v1/office/pull", req), 200, ""), &resp)
	return resp
}

func (s *suite) events(secret envelope.OfficeSecret, id string, evs ...envelope.Event) envelope.EventsResponse {
	s.Helper()
	var resp envelope.EventsResponse
	s.decode(s.want(s.office(secret, id, "/v1/office/events", envelope.EventsRequest{V: 1, Events: evs}), 200, ""), &resp)
	if len(resp.Results) != len(evs) {
		s.Fatalf("%d results for %d events", len(resp.Results), len(evs))
	}
	return resp
}

func (s *suite) event(l letter, seq uint32, state envelope.StatusState) envelope.Event {
	s.Helper()
	st := envelope.Status{SID: l.sid.String(), Seq: seq, State: state, Time: envelope.Timestamp(s.Now()), Office: "first"}
	if state != envelope.Fetched {
		st.Reason = "请带户口本复印件"
	}
	return must(envelope.SealStatus(s.Office.Sign, l.phone.Public(), st))(s.T)
}

// find walks the office's list to the letter.
func (s *suite) find(l letter) envelope.PullItem {
	s.Helper()
	for after := int64(0); ; {
		resp := s.pull(envelope.PullRequest{After: after, Limit: envelope.MaxList})
		for _, it := range resp.Items {
			if it.Pos <= after {
				s.Fatalf("the list goes back from %d to %d", after, it.Pos)
			}
			after = it.Pos
			if it.SID == l.sid.String() {
				return it
			}
		}
		if len(resp.Items) == 0 {
			s.Fatal("the application is not in the office's list")
		}
	}
}

var officeCases = []testCase{
	{"the office lists, fetches, opens and answers, and the phone reads it", func(s *suite) {
		l := s.write(s.Office, "first", Form, "申请停保")
		s.want(s.putLetter(l), 201, "")
		it := s.find(l)
		if it.State != "held" || it.Seq != 0 || it.Number != envelope.Number(l.sid) || it.Size != int64(len(l.bytes)) || it.Form != Form || it.Envelope != "" {
			s.Errorf("item %+v", it)
		}
		got := s.pull(envelope.PullRequest{Fetch: []string{l.sid.String(), s.letter().sid.String()}}).Envelopes
		if len(got) != 1 {
			s.Fatalf("%d envelopes, want the one there is", len(got))
		}
		b := must(envelope.DecodeBytes(got[0].Envelope))(s.T)
		_, text, err := envelope.Open(s.Office.Open, b)
		if err != nil || string(text) != "申请停保" || !bytes.Equal(b, l.bytes) {
			s.Fatalf("opened %q, %v", text, err)
		}
		s.events(s.Office, "first", s.event(l, 1, envelope.Fetched), s.event(l, 2, envelope.NeedsInfo))
		w := s.sync(envelope.SyncRequest{Watch: []envelope.SyncWatch{l.watch(0), l.watch(1), l.watch(2)}}).Watch
		if len(w[0].Events) != 2 || len(w[1].Events) != 1 || len(w[2].Events) != 0 {
			s.Fatalf("events %+v", w)
		}
		st, err := envelope.OpenStatus(l.phone, w[1].Events[0], s.Directory.Offices[0])
		if err != nil || st.State != envelope.NeedsInfo || st.Reason != "请带户口本复印件" {
			s.Errorf("the phone read %+v, %v", st, err)
		}
		if it := s.find(l); it.State != "fetched" || it.Seq != 2 {
			s.Errorf("after the events the item is %+v", it)
		}
	}},
	{"events are taken in order and once", func(s *suite) {
		l := s.letter()
		s.want(s.putLetter(l), 201, "")
		one, uno, two, three := s.event(l, 1, envelope.Fetched), s.event(l, 1, envelope.Rejected), s.event(l, 2, envelope.Accepted), s.event(l, 3, envelope.Rejected)
		for i, c := range []struct {
			ev     envelope.Event
			status int
			code   string
		}{{two, 409, "out_of_order"}, {one, 201, ""}, {one, 200, ""}, {uno, 422, "taken"}, {three, 409, "out_of_order"}, {two, 201, ""}, {one, 200, ""}} {
			got := s.events(s.Office, "first", c.ev).Results[0]
			if got.Status != c.status || (got.Problem == nil) != (c.code == "") || got.Problem != nil && got.Problem.Code != c.code {
				s.Errorf("step %d: %+v, want %d %s", i, got, c.status, c.code)
			}
		}
		if got := s.events(s.Other, "second", three).Results[0]; got.Status != 404 || got.Problem.Code != "no_application" {
			s.Errorf("another office's event: %+v", got)
		}
	}},
	{"an office sees only its own", func(s *suite) {
		l := s.letter()
		s.want(s.putLetter(l), 201, "")
		var resp envelope.PullResponse
		s.decode(s.want(s.office(s.Other, "second", "/v1/office/pull", envelope.PullRequest{V: 1, Limit: envelope.MaxList, Fetch: []string{l.sid.String()}, Ack: []string{l.sid.String()}}), 200, ""), &resp)
		if len(resp.Items) != 0 || len(resp.Envelopes) != 0 {
			s.Errorf("another office got %+v", resp)
		}
		if it := s.find(l); it.State != "held" {
			s.Errorf("another office's ack made it %s", it.State)
		}
	}},
	{"an ack is remembered and may be repeated", func(s *suite) {
		l := s.letter()
		s.want(s.putLetter(l), 201, "")
		for range 2 {
			s.pull(envelope.PullRequest{Ack: []string{l.sid.String()}})
		}
		if it := s.find(l); it.State != "fetched" {
			s.Errorf("after the ack it is %s", it.State)
		}
		l2 := s.letter()
		s.want(s.putLetter(l2), 201, "")
	}},
	{"requests that are not freshly signed by a listed office are refused", func(s *suite) {
		req := envelope.PullRequest{V: 1, Limit: 1}
		good := s.signed(s.Office, "first", "/v1/office/pull", req, s.Now())
		with := func(change func(*call)) call {
			c := s.signed(s.Office, "first", "/v1/office/pull", req, s.Now())
			change(&c)
			return c
		}
		for name, c := range map[string]struct {
			call
			code string
		}{
			"unsigned":        {with(func(c *call) { c.header = nil }), "signature"},
			"a stranger":      {s.signed(s.Stranger, "first", "/v1/office/pull", req, s.Now()), "signature"},
			"the other's key": {s.signed(s.Other, "first", "/v1/office/pull", req, s.Now()), "signature"},
			"a retired key":   {s.signed(s.Retired, "first", "/v1/office/pull", req, s.Now()), "signature"},
			"unknown office":  {s.signed(s.Office, "third", "/v1/office/pull", req, s.Now()), "signature"},
			"another body":    {with(func(c *call) { c.body = []byte(`{"v":1,"limit":2}`) }), "signature"},
			"another path":    {with(func(c *call) { c.path = "/v1/office/events" }), "signature"},
			"noise":           {with(func(c *call) { c.header[envelope.RequestHeader] = "v1 first x y z w" }), "signature"},
			"an old clock":    {s.signed(s.Office, "first", "/v1/office/pull", req, s.Now().Add(-6*time.Minute)), "stale"},
			"a fast clock":    {s.signed(s.Office, "first", "/v1/office/pull", req, s.Now().Add(6*time.Minute)), "stale"},
		} {
			a := s.do(c.call)
			if a.status != 401 || s.problem(a).Code != c.code {
				s.Errorf("%s: %d %s, want 401 %s", name, a.status, a.body, c.code)
			}
		}
		s.want(s.do(good), 200, "")
		s.want(s.do(good), 401, "replayed")
	}},
	{"an office's messages have limits", func(s *suite) {
		sid := s.letter().sid.String()
		for name, req := range map[string]any{
			"version":      envelope.PullRequest{V: 2},
			"limit":        envelope.PullRequest{V: 1, Limit: envelope.MaxList + 1},
			"negative":     envelope.PullRequest{V: 1, After: -1},
			"after":        envelope.PullRequest{V: 1, After: 1 << 53},
			"fetch":        envelope.PullRequest{V: 1, Fetch: make([]string, envelope.MaxFetch+1)},
			"a bad sid":    envelope.PullRequest{V: 1, Fetch: []string{sid[:31]}},
			"a bad ack":    envelope.PullRequest{V: 1, Ack: []string{"x"}},
			"unknown name": map[string]any{"v": 1, "x": 1},
		} {
			if a := s.office(s.Office, "first", "/v1/office/pull", req); a.status != 400 {
				s.Errorf("pull, %s: %d %s", name, a.status, a.body)
			}
		}
		for name, ev := range map[string]envelope.Event{
			"no seq": {SID: sid, Sealed: "AAAA"}, "no bytes": {SID: sid, Seq: 1}, "no base64": {SID: sid, Seq: 1, Sealed: "?"},
			"a bad sid": {SID: "x", Seq: 1, Sealed: "AAAA"}, "too long": {SID: sid, Seq: 1, Sealed: envelope.EncodeBytes(make([]byte, 40<<10))},
		} {
			if a := s.office(s.Office, "first", "/v1/office/events", envelope.EventsRequest{V: 1, Events: []envelope.Event{ev}}); a.status != 400 {
				s.Errorf("events, %s: %d %s", name, a.status, a.body)
			}
		}
		s.want(s.office(s.Office, "first", "/v1/office/events", envelope.EventsRequest{V: 1}), 400, "malformed")
	}},
}
