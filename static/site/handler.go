package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// Handler serves dist/: clean addresses ("/ask/x" is ask/x.html), the
// compressed form the browser takes, the table's headers, and a 404 page in the
// address's language. Directories are never listed. Only GET and HEAD are answered.
func Handler(dist fs.FS) http.Handler { return handler{dist} }

type handler struct{ dist fs.FS }

// ServeHTTP answers one request.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
		return
	}
	for _, hd := range For(r.URL.Path) {
		w.Header().Set(hd.Name, hd.Value)
	}
	if r.TLS != nil {
		w.Header().Set(HSTS.Name, HSTS.Value)
	}
	name, ok := h.find(r.URL.Path)
	if !ok {
		h.missing(w, r)
		return
	}
	h.send(w, r, name, http.StatusOK)
}

// find maps an address to a file of dist.
func (h handler) find(p string) (string, bool) {
	name := strings.Trim(path.Clean("/"+p), "/")
	if name == "" {
		name = "index"
	}
	for _, n := range []string{name + ".html", name} {
		if st, err := fs.Stat(h.dist, n); err == nil && !st.IsDir() && !hidden(n) {
			return n, true
		}
	}
	return "", false
}

// hidden files are for hosts, not for browsers.
func hidden(n string) bool { return n == "_headers" || strings.HasPrefix(path.Base(n), ".") }

// missing shows the 404 page of the address's language, marked as such.
func (h handler) missing(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", types["html"])
	w.Header().Set("Cache-Control", ask)
	for _, n := range []string{strings.SplitN(strings.Trim(r.URL.Path, "/"), "/", 2)[0] + "/404.html", "404.html"} {
		if _, err := fs.Stat(h.dist, n); fs.ValidPath(n) && err == nil {
			h.send(w, r, n, http.StatusNotFound)
			return
		}
	}
	http.Error(w, "there is no such page", http.StatusNotFound)
}

// send writes the best form of a file.
func (h handler) send(w http.ResponseWriter, r *http.Request, name string, status int) {
	body, enc, err := h.read(name, r.Header.Get("Accept-Encoding"))
	if err != nil {
		http.Error(w, "this file can't be read, try again", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Vary", "Accept-Encoding")
	if enc != "" {
		w.Header().Set("Content-Encoding", enc)
	}
	if status == http.StatusOK {
		// A range of a compressed form would be useless: the whole is sent.
		w.Header().Set("ETag", etag(body))
		r.Header.Del("Range")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
		return
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// etag names exactly these bytes, so that asking again costs no more than the question.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// encodings in the order we like them, with the ending of their files.
var encodings = []struct{ name, ext string }{{"br", ".br"}, {"gzip", ".gz"}}

func (h handler) read(name, accept string) ([]byte, string, error) {
	for _, e := range encodings {
		if !accepts(accept, e.name) {
			continue
		}
		body, err := fs.ReadFile(h.dist, name+e.ext)
		if err == nil {
			return body, e.name, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, "", err
		}
	}
	body, err := fs.ReadFile(h.dist, name)
	return body, "", err
}

// accepts reads Accept-Encoding; a quality of zero refuses.
func accepts(header, want string) bool {
	for _, part := range strings.Split(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), want) {
			q = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(q), "q="))
			return strings.Trim(q, "0.") != "" || q == ""
		}
	}
	return false
}
