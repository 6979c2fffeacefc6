package outbox_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
)

// An answer that isn't the server's word changes nothing: the item stays queued, is
// offered again, and arrives once the network is honest.
func TestF30_F38_F39_AnswersOfOthersAreNoAnswer(t *testing.T) {
	edit := func(f func(*envelope.SyncResponse)) func(outbox.Response) outbox.Response {
		return func(r outbox.Response) outbox.Response {
			var sr envelope.SyncResponse
			if err := json.Unmarshal(r.Body, &sr); err != nil {
				panic(err)
			}
			f(&sr)
			return reply(200, "application/json", sr)
		}
	}
	for name, change := range map[string]func(outbox.Response) outbox.Response{
		"captive portal": func(outbox.Response) outbox.Response {
			return outbox.Response{Status: 200, Header: map[string]string{"content-type": "text/html"}, Body: []byte("<html>登录</html>")}
		},
		"portal posing JSON": func(outbox.Response) outbox.Response {
			return reply(200, "application/json", map[string]string{"ok": "1"})
		},
		"portal refusing": func(outbox.Response) outbox.Response {
			return outbox.Response{Status: 403, Header: map[string]string{"content-type": "text/html"}}
		},
		"portal authentication": func(outbox.Response) outbox.Response { return outbox.Response{Status: 511} },
		"no content type":       func(r outbox.Response) outbox.Response { r.Header = nil; return r },
		"wrong content type":    func(r outbox.Response) outbox.Response { r.Header["content-type"] = "text/plain"; return r },
		"truncated":             func(r outbox.Response) outbox.Response { r.Body = r.Body[:len(r.Body)-1]; return r },
		"half":                  func(r outbox.Response) outbox.Response { r.Body = r.Body[:len(r.Body)/2]; return r },
		"emptied":               func(r outbox.Response) outbox.Response { r.Body = nil; return r },
		"banner before":         func(r outbox.Response) outbox.Response { r.Body = append([]byte("<script>"), r.Body...); return r },
		"banner after":          func(r outbox.Response) outbox.Response { r.Body = append(r.Body, "<script>"...); return r },
		"huge": func(r outbox.Response) outbox.Response {
			r.Body = append(r.Body, bytes.Repeat([]byte(" "), 1<<20)...)
			return r
		},
		"binary":                    func(r outbox.Response) outbox.Response { r.Body = []byte{0x1f, 0x8b, 0xff}; return r },
		"201 for a sync":            func(r outbox.Response) outbox.Response { r.Status = 201; return r },
		"another nonce":             edit(func(s *envelope.SyncResponse) { s.Nonce = strings.Repeat("0", 32) }),
		"another version":           edit(func(s *envelope.SyncResponse) { s.V = 2 }),
		"no results":                edit(func(s *envelope.SyncResponse) { s.Put = nil }),
		"more results":              edit(func(s *envelope.SyncResponse) { s.Put = append(s.Put, s.Put...) }),
		"result of another":         edit(func(s *envelope.SyncResponse) { s.Put[0].SID = strings.Repeat("a", 32) }),
		"no receipt":                edit(func(s *envelope.SyncResponse) { s.Put[0].Receipt = nil }),
		"forged receipt":            edit(func(s *envelope.SyncResponse) { s.Put[0].Receipt.Sig = strings.Repeat("A", 86) }),
		"receipt of another":        edit(func(s *envelope.SyncResponse) { s.Put[0].Receipt.Hash = strings.Repeat("a", 64) }),
		"receipt with another time": edit(func(s *envelope.SyncResponse) { s.Put[0].Receipt.Time = "2020-01-01T00:00:00Z" }),
		"status 0":                  edit(func(s *envelope.SyncResponse) { s.Put[0].Status = 0 }),
		"status 302":                edit(func(s *envelope.SyncResponse) { s.Put[0].Status = 302 }),
		"refused without a word":    edit(func(s *envelope.SyncResponse) { s.Put[0].Status, s.Put[0].Receipt = 400, nil }),
		"busy entry":                edit(func(s *envelope.SyncResponse) { s.Put[0].Status, s.Put[0].Receipt = 503, nil }),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			sid := w.submit("王")
			w.always(func(_ outbox.Request, next func() outbox.Response) (outbox.Response, error) {
				return change(next()), nil
			})
			r := w.step()
			w.wantState(sid, outbox.StateQueued)
			if len(r.Received) != 0 || r.Next < 500*time.Millisecond {
				t.Errorf("report %+v", r)
			}
			w.healed()
			w.clock.pass(r.Next)
			w.settle(4)
			w.wantState(sid, outbox.StateReceived)
		})
	}
}

