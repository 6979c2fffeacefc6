package desk

import (
	"context"
	"crypto/ed25519"
	"net/http"
	"time"

	"lixianban/app/envelope"
	"lixianban/worker/ledger"
)

// Config is what the counter works with. Making a handler from it does nothing else,
// because at the edge every request makes one.
type Config struct {
	Ledger *ledger.Ledger
	// Service signs receipts; its public half is in the directory.
	Service ed25519.PrivateKey
	// Epoch is 16 hex digits, new after each restore from a backup.
	Epoch string
	// Directory returns the newest verified directory. It is asked for each envelope
	// and office request: keep it parsed.
	Directory func(context.Context) (envelope.Directory, error)
	// Index returns the newest signed packs; nil when this counter publishes none.
	Index func(context.Context) (Index, error)
	Now   func() time.Time
	// Limit is asked first: a positive answer refuses the request for that long (429).
	Limit func(r *http.Request) time.Duration
	// Log receives one line a request; nil drops them.
	Log func(Line)
}

// Index is what GET /v1/packs gives: the bundle's bytes and the signed index's hash.
type Index struct {
	Hash string
	Body []byte
}

// New is the counter's handler for everything below /v1/. It answers not_found to
// other addresses. It is already wrapped by [Wrap].
func New(c Config) http.Handler { return Wrap(&counter{c}, c.Now, c.Log) }

// counter holds the configuration; its methods are the endpoints, one group a file.
type counter struct{ Config }

// endpoint answers one route; a fault it returns is written for it.
type endpoint func(c *counter, w http.ResponseWriter, r *http.Request) error

// route is one line of the table below.
type route struct {
	method  string
	pattern string // an address, or a prefix when it ends in /
	serve   endpoint
}

var routes = []route{
	{"GET", "/v1/ping", (*counter).ping},
	{"PUT", "/v1/submissions/", (*counter).submit},
	{"POST", "/v1/sync", (*counter).sync},
	{"POST", "/v1/status", (*counter).status},
	{"GET", "/v1/packs", (*counter).packs},
	{"POST", "/v1/office/pull", (*counter).pull},
	{"POST", "/v1/office/events", (*counter).events},
}

// ServeHTTP finds the route. net/http's own mux answers in plain text and registers
// at start-up; seven routes need neither.
func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := c.serve(w, r); err != nil {
		f := faultOf(err)
		note(w, f.code)
		f.write(w)
	}
}

func (c *counter) serve(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	rt, ok := find(r.URL.Path)
	if !ok {
		return refuse("not_found")
	}
	noteRoute(w, rt.pattern)
	if c.Limit != nil {
		if wait := c.Limit(r); wait > 0 {
			return &fault{code: "too_many", retryAfter: int((wait + time.Second - 1) / time.Second)}
		}
	}
	switch {
	case r.Method == http.MethodOptions:
		return options(w, rt)
	case r.Method == rt.method, r.Method == http.MethodHead && rt.method == http.MethodGet:
		return rt.serve(c, w, r)
	}
	return &fault{code: "method", allow: rt.allow()}
}

func find(path string) (route, bool) {
	for _, rt := range routes {
		n := len(rt.pattern)
		if path == rt.pattern && path[n-1] != '/' || rt.pattern[n-1] == '/' && len(path) > n && path[:n] == rt.pattern {
			return rt, true
		}
	}
	return route{}, false
}

func (rt route) allow() []string {
	if rt.method == http.MethodGet {
		return []string{"GET", "HEAD", "OPTIONS"}
	}
	return []string{rt.method, "OPTIONS"}
}

func options(w http.ResponseWriter, rt route) error {
	for _, m := range rt.allow() {
		w.Header().Add("Allow", m)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// now is the server's time as the wire carries it.
func (c *counter) now() (time.Time, string) {
	t := c.Now().UTC().Truncate(time.Second)
	return t, envelope.Timestamp(t)
}
