//go:build !js

package desk_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/worker/desk"
	"lixianban/worker/ledger"
	"lixianban/worker/ledger/ledgertest"
)

var start = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

func frozen() time.Time { return start }

// do serves one request in memory.
func (c *counter) do(method, path, kind, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	desk.New(c.Config).ServeHTTP(w, r)
	return w
}

func (c *counter) put(sealed []byte) *httptest.ResponseRecorder {
	h, err := envelope.ParseHeader(sealed)
	if err != nil {
		panic(err)
	}
	return c.do("PUT", "/v1/submissions/"+h.SID.String(), "application/octet-stream", string(sealed))
}

// mustSeal makes an envelope for an office's key.
func mustSeal(tb testing.TB, to envelope.OfficeSecret, text string) []byte {
	tb.Helper()
	sid, err := envelope.NewSID(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	b, err := envelope.Seal(to.Open.Public(), envelope.Header{Office: "first", SID: sid, Pack: "national@3", Form: "resident-stop@1", Capability: envelope.CapabilityOf([]byte("sixteen bytes or more"))}, []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	var p envelope.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != status || p.Code != code || p.Status != status {
		t.Errorf("%d %s, want %d %s", w.Code, w.Body, status, code)
	}
}

// The promise "byte for byte, for ever": a new service key, a new epoch, a retired
// office key and erased bytes must not change what a late resend gets.
func TestAResendGetsItsFirstReceiptWhateverHappenedSince(t *testing.T) {
	c := mustCounter(t, frozen)
	sealed := mustSeal(t, c.fixture.Office, "x")
	first := c.put(sealed)
	if first.Code != 201 {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	h, _ := envelope.ParseHeader(sealed)
	for _, change := range []func(){
		func() { c.Service, _ = envelope.NewSigningKey(rand.Reader) },
		func() { c.Epoch = "1111111111111111" },
		func() { c.Now = func() time.Time { return start.AddDate(3, 0, 0) } },
		func() { c.fixture.Directory.Offices = nil },
		func() {
			at := "2027-01-01T00:00:00Z"
			if err := c.Ledger.Ack(t.Context(), "first", at, h.SID.String()); err != nil {
				t.Fatal(err)
			}
			if n, err := c.Ledger.Sweep(t.Context(), "2028-01-01T00:00:00Z", at, 10); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		},
	} {
		change()
		if w := c.put(sealed); w.Code != 200 || !bytes.Equal(w.Body.Bytes(), first.Body.Bytes()) {
			t.Errorf("%d %s, want the first receipt %s", w.Code, w.Body, first.Body)
		}
	}
	wantProblem(t, c.put(mustSeal(t, c.fixture.Office, "new")), 404, "no_office")
}

func TestABusyOrUncertainDatabaseIsNeverAReceipt(t *testing.T) {
	c := mustCounter(t, frozen)
	db := &ledgertest.Faulty{DB: c.db}
	c.Ledger = ledger.New(db)
	for _, f := range []struct {
		fault  ledgertest.Fault
		status int // of the first try
		again  int // of the next
	}{{ledgertest.Busy, 503, 201}, {ledgertest.LostUnsent, 503, 201}, {ledgertest.LostSent, 200, 200}, {ledgertest.LostTwice, 503, 200}} {
		sealed := mustSeal(t, c.fixture.Office, "x")
		db.Fault = f.fault
		w := c.put(sealed)
		if w.Code != f.status {
			t.Errorf("fault %d: %d %s, want %d", f.fault, w.Code, w.Body, f.status)
		}
		if w.Code == 503 {
			wantProblem(t, w, 503, "busy")
			if w.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		}
		db.Fault = ledgertest.None
		if w := c.put(sealed); w.Code != f.again {
			t.Errorf("after fault %d: %d, want %d", f.fault, w.Code, f.again)
		}
	}
}

func TestAMissingDirectoryIsBusyNotARefusal(t *testing.T) {
	c := mustCounter(t, frozen)
	c.Directory = func(context.Context) (envelope.Directory, error) {
		return envelope.Directory{}, errors.New("not read yet")
	}
	wantProblem(t, c.put(mustSeal(t, c.fixture.Office, "x")), 503, "busy")
}

func TestAPanicIsOne500AndSaysNothing(t *testing.T) {
	c := mustCounter(t, frozen)
	c.Log = func(l desk.Line) { c.log = append(c.log, l) }
	c.Directory = func(context.Context) (envelope.Directory, error) { panic("王桂兰") }
	w := c.put(mustSeal(t, c.fixture.Office, "x"))
	wantProblem(t, w, 500, "internal")
	if strings.Contains(w.Body.String(), "王") || len(c.log) != 1 || c.log[0].Status != 500 || c.log[0].Code != "internal" {
		t.Errorf("%s, log %+v", w.Body, c.log)
	}
}

func TestTheStatusIsWrittenOnce(t *testing.T) {
	w := httptest.NewRecorder()
	desk.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(418)
		w.WriteHeader(200)
		_, _ = io.WriteString(w, "x")
		panic("late")
	}), frozen, nil).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 418 || w.Body.String() != "x" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestALimitAsksToWait(t *testing.T) {
	c := mustCounter(t, frozen)
	c.Limit = func(*http.Request) time.Duration { return 1500 * time.Millisecond }
	w := c.do("GET", "/v1/ping", "", "")
	wantProblem(t, w, 429, "too_many")
	if got := w.Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After %q, want whole seconds rounded up", got)
	}
}

