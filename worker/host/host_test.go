package host_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/worker/host"
	"lixianban/worker/ledger/ledgertest"
)

// box is a data folder with servers over it, one after the other.
type box struct {
	*testing.T
	host.Config
	log bytes.Buffer
}

func mustBox(t *testing.T) *box {
	b := &box{T: t}
	b.Config = host.Config{Folder: host.Folder{Dir: filepath.Join(t.TempDir(), "data"), Rand: rand.Reader}, Demo: true, Forms: []string{"resident-stop@1"},
		Now: time.Now, Log: slog.New(slog.NewTextHandler(&b.log, nil))}
	return b
}

func (b *box) open() *host.Server {
	b.Helper()
	s, err := host.Open(b.Context(), b.Config)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func (b *box) close(s *host.Server) {
	b.Helper()
	if err := s.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
}

func (b *box) path(name string) string { return filepath.Join(b.Folder.Dir, name) }

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTheEpochStaysUntilTheLedgerForgets(t *testing.T) {
	b := mustBox(t)
	s := b.open()
	first := s.Epoch
	b.close(s)
	backup, err := os.ReadFile(b.path("lixianban.db"))
	if err != nil {
		t.Fatal(err)
	}

	s = b.open()
	if s.Epoch != first {
		t.Errorf("a restart changed the epoch")
	}
	if _, err := s.Ledger.Submit(t.Context(), ledgertest.Submission("demo", 1)); err != nil {
		t.Fatal(err)
	}
	b.close(s)
	s = b.open()
	if s.Epoch != first {
		t.Errorf("a submission changed the epoch")
	}
	b.close(s)

	if err := os.WriteFile(b.path("lixianban.db"), backup, 0o600); err != nil {
		t.Fatal(err)
	}
	s = b.open()
	second := s.Epoch
	if second == first {
		t.Error("a restored database kept the epoch: phones would trust lost receipts")
	}
	b.close(s)
	s = b.open()
	defer b.close(s)
	if s.Epoch != second {
		t.Error("the new epoch did not stay")
	}
}

func TestTheDemoSaysThatItIsOneAndStaysVerifiable(t *testing.T) {
	b := mustBox(t)
	s := b.open()
	first := get(s, "/v1/packs")
	b.close(s)
	root, err := os.ReadFile(b.path("documents/root"))
	if err != nil {
		t.Fatal(err)
	}
	s = b.open()
	defer b.close(s)
	again, err := os.ReadFile(b.path("documents/root"))
	if err != nil || !bytes.Equal(root, again) {
		t.Errorf("the root changed at a restart, %v", err)
	}
	if first.Code != 200 || !strings.Contains(first.Body.String(), `\"demo\":true`) || get(s, "/v1/packs").Code != 200 {
		t.Errorf("%d %s", first.Code, first.Body)
	}
}

func TestWithoutDocumentsThereIsNoOffice(t *testing.T) {
	b := mustBox(t)
	b.Demo = false
	s := b.open()
	defer b.close(s)
	sealed := mustSeal(t)
	h, err := envelope.ParseHeader(sealed)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("PUT", "/v1/submissions/"+h.SID.String(), bytes.NewReader(sealed))
	r.Header.Set("Content-Type", "application/octet-stream")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 404 || !strings.Contains(w.Body.String(), "no_office") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func mustSeal(t *testing.T) []byte {
	t.Helper()
	key, err := envelope.NewPrivateKey(envelope.KEMX25519)
	if err != nil {
		t.Fatal(err)
	}
	sid, err := envelope.NewSID(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b, err := envelope.Seal(key.Public(), envelope.Header{Office: "demo", SID: sid, Pack: "national@1", Form: "resident-stop@1", Capability: envelope.CapabilityOf([]byte("sixteen bytes or more"))}, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Documents that don't verify must stop the start, not be served.
func TestForgedOrDamagedFilesAreNamed(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"documents/bundle": func(b []byte) []byte {
			return bytes.Replace(b, []byte("Demo counter"), []byte("Real counter"), 1)
		},
		"documents/root":  func(b []byte) []byte { return b[:len(b)-9] },
		"service.key":     func(b []byte) []byte { return b[:40] },
		"demo/office.key": func(b []byte) []byte { return nil },
		"epoch.json":      func([]byte) []byte { return []byte(`{"epoch":"x"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			b := mustBox(t)
			b.close(b.open())
			text, err := os.ReadFile(b.path(name))
			if err != nil {
				t.Fatal(err)
			}
			changed := damage(text)
			b.Demo = name != "documents/bundle" // the demo would sign it anew
			if bytes.Equal(changed, text) {
				t.Fatal("nothing was damaged")
			}
			if err := os.WriteFile(b.path(name), changed, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := host.Open(t.Context(), b.Config)
			if err == nil {
				b.close(s)
				t.Fatal("it started")
			}
			if part := strings.Split(name, "/")[0]; !strings.Contains(err.Error(), part) {
				t.Errorf("the error does not say where to look: %v", err)
			}
		})
	}
}

func TestTheSiteIsServedBesideTheCounter(t *testing.T) {
	b := mustBox(t)
	b.Site = t.TempDir()
	for name, text := range map[string]string{"index.html": "<p>home", "ask/x.html": "<p>ask", "404.html": "<p>lost", "_headers": "secret", ".hidden": "secret", "a/app.0123456789ab.css": "p{}"} {
		path := filepath.Join(b.Site, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := b.open()
	defer b.close(s)
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/": {200, "home"}, "/ask/x": {200, "ask"}, "/a/app.0123456789ab.css": {200, "p{}"}, "/nothing": {404, "lost"}, "/a/": {404, "lost"}, "/a": {404, "lost"},
		"/_headers": {404, "lost"}, "/.hidden": {404, "lost"}, "/v1/ping": {200, "epoch"}, "/v1/x": {404, "not_found"},
		"/..%2f..%2fdata/service.key": {404, "lost"}, "/../data/service.key": {404, "lost"},
	} {
		w := get(s, path)
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.body) || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %s, want %d %s", path, w.Code, w.Body, want.status, want.body)
		}
		csp := strings.Join(w.Header().Values("Content-Security-Policy"), "|")
		if strings.Contains(csp, "|") || !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "wasm-unsafe-eval") == strings.HasPrefix(path, "/v1/") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
}

func TestTheServerStopsAfterWhatIsUnderWay(t *testing.T) {
	b := mustBox(t)
	s := b.open()
	defer b.close(s)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, leave := make(chan struct{}), make(chan struct{})
	inner := s.Handler
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-leave
		inner.ServeHTTP(w, r)
	})
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln) }()
	answered := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + ln.Addr().String() + "/v1/ping?n=ab")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answered <- string(body)
	}()
	<-entered
	stop()
	close(leave)
	if got := <-answered; !strings.Contains(got, `"n":"ab"`) {
		t.Errorf("the request under way got %s", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if strings.Contains(b.log.String(), "level=ERROR") {
		t.Errorf("log:\n%s", b.log.String())
	}
}

func TestNothingInTheFolderIsForOthers(t *testing.T) {
	b := mustBox(t)
	s := b.open()
	defer b.close(s)
	err := filepath.WalkDir(b.Folder.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := d.Info()
		if err == nil && st.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, st.Mode())
		}
		if strings.HasPrefix(d.Name(), ".new-") {
			t.Errorf("%s was left behind", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
