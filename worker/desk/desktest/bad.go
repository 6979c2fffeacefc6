package desktest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"

	"lixianban/app/envelope"
)

var badCases = []testCase{
	{"no bad request gets through, breaks anything or gets a 5xx", func(s *suite) {
		rng := rand.New(rand.NewPCG(20261121, 7))
		l := s.letter()
		signature := s.signed(s.Office, "first", "/v1/office/pull", envelope.PullRequest{V: 1, Limit: 1}, s.Now()).header[envelope.RequestHeader]
		for i := range s.Bad {
			m := mutations[i%len(mutations)]
			c := m.make(rng, l, signature)
			a, err := s.send(c)
			if err != nil {
				s.Fatalf("%d, %s: %v", i, m.name, err)
			}
			if a.status < 400 || a.status > 499 {
				s.Fatalf("%d, %s: %s %.80s got %d %.200s", i, m.name, c.method, c.path, a.status, a.body)
			}
			if c.method != "HEAD" {
				s.problem(a)
			}
		}
		s.rows(l, 0)
		s.want(s.do(call{method: "GET", path: "/v1/ping"}), 200, "")
		s.want(s.putLetter(l), 201, "") // and the good one still goes in
	}},
}

// mutation makes requests each of which is wrong in one way.
type mutation struct {
	name string
	make func(rng *rand.Rand, l letter, signature string) call
}

