package e2e_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/policy/trust"
	"lixianban/worker/desk/desktest"
	"lixianban/worker/e2e"
	"lixianban/worker/edge"
	"lixianban/worker/ledger"
)

// counter is an edge with the conformance suite's offices.
type counter struct {
	*e2e.Edge
	testing.TB
	desktest.Fixture
	index string
}

func startCounter(tb testing.TB, site string) counter {
	tb.Helper()
	f := desktest.NewFixture(tb, time.Now())
	plan, index := published(tb, f)
	e := e2e.Start(tb, e2e.Plan{Edge: plan, Site: site, Vars: map[string]string{
		"SERVICE_SECRET": envelope.EncodeServiceSecret(f.Service), "EPOCH": f.Epoch}})
	return counter{e, tb, f, index}
}

// published signs the fixture's directory as a demo publisher would.
func published(tb testing.TB, f desktest.Fixture) (edge.Plan, string) {
	tb.Helper()
	now := time.Now()
	key := must(trust.GenerateKey(rand.Reader, "demo"))(tb)
	payload := must(json.Marshal(f.Directory))(tb)
	directory := must(trust.SignDirectory(payload, key))(tb)
	pin := trust.Pin(f.Directory.Version, directory)
	index := must(trust.Index{Version: 1, Issued: trust.Time(now), Expires: trust.Time(now.AddDate(0, 6, 0)), Packs: []trust.Pack{}, Directory: &pin}.Sign(key))(tb)
	stamp := must(trust.Stamp{Version: 1, Issued: trust.Time(now), Expires: trust.Time(now.AddDate(0, 0, 30)), Index: trust.Pin(1, index)}.Sign(key))(tb)
	b := trust.Bundle{Timestamp: stamp, Index: index, Directory: directory}
	anchor := must(trust.DemoRoot(key.Public(), now, now.AddDate(1, 0, 0)).Sign(key))(tb)
	return edge.Plan{Anchor: anchor, Bundle: b.Bytes()}, trust.Hash(index)
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

func (c counter) rows(tb testing.TB, sid string) int {
	tb.Helper()
	n, _ := c.SQL(`SELECT COUNT(*) AS n FROM submissions WHERE sid = ?`, sid)[0]["n"].(float64)
	return int(n)
}

// letter seals a text to the fixture's first office.
func (c counter) letter() (envelope.SID, []byte) { c.Helper(); return c.letterOf("申请") }

func (c counter) letterOf(text string) (envelope.SID, []byte) {
	c.Helper()
	sid := must(envelope.NewSID(rand.Reader))(c)
	secret := must(envelope.NewSecret(rand.Reader))(c)
	h := envelope.Header{Office: "first", SID: sid, Pack: "national@3", Form: desktest.Form, Capability: envelope.CapabilityOf(secret)}
	return sid, must(envelope.Seal(c.Office.Open.Public(), h, []byte(text)))(c)
}

// put delivers an envelope and returns the status and the body.
func (c counter) put(sid envelope.SID, sealed []byte) (int, []byte) {
	c.Helper()
	req := must(http.NewRequest(http.MethodPut, c.URL+"/v1/submissions/"+sid.String(), bytes.NewReader(sealed)))(c)
	req.Header.Set("Content-Type", "application/octet-stream")
	res := must(http.DefaultClient.Do(req))(c)
	defer res.Body.Close()
	return res.StatusCode, must(io.ReadAll(res.Body))(c)
}

// received checks that a body is a receipt for the envelope.
func (c counter) received(body []byte, sid envelope.SID, sealed []byte) {
	c.Helper()
	var r envelope.Receipt
	if err := json.Unmarshal(body, &r); err != nil {
		c.Fatalf("%.200s: %v", body, err)
	}
	if err := envelope.VerifyReceipt(r, sid, envelope.HashOf(sealed), c.Directory.Services); err != nil {
		c.Error(err)
	}
}

func TestTheCounterAtTheEdge(t *testing.T) {
	c := startCounter(t, "")
	t.Run("conformance", func(t *testing.T) {
		desktest.Run(t, desktest.Target{Fixture: c.Fixture, BaseURL: c.URL, Now: time.Now, CountRows: c.rows, Index: c.index, Bad: 400})
	})
	for _, s := range []struct {
		name string
		run  func(counter)
	}{
		{"F27 a hundred deliveries of one envelope are one row and one receipt", counter.hundredDeliveries},
		{"F40 an error after the commit is read again and answered with the receipt", counter.errorAfterCommit},
		{"F40 an error before the commit leaves nothing and the phone sends again", counter.errorBeforeCommit},
		{"F41 an overloaded D1 is 503 with Retry-After and stores nothing", counter.overloaded},
		{"F42 a batch that fails at its last statement leaves no row and no audit entry", counter.lastStatement},
		{"F44 phones that hang up in the middle leave the edge working and are answered at the next try", counter.hangUps},
		{"SR-30 the cron trigger erases what is past its time and chains the audit", counter.tidies},
		{"SR-05 the database holds no word of an application", counter.holdsNoWord},
	} {
		t.Run(s.name, func(t *testing.T) { c := c; c.TB = t; s.run(c) })
	}
}

func (c counter) hundredDeliveries() {
	sid, sealed := c.letter()
	audit := c.Count("audit")
	var wg sync.WaitGroup
	var mu sync.Mutex
	bodies, statuses := map[string]int{}, map[int]int{}
	for range 100 {
		wg.Go(func() {
			status, body := c.put(sid, sealed)
			mu.Lock()
			defer mu.Unlock()
			bodies[string(body)]++
			statuses[status]++
		})
	}
	wg.Wait()
	if len(bodies) != 1 || statuses[201] != 1 || statuses[200] != 99 {
		c.Errorf("%d different answers, statuses %v; want one receipt, one 201 and 99 times 200", len(bodies), statuses)
	}
	for body := range bodies {
		c.received([]byte(body), sid, sealed)
	}
	if n, entries := c.rows(c.TB, sid.String()), c.Count("audit")-audit; n != 1 || entries != 1 {
		c.Errorf("%d rows and %d audit entries, want one each", n, entries)
	}
	c.Logf("100 deliveries: rows %d, statuses %v", c.rows(c.TB, sid.String()), statuses)
}

func (c counter) errorAfterCommit() {
	for _, f := range []e2e.Fault{e2e.AfterCommit} {
		sid, sealed := c.letter()
		c.Break(f, 1)
		status, body := c.put(sid, sealed)
		if status != 200 && status != 201 {
			c.Fatalf("%s: %d %s", f, status, body)
		}
		c.received(body, sid, sealed)
		again, second := c.put(sid, sealed)
		if again != 200 || !bytes.Equal(body, second) || c.rows(c.TB, sid.String()) != 1 {
			c.Errorf("the next delivery: %d, same receipt %v, %d rows", again, bytes.Equal(body, second), c.rows(c.TB, sid.String()))
		}
	}
}

func (c counter) errorBeforeCommit() {
	for _, f := range []e2e.Fault{e2e.BeforeCommit, e2e.Timeout} {
		sid, sealed := c.letter()
		c.refusedFor(f, sid, sealed)
		status, body := c.put(sid, sealed)
		if status != 201 {
			c.Errorf("%s: the next delivery got %d", f, status)
		}
		c.received(body, sid, sealed)
	}
}

func (c counter) overloaded() {
	sid, sealed := c.letter()
	c.refusedFor(e2e.Overloaded, sid, sealed)
}

func (c counter) lastStatement() {
	sid, sealed := c.letter()
	audit := c.Count("audit")
	c.refusedFor(e2e.LastStatement, sid, sealed)
	if n := c.Count("audit"); n != audit {
		c.Errorf("%d orphan audit entries", n-audit)
	}
	if status, body := c.put(sid, sealed); status != 201 {
		c.Errorf("the next delivery got %d %s", status, body)
	}
}

// refusedFor delivers once under a fault: 503, and no row.
func (c counter) refusedFor(f e2e.Fault, sid envelope.SID, sealed []byte) {
	c.Helper()
	c.Break(f, 1)
	status, body := c.put(sid, sealed)
	c.Break("", 0)
	if status != 503 || !strings.Contains(string(body), `"busy"`) || c.rows(c.TB, sid.String()) != 0 {
		c.Errorf("%s: got %d %s and %d rows; want 503 busy and none", f, status, body, c.rows(c.TB, sid.String()))
	}
}

// hangUps has more phones hang up than programs may run at once; each comes back later.
func (c counter) hangUps() {
	type letter struct {
		sid    envelope.SID
		sealed []byte
	}
	letters := make([]letter, 20)
	c.Break(e2e.Slow, len(letters))
	var wg sync.WaitGroup
	for i := range letters {
		l := &letters[i]
		l.sid, l.sealed = c.letter()
		wg.Go(func() {
			req := must(http.NewRequest(http.MethodPut, c.URL+"/v1/submissions/"+l.sid.String(), bytes.NewReader(l.sealed)))(c)
			req.Header.Set("Content-Type", "application/octet-stream")
			if res, err := (&http.Client{Timeout: 100 * time.Millisecond}).Do(req); err == nil {
				res.Body.Close()
			}
		})
	}
	wg.Wait()
	c.Break("", 0)
	for _, l := range letters {
		status, body := c.put(l.sid, l.sealed)
		if status != 200 && status != 201 {
			c.Fatalf("the next try got %d %s", status, body)
		}
		c.received(body, l.sid, l.sealed)
		if n := c.rows(c.TB, l.sid.String()); n != 1 {
			c.Errorf("%d rows, want one", n)
		}
	}
}

// tidies runs the cron trigger over an envelope that the office confirmed long ago.
func (c counter) tidies() {
	sid, sealed := c.letter()
	_, first := c.put(sid, sealed)
	c.SQL(`UPDATE submissions SET state = 'fetched', fetched_at = '2020-01-01T00:00:00Z' WHERE sid = ?`, sid.String())
	c.Tidy()
	got := c.SQL(`SELECT state, envelope FROM submissions WHERE sid = ?`, sid.String())
	if len(got) != 1 || got[0]["state"] != "erased" || got[0]["envelope"] != nil {
		c.Errorf("got %v; want the row without its bytes", got)
	}
	if held := c.SQL(`SELECT COUNT(*) AS n FROM submissions WHERE state = 'held' AND envelope IS NULL`); held[0]["n"] != 0.0 {
		c.Error("bytes that no office has confirmed were erased")
	}
	if last := c.SQL(`SELECT MAX(last_seq) AS n FROM audit_chain`)[0]["n"]; last != float64(c.Count("audit")) {
		c.Errorf("the audit is chained up to %v of %d", last, c.Count("audit"))
	}
	if status, again := c.put(sid, sealed); status != 200 || !bytes.Equal(first, again) {
		c.Errorf("the same bytes after the erasure: %d, same receipt %v", status, bytes.Equal(first, again))
	}
}

// holdsNoWord plants a canary and looks for it in every column of every table.
func (c counter) holdsNoWord() {
	sid, sealed := c.letterOf("王小明411600199001011234")
	if status, body := c.put(sid, sealed); status != 201 {
		c.Fatalf("%d %s", status, body)
	}
	for _, table := range []string{"submissions", "events", "audit", "meta", "nonces", "audit_chain"} {
		for _, row := range c.SQL(`SELECT * FROM ` + table) {
			for column, v := range row {
				if text := plain(v); strings.Contains(text, "王") || strings.Contains(text, "411600") {
					c.Errorf("%s.%s holds the applicant's data", table, column)
				}
			}
		}
	}
}

// plain is a column's text; D1 gives blobs as arrays of numbers.
func plain(v any) string {
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprint(v)
	}
	b := make([]byte, len(list))
	for i, n := range list {
		b[i] = byte(n.(float64))
	}
	return string(b)
}