func TestANewerServerMaySayMore(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.always(func(_ outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		r := next()
		r.Body = append(bytes.TrimSuffix(r.Body, []byte("}")), `,"hint":{"more":[1,2]}}`...)
		r.Header["content-type"] = "application/json; charset=utf-8"
		return r, nil
	})
	w.step()
	w.wantState(sid, outbox.StateReceived)
}

func TestF59_OtherBytesUnderASidAreKeptAndShown(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.srv.refuse[sid.String()] = envelope.Problem{Status: 422, Code: "other_bytes"}
	w.settle(4)
	w.wantState(sid, outbox.StateStuck)
	if f := w.item(sid).Fault; f.Code != "other_bytes" || f.Status != 422 {
		t.Errorf("fault %+v", f)
	}
	w.invariants(sid, "王")
	posts := w.srv.posts
	w.clock.pass(time.Hour)
	w.settle(4)
	if w.srv.posts != posts {
		t.Error("it was offered again by itself")
	}
	delete(w.srv.refuse, sid.String())
	if err := w.box.Retry(ctx, sid); err != nil {
		t.Fatal(err)
	}
	w.settle(4)
	w.wantState(sid, outbox.StateReceived)
}

func TestL12_EveryRefusalKeepsTheRecord(t *testing.T) {
	for _, status := range []int{400, 403, 404, 413, 415, 422, 451} {
		w := newWorld(t)
		sid, other := w.submit("王"), w.submit("李")
		w.srv.refuse[sid.String()] = envelope.Problem{Status: status, Code: "no"}
		w.settle(6)
		w.wantState(sid, outbox.StateStuck)
		w.wantState(other, outbox.StateReceived)
		w.invariants(sid, "王")
		wantCode(t, w.box.Remove(ctx, sid), outbox.CodeUnsent)
	}
}

func TestF60_L27_ARetiredKeyMeansSealingAgain(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	old := w.item(sid)
	w.srv.retired[old.OfficeKey] = true
	w.settle(4)
	w.wantState(sid, outbox.StateStuck)
	if f := w.item(sid).Fault; f == nil || f.Code != "key_retired" {
		t.Fatalf("fault %+v", f)
	}
	posts := w.srv.posts
	w.clock.pass(time.Hour)
	w.settle(4)
	if w.srv.posts != posts {
		t.Error("the same envelope is offered for ever to a server that can't take it")
	}
	w.srv.rotate()
	w.dir = w.srv.directory()
	w.box.Trigger(outbox.WhyOnline)
	w.settle(4)
	w.wantState(sid, outbox.StateReceived)
	it := w.item(sid)
	if it.OfficeKey == old.OfficeKey || it.Hash == old.Hash || it.SID != old.SID || !bytes.Equal(it.Secret, old.Secret) {
		t.Error("resealing must change the envelope and nothing else")
	}
	if got := w.logs(sid); got != "queued refused:key_retired resealed received" {
		t.Errorf("log %q", got)
	}
	w.invariants(sid, "王")
	w.srv.decide(sid, envelope.Accepted)
	w.clock.pass(15 * time.Minute)
	w.settle(2)
	w.wantState(sid, outbox.StateAccepted)
}

