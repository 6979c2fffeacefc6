package command_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/filing"
	"lixianban/app/policy/trust"
	"lixianban/worker/command"
	"lixianban/worker/host"
	"lixianban/worker/office"
)

// shell runs the tool in a folder of its own.
type shell struct {
	*testing.T
	dir string
	env map[string]string
}

func mustShell(t *testing.T) *shell {
	return &shell{T: t, dir: t.TempDir(), env: map[string]string{}}
}

func (s *shell) path(name string) string { return filepath.Join(s.dir, name) }

// run returns the exit code and both outputs.
func (s *shell) run(args ...string) (int, string, string) {
	var out, errs bytes.Buffer
	code := command.Run(s.Context(), command.Env{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(k string) string { return s.env[k] }})
	return code, out.String(), errs.String()
}

func (s *shell) ok(args ...string) string {
	s.Helper()
	code, out, errs := s.run(args...)
	if code != 0 {
		s.Fatalf("%v: exit %d: %s", args, code, errs)
	}
	return out
}

func (s *shell) fails(want int, part string, args ...string) {
	s.Helper()
	if code, out, errs := s.run(args...); code != want || !strings.Contains(errs, part) {
		s.Errorf("%v: exit %d, %q, %q; want %d and %q", args, code, out, errs, want, part)
	}
}

// demo starts a demo counter and returns its address and folder.
func (s *shell) demo() (*host.Server, string) {
	s.Helper()
	srv, err := host.Open(s.Context(), host.Config{Folder: host.Folder{Dir: s.path("data"), Rand: rand.Reader}, Demo: true,
		Forms: []string{"resident-stop@1"}, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.Fatal(err)
	}
	web := httptest.NewServer(srv)
	s.Cleanup(func() { web.Close(); srv.Close(context.Background()) })
	return srv, web.URL
}

// phone is one applicant with an application in the counter.
type phone struct {
	sid, number string
	secret      []byte
	status      envelope.PrivateKey
	directory   envelope.Directory
}

// file does what a phone does: reads the directory through its anchor, seals, puts.
func (s *shell) file(url string, values filing.Values, nonce string) phone {
	s.Helper()
	p := phone{directory: s.directory(url)}
	o, err := p.directory.OfficeFor("411625", "resident-stop@1")
	s.must(err)
	key, err := p.directory.KeyAt(o, time.Now())
	s.must(err)
	pub, err := key.SealingKey()
	s.must(err)
	sid, err := envelope.NewSID(rand.Reader)
	s.must(err)
	p.status, err = envelope.NewPrivateKey(envelope.KEMX25519)
	s.must(err)
	p.secret, err = envelope.NewSecret(rand.Reader)
	s.must(err)
	p.sid, p.number = sid.String(), envelope.Number(sid)
	now := envelope.Timestamp(time.Now())
	text, err := filing.Application{V: 1, SID: p.sid, Nonce: nonce, Form: "resident-stop@1", Pack: "national@1",
		StatusKey: envelope.EncodeBytes(p.status.Public().Bytes()), Values: values, Facts: []filing.Answer{{ID: "scheme", Value: "resident"}},
		Consent: filing.Consent{Text: "resident-stop-consent@1", Time: now, By: "self"}, Made: now}.Encode()
	s.must(err)
	sealed, err := envelope.Seal(pub, envelope.Header{Office: o.ID, SID: sid, Pack: "national@1", Form: "resident-stop@1", Capability: envelope.CapabilityOf(p.secret)}, text)
	s.must(err)
	req, err := http.NewRequest("PUT", url+"/v1/submissions/"+p.sid, bytes.NewReader(sealed))
	s.must(err)
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	defer resp.Body.Close()
	if resp.StatusCode != 201 {
		s.Fatalf("put: %s", resp.Status)
	}
	return p
}

func (s *shell) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// directory verifies what the counter publishes against the anchor that keys demo prints.
func (s *shell) directory(url string) envelope.Directory {
	s.Helper()
	anchor, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s.ok("keys", "demo", "-data", s.path("data"))))
	s.must(err)
	resp, err := http.Get(url + "/v1/packs")
	s.must(err)
	defer resp.Body.Close()
	var raw bytes.Buffer
	_, err = raw.ReadFrom(resp.Body)
	s.must(err)
	bundle, err := trust.ParseBundle(raw.Bytes())
	s.must(err)
	v, err := trust.NewVerifier(anchor, trust.State{})
	s.must(err)
	tr, err := v.Verify(time.Now(), bundle)
	s.must(err)
	if !tr.Root.Demo || len(tr.Lapsed) != 0 {
		s.Errorf("root demo %v, lapsed %v", tr.Root.Demo, tr.Lapsed)
	}
	var d envelope.Directory
	s.must(envelope.DecodeTolerant(tr.Directory, 1<<20, &d))
	return d
}

