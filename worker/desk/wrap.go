package desk

import (
	"net/http"
	"time"
)

// Line is what is logged of a request: no field can hold personal data (SR-28).
type Line struct {
	Method string // one of the standard ones, or "other"
	Route  string // the pattern, "" for an unknown address
	Status int
	Code   string // of the problem, "" for none
	Bytes  int    // of the response's body
	Took   time.Duration
}

// headers of every answer of the counter (SR-14, SR-16): what it gives is data, so
// nothing may run, frame or embed it. No value holds a comma, which an edge runtime
// would split at; Permissions-Policy goes as one line a feature instead.
var headers = [][2]string{
	{"Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=()"},
	{"Permissions-Policy", "microphone=()"},
	{"Permissions-Policy", "geolocation=()"},
	{"Permissions-Policy", "payment=()"},
	{"Permissions-Policy", "usb=()"},
	{"Permissions-Policy", "browsing-topics=()"},
	{"Referrer-Policy", "no-referrer"},
	{"Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload"},
	{"X-Content-Type-Options", "nosniff"},
}

// Wrap is the outermost layer: it sets the security headers, turns a panic into one
// 500 (at the edge a panic would end the program), writes the status only once, and logs.
// A handler inside may replace a header that suits it less.
func Wrap(h http.Handler, now func() time.Time, log func(Line)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := now()
		for _, hd := range headers {
			w.Header().Add(hd[0], hd[1])
		}
		s := &sheet{ResponseWriter: w, head: r.Method == http.MethodHead}
		defer func() {
			if p := recover(); p != nil {
				s.panicked(p)
			}
			if log != nil {
				log(Line{Method: methodName(r.Method), Route: s.route, Status: s.status, Code: s.code, Bytes: s.bytes, Took: now().Sub(begin)})
			}
		}()
		h.ServeHTTP(s, r)
	})
}

// sheet is a response that remembers what is logged and takes its status once.
type sheet struct {
	http.ResponseWriter
	head        bool // the edge would send a body all the same
	route, code string
	status      int
	bytes       int
}

func (s *sheet) WriteHeader(status int) {
	if s.status != 0 {
		return
	}
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

func (s *sheet) Write(b []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	if s.head {
		return len(b), nil
	}
	n, err := s.ResponseWriter.Write(b)
	s.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (s *sheet) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// panicked answers 500 when nothing was sent yet. The panic's value may hold what a
// person typed, so it is not logged.
func (s *sheet) panicked(p any) {
	s.code = "internal"
	if s.status == 0 {
		refuse("internal").write(s)
	}
	if p == http.ErrAbortHandler {
		panic(p) // net/http's own way to cut a connection
	}
}

func note(w http.ResponseWriter, code string) {
	if s, ok := w.(*sheet); ok {
		s.code = code
	}
}

func noteRoute(w http.ResponseWriter, pattern string) {
	if s, ok := w.(*sheet); ok {
		s.route = pattern
	}
}

// methodName keeps free text out of the log: a method is whatever the client writes.
func methodName(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "PATCH":
		return m
	}
	return "other"
}