var mutations = []mutation{
	{"no such address", func(rng *rand.Rand, _ letter, _ string) call {
		return call{method: pick(rng, methods), path: "/v1/" + pick(rng, []string{"sync", "ping", "submission", "office", "x"}) + "/" + noise(rng, urlChars, 1+rng.IntN(40))}
	}},
	{"wrong method", func(rng *rand.Rand, l letter, _ string) call {
		return call{method: pick(rng, []string{"DELETE", "PATCH", "TRACE", "MKCOL", "PROPFIND"}), path: pick(rng, []string{"/v1/ping", "/v1/sync", "/v1/packs", l.path(), "/v1/office/pull"})}
	}},
	{"not a sid", func(rng *rand.Rand, l letter, _ string) call {
		sid := []byte(l.sid.String())
		sid[rng.IntN(len(sid))] = pick(rng, []byte("GHIJKLXYZ_~!*'()"))
		return call{method: "PUT", path: "/v1/submissions/" + string(sid), kind: octets, body: l.bytes}
	}},
	{"another sid", func(rng *rand.Rand, l letter, _ string) call {
		sid := l.sid
		sid[rng.IntN(16)] ^= byte(1 + rng.IntN(255))
		return call{method: "PUT", path: "/v1/submissions/" + sid.String(), kind: octets, body: l.bytes}
	}},
	{"cut envelope", func(rng *rand.Rand, l letter, _ string) call {
		return call{method: "PUT", path: l.path(), kind: octets, body: l.bytes[:rng.IntN(len(l.bytes))], chunked: rng.IntN(2) == 0}
	}},
	{"longer envelope", func(rng *rand.Rand, l letter, _ string) call {
		return call{method: "PUT", path: l.path(), kind: octets, body: append(bytes.Clone(l.bytes), make([]byte, 1+rng.IntN(900))...)}
	}},
	{"random bytes", func(rng *rand.Rand, l letter, _ string) call {
		return call{method: "PUT", path: l.path(), kind: octets, body: []byte(noise(rng, allBytes, rng.IntN(4000)))}
	}},
	{"broken head", func(rng *rand.Rand, l letter, _ string) call {
		b := bytes.Clone(l.bytes)
		b[rng.IntN(10)] ^= byte(1 + rng.IntN(255)) // magic and suite
		return call{method: "PUT", path: l.path(), kind: octets, body: b}
	}},
	{"wrong type", func(rng *rand.Rand, l letter, _ string) call {
		return call{method: "PUT", path: l.path(), kind: pick(rng, []string{"", "text/html", "multipart/form-data; boundary=x", "*/*", noise(rng, urlChars, 9)}), body: l.bytes}
	}},
	{"encoded", func(rng *rand.Rand, l letter, _ string) call {
		return call{method: "PUT", path: l.path(), kind: octets, body: l.bytes, header: map[string]string{"Content-Encoding": pick(rng, []string{"gzip", "deflate", "br", "x", "gzip, gzip"})}}
	}},
	{"wrong digest", func(rng *rand.Rand, l letter, _ string) call {
		return call{method: "PUT", path: l.path(), kind: octets, body: l.bytes, header: map[string]string{"Content-Digest": "sha-256=" + pick(rng, []string{":", "", ":" + noise(rng, urlChars, 44) + ":"})}}
	}},
	{"JSON that is none", func(rng *rand.Rand, _ letter, _ string) call {
		return message(noise(rng, `{}[]":,0123456789.eE+-truefalsn\u `, 1+rng.IntN(300)))
	}},
	{"JSON cut", func(rng *rand.Rand, l letter, _ string) call {
		text := syncText(l)
		return message(text[:rng.IntN(len(text))])
	}},
	{"JSON with a strange byte", func(rng *rand.Rand, l letter, _ string) call {
		text := syncText(l)
		at := rng.IntN(len(text) + 1)
		return message(text[:at] + string(rune(rng.IntN(9))) + text[at:])
	}},
	{"an unknown member", func(rng *rand.Rand, l letter, _ string) call {
		return message(strings.Replace(syncText(l), "{", fmt.Sprintf(`{"%s":%s,`, noise(rng, "bcdfghjklmqxyz", 1+rng.IntN(12)), pick(rng, values)), 1+rng.IntN(2)))
	}},
	{"a repeated member", func(rng *rand.Rand, l letter, _ string) call {
		return message(strings.Replace(syncText(l), "{", "{"+pick(rng, []string{`"v":1,`, `"V":1,`, `"nonce":"x",`, `"WATCH":[],`}), 1))
	}},
	{"a member of the wrong kind", func(rng *rand.Rand, l letter, _ string) call {
		field := pick(rng, []string{"v", "nonce", "put", "watch"})
		return message(fmt.Sprintf(`{"v":1,"nonce":"%s","%s":%s}`, nonce, field, pick(rng, values)))
	}},
	{"deep", func(rng *rand.Rand, l letter, _ string) call {
		n := 17 + rng.IntN(3000)
		return message(fmt.Sprintf(`{"v":1,"nonce":"%s","put":%s%s}`, nonce, strings.Repeat("[", n), strings.Repeat("]", n)))
	}},
	{"a broken signature", func(rng *rand.Rand, _ letter, signature string) call {
		b := []byte(signature)
		b[rng.IntN(len(b))] ^= byte(1 + rng.IntN(30))
		return call{method: "POST", path: "/v1/office/" + pick(rng, []string{"pull", "events"}), kind: asJSON, body: []byte(`{"v":1,"limit":1}`), header: map[string]string{envelope.RequestHeader: printable(b)}}
	}},
	{"a signature for another body", func(rng *rand.Rand, _ letter, signature string) call {
		return call{method: "POST", path: "/v1/office/pull", kind: asJSON, body: []byte(fmt.Sprintf(`{"v":1,"limit":%d}`, 2+rng.IntN(1000))), header: map[string]string{envelope.RequestHeader: signature}}
	}},
}

var (
	methods  = []string{"GET", "PUT", "POST", "HEAD", "DELETE"}
	values   = []string{"null", `{"a":{"b":[1]}}`, "[[]]", "true", "-1", "1e400", `"\ud800"`, "[1]", "0.5"}
	urlChars = "abcdefghijklmnopqrstuvwxyz0123456789-._~"
	allBytes = func() string {
		b := make([]byte, 256)
		for i := range b {
			b[i] = byte(i)
		}
		return string(b)
	}()
)

func message(text string) call {
	return call{method: "POST", path: "/v1/sync", kind: asJSON, body: []byte(text)}
}

func syncText(l letter) string {
	return fmt.Sprintf(`{"v":1,"nonce":"%s","watch":[{"sid":"%s","secret":"AAAA","after":0}]}`, nonce, l.sid)
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func noise(rng *rand.Rand, chars string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = chars[rng.IntN(len(chars))]
	}
	return string(b)
}

// printable keeps a header sendable.
func printable(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '_'
		}
		return r
	}, string(b))
}
