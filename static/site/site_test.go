package site_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"lixianban/static/site"
)

var dist = fstest.MapFS{
	"index.html":           {Data: []byte("home")},
	"index.html.br":        {Data: []byte("br")},
	"index.html.gz":        {Data: []byte("gz")},
	"404.html":             {Data: []byte("lost")},
	"en.html":              {Data: []byte("english home")},
	"en/404.html":          {Data: []byte("english lost")},
	"ask/x.html":           {Data: []byte("ask")},
	"a/site.00.css":        {Data: []byte("css")},
	"p/abc":                {Data: []byte("piece")},
	"sw.js":                {Data: []byte("worker")},
	"manifest.webmanifest": {Data: []byte("{}")},
	"_headers":             {Data: []byte("secret")},
}

func TestAddressesGiveTheirFiles(t *testing.T) {
	for _, tc := range []struct {
		path   string
		status int
		body   string
	}{
		{"/", 200, "home"}, {"/?src=pwa", 200, "home"}, {"/ask/x", 200, "ask"}, {"/ask/x/", 200, "ask"}, {"/ask/x?step=2", 200, "ask"},
		{"/en", 200, "english home"}, {"/404", 200, "lost"}, {"/sw.js", 200, "worker"}, {"/p/abc", 200, "piece"},
		{"/nothing", 404, "lost"}, {"/en/nothing", 404, "english lost"}, {"/ask", 404, "lost"}, {"/a/", 404, "lost"},
		{"/_headers", 404, "lost"}, {"/../go.mod", 404, "lost"}, {"/%00", 404, "lost"}, {"/%2e%2e/x", 404, "lost"},
	} {
		w := get(tc.path, "")
		if w.Code != tc.status || w.Body.String() != tc.body {
			t.Errorf("%s: %d %q, want %d %q", tc.path, w.Code, w.Body, tc.status, tc.body)
		}
	}
}

func get(path, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	site.Handler(dist).ServeHTTP(w, r)
	return w
}

func TestTheBestFormThatTheBrowserTakesIsSent(t *testing.T) {
	for accept, want := range map[string]string{
		"gzip, deflate, br": "br", "gzip": "gzip", "br;q=0, gzip": "gzip", "br;q=0.5": "br", "": "", "identity": "", "BR": "br",
	} {
		w := get("/", accept)
		if got := w.Header().Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q: got %q, want %q", accept, got, want)
		}
		if w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: Vary is missing", accept)
		}
	}
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	for _, path := range []string{"/", "/nothing", "/sw.js", "/p/abc", "/a/site.00.css"} {
		w := get(path, "")
		for _, h := range site.Everywhere {
			if w.Header().Get(h.Name) != h.Value {
				t.Errorf("%s: %s is %q", path, h.Name, w.Header().Get(h.Name))
			}
		}
		if w.Header().Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: HSTS over plain HTTP", path)
		}
	}
	for _, bad := range []string{"unsafe-inline", "unsafe-eval'; ", "http:", "*"} {
		if strings.Contains(strings.ReplaceAll(site.CSP, "wasm-unsafe-eval", ""), bad) {
			t.Errorf("the policy allows %s", bad)
		}
	}
}

func TestHashedNamesAreKeptForEverAndOthersAskedForAgain(t *testing.T) {
	for path, want := range map[string][2]string{
		"/a/site.00.css":        {"immutable", "text/css; charset=utf-8"},
		"/p/abc":                {"immutable", "application/octet-stream"},
		"/sw.js":                {"no-cache", "text/javascript; charset=utf-8"},
		"/":                     {"no-cache", "text/html; charset=utf-8"},
		"/ask/x":                {"no-cache", "text/html; charset=utf-8"},
		"/manifest.webmanifest": {"no-cache", "application/manifest+json"},
		"/a/gone.css":           {"no-cache", "text/html; charset=utf-8"},
	} {
		w := get(path, "")
		if !strings.Contains(w.Header().Get("Cache-Control"), want[0]) || w.Header().Get("Content-Type") != want[1] {
			t.Errorf("%s: %q, %q, want %v", path, w.Header().Get("Cache-Control"), w.Header().Get("Content-Type"), want)
		}
	}
}

func TestAskingAgainCostsNoBody(t *testing.T) {
	tag := get("/", "br").Header().Get("ETag")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "br")
	r.Header.Set("If-None-Match", tag)
	w := httptest.NewRecorder()
	site.Handler(dist).ServeHTTP(w, r)
	if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("got %d with %d bytes", w.Code, w.Body.Len())
	}
	if gz := get("/", "gzip").Header().Get("ETag"); gz == tag {
		t.Error("two forms share one tag")
	}
}

func TestOnlyReadingIsAnswered(t *testing.T) {
	for _, m := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		w := httptest.NewRecorder()
		site.Handler(dist).ServeHTTP(w, httptest.NewRequest(m, "/", nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d", m, w.Code)
		}
	}
	w := httptest.NewRecorder()
	site.Handler(dist).ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/nothing", nil))
	if w.Code != 404 || w.Body.Len() != 0 {
		t.Errorf("HEAD of nothing: %d, %d bytes", w.Code, w.Body.Len())
	}
}