// The directory with the new key comes after the refusal: nobody has to touch the phone.
func TestF60_ANewKeyIsWaitedForAndUsedWithoutATap(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.srv.retired[w.item(sid).OfficeKey] = true
	w.wantNext(w.step(), time.Minute, 15*time.Minute)
	asked := len(w.net.seen)
	w.clock.pass(15 * time.Minute)
	w.wantNext(w.step(), time.Minute, 15*time.Minute)
	if len(w.net.seen) != asked+1 {
		t.Errorf("%d questions for a newer index, want 1", len(w.net.seen)-asked)
	}
	w.srv.rotate()
	w.dir = w.srv.directory()
	w.clock.pass(15 * time.Minute)
	w.settle(4)
	w.wantState(sid, outbox.StateReceived)
}

// wantNext checks when a Step wants to be called again.
func (w *world) wantNext(r outbox.Report, lo, hi time.Duration) {
	w.t.Helper()
	if r.Next < lo || r.Next > hi {
		w.t.Errorf("next step after %v, want %v to %v", r.Next, lo, hi)
	}
}

// A body that arrives as something else is neither kept by the server nor held against
// the application.
func TestL1_ABodyDamagedOnTheWayIsSentAgain(t *testing.T) {
	for _, size := range []int{1, 15_000} { // by sync and by PUT
		w := newWorld(t)
		sid := w.submit(strings.Repeat("王", size))
		w.always(func(r outbox.Request, _ func() outbox.Response) (outbox.Response, error) {
			sum := sha256.Sum256(r.Body)
			if want := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"; r.Header["Content-Digest"] != want {
				t.Errorf("%s %s has digest %q", r.Method, r.Path, r.Header["Content-Digest"])
			}
			return reply(400, "application/problem+json", envelope.Problem{Type: "/problems/digest", Title: "Again.", Status: 400, Code: "digest"}), nil
		})
		w.settle(6)
		w.wantState(sid, outbox.StateQueued)
		w.healed()
		w.clock.pass(15 * time.Minute)
		w.settle(4)
		w.wantState(sid, outbox.StateReceived)
	}
}

// The receipt for the first envelope was lost and its key retired since: the server
// still has the first one, and knows the same bytes again.
func TestF26_F60_LostReceiptAndRetiredKey(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.always(func(_ outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		next()
		return outbox.Response{}, outbox.ErrOffline
	})
	w.clock.pass(w.step().Next)
	w.srv.retired[w.item(sid).OfficeKey] = true
	w.srv.rotate()
	w.dir = w.srv.directory()
	w.healed()
	w.settle(4)
	w.wantState(sid, outbox.StateReceived)
}

func TestL22_ItemsOfAnotherAreNeitherShownNorSent(t *testing.T) {
	w := newWorld(t)
	a, b := w.submit("王"), w.submit("李")
	ra := must(w.store.Get(ctx, outbox.TableOutbox, a.String()))
	rb := must(w.store.Get(ctx, outbox.TableOutbox, b.String()))
	mixed := map[string]string{
		"another hash":       strings.Replace(string(ra.Value), jsonField(ra.Value, "hash"), jsonField(rb.Value, "hash"), 1),
		"the whole record":   string(rb.Value),
		"not JSON":           "x",
		"another's content":  strings.Replace(string(ra.Value), jsonField(ra.Value, "clear"), jsonField(rb.Value, "clear"), 1),
		"another's envelope": strings.Replace(string(ra.Value), jsonField(ra.Value, "envelope"), jsonField(rb.Value, "envelope"), 1),
		"another's secret":   strings.Replace(string(ra.Value), jsonField(ra.Value, "secret"), jsonField(rb.Value, "secret"), 1),
	}
	for name, value := range mixed {
		w.store.Poke(outbox.TableOutbox, a.String(), []byte(value))
		_, err := w.box.Item(ctx, a)
		wantCode(t, err, outbox.CodeMixup)
		if s := must(w.box.Summary(ctx)); s.Damaged != 1 || s.Waiting != 1 {
			t.Errorf("%s: summary %+v", name, s)
		}
		wantCode(t, w.box.Remove(ctx, a), outbox.CodeMixup)
	}
	w.settle(4)
	w.wantState(b, outbox.StateReceived)
	if w.srv.rows[a.String()] != nil {
		t.Error("a mixed-up item was sent")
	}
	if _, err := w.store.Get(ctx, outbox.TableOutbox, a.String()); err != nil {
		t.Error("a damaged record was deleted")
	}
}

