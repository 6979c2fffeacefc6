// Package desktest says over HTTP what a counter must do, knowing nothing of what is
// behind the address: the same suite runs against the embedded server with SQLite and
// against the edge in workerd with D1.
package desktest

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Target is a running counter. It was started with the fixture's directory, service
// key and epoch, and holds nothing.
type Target struct {
	Fixture
	BaseURL string       // "http://127.0.0.1:8080", no slash at the end
	Client  *http.Client // nil: a plain one
	Now     func() time.Time
	// CountRows counts the rows of table submissions with this sid.
	CountRows func(tb testing.TB, sid string) int
	// Index is the hash that GET /v1/packs gives as ETag; "" when none is published.
	Index string
	// Bad is how many grammar-made bad requests to send; 0 means 1,200.
	Bad int
}

type suite struct {
	*testing.T
	Target
}

// Run runs the suite.
func Run(t *testing.T, target Target) {
	if target.Client == nil {
		target.Client = &http.Client{Timeout: time.Minute}
	}
	if target.Bad == 0 {
		target.Bad = 1200
	}
	for _, group := range [][]testCase{basicCases, submitCases, syncCases, officeCases, badCases} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) { c.run(&suite{T: t, Target: target}) })
		}
	}
}

type testCase struct {
	name string
	run  func(*suite)
}

var basicCases = []testCase{
	{"ping echoes the nonce, so that a portal is told apart", func(s *suite) {
		a := s.want(s.do(call{method: "GET", path: "/v1/ping?n=0123456789abcdef"}), 200, "")
		var got struct{ N, Time, Epoch string }
		s.decode(a, &struct {
			N     *string `json:"n"`
			Time  *string `json:"time"`
			Epoch *string `json:"epoch"`
		}{&got.N, &got.Time, &got.Epoch})
		if got.N != "0123456789abcdef" || got.Epoch != s.Epoch {
			s.Fatalf("ping %+v", got)
		}
		if at, err := time.Parse(time.RFC3339, got.Time); err != nil || at.Sub(s.Now()).Abs() > time.Minute {
			s.Errorf("time %q", got.Time)
		}
		for _, n := range []string{"%3Cscript%3E", "xyz", strings.Repeat("a", 65), "AB"} {
			s.want(s.do(call{method: "GET", path: "/v1/ping?n=" + n}), 400, "malformed")
		}
	}},
	{"HEAD is GET without a body, OPTIONS and 405 tell the methods", func(s *suite) {
		if a := s.want(s.do(call{method: "HEAD", path: "/v1/ping?n=ab"}), 200, ""); len(a.body) != 0 {
			s.Errorf("HEAD sent %d bytes", len(a.body))
		}
		for path, allow := range map[string]string{
			"/v1/ping": "GET HEAD OPTIONS", "/v1/packs": "GET HEAD OPTIONS", "/v1/sync": "POST OPTIONS", "/v1/status": "POST OPTIONS",
			"/v1/submissions/" + strings.Repeat("0", 32): "PUT OPTIONS", "/v1/office/pull": "POST OPTIONS", "/v1/office/events": "POST OPTIONS",
		} {
			if got := allowed(s.want(s.do(call{method: "OPTIONS", path: path}), 204, "")); got != allow {
				s.Errorf("OPTIONS %s allows %q, want %q", path, got, allow)
			}
			if got := allowed(s.want(s.do(call{method: "DELETE", path: path}), 405, "method")); got != allow {
				s.Errorf("DELETE %s allows %q, want %q", path, got, allow)
			}
		}
	}},
	{"an unknown address is a problem, not a page", func(s *suite) {
		for _, path := range []string{"/v1/", "/v1/nothing", "/v1/sync/", "/v1/syncx", "/v1/submissions/", "/v1/submissions", "/v1/office/", "/v1/office/pull/x"} {
			s.want(s.do(call{method: "GET", path: path}), 404, "not_found")
		}
	}},
	{"the newest index is published under its hash", func(s *suite) {
		if s.Index == "" {
			s.want(s.do(call{method: "GET", path: "/v1/packs"}), 404, "not_found")
			return
		}
		a := s.want(s.do(call{method: "GET", path: "/v1/packs"}), 200, "")
		tag := a.header.Get("ETag")
		if tag != `"`+s.Index+`"` || len(a.body) == 0 {
			s.Fatalf("ETag %s, want the hash %s; %d bytes", tag, s.Index, len(a.body))
		}
		s.want(s.do(call{method: "GET", path: "/v1/packs", header: map[string]string{"If-None-Match": tag}}), 304, "")
	}},
}

// allowed joins Allow however the runtime sent it: as lines or with commas.
func allowed(a answer) string {
	all := strings.Join(a.header.Values("Allow"), ",")
	return strings.Join(strings.Fields(strings.ReplaceAll(all, ",", " ")), " ")
}

// checkHeaders holds every answer to SR-14 and SR-16 and to no-store.
func (s *suite) checkHeaders(c call, a answer) {
	s.Helper()
	for name, part := range map[string]string{
		"Content-Security-Policy":      "default-src 'none'",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "geolocation=()",
		"Referrer-Policy":              "no-referrer",
		"Strict-Transport-Security":    "max-age=63072000",
		"X-Content-Type-Options":       "nosniff",
		"Cache-Control":                "no-",
	} {
		if got := strings.Join(a.header.Values(name), ","); !strings.Contains(got, part) {
			s.Errorf("%s %s: %s is %q, want it to hold %q", c.method, c.path, name, got, part)
		}
	}
	for _, name := range []string{"Access-Control-Allow-Origin", "Set-Cookie", "Server", "X-Powered-By"} {
		if got := a.header.Get(name); got != "" {
			s.Errorf("%s %s: %s is %q, want none", c.method, c.path, name, got)
		}
	}
}
