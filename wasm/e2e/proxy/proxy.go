//go:build !js

package proxy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Rule says which requests meet a fault. Zero fields match everything.
type Rule struct {
	Method string
	Path   string  // prefix of the path
	Skip   int     // so many matching requests pass first
	Times  int     // how many meet the fault; 0 is every one
	Chance float64 // of each; 0 is always
	Fault  Fault
}

// Fault spoils one exchange. It must end the response itself.
type Fault interface {
	spoil(x *exchange) error
}

// Entry is one exchange of the Log. Fault is "" for one that passed.
type Entry struct {
	Method, Path, Fault string
	Bytes               int64 // of the request's body
}

// Proxy is one bad network.
type Proxy struct {
	// URL is where the proxy listens.
	URL string

	target string
	seed   uint64
	srv    *http.Server
	client *http.Client

	mu    sync.Mutex
	rules []*rule
	count uint64
	log   []Entry
}

type rule struct {
	Rule
	seen, met int
}

// New starts a proxy on a free port of loopback, in front of target ("http://host:port").
func New(seed uint64, target string) (*Proxy, error) { return Listen("127.0.0.1:0", seed, target) }

// Listen starts a proxy on a given address.
func Listen(addr string, seed uint64, target string) (*Proxy, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("start the fault proxy: %w", err)
	}
	p := &Proxy{URL: "http://" + ln.Addr().String(), target: strings.TrimRight(target, "/"), seed: seed}
	// Nothing is unpacked, retried or followed on the way.
	p.client = &http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	p.srv = &http.Server{Handler: p}
	go p.srv.Serve(ln)
	return p, nil
}

// Close cuts every connection.
func (p *Proxy) Close() { p.srv.Close() }

// Add appends a rule.
func (p *Proxy) Add(r Rule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = append(p.rules, &rule{Rule: r})
}

// Heal removes all rules.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = nil
}

// Target moves the proxy to another server, as after a restart on another port.
func (p *Proxy) Target(url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = strings.TrimRight(url, "/")
}

// Log returns what happened so far.
func (p *Proxy) Log() []Entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Entry{}, p.log...)
}

// Met counts the exchanges under a path that met a fault.
func (p *Proxy) Met(path string) (n int) {
	for _, e := range p.Log() {
		if e.Fault != "" && strings.HasPrefix(e.Path, path) {
			n++
		}
	}
	return n
}

// ServeHTTP passes one exchange on, or gives it to the fault that a rule names.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := p.meet(w, r)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the phone went away
	}
	x.body = body
	if x.fault == nil {
		x.fault = pass{}
	}
	if err := x.fault.spoil(x); err != nil {
		x.hangUp()
	}
}

// meet numbers the request and finds its fault.
func (p *Proxy) meet(w http.ResponseWriter, r *http.Request) *exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	x := &exchange{w: w, r: r, client: p.client, target: p.target, rand: rand.New(rand.NewPCG(p.seed, p.count))}
	e := Entry{Method: r.Method, Path: r.URL.Path, Bytes: r.ContentLength}
	for _, rule := range p.rules {
		if rule.takes(r, x.rand) {
			x.fault = rule.Fault
			e.Fault = strings.TrimPrefix(fmt.Sprintf("%T", rule.Fault), "proxy.")
			break
		}
	}
	p.log = append(p.log, e)
	return x
}

func (r *rule) takes(req *http.Request, rnd *rand.Rand) bool {
	if r.Method != "" && r.Method != req.Method || !strings.HasPrefix(req.URL.Path, r.Path) {
		return false
	}
	if r.seen++; r.seen <= r.Skip || r.Times > 0 && r.met >= r.Times {
		return false
	}
	if r.Chance > 0 && rnd.Float64() >= r.Chance {
		return false
	}
	r.met++
	return true
}

// exchange is one request on its way.
type exchange struct {
	w      http.ResponseWriter
	r      *http.Request
	body   []byte
	fault  Fault
	client *http.Client
	target string
	rand   *rand.Rand
}

// send carries the request, with a body of the caller's, to the server.
func (x *exchange) send(ctx context.Context, body []byte) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, x.r.Method, x.target+x.r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header = x.r.Header.Clone()
	req.Host = x.r.Host
	if len(body) == 0 {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	resp, err := x.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp, got, err
}

// head begins the answer with the server's headers and a length of the caller's.
func (x *exchange) head(resp *http.Response, length int) {
	h := x.w.Header()
	for k, v := range resp.Header {
		h[k] = v
	}
	h.Set("Content-Length", fmt.Sprint(length))
	x.w.WriteHeader(resp.StatusCode)
}

// hangUp closes the connection in the middle of whatever was being said.
func (x *exchange) hangUp() {
	if conn, _, err := http.NewResponseController(x.w).Hijack(); err == nil {
		conn.Close()
	}
}