func jsonField(record []byte, name string) string {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(record, &m); err != nil {
		panic(err)
	}
	return string(m[name])
}

func TestF30_APutIsBelievedNoMoreThanASync(t *testing.T) {
	for name, answer := range map[string]outbox.Response{
		"html":           {Status: 200, Header: map[string]string{"content-type": "text/html"}, Body: []byte("<html>")},
		"empty":          {Status: 201, Header: map[string]string{"content-type": "application/json"}},
		"other JSON":     reply(200, "application/json", map[string]int{"a": 1}),
		"204":            {Status: 204},
		"redirect":       {Status: 302},
		"proxy's 400":    {Status: 400, Header: map[string]string{"content-type": "text/html"}},
		"problem of 500": reply(500, "application/problem+json", envelope.Problem{Status: 500, Code: "internal"}),
		"status differs": reply(400, "application/problem+json", envelope.Problem{Status: 422, Code: "x"}),
		"no code":        reply(400, "application/problem+json", envelope.Problem{Status: 400}),
		"shouting code":  reply(400, "application/problem+json", envelope.Problem{Status: 400, Code: "王芳 411681"}),
	} {
		w := newWorld(t)
		sid := w.submit(strings.Repeat("长", 12000))
		w.always(func(outbox.Request, func() outbox.Response) (outbox.Response, error) { return answer, nil })
		r := w.step()
		if got := w.state(sid); got != outbox.StateQueued || r.Failed == nil {
			t.Errorf("%s: %s, %v", name, got, r.Failed)
		}
		w.healed()
		w.clock.pass(r.Next)
		w.settle(4)
		w.wantState(sid, outbox.StateReceived)
	}
}

func TestForgedNewsIsIgnoredAndNoted(t *testing.T) {
	w := newWorld(t)
	sid, other := w.submit("王"), w.submit("李")
	w.settle(3)
	stranger := must(envelope.NewOfficeSecret(envelope.KEMX25519, w.rand))
	statusKey, _ := w.srv.open(sid)
	phone := must(envelope.ParsePublicKey(envelope.KEMX25519, must(envelope.DecodeBytes(statusKey))))
	forged := must(envelope.SealStatus(stranger.Sign, phone, envelope.Status{SID: sid.String(), Seq: 9, State: envelope.Rejected, Time: envelope.Timestamp(noon), Office: "demo"}))
	borrowed := w.srv.decide(other, envelope.Rejected)
	borrowed.SID = sid.String()
	w.srv.rows[other.String()].events = nil
	w.srv.rows[sid.String()].events = []envelope.Event{forged, borrowed}
	w.clock.pass(15 * time.Minute)
	w.settle(3)
	w.wantState(sid, outbox.StateReceived)
	if got := w.logs(sid); !strings.Contains(got, "bad-event") {
		t.Errorf("log %q", got)
	}
}

// What crosses the network shows nothing of the person (I5).
func TestI5_NothingReadableLeavesThePhone(t *testing.T) {
	const canary = "金丝雀王芳110105194912310021"
	w := newWorld(t)
	sid := w.submit(canary)
	w.settle(3)
	w.srv.decide(sid, envelope.NeedsInfo)
	w.clock.pass(15 * time.Minute)
	w.settle(3)
	for _, r := range w.net.seen {
		all := fmt.Sprint(r.Method, r.Path, r.Header) + string(r.Body)
		if strings.Contains(all, canary) || strings.Contains(all, "王芳") || strings.Contains(r.Path, "?") {
			t.Errorf("%s %s shows personal data", r.Method, r.Path)
		}
	}
	for _, r := range must(w.store.List(ctx, outbox.TableLog, "", 0)) {
		if bytes.Contains(r.Value, []byte("王芳")) {
			t.Error("the log shows personal data")
		}
	}
}