// Canaries in every place a client can write must not come out in the log (SR-28).
func TestTheLogHoldsNothingAClientWrote(t *testing.T) {
	c := mustCounter(t, frozen)
	c.Log = func(l desk.Line) { c.log = append(c.log, l) }
	const canary = "c0ffeecafe"
	secret := envelope.EncodeBytes([]byte(canary + "and more bytes"))
	sync := fmt.Sprintf(`{"v":1,"nonce":"%s","watch":[{"sid":"%s","secret":"%s","after":0}]}`, strings.Repeat("a", 32), canary, secret)
	c.do("GET", "/v1/ping?n="+canary, "", "")
	c.do("GET", "/v1/"+canary+"?"+canary, "", "", "User-Agent", canary, "Cookie", canary)
	c.do(strings.ToUpper(canary), "/v1/ping", "", "")
	c.do("PUT", "/v1/submissions/"+canary, "application/octet-stream", canary)
	c.do("POST", "/v1/sync", "application/json", sync)
	c.do("POST", "/v1/sync", "application/json", canary)
	c.do("POST", "/v1/office/pull", "application/json", canary, envelope.RequestHeader, canary)
	c.put(mustSeal(t, c.fixture.Office, canary))
	text := strings.ToLower(fmt.Sprintf("%+v", c.log))
	if len(c.log) != 8 || strings.Contains(text, canary) || strings.Contains(text, strings.ToLower(secret)) {
		t.Errorf("log: %s", text)
	}
}

// An edge runtime splits header values at commas (a digest list arrives as lines).
func TestADigestSplitAtCommasStillCounts(t *testing.T) {
	c := mustCounter(t, frozen)
	sealed := mustSeal(t, c.fixture.Office, "x")
	h, _ := envelope.ParseHeader(sealed)
	r := httptest.NewRequest("PUT", "/v1/submissions/"+h.SID.String(), bytes.NewReader(sealed))
	r.Header = http.Header{"Content-Type": {"application/octet-stream"}, "Content-Digest": {"sha-512=:AA==:", " sha-256=:AAAA:"}}
	r.RequestURI, r.Host, r.Proto = "", "", "" // empty there too
	w := httptest.NewRecorder()
	desk.New(c.Config).ServeHTTP(w, r)
	wantProblem(t, w, 400, "digest")
}

func TestNoHeaderOfOursHoldsAComma(t *testing.T) {
	c := mustCounter(t, frozen)
	for _, w := range []*httptest.ResponseRecorder{c.do("GET", "/v1/ping", "", ""), c.do("DELETE", "/v1/sync", "", ""), c.do("OPTIONS", "/v1/ping", "", "")} {
		for name, values := range w.Header() {
			for _, v := range values {
				if strings.Contains(v, ",") {
					t.Errorf("%s: %s", name, v)
				}
			}
		}
	}
}

