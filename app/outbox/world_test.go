package outbox_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
)

var ctx = context.Background()

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// world is one phone, one network, one server and one office, all deterministic but for
// the sealing itself.
type world struct {
	t     testing.TB
	store *memstore.Store
	locks *memstore.Locks
	clock *clock
	rand  *rand.ChaCha8
	net   *network
	srv   *server
	dir   envelope.Directory
	box   *outbox.Box

	claims []envelope.Receipt // that came with envelopes
}

// watchClaims keeps the receipts that envelopes are offered with.
func (w *world) watchClaims() {
	w.always(func(r outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		var req envelope.SyncRequest
		if json.Unmarshal(r.Body, &req) == nil {
			for _, p := range req.Put {
				if p.Receipt != nil {
					w.claims = append(w.claims, *p.Receipt)
				}
			}
		}
		return next(), nil
	})
}

// clock moves only when told. Wall time may jump; monotonic time may not.
type clock struct {
	wall time.Time
	mono time.Duration
}

func (c *clock) Now() time.Time      { return c.wall }
func (c *clock) Mono() time.Duration { return c.mono }

func (c *clock) pass(d time.Duration) {
	c.wall = c.wall.Add(d)
	c.mono += d
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, store: memstore.New(), locks: &memstore.Locks{}, clock: &clock{wall: noon}, rand: rand.NewChaCha8([32]byte{7})}
	w.srv = newServer(w)
	w.net = &network{srv: w.srv}
	w.dir = w.srv.directory()
	w.box = w.page()
	if err := w.box.Open(ctx); err != nil {
		t.Fatal(err)
	}
	return w
}

// page is another page (or the next start) of the same phone.
func (w *world) page() *outbox.Box {
	return outbox.New(outbox.Config{
		Store: w.store, Net: w.net, Clock: w.clock, Locks: w.locks, Rand: w.rand,
		Directory: func() envelope.Directory { return w.dir },
	})
}

// restart is the phone after a power cut.
func (w *world) restart() {
	w.store.Reopen()
	w.locks = &memstore.Locks{}
	w.box = w.page()
}

func draftJSON(sid envelope.SID, text string) []byte {
	return fmt.Appendf(nil, `{"id":"%s","values":{"name":"%s"}}`, sid, text)
}

