package desktest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"sync"

	"lixianban/app/envelope"
)

var submitCases = []testCase{
	{"a new envelope is stored and gets a receipt that verifies", func(s *suite) {
		l := s.letter()
		r := s.receipt(s.want(s.putLetter(l), 201, ""), l)
		if r.Epoch != s.Epoch || r.Pack != "national@3" || r.Number != envelope.Number(l.sid) {
			s.Errorf("receipt %+v", r)
		}
		s.rows(l, 1)
	}},
	{"the same envelope a hundred times gets the same receipt and stays one row", func(s *suite) {
		l := s.letter()
		first := s.want(s.putLetter(l), 201, "")
		for range 100 {
			if a := s.want(s.putLetter(l), 200, ""); !bytes.Equal(a.body, first.body) {
				s.Fatalf("a replay got %s, want %s", a.body, first.body)
			}
		}
		s.rows(l, 1)
	}},
	{"parallel duplicates are one application", func(s *suite) {
		l := s.letter()
		answers := make([]answer, 20)
		errs := make([]error, len(answers))
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				answers[i], errs[i] = s.send(call{method: "PUT", path: l.path(), kind: octets, body: l.bytes})
			})
		}
		wg.Wait()
		created := 0
		for i, a := range answers {
			if errs[i] != nil || a.status != 200 && a.status != 201 || !bytes.Equal(a.body, answers[0].body) {
				s.Fatalf("sender %d: %v, status %d, %s", i, errs[i], a.status, a.body)
			}
			if a.status == 201 {
				created++
			}
		}
		if created != 1 {
			s.Errorf("%d senders were told it is new", created)
		}
		s.rows(l, 1)
	}},
	{"other bytes under a sid are refused and the first stay", func(s *suite) {
		l := s.letter()
		first := s.want(s.putLetter(l), 201, "")
		s.want(s.putLetter(s.seal(l, s.Office, "first", Form, "另一份")), 422, "taken")
		if a := s.want(s.putLetter(l), 200, ""); !bytes.Equal(a.body, first.body) {
			s.Error("the first receipt changed")
		}
		s.rows(l, 1)
	}},
	{"a sid has one spelling and is the envelope's own", func(s *suite) {
		l, other := s.letter(), s.letter()
		hex := l.sid.String()
		for _, bad := range []string{hex[:31], hex + "0", hex[:31] + "g", hex[:31] + "%20", hex[:30] + "%2f0", "%00" + hex[:31], hex + "/x", "..%2f" + hex} {
			s.want(s.do(call{method: "PUT", path: "/v1/submissions/" + bad, kind: octets, body: l.bytes}), 400, "malformed")
		}
		s.want(s.do(call{method: "PUT", path: other.path(), kind: octets, body: l.bytes}), 400, "mismatch")
		s.rows(l, 0)
		s.rows(other, 0)
	}},
	{"bytes that are no envelope are refused", func(s *suite) {
		l := s.letter()
		for name, b := range map[string][]byte{
			"nothing": {}, "html": []byte("<html>login</html>"), "cut": l.bytes[:len(l.bytes)-1], "longer": append(bytes.Clone(l.bytes), 0),
			"half": l.bytes[:len(l.bytes)/2], "magic": append([]byte("LXB2"), l.bytes[4:]...), "doubled": append(bytes.Clone(l.bytes), l.bytes...),
		} {
			if a := s.do(call{method: "PUT", path: l.path(), kind: octets, body: b}); a.status != 400 {
				s.Errorf("%s: status %d", name, a.status)
			}
		}
		suite := bytes.Clone(l.bytes)
		suite[4] ^= 0xff
		if a := s.do(call{method: "PUT", path: l.path(), kind: octets, body: suite}); a.status != 400 {
			s.Errorf("an unknown suite: status %d", a.status)
		}
		s.rows(l, 0)
	}},
	{"what is too big is refused, announced or not", func(s *suite) {
		l := s.letter()
		for _, chunked := range []bool{false, true} {
			s.want(s.do(call{method: "PUT", path: l.path(), kind: octets, body: make([]byte, envelope.MaxEnvelope+1), chunked: chunked}), 413, "too_big")
			s.want(s.do(call{method: "POST", path: "/v1/sync", kind: asJSON, body: make([]byte, envelope.MaxRequest+1), chunked: chunked}), 413, "too_big")
		}
	}},
	{"content types and encodings are exact", func(s *suite) {
		l := s.letter()
		for _, kind := range []string{"", "text/plain", asJSON, "application/x-www-form-urlencoded", "application/octet-streams"} {
			s.want(s.do(call{method: "PUT", path: l.path(), kind: kind, body: l.bytes}), 415, "type")
		}
		for _, enc := range []string{"gzip", "br", "identity", "zstd"} {
			s.want(s.do(call{method: "PUT", path: l.path(), kind: octets, body: l.bytes, header: map[string]string{"Content-Encoding": enc}}), 415, "encoding")
		}
		s.rows(l, 0)
	}},
	{"a Content-Digest is checked when there is one", func(s *suite) {
		l := s.letter()
		sum := sha256.Sum256(l.bytes)
		good := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
		sum[0] ^= 1
		wrong := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
		put := func(digest string) answer {
			return s.do(call{method: "PUT", path: l.path(), kind: octets, body: l.bytes, header: map[string]string{"Content-Digest": digest}})
		}
		for _, bad := range []string{wrong, "sha-256=::", "sha-256=abc", "sha-256", "sha-512=:AAAA:, " + wrong} {
			s.want(put(bad), 400, "digest")
		}
		s.rows(l, 0)
		s.want(put("sha-512=:AAAA:, "+good), 201, "")
		s.want(put("md5=:AAAA:"), 200, "") // an algorithm that we don't know binds nobody
	}},
	{"keys in grace are taken, retired ones and strangers are sent back", func(s *suite) {
		l := s.write(s.Grace, "first", Form, "晚到")
		s.receipt(s.want(s.putLetter(l), 201, ""), l)
		s.want(s.putLetter(s.write(s.Retired, "first", Form, "太晚")), 410, "key_retired")
		s.want(s.putLetter(s.write(s.Stranger, "first", Form, "外人")), 410, "key_retired")
		s.want(s.putLetter(s.write(s.Other, "first", Form, "别家的钥匙")), 410, "key_retired")
		s.want(s.putLetter(s.write(s.Office, "third", Form, "没有这家")), 404, "no_office")
		s.want(s.putLetter(s.write(s.Office, "first", "other@1", "不收这张表")), 404, "no_office")
	}},
	{"after key_retired the same sid can be sealed again", func(s *suite) {
		l := s.write(s.Retired, "first", Form, "太晚")
		s.want(s.putLetter(l), 410, "key_retired")
		s.rows(l, 0)
		again := s.seal(l, s.Office, "first", Form, "太晚")
		s.receipt(s.want(s.putLetter(again), 201, ""), again)
	}},
}