func TestTheEdgeServesTheSiteAndKeepsItApart(t *testing.T) {
	site := t.TempDir()
	for name, text := range map[string]string{
		"index.html": "<h1>离线办</h1>", "404.html": "<h1>没有这一页</h1>", "ask/resident-stop.html": "<h1>停保</h1>",
		"_headers": "/*\n  Content-Security-Policy: default-src 'none'\n",
	} {
		path := filepath.Join(site, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c := startCounter(t, site)
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/":                  {200, "离线办"},
		"/ask/resident-stop": {200, "停保"},
		"/nothing":           {404, "没有这一页"},
		"/v1/nothing":        {404, "not_found"},
		"/v1/ping?n=ab":      {200, `"n":"ab"`},
	} {
		res := must(http.Get(c.URL + path))(t)
		body := must(io.ReadAll(res.Body))(t)
		res.Body.Close()
		if res.StatusCode != want.status || !strings.Contains(string(body), want.text) {
			t.Errorf("%s: got %d %.80s, want %d with %s", path, res.StatusCode, body, want.status, want.text)
		}
		if res.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s has no Content-Security-Policy", path)
		}
	}
}

func TestAnEdgeWithoutItsSecretSaysSoAndTakesNothing(t *testing.T) {
	e := e2e.Start(t, e2e.Plan{Vars: map[string]string{"EPOCH": "00c0ffee00c0ffee"}})
	res := must(http.Get(e.URL + "/v1/ping"))(t)
	defer res.Body.Close()
	body := must(io.ReadAll(res.Body))(t)
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || !strings.Contains(string(body), `"busy"`) {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
}

// The limits of the edge: a larger program starts slower for every single request.
func gzipped(tb testing.TB, b []byte) int {
	tb.Helper()
	var out bytes.Buffer
	w := must(gzip.NewWriterLevel(&out, gzip.BestCompression))(tb)
	must(w.Write(b))(tb)
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Len()
}

const (
	maxRaw  = 7 << 20
	maxGzip = 2_100_000
)

func TestTheProgramStaysWithinItsBudget(t *testing.T) {
	out := filepath.Join(t.TempDir(), "edge")
	if err := edge.Build(t.Context(), edge.Plan{Source: e2e.Source(), Out: out, Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	wasm := must(os.ReadFile(filepath.Join(out, "app.wasm")))(t)
	gz := gzipped(t, wasm)
	t.Logf("app.wasm: %d bytes, %d gzipped", len(wasm), gz)
	if len(wasm) > maxRaw || gz > maxGzip {
		t.Errorf("app.wasm has %d bytes, %d gzipped; the budget is %d and %d", len(wasm), gz, maxRaw, maxGzip)
	}
}

func TestWranglersConfigurationIsWhatTheTestsRun(t *testing.T) {
	text := string(must(os.ReadFile(filepath.Join(e2e.Source(), "worker", "wrangler.jsonc")))(t))
	for _, want := range []string{`"compatibility_date": "` + e2e.CompatibilityDate + `"`, `"binding": "DB"`, `"migrations_dir": "ledger/migrations"`, `"/v1/*"`, `"404-page"`} {
		if !strings.Contains(text, want) {
			t.Errorf("worker/wrangler.jsonc lacks %s", want)
		}
	}
	if len(ledger.Migrations()) == 0 {
		t.Error("no migrations")
	}
}