func (w *world) draft(text string) outbox.Draft {
	w.t.Helper()
	sid, err := w.box.NewSID()
	if err != nil {
		w.t.Fatal(err)
	}
	d, err := w.box.SaveDraft(ctx, outbox.Draft{SID: sid, Data: draftJSON(sid, text)})
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func submission(d outbox.Draft, text string) outbox.Submission {
	return outbox.Submission{
		Draft: d, Region: "411681", Pack: "national@3", Form: "resident-stop@1",
		Build: func(statusKey string) ([]byte, error) {
			return fmt.Appendf(nil, `{"v":1,"sid":"%s","statusKey":"%s","name":"%s"}`, d.SID, statusKey, text), nil
		},
	}
}

func (w *world) submit(text string) envelope.SID {
	w.t.Helper()
	d := w.draft(text)
	if _, err := w.box.Submit(ctx, submission(d, text)); err != nil {
		w.t.Fatal(err)
	}
	return d.SID
}

func (w *world) item(sid envelope.SID) outbox.Item {
	w.t.Helper()
	it, err := w.box.Item(ctx, sid)
	if err != nil {
		w.t.Fatal(err)
	}
	return it
}

func (w *world) state(sid envelope.SID) outbox.State {
	w.t.Helper()
	return outbox.StateOf(w.item(sid), w.clock.wall)
}

func (w *world) wantState(sid envelope.SID, want outbox.State) {
	w.t.Helper()
	if got := w.state(sid); got != want {
		w.t.Errorf("state is %s, want %s (fault %+v)", got, want, w.item(sid).Fault)
	}
}

func (w *world) step() outbox.Report {
	w.t.Helper()
	r, err := w.box.Step(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// settle steps until nothing is to do for 20 minutes, or n steps were made, letting time
// pass as reports ask. It returns the steps made.
func (w *world) settle(n int) int {
	w.t.Helper()
	for i := range n {
		r := w.step()
		if r.Next == 0 || r.Next >= 15*time.Minute && r.Failed == nil {
			return i
		}
		w.clock.pass(r.Next)
	}
	return n
}

// server is worker/desk in small: the protocol, not its storage.
type server struct {
	w       *world
	key     ed25519.PrivateKey
	epoch   string
	offices []envelope.OfficeSecret // newest first
	retired map[string]bool         // key ids out of grace
	rows    map[string]*row
	posts   int // envelopes that arrived, copies too
	refuse  map[string]envelope.Problem
}

type row struct {
	envelope []byte
	receipt  envelope.Receipt
	events   []envelope.Event
	statuses int
}

func newServer(w *world) *server {
	s := &server{w: w, epoch: "00000000000000e1", rows: map[string]*row{}, retired: map[string]bool{}, refuse: map[string]envelope.Problem{}}
	s.key = must(envelope.NewSigningKey(w.rand))
	s.rotate()
	return s
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// rotate gives the office a new key; X25519 keeps the tests quick.
func (s *server) rotate() {
	s.offices = append([]envelope.OfficeSecret{must(envelope.NewOfficeSecret(envelope.KEMX25519, s.w.rand))}, s.offices...)
}

func (s *server) directory() envelope.Directory {
	o := envelope.Office{ID: "demo", Regions: []string{"41"}, Forms: []string{"resident-stop@1"}}
	for _, k := range s.offices {
		o.Keys = append(o.Keys, k.Key(noon.AddDate(-1, 0, 0), noon.AddDate(1, 0, 0)))
	}
	return envelope.Directory{
		Version: 1, Issued: envelope.Timestamp(noon.AddDate(0, -1, 0)), Expires: envelope.Timestamp(noon.AddDate(0, 6, 0)),
		Offices: []envelope.Office{o}, Services: []envelope.ServiceKey{envelope.ServiceKeyOf(s.key)},
	}
}

func (s *server) put(body []byte) (int, *envelope.Receipt, *envelope.Problem) {
	s.posts++
	problem := func(status int, code string) (int, *envelope.Receipt, *envelope.Problem) {
		return status, nil, &envelope.Problem{Type: "about:blank", Title: code, Status: status, Code: code}
	}
	h, err := envelope.ParseHeader(body)
	if err != nil {
		return problem(400, "malformed")
	}
	sid := h.SID.String()
	if p, ok := s.refuse[sid]; ok {
		return problem(p.Status, p.Code)
	}
	if old := s.rows[sid]; old != nil {
		if !bytes.Equal(old.envelope, body) {
			return problem(422, "other_bytes")
		}
		return 200, &old.receipt, nil
	}
	if s.retired[h.Key.String()] {
		return problem(410, "key_retired")
	}
	r := must(envelope.SignReceipt(s.key, envelope.Receipt{
		SID: sid, Hash: envelope.HashOf(body).String(), Pack: h.Pack, Number: envelope.Number(h.SID),
		Time: envelope.Timestamp(s.w.clock.wall), Epoch: s.epoch,
	}))
	s.rows[sid] = &row{envelope: bytes.Clone(body), receipt: r}
	return 201, &r, nil
}

func (s *server) sync(body []byte) outbox.Response {
	var req envelope.SyncRequest
	if err := envelope.Decode(body, envelope.MaxRequest, &req); err != nil {
		s.w.t.Errorf("the server can't read a sync: %v", err)
	}
	resp := envelope.SyncResponse{V: 1, Nonce: req.Nonce, Epoch: s.epoch, Time: envelope.Timestamp(s.w.clock.wall)}
	for _, p := range req.Put {
		status, receipt, problem := s.put(must(envelope.DecodeBytes(p.Envelope)))
		resp.Put = append(resp.Put, envelope.PutResult{SID: p.SID, Status: status, Receipt: receipt, Problem: problem})
	}
	for _, q := range req.Watch {
		resp.Watch = append(resp.Watch, s.watch(q))
	}
	return reply(200, "application/json", resp)
}

func (s *server) watch(q envelope.SyncWatch) envelope.WatchState {
	out := envelope.WatchState{SID: q.SID}
	r := s.rows[q.SID]
	if r == nil || !envelope.Opens(must(envelope.ParseHeader(r.envelope)).Capability, must(envelope.DecodeBytes(q.Secret))) {
		return out
	}
	out.Known, out.Receipt = true, &r.receipt
	for _, ev := range r.events {
		if ev.Seq > q.After {
			out.Events = append(out.Events, ev)
		}
	}
	return out
}

// open is the office reading an envelope with whichever of its keys fits.
func (s *server) open(sid envelope.SID) (statusKey string, text string) {
	s.w.t.Helper()
	for _, k := range s.offices {
		if _, plain, err := envelope.Open(k.Open, s.rows[sid.String()].envelope); err == nil {
			var a struct{ StatusKey, Name string }
			if err := json.Unmarshal(plain, &a); err != nil {
				s.w.t.Fatal(err)
			}
			return a.StatusKey, a.Name
		}
	}
	s.w.t.Fatal("no key of the office opens the envelope")
	return "", ""
}

// decide is the office's answer, as the server stores it.
func (s *server) decide(sid envelope.SID, state envelope.StatusState) envelope.Event {
	s.w.t.Helper()
	r := s.rows[sid.String()]
	r.statuses++
	statusKey, _ := s.open(sid)
	phone := must(envelope.ParsePublicKey(envelope.KEMX25519, must(envelope.DecodeBytes(statusKey))))
	ev := must(envelope.SealStatus(s.offices[0].Sign, phone, envelope.Status{
		SID: sid.String(), Seq: uint32(r.statuses), State: state, Time: envelope.Timestamp(s.w.clock.wall), Office: "demo",
	}))
	r.events = append(r.events, ev)
	return ev
}

func reply(status int, kind string, body any) outbox.Response {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return outbox.Response{Status: status, Header: map[string]string{"content-type": kind}, Body: b}
}

func (s *server) handle(r outbox.Request) outbox.Response {
	if r.Path == "/v1/sync" {
		return s.sync(r.Body)
	}
	status, receipt, problem := s.put(r.Body)
	if problem != nil {
		return reply(status, "application/problem+json", problem)
	}
	return reply(status, "application/json", receipt)
}

// network passes requests on; rule, if set, may answer instead, before or after the
// server acts.
type network struct {
	srv  *server
	seen []outbox.Request
	rule func(r outbox.Request, next func() outbox.Response) (outbox.Response, error)
}

func (n *network) Do(ctx context.Context, r outbox.Request) (outbox.Response, error) {
	n.seen = append(n.seen, r)
	next := func() outbox.Response { return n.srv.handle(r) }
	if n.rule == nil {
		return next(), nil
	}
	return n.rule(r, next)
}

// always makes every exchange meet f, and gives a way back to a good network.
func (w *world) always(f func(r outbox.Request, next func() outbox.Response) (outbox.Response, error)) {
	w.net.rule = f
}

func (w *world) healed() { w.net.rule = nil }

// invariants checks I1–I4 for sid against what the person was told: told is the last state
// she could have seen, or "" when she wasn't told anything.
func (w *world) invariants(sid envelope.SID, text string) {
	w.t.Helper()
	_, draftErr := w.box.LoadDraft(ctx, sid)
	it, itemErr := w.box.Item(ctx, sid)
	if (draftErr == nil) == (itemErr == nil) {
		w.t.Fatalf("I1: draft %v and item %v", draftErr, itemErr)
	}
	if itemErr != nil {
		return
	}
	row := w.srv.rows[sid.String()]
	if it.Receipt != nil && it.Envelope != nil && (row == nil || envelope.HashOf(row.envelope).String() != it.Receipt.Hash) {
		w.t.Fatal("I3: a receipt without the server holding these bytes")
	}
	if it.Receipt == nil && !bytes.Contains(it.Clear, []byte(text)) {
		w.t.Fatal("I1: an undelivered item lost its content")
	}
	if it.Last() == nil && it.Envelope == nil {
		w.t.Fatal("I1: an item the office hasn't fetched lost its envelope")
	}
	if row != nil {
		if _, got := w.srv.open(sid); got != text {
			w.t.Fatalf("I2: the office reads %q, want %q", got, text)
		}
	}
}

// logs gives the item's history in short: "queued failed:no_answer received".
func (w *world) logs(sid envelope.SID) string {
	w.t.Helper()
	var out []string
	for _, e := range must(w.box.Log(ctx, sid)) {
		out = append(out, strings.TrimSuffix(e.What+":"+e.Code, ":"))
	}
	return strings.Join(out, " ")
}

func paths(rs []outbox.Request) []string {
	var out []string
	for _, r := range rs {
		out = append(out, r.Method+" "+r.Path)
	}
	return slices.Compact(out)
}