// news is what the phone reads of its application.
func (s *shell) news(url string, p phone) []envelope.Status {
	s.Helper()
	body, err := json.Marshal(envelope.SyncRequest{V: 1, Nonce: p.sid, Watch: []envelope.SyncWatch{{SID: p.sid, Secret: envelope.EncodeBytes(p.secret)}}})
	s.must(err)
	resp, err := http.Post(url+"/v1/sync", "application/json", bytes.NewReader(body))
	s.must(err)
	defer resp.Body.Close()
	var sr envelope.SyncResponse
	s.must(json.NewDecoder(resp.Body).Decode(&sr))
	var all []envelope.Status
	for _, ev := range sr.Watch[0].Events {
		st, err := envelope.OpenStatus(p.status, ev, p.directory.Offices[0])
		s.must(err)
		all = append(all, st)
	}
	return all
}

var applicant = filing.Values{"acting": "self", "wish": "pause", "name": "王桂兰", "id": "411625196203154321", "phone": "13800138000", "village": "老王庄"}

func TestAnOfficeListsOpensAndAnswersFromTheShell(t *testing.T) {
	s := mustShell(t)
	srv, url := s.demo()
	p := s.file(url, applicant, strings.Repeat("a", 32))
	at := []string{"-server", url, "-key", s.path("data/demo/office.key")}
	with := func(args ...string) []string { return append(append([]string{"office"}, args...), at...) }

	if list := s.ok(with("list")...); !strings.Contains(list, p.number) || !strings.Contains(list, "held") {
		t.Errorf("list:\n%s", list)
	}
	opened := s.ok(with("open", strings.ToLower(p.number))...)
	for _, want := range []string{"王桂兰", "411625196203154321", "老王庄", p.number, "scheme：resident"} {
		if !strings.Contains(opened, want) {
			t.Errorf("open does not show %s:\n%s", want, opened)
		}
	}
	s.fails(1, "say why with -reason", with("decide", p.sid, "return")...)
	s.ok(with("decide", p.sid, "return", "-reason", "请带户口本复印件")...)
	s.ok(with("decide", p.number, "accept")...)
	got := s.news(url, p)
	if len(got) != 3 || got[0].State != envelope.Fetched || got[1].State != envelope.NeedsInfo || got[1].Reason != "请带户口本复印件" || got[2].State != envelope.Accepted {
		t.Errorf("the phone reads %+v", got)
	}
	if _, err := srv.Ledger.Seal(t.Context(), 1000); err != nil {
		t.Error(err)
	}
	if head, err := srv.Ledger.Verify(t.Context()); err != nil || head.Seq == 0 {
		t.Errorf("the audit: %+v, %v", head, err)
	}
	s.holdsNone("data", "王桂兰", "411625196203154321", "13800138000", "老王庄", "请带户口本复印件", envelope.EncodeBytes(p.secret), string(p.secret))
	head := strings.TrimSpace(s.ok("audit", "-data", s.path("data")))
	if again := strings.TrimSpace(s.ok("audit", "-data", s.path("data"), "-checkpoint", head)); again != head {
		t.Errorf("audit printed %s, then %s", head, again)
	}
	s.fails(1, "64 hex digits", "audit", "-data", s.path("data"), "-checkpoint", "12")
	s.fails(1, "no ledger", "audit", "-data", s.path("nowhere"))
	s.fails(1, "ends before the checkpoint", "audit", "-data", s.path("data"), "-checkpoint", "999 "+strings.Repeat("0", 64))
}