func TestEveryProblemSaysWhatToDo(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range desk.Problems {
		if seen[k.Code] || k.Status < 400 || k.Status > 503 || len(k.Title) < 20 || !strings.HasSuffix(k.Title, ".") {
			t.Errorf("%+v", k)
		}
		seen[k.Code] = true
	}
	for _, code := range []envelope.Code{envelope.CodeMalformed, envelope.CodeTooBig, envelope.CodeUnsupported, envelope.CodeSignature, envelope.CodeStale, envelope.CodeNoOffice, envelope.CodeRetired, envelope.CodeMismatch} {
		if !seen[string(code)] {
			t.Errorf("package envelope refuses with %s and the table has no such problem", code)
		}
	}
}

// cut is a body that ends in the middle.
type cut struct{ io.Reader }

func (c cut) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestAnUploadCutAnywhereStoresNothing(t *testing.T) {
	c := mustCounter(t, frozen)
	sealed := mustSeal(t, c.fixture.Office, "x")
	h, _ := envelope.ParseHeader(sealed)
	for n := 0; n <= len(sealed); n += 97 {
		r := httptest.NewRequest("PUT", "/v1/submissions/"+h.SID.String(), cut{bytes.NewReader(sealed[:n])})
		r.Header.Set("Content-Type", "application/octet-stream")
		w := httptest.NewRecorder()
		desk.New(c.Config).ServeHTTP(w, r)
		wantProblem(t, w, 400, "malformed")
	}
	if n := c.rows(t, h.SID.String()); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// FuzzTheCounter sends anything anywhere: no panic, no 5xx, no receipt for what is no envelope.
func FuzzTheCounter(f *testing.F) {
	c := mustCounter(f, frozen)
	sealed := mustSeal(f, c.fixture.Stranger, "x")
	f.Add("PUT", "/v1/submissions/"+strings.Repeat("0", 32), "application/octet-stream", "", sealed)
	f.Add("POST", "/v1/sync", "application/json", "", []byte(`{"v":1,"nonce":"00112233445566778899aabbccddeeff","put":[{"sid":"x","envelope":"AA"}],"watch":[{"sid":"x","secret":"AA","after":1}]}`))
	f.Add("POST", "/v1/office/pull", "application/json", "v1 first 0011223344556677 2026-11-21T08:00:00Z 00112233445566778899aabbccddeeff AAAA", []byte(`{"v":1}`))
	f.Add("GET", "/v1/ping?n=ab", "", "", []byte{})
	f.Fuzz(func(t *testing.T, method, path, kind, auth string, body []byte) {
		r, err := http.NewRequest(method, "http://x"+path, bytes.NewReader(body))
		if err != nil {
			return
		}
		r.Header = http.Header{"Content-Type": {kind}, envelope.RequestHeader: {auth}, "Content-Digest": {auth}}
		w := httptest.NewRecorder()
		desk.New(c.Config).ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), `"sig"`) {
			t.Errorf("a receipt: %s", w.Body)
		}
	})
}

// BenchmarkSubmitHTTP is a whole submission over loopback, the client's HTTP included.
// Sealing is the phone's work: one envelope gets a fresh sid each time, which the
// counter cannot tell from a fresh envelope.
func BenchmarkSubmitHTTP(b *testing.B) {
	c := mustCounter(b, time.Now)
	srv := httptest.NewServer(desk.New(c.Config))
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	model := mustSeal(b, c.fixture.Office, strings.Repeat("x", 3000))
	h, _ := envelope.ParseHeader(model)
	at := bytes.Index(model, h.SID[:])
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			sealed := bytes.Clone(model)
			_, _ = rand.Read(sealed[at : at+16])
			h, _ := envelope.ParseHeader(sealed)
			req, _ := http.NewRequest("PUT", srv.URL+"/v1/submissions/"+h.SID.String(), bytes.NewReader(sealed))
			req.Header.Set("Content-Type", "application/octet-stream")
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode != 201 {
				b.Error(resp.Status)
			}
		}
	})
}
