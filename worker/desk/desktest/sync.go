package desktest

import (
	"crypto/ed25519"
	"fmt"
	"reflect"
	"strings"

	"lixianban/app/envelope"
)

const nonce = "00112233445566778899aabbccddeeff"

func (s *suite) sync(req envelope.SyncRequest) envelope.SyncResponse {
	s.Helper()
	req.V, req.Nonce = 1, nonce
	var resp envelope.SyncResponse
	s.decode(s.want(s.post("/v1/sync", req), 200, ""), &resp)
	if resp.V != 1 || resp.Nonce != nonce || resp.Epoch != s.Epoch || resp.Time == "" {
		s.Fatalf("answer %+v", resp)
	}
	if len(resp.Put) != len(req.Put) || len(resp.Watch) != len(req.Watch) {
		s.Fatalf("%d and %d results for %d and %d questions", len(resp.Put), len(resp.Watch), len(req.Put), len(req.Watch))
	}
	return resp
}

var syncCases = []testCase{
	{"one round trip brings envelopes in and news out", func(s *suite) {
		a, b := s.letter(), s.letter()
		resp := s.sync(envelope.SyncRequest{Put: []envelope.SyncPut{a.put(), b.put(), a.put()}, Watch: []envelope.SyncWatch{b.watch(0), a.watch(0)}})
		for i, want := range []int{201, 201, 200} {
			if resp.Put[i].Status != want || resp.Put[i].Problem != nil {
				s.Fatalf("put %d: %+v, want %d", i, resp.Put[i], want)
			}
		}
		s.verify(*resp.Put[0].Receipt, a)
		s.verify(*resp.Put[1].Receipt, b)
		if *resp.Put[2].Receipt != *resp.Put[0].Receipt {
			s.Error("a duplicate in one request got another receipt")
		}
		if !resp.Watch[0].Known || !resp.Watch[1].Known || *resp.Watch[0].Receipt != *resp.Put[1].Receipt || *resp.Watch[1].Receipt != *resp.Put[0].Receipt {
			s.Errorf("news %+v", resp.Watch)
		}
		s.rows(a, 1)
		s.rows(b, 1)
	}},
	{"what PUT stored, sync knows, and the other way round", func(s *suite) {
		l := s.letter()
		r := s.receipt(s.want(s.putLetter(l), 201, ""), l)
		resp := s.sync(envelope.SyncRequest{Put: []envelope.SyncPut{l.put()}})
		if resp.Put[0].Status != 200 || *resp.Put[0].Receipt != r {
			s.Errorf("put %+v", resp.Put[0])
		}
	}},
	{"what a restore lost is taken again on its receipt, though its key is retired", func(s *suite) {
		l, other := s.write(s.Retired, "first", Form, "丢了"), s.write(s.Retired, "first", Form, "没有")
		claim := func(l letter, by ed25519.PrivateKey) *envelope.Receipt {
			r := must(envelope.SignReceipt(by, envelope.Receipt{SID: l.sid.String(), Hash: envelope.HashOf(l.bytes).String(), Pack: "national@3",
				Number: envelope.Number(l.sid), Time: envelope.Timestamp(s.Now()), Epoch: "00000000000000aa"}))(s.T)
			return &r
		}
		for _, c := range []struct {
			receipt *envelope.Receipt
			status  int
		}{{nil, 410}, {claim(l, s.Office.Sign), 410}, {claim(other, s.Service), 410}, {claim(l, s.Service), 201}, {nil, 200}} {
			put := l.put()
			put.Receipt = c.receipt
			if got := s.sync(envelope.SyncRequest{Put: []envelope.SyncPut{put}}).Put[0]; got.Status != c.status {
				s.Fatalf("status %d, want %d", got.Status, c.status)
			}
		}
		s.rows(l, 1)
		s.rows(other, 0)
	}},
	{"one bad envelope does not hold up its neighbours", func(s *suite) {
		good, late, other := s.letter(), s.write(s.Retired, "first", Form, "太晚"), s.letter()
		s.want(s.putLetter(other), 201, "")
		puts := []envelope.SyncPut{
			{SID: "nonsense", Envelope: good.put().Envelope},
			{SID: good.sid.String(), Envelope: "!!"},
			{SID: good.sid.String(), Envelope: other.put().Envelope},
			late.put(),
			s.seal(other, s.Office, "first", Form, "另一份").put(),
			good.put(),
		}
		resp := s.sync(envelope.SyncRequest{Put: puts})
		for i, want := range []struct {
			status int
			code   string
		}{{400, "malformed"}, {400, "malformed"}, {400, "mismatch"}, {410, "key_retired"}, {422, "taken"}, {201, ""}} {
			got := resp.Put[i]
			if got.SID != puts[i].SID || got.Status != want.status || (got.Problem == nil) != (want.code == "") || got.Problem != nil && got.Problem.Code != want.code {
				s.Errorf("put %d: %+v, want %+v", i, got, want)
			}
			if (got.Receipt != nil) != (want.code == "") {
				s.Errorf("put %d: receipt %+v beside status %d", i, got.Receipt, got.Status)
			}
		}
		s.rows(good, 1)
		s.rows(late, 0)
	}},
	{"a wrong secret and an unknown sid get the same answer", func(s *suite) {
		l, unknown := s.letter(), s.letter()
		s.want(s.putLetter(l), 201, "")
		wrong, short, none := l.watch(0), l.watch(0), l.watch(0)
		wrong.Secret = unknown.watch(0).Secret
		short.Secret, none.Secret = wrong.Secret[:8], ""
		resp := s.sync(envelope.SyncRequest{Watch: []envelope.SyncWatch{wrong, short, none, unknown.watch(0), {SID: "x", Secret: wrong.Secret}}})
		for i, w := range resp.Watch {
			if want := (envelope.WatchState{SID: w.SID}); !reflect.DeepEqual(w, want) {
				s.Errorf("watch %d: %+v", i, w)
			}
		}
	}},
	{"status asks and takes nothing", func(s *suite) {
		l := s.letter()
		s.want(s.post("/v1/status", envelope.SyncRequest{V: 1, Nonce: nonce, Put: []envelope.SyncPut{l.put()}}), 400, "malformed")
		s.rows(l, 0)
		s.want(s.putLetter(l), 201, "")
		var resp envelope.SyncResponse
		s.decode(s.want(s.post("/v1/status", envelope.SyncRequest{V: 1, Nonce: nonce, Watch: []envelope.SyncWatch{l.watch(0)}}), 200, ""), &resp)
		if resp.Nonce != nonce || len(resp.Watch) != 1 || !resp.Watch[0].Known {
			s.Errorf("status %+v", resp)
		}
	}},
	{"the index's hash comes only when it is another one", func(s *suite) {
		if got := s.sync(envelope.SyncRequest{Index: strings.Repeat("0", 64)}).Index; got != s.Index {
			s.Errorf("index %q, want %q", got, s.Index)
		}
		if got := s.sync(envelope.SyncRequest{Index: s.Index}).Index; got != "" {
			s.Errorf("index %q for one who has it", got)
		}
	}},
	{"more than the limits is refused whole", func(s *suite) {
		l := s.letter()
		req := envelope.SyncRequest{V: 1, Nonce: nonce, Put: []envelope.SyncPut{l.put()}}
		for range envelope.MaxWatches + 1 {
			req.Watch = append(req.Watch, l.watch(0))
		}
		s.want(s.post("/v1/sync", req), 400, "malformed")
		s.rows(l, 0)
	}},
	{"messages are read strictly", func(s *suite) {
		ok := fmt.Sprintf(`"v":1,"nonce":"%s"`, nonce)
		for name, body := range map[string]string{
			"nothing": "", "array": "[]", "null": "null", "text": `"x"`, "cut": "{" + ok, "tail": "{" + ok + "}{}", "unknown": "{" + ok + `,"x":1}`,
			"twice": "{" + ok + `,"v":1}`, "case": "{" + ok + `,"V":1}`, "fold": "{" + ok + `,"put":[],"ſid":1}`, "null member": "{" + ok + `,"put":null}`,
			"version": fmt.Sprintf(`{"v":2,"nonce":"%s"}`, nonce), "no version": fmt.Sprintf(`{"nonce":"%s"}`, nonce), "float": fmt.Sprintf(`{"v":1.5,"nonce":"%s"}`, nonce),
			"no nonce": `{"v":1}`, "short nonce": `{"v":1,"nonce":"00"}`, "upper nonce": `{"v":1,"nonce":"00112233445566778899AABBCCDDEEFF"}`,
			"deep": "{" + ok + `,"put":` + strings.Repeat("[", 17) + strings.Repeat("]", 17) + "}", "very deep": strings.Repeat("[", 100000),
			"bytes": "{" + ok + ",\"index\":\"\xff\"}", "surrogate": "{" + ok + `,"index":"\ud800"}`, "negative": "{" + ok + `,"watch":[{"sid":"x","secret":"","after":-1}]}`,
			"huge": "{" + ok + `,"watch":[{"sid":"x","secret":"","after":4294967296}]}`, "bom": "\ufeff{" + ok + "}",
			"many keys": "{" + ok + strings.Repeat(`,"x":1`, 50000) + "}",
		} {
			a := s.do(call{method: "POST", path: "/v1/sync", kind: asJSON, body: []byte(body)})
			if a.status != 400 || s.problem(a).Code != "malformed" {
				s.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
	}},
}
