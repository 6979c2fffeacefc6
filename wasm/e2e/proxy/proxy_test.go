//go:build !js

package proxy_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lixianban/wasm/e2e/proxy"
)

// server answers with a fixed text and keeps what it was told.
type server struct {
	mu   sync.Mutex
	seen []string // bodies read to their end; "!" for one that broke off
	got  chan struct{}
}

const answer = "0123456789abcdefghijklmnopqrstuvwxyz"

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		body = []byte("!")
	}
	s.mu.Lock()
	s.seen = append(s.seen, string(body))
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/x-answer")
	w.WriteHeader(http.StatusCreated)
	io.WriteString(w, answer)
	s.got <- struct{}{}
}

func start(t *testing.T, seed uint64) (*server, *proxy.Proxy) {
	t.Helper()
	s := &server{got: make(chan struct{}, 100)}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	p, err := proxy.New(seed, srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return s, p
}

// ask posts a body and tells all that a phone can know of the answer.
func ask(t *testing.T, p *proxy.Proxy, path, body string) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Post(p.URL+path, "text/plain", strings.NewReader(body))
	if err != nil {
		return "no answer"
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	text := fmt.Sprintf("%d %s", resp.StatusCode, got)
	if err != nil {
		text += " cut"
	}
	return text
}

func TestWhatThePhoneAndTheServerSeeOfEachFault(t *testing.T) {
	const body = "application"
	for name, c := range map[string]struct {
		fault proxy.Fault
		phone string
		saw   []string
	}{
		"none":                   {nil, "201 " + answer, []string{body}},
		"refuse":                 {proxy.Refuse{}, "no answer", nil},
		"lose the request":       {proxy.LoseRequest{}, "no answer", nil},
		"lose the answer":        {proxy.LoseAnswer{}, "no answer", []string{body}},
		"repeat":                 {proxy.Repeat{Copies: 2}, "201 " + answer, []string{body, body, body}},
		"repeat together":        {proxy.Repeat{Copies: 4, Together: true}, "201 " + answer, []string{body, body, body, body, body}},
		"delay":                  {proxy.Delay{Min: 1, Max: 2}, "201 " + answer, []string{body}},
		"cut the request":        {proxy.CutRequest{Bytes: 5}, "no answer", []string{"!"}},
		"empty the request":      {proxy.EmptyRequest{}, "201 " + answer, []string{""}},
		"cut the answer":         {proxy.CutAnswer{Bytes: 7}, "201 0123456 cut", []string{body}},
		"cut the answer's head":  {proxy.CutAnswer{}, "201  cut", []string{body}},
		"cut the answer's end":   {proxy.CutAnswer{Bytes: -1}, "201 " + answer[:35] + " cut", []string{body}},
		"cut every ten":          {proxy.CutEvery{Bytes: 10}, "201 0123456789 cut", []string{body}},
		"cut every hundred":      {proxy.CutEvery{Bytes: 100}, "201 " + answer, []string{body}},
		"empty the answer":       {proxy.EmptyAnswer{}, "201 ", []string{body}},
		"drip":                   {proxy.Drip{BytesPerSecond: 1000}, "201 " + answer, []string{body}},
		"status":                 {proxy.Status{Code: 503, RetryAfter: "9", Body: "later"}, "503 later", nil},
		"portal with a page":     {proxy.Portal{}, "200 <!doctype html><title>登录无线网络</title><form>请输入手机号上网</form>", nil},
		"portal with a redirect": {proxy.Portal{Redirect: "http://portal.invalid/"}, "302 ", nil},
		"flip no bit":            {proxy.FlipAnswer{}, "201 " + answer, []string{body}},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := start(t, 1)
			if c.fault != nil {
				p.Add(proxy.Rule{Fault: c.fault})
			}
			if got := ask(t, p, "/v1/x", body); got != c.phone {
				t.Errorf("the phone sees %q, want %q", got, c.phone)
			}
			for range c.saw {
				<-s.got
			}
			if !slices.Equal(s.seen, c.saw) {
				t.Errorf("the server saw %q, want %q", s.seen, c.saw)
			}
		})
	}
}

func TestASeedFlipsTheSameBits(t *testing.T) {
	spoil := func(seed uint64) string {
		_, p := start(t, seed)
		p.Add(proxy.Rule{Fault: proxy.FlipAnswer{Bits: 3}})
		return ask(t, p, "/", "")
	}
	a, b, c := spoil(7), spoil(7), spoil(8)
	if a != b {
		t.Errorf("the same seed gave %q and %q", a, b)
	}
	if a == c || a == "201 "+answer {
		t.Errorf("seeds 7 and 8 gave %q and %q", a, c)
	}
}

func TestRulesChooseByPathCountAndMethod(t *testing.T) {
	_, p := start(t, 1)
	p.Add(proxy.Rule{Path: "/v1/submissions/", Skip: 1, Times: 2, Fault: proxy.Refuse{}})
	p.Add(proxy.Rule{Method: "GET", Path: "/v1/", Fault: proxy.Refuse{}})
	var lost []bool
	for _, path := range []string{"/v1/sync", "/v1/submissions/a", "/v1/submissions/b", "/v1/submissions/a", "/v1/submissions/c"} {
		lost = append(lost, ask(t, p, path, "x") == "no answer")
	}
	if want := []bool{false, false, true, true, false}; !slices.Equal(lost, want) {
		t.Errorf("lost %v, want %v", lost, want)
	}
	if p.Met("/v1/submissions/") != 2 {
		t.Errorf("log: %v", p.Log())
	}
	p.Heal()
	if got := ask(t, p, "/v1/submissions/b", ""); got == "no answer" {
		t.Error("a healed network still loses")
	}
}

func TestAChanceIsTheSeedsAlone(t *testing.T) {
	history := func(seed uint64) (h []bool) {
		_, p := start(t, seed)
		p.Add(proxy.Rule{Chance: 0.5, Fault: proxy.Status{Code: 500}})
		for range 24 {
			h = append(h, strings.HasPrefix(ask(t, p, "/", ""), "500"))
		}
		return h
	}
	a := history(3)
	if !slices.Equal(a, history(3)) || slices.Equal(a, history(4)) || !slices.Contains(a, true) || !slices.Contains(a, false) {
		t.Errorf("seed 3 gave %v", a)
	}
}

func TestTheLogHoldsNoQueryAndNoBody(t *testing.T) {
	_, p := start(t, 1)
	ask(t, p, "/v1/x?name=zhang", "412801196203151234")
	if s := fmt.Sprint(p.Log()); strings.Contains(s, "zhang") || strings.Contains(s, "4128") {
		t.Errorf("log: %s", s)
	}
}

func TestADeadServerIsNoAnswer(t *testing.T) {
	p, err := proxy.New(1, "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if got := ask(t, p, "/", ""); got != "no answer" {
		t.Errorf("got %q", got)
	}
}

// sink is a ResponseWriter that notes when each byte came.
type sink struct {
	h    http.Header
	body bytes.Buffer
}

func (s *sink) Header() http.Header         { return s.h }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(b []byte) (int, error) { return s.body.Write(b) }
func (s *sink) Flush()                      {}

func TestDripKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, rate := range []int{1, 12, 5000} {
			began := time.Now()
			proxy.DripTo(&sink{h: http.Header{}}, []byte(answer), rate)
			if took, want := time.Since(began), time.Second*time.Duration(len(answer))/time.Duration(rate); took < want-time.Second/5 || took > want+time.Second {
				t.Errorf("%d bytes at %d a second took %v", len(answer), rate, took)
			}
		}
	})
}