// holdsNone searches every file of a folder, the database's included (SR-05).
func (s *shell) holdsNone(folder string, canaries ...string) {
	s.Helper()
	err := filepath.Walk(s.path(folder), func(path string, st os.FileInfo, err error) error {
		if err != nil || st.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, c := range canaries {
			if bytes.Contains(b, []byte(c)) {
				s.Errorf("%s holds %q", path, c)
			}
		}
		return err
	})
	s.must(err)
}

func TestServeAnswersUntilItIsStopped(t *testing.T) {
	s := mustShell(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, say := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- command.Run(ctx, command.Env{Args: []string{"serve", "-addr", "127.0.0.1:0", "-data", s.path("d"), "-demo"}, Stdout: say, Stderr: &errs, Getenv: os.Getenv})
		say.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	url := strings.Fields(line[strings.Index(line, "http://"):])[0]
	s.fails(1, "choose another with -addr", "serve", "-addr", strings.TrimPrefix(url, "http://"), "-data", s.path("e"))
	if list := s.ok("office", "list", "-server", url, "-key", s.path("d/demo/office.key")); !strings.HasPrefix(list, "NUMBER") {
		t.Errorf("list: %s", list)
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	if _, err := http.Get(url + "/v1/ping"); err == nil {
		t.Error("it still answers")
	}
}

func TestExportsHoldEverythingAndRunNoFormula(t *testing.T) {
	s := mustShell(t)
	_, url := s.demo()
	evil := filing.Values{"name": `=HYPERLINK("x")`, "village": "a\u202eb"}
	first := s.file(url, applicant, strings.Repeat("a", 32))
	s.file(url, evil, strings.Repeat("b", 32))
	twin := s.file(url, applicant, strings.Repeat("a", 32))
	at := []string{"-server", url, "-key", s.path("data/demo/office.key")}
	for _, format := range []string{"json", "csv"} {
		out := s.path("all." + format)
		said := s.ok(append([]string{"office", "export", "-out", out, "-format", format}, at...)...)
		if !strings.Contains(said, first.sid+" "+twin.sid) {
			t.Errorf("twins are not named: %s", said)
		}
		b, err := os.ReadFile(out)
		s.must(err)
		if n := strings.Count(string(b), "王桂兰"); n != 2 {
			t.Errorf("%s has the name %d times", format, n)
		}
		if format == "csv" && (strings.Contains(string(b), "\n=") || strings.Contains(string(b), ",=") || strings.Contains(string(b), `"=`) || strings.Contains(string(b), "\u202e")) {
			t.Errorf("the CSV holds a formula or a control character:\n%s", b)
		}
		if st, err := os.Stat(out); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", out, err)
		}
		s.fails(1, "nothing was overwritten", append([]string{"office", "export", "-out", out}, at...)...)
	}
	if got := s.news(url, first); len(got) != 0 {
		t.Errorf("an export told the applicant %+v", got)
	}
}

func TestKeyFilesAreLockedByAPassphrase(t *testing.T) {
	s := mustShell(t)
	s.must(os.WriteFile(s.path("pass"), []byte("四个字的话\n"), 0o600))
	entry := s.ok("office", "key", "-id", "xian-1", "-out", s.path("k"), "-passphrase-file", s.path("pass"))
	var k envelope.OfficeKey
	s.must(json.Unmarshal([]byte(entry), &k))
	if _, err := k.SealingKey(); err != nil || k.KEM != envelope.KEMHybrid {
		t.Errorf("entry %+v: %v", k, err)
	}
	b, err := os.ReadFile(s.path("k"))
	s.must(err)
	if !bytes.HasPrefix(b, []byte("-----BEGIN AGE")) || bytes.Contains(b, []byte("LIXIANBAN")) {
		t.Errorf("the key lies open:\n%s", b)
	}
	s.fails(1, "is locked", "office", "list", "-key", s.path("k"))
	s.env["LIXIANBAN_PASSPHRASE"] = "another"
	s.fails(1, "does not open the key", "office", "list", "-key", s.path("k"))
	s.fails(1, "already", "office", "key", "-id", "xian-1", "-out", s.path("k"))

	s.env["LIXIANBAN_PASSPHRASE"] = ""
	_, _, errs := s.run("office", "key", "-id", "xian-1", "-kem", "x25519", "-out", s.path("open"))
	if !strings.Contains(errs, "not protected") {
		t.Errorf("an open key file without a warning: %s", errs)
	}
	b, err = os.ReadFile(s.path("open"))
	s.must(err)
	kf, err := office.ParseKeyFile(string(b))
	if err != nil || kf.Office != "xian-1" {
		t.Errorf("key file of %q: %v", kf.Office, err)
	}
}

func TestWrongUseSaysWhatToDo(t *testing.T) {
	s := mustShell(t)
	_, url := s.demo()
	at := []string{"-server", url, "-key", s.path("data/demo/office.key")}
	s.must(os.WriteFile(s.path("no.key"), []byte("nothing\n"), 0o600))
	s.ok("office", "key", "-id", "demo", "-kem", "x25519", "-out", s.path("stranger.key"))
	for _, c := range []struct {
		code int
		part string
		args []string
	}{
		{2, "usage: lixianban office", []string{"office"}},
		{2, "usage: lixianban office", []string{"office", "burn"}},
		{2, "-colour", []string{"office", "list", "-colour", "red"}},
		{1, "with -key", []string{"office", "list"}},
		{1, "first line is", []string{"office", "list", "-key", s.path("no.key")}},
		{1, "-server is an address", []string{"office", "list", "-key", s.path("no.key"), "-server", "localhost"}},
		{1, "gives no answer", []string{"office", "list", "-key", s.path("stranger.key"), "-server", "http://127.0.0.1:1"}},
		{1, "not signed by an office", []string{"office", "list", "-key", s.path("stranger.key"), "-server", url}},
		{1, "number like 7KQD", append([]string{"office", "open", "hello"}, at...)},
		{1, "has no application", append([]string{"office", "open", strings.Repeat("0", 32)}, at...)},
		{2, "usage", append([]string{"office", "decide", "x", "burn"}, at...)},
		{2, "usage: lixianban serve", []string{"serve", "extra"}},
		{2, "usage: lixianban keys", []string{"keys", "all"}},
		{1, "make build", []string{"serve", "-data", s.path("d"), "-site", s.path("nowhere")}},
		{1, "-id", []string{"office", "key", "-id", "Ü", "-out", s.path("x")}},
	} {
		s.fails(c.code, c.part, c.args...)
	}
}

func TestDemoKeysAreMadeOnce(t *testing.T) {
	s := mustShell(t)
	first := s.ok("keys", "demo", "-data", s.path("d"))
	if again := s.ok("keys", "demo", "-data", s.path("d")); again != first {
		t.Error("a second run printed another anchor")
	}
	service := s.ok("keys", "service", "-data", s.path("d"))
	if !strings.HasPrefix(service, `{"id":"`) || service != s.ok("keys", "service", "-data", s.path("d")) {
		t.Errorf("service key %s", service)
	}
	one, two := s.ok("keys", "epoch", "-data", s.path("d")), s.ok("keys", "epoch", "-data", s.path("d"))
	if one == two {
		t.Error("the epoch did not change")
	}
	err := filepath.Walk(s.path("d"), func(path string, st os.FileInfo, err error) error {
		if err == nil && st.Mode().Perm()&0o077 != 0 {
			err = fmt.Errorf("%s has mode %v", path, st.Mode())
		}
		return err
	})
	s.must(err)
}
