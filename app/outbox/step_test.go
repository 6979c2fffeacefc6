package outbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
)

func TestOneStepDeliversAndOneBringsTheAnswer(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	r := w.step()
	if len(r.Received) != 1 || r.Received[0] != sid || r.Failed != nil {
		t.Fatalf("report %+v", r)
	}
	w.wantState(sid, outbox.StateReceived)
	it := w.item(sid)
	if it.Clear != nil || it.Envelope == nil {
		t.Error("after the receipt the clear JSON goes and the envelope stays")
	}
	w.srv.decide(sid, envelope.Fetched)
	w.srv.decide(sid, envelope.Accepted)
	w.clock.pass(15 * time.Minute)
	if r := w.step(); !slices.Equal(r.News, []envelope.SID{sid}) {
		t.Fatalf("report %+v", r)
	}
	w.wantState(sid, outbox.StateAccepted)
	if it := w.item(sid); it.Envelope != nil || len(it.Events) != 2 {
		t.Errorf("the envelope stays after it was fetched, or %d events", len(it.Events))
	}
	if got := w.logs(sid); got != "queued received event:fetched event:accepted" {
		t.Errorf("log %q", got)
	}
	if got := paths(w.net.seen); !slices.Equal(got, []string{"POST /v1/sync"}) {
		t.Errorf("exchanges %v", got)
	}
	w.clock.pass(time.Hour)
	if r := w.step(); !r.Waited || r.Next != 0 {
		t.Errorf("with everything decided: %+v", r)
	}
}

// The power is cut at every store call of a whole life: send, receipt, news. Whatever was
// told stays true, and after the restart everything goes on to the end.
func TestF01_KilledAtEveryStoreCallOfStep(t *testing.T) {
	for _, fault := range []memstore.Fault{memstore.CrashBefore, memstore.CrashAfter, memstore.Refuse} {
		for k := 1; ; k++ {
			w := newWorld(t)
			sid := w.submit("王")
			w.store.SetPlan(memstore.Plan{At: k, Fault: fault})
			told := outbox.StateQueued
			note := func() {
				if it, err := w.box.Item(ctx, sid); err == nil {
					told = outbox.StateOf(it, w.clock.wall)
				}
			}
			w.box.Step(ctx)
			note()
			if w.srv.rows[sid.String()] != nil {
				w.srv.decide(sid, envelope.NeedsInfo)
			}
			w.clock.pass(16 * time.Minute)
			w.box.Step(ctx)
			note()
			reached := w.store.Calls() >= k
			w.restart()
			w.invariants(sid, "王")
			if now := w.state(sid); rank(now) < rank(told) {
				t.Fatalf("fault %d at call %d: was told %s, now %s", fault, k, told, now)
			}
			w.settle(6)
			if w.srv.rows[sid.String()].statuses == 0 {
				w.srv.decide(sid, envelope.NeedsInfo)
			}
			w.clock.pass(16 * time.Minute)
			w.settle(6)
			w.wantState(sid, outbox.StateNeedsInfo)
			if !reached {
				break
			}
		}
	}
}

func rank(s outbox.State) int {
	return slices.Index([]outbox.State{outbox.StateQueued, outbox.StateReceived, outbox.StateFetched, outbox.StateNeedsInfo}, s)
}

func TestF05_TwoPagesSendOnce(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	other := w.page()
	var inside outbox.Report
	w.always(func(r outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		var err error
		if inside, err = other.Step(ctx); err != nil {
			t.Error(err)
		}
		if it, _ := w.box.Item(ctx, sid); outbox.StateOf(it, noon) != outbox.StateSending {
			t.Error("the page that sends doesn't say so")
		}
		return next(), nil
	})
	w.step()
	if !inside.Busy || inside.Next == 0 {
		t.Errorf("the other page: %+v", inside)
	}
	if len(w.net.seen) != 1 || w.srv.posts != 1 {
		t.Errorf("%d exchanges, %d envelopes", len(w.net.seen), w.srv.posts)
	}
	w.healed()
	if _, err := other.Step(ctx); err != nil || w.srv.posts != 1 {
		t.Error("the other page sent it again")
	}
}

func TestF05_PagesAtOnceMakeOneCase(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	var lock sync.Mutex
	w.always(func(r outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		lock.Lock()
		defer lock.Unlock()
		return next(), nil
	})
	var wg sync.WaitGroup
	for range 4 {
		page := outbox.New(outbox.Config{Store: w.store, Net: w.net, Clock: w.clock, Locks: w.locks, Rand: &lockedRand{w.rand}, Directory: func() envelope.Directory { return w.dir }})
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := page.Step(ctx); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if len(w.srv.rows) != 1 || w.srv.posts != 1 {
		t.Errorf("%d cases of %d posts", len(w.srv.rows), w.srv.posts)
	}
	w.wantState(sid, outbox.StateReceived)
}

func TestF25_ARequestThatNeverArrivesIsTriedAgainWithTheSameSid(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	hash := w.item(sid).Hash
	w.always(func(outbox.Request, func() outbox.Response) (outbox.Response, error) {
		return outbox.Response{}, outbox.ErrOffline
	})
	for range 5 {
		r := w.step()
		wantCode(t, r.Failed, outbox.CodeNoAnswer)
		w.wantState(sid, outbox.StateQueued)
		w.clock.pass(r.Next)
	}
	w.healed()
	w.settle(3)
	w.wantState(sid, outbox.StateReceived)
	if it := w.item(sid); it.Hash != hash || it.Attempts != 6 || it.Receipt.Hash != hash {
		t.Errorf("hash changed or %d attempts, want 6", it.Attempts)
	}
}

func TestF26_ResponseLostAfterCommit(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.always(func(_ outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		next()
		return outbox.Response{}, outbox.ErrOffline
	})
	r := w.step()
	w.wantState(sid, outbox.StateQueued)
	first := w.srv.rows[sid.String()].receipt
	w.healed()
	w.clock.pass(r.Next)
	w.step()
	w.wantState(sid, outbox.StateReceived)
	if got := *w.item(sid).Receipt; got != first || len(w.srv.rows) != 1 {
		t.Errorf("another receipt, or %d cases", len(w.srv.rows))
	}
}

func TestF27_EveryCopyGetsTheSameReceipt(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.always(func(_ outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		var last outbox.Response
		for range 50 {
			last = next()
		}
		return last, nil
	})
	w.step()
	w.wantState(sid, outbox.StateReceived)
	if len(w.srv.rows) != 1 || w.srv.posts != 50 {
		t.Errorf("%d cases of %d posts", len(w.srv.rows), w.srv.posts)
	}
}

func TestF28_EventsInAnyOrderEndAlike(t *testing.T) {
	orders := [][]int{{0, 1, 2}, {2, 0, 1}, {1}, {2, 2, 2}, {1, 0, 2, 1}}
	for _, order := range orders {
		w := newWorld(t)
		sid := w.submit("王")
		w.settle(2)
		evs := []envelope.Event{w.srv.decide(sid, envelope.Fetched), w.srv.decide(sid, envelope.NeedsInfo), w.srv.decide(sid, envelope.Accepted)}
		top := outbox.StateFetched
		for _, i := range order {
			w.srv.rows[sid.String()].events = []envelope.Event{evs[i]}
			w.always(func(r outbox.Request, next func() outbox.Response) (outbox.Response, error) {
				resp := next()
				var sr envelope.SyncResponse
				if err := json.Unmarshal(resp.Body, &sr); err != nil {
					t.Fatal(err)
				}
				sr.Watch[0].Events = []envelope.Event{evs[i]} // whatever was asked
				return reply(200, "application/json", sr), nil
			})
			w.clock.pass(15 * time.Minute)
			w.step()
			top = later(top, []outbox.State{outbox.StateFetched, outbox.StateNeedsInfo, outbox.StateAccepted}[i])
			w.wantState(sid, top)
		}
	}
}

func later(a, b outbox.State) outbox.State {
	order := []outbox.State{outbox.StateFetched, outbox.StateNeedsInfo, outbox.StateAccepted}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

func busy(status int, after string) func(outbox.Request, func() outbox.Response) (outbox.Response, error) {
	return func(outbox.Request, func() outbox.Response) (outbox.Response, error) {
		r := reply(status, "application/problem+json", envelope.Problem{Status: status, Code: "busy"})
		r.Header["retry-after"] = after
		return r, nil
	}
}

func TestF29_RetryAfterIsHonouredAndCapped(t *testing.T) {
	for _, c := range []struct {
		after string
		want  time.Duration
	}{
		{"120", 2 * time.Minute},
		{"86400", 15 * time.Minute},
		{"99999999999999999999", 0}, // no number: our own backoff
		{noon.Add(10 * time.Minute).Format("Mon, 02 Jan 2006 15:04:05 GMT"), 10 * time.Minute},
		{"", 0},
		{"-5", 0},
	} {
		for _, status := range []int{429, 503} {
			w := newWorld(t)
			sid := w.submit("王")
			w.always(busy(status, c.after))
			r := w.step()
			wantCode(t, r.Failed, outbox.CodeBusy)
			if r.Next < c.want || r.Next > 15*time.Minute {
				t.Errorf("%d after %q: next in %v, want at least %v", status, c.after, r.Next, c.want)
			}
			w.box.Trigger(outbox.WhyTap)
			if r := w.step(); c.want > 0 && !r.Waited {
				t.Errorf("a tap ended the server's wait of %v", c.want)
			}
			w.wantState(sid, outbox.StateQueued)
		}
	}
}

// Thirty minutes of 500s: a bounded number of tries, growing apart, and delivery after.
func TestF29_AStormOfServerErrorsIsWaitedOut(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.always(func(outbox.Request, func() outbox.Response) (outbox.Response, error) {
		return outbox.Response{Status: 500, Header: map[string]string{"content-type": "text/html"}, Body: []byte("<html>")}, nil
	})
	for end := w.clock.mono + 30*time.Minute; w.clock.mono < end; {
		r := w.step()
		if r.Next < 500*time.Millisecond || r.Next > 15*time.Minute {
			t.Fatalf("next in %v", r.Next)
		}
		w.clock.pass(r.Next)
		w.wantState(sid, outbox.StateQueued)
	}
	if n := len(w.net.seen); n > 40 {
		t.Errorf("%d tries in half an hour", n)
	}
	w.healed()
	w.clock.pass(15 * time.Minute)
	w.settle(3)
	w.wantState(sid, outbox.StateReceived)
}

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

func TestF32_AClockThatJumpsBackHoldsNothingUp(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.always(func(outbox.Request, func() outbox.Response) (outbox.Response, error) {
		return outbox.Response{}, outbox.ErrOffline
	})
	r := w.step()
	w.clock.wall = w.clock.wall.AddDate(-10, 0, 0)
	w.clock.mono += r.Next
	w.healed()
	w.step()
	w.wantState(sid, outbox.StateReceived)
}

func TestF33_TheReceiptShowsTheServersTime(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.always(func(_ outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		w.clock.wall = w.clock.wall.AddDate(0, 0, 1)
		defer func() { w.clock.wall = w.clock.wall.AddDate(0, 0, -1) }()
		return next(), nil
	})
	w.step()
	if got := w.item(sid).Receipt.Time; got != envelope.Timestamp(noon.AddDate(0, 0, 1)) {
		t.Errorf("receipt time %s", got)
	}
}

func TestF45_L13_AServerRestoredFromYesterdayGetsItAgain(t *testing.T) {
	w := newWorld(t)
	kept, lost := w.submit("王"), w.submit("李")
	w.settle(3)
	w.srv.decide(kept, envelope.Fetched)
	w.clock.pass(15 * time.Minute)
	w.settle(2)
	w.srv.rows, w.srv.epoch = map[string]*row{}, "00000000000000e2"
	w.clock.pass(15 * time.Minute)
	w.settle(4)
	if w.srv.rows[lost.String()] == nil {
		t.Fatal("the lost application was not offered again")
	}
	w.wantState(lost, outbox.StateReceived)
	if got := w.item(lost).Receipt.Epoch; got != "00000000000000e2" {
		t.Errorf("the receipt is of epoch %s", got)
	}
	w.wantState(kept, outbox.StateFetched)
	if got := w.logs(lost); got != "queued received lost received" {
		t.Errorf("log %q", got)
	}
	w.invariants(lost, "李")
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

// A sync that is refused whole doesn't say which item is at fault: they go one by one.
func TestL12_OneBadItemNeverHoldsUpTheOthers(t *testing.T) {
	w := newWorld(t)
	var sids []envelope.SID
	for i := range 5 {
		sids = append(sids, w.submit(fmt.Sprint("人", i)))
	}
	poison := sids[2]
	bad := func(r outbox.Request) bool {
		return strings.Contains(string(r.Body), poison.String()) || strings.HasSuffix(r.Path, poison.String())
	}
	w.always(func(r outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		if bad(r) {
			return reply(400, "application/problem+json", envelope.Problem{Status: 400, Code: "malformed"}), nil
		}
		return next(), nil
	})
	w.settle(60)
	for i, sid := range sids {
		want := outbox.StateReceived
		if sid == poison {
			want = outbox.StateStuck
		}
		if got := w.state(sid); got != want {
			t.Errorf("item %d is %s, want %s", i, got, want)
		}
	}
}

func TestL20_ALayerThatRefusesTheSizeIsWorkedAround(t *testing.T) {
	w := newWorld(t)
	var sids []envelope.SID
	for i := range 12 {
		sids = append(sids, w.submit(fmt.Sprint("人", i)))
	}
	limit := 6000
	w.always(func(r outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		if len(r.Body) > limit {
			return outbox.Response{Status: 413, Header: map[string]string{"content-type": "text/html"}}, nil
		}
		return next(), nil
	})
	w.settle(60)
	for _, sid := range sids {
		w.wantState(sid, outbox.StateReceived)
	}
	limit = 500
	late := w.submit("晚")
	for range 8 {
		w.clock.pass(max(time.Second, w.step().Next))
	}
	w.wantState(late, outbox.StateStuck)
	if f := w.item(late).Fault; f == nil || f.Code != string(outbox.CodeTooBigWay) || !f.Again {
		t.Errorf("fault %+v", f)
	}
	w.healed()
	w.box.Trigger(outbox.WhyOnline)
	w.settle(4)
	w.wantState(late, outbox.StateReceived)
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

func TestL10_AStoreThatFailsWhileHandlingAFailure(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.always(func(outbox.Request, func() outbox.Response) (outbox.Response, error) {
		w.store.SetPlan(memstore.Plan{At: 1, Fault: memstore.Refuse, Err: outbox.ErrFull, Op: memstore.Writes, Every: true})
		return outbox.Response{}, outbox.ErrOffline
	})
	r, err := w.box.Step(ctx)
	wantCode(t, err, outbox.CodeFull)
	if r.Next < 500*time.Millisecond {
		t.Errorf("again in %v: a hot loop", r.Next)
	}
	w.restart()
	w.healed()
	w.invariants(sid, "王")
	w.settle(4)
	w.wantState(sid, outbox.StateReceived)
}

func TestAReceiptThatCouldNotBeStoredIsNotReported(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.store.SetPlan(memstore.Plan{At: 1, Fault: memstore.Refuse, Op: memstore.Writes, Every: true})
	r, err := w.box.Step(ctx)
	wantCode(t, err, outbox.CodeStorage)
	if len(r.Received) != 0 {
		t.Error("reported as received")
	}
	w.restart()
	w.wantState(sid, outbox.StateQueued)
	w.settle(4)
	w.wantState(sid, outbox.StateReceived)
}

func TestL22_ItemsOfAnotherAreNeitherShownNorSent(t *testing.T) {
	w := newWorld(t)
	a, b := w.submit("王"), w.submit("李")
	ra := must(w.store.Get(ctx, outbox.TableOutbox, a.String()))
	rb := must(w.store.Get(ctx, outbox.TableOutbox, b.String()))
	mixed := map[string]string{
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

func TestABigItemGoesByPut(t *testing.T) {
	w := newWorld(t)
	big, small := w.submit(strings.Repeat("长", 12000)), w.submit("短")
	w.settle(4)
	w.wantState(big, outbox.StateReceived)
	w.wantState(small, outbox.StateReceived)
	if got := paths(w.net.seen); !slices.Equal(got, []string{"POST /v1/sync", "PUT /v1/submissions/" + big.String()}) {
		t.Errorf("exchanges %v", got)
	}
	put := w.net.seen[1]
	if put.Header["Content-Type"] != "application/octet-stream" || !strings.HasPrefix(put.Header["Content-Digest"], "sha-256=:") {
		t.Errorf("headers %v", put.Header)
	}
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

func TestTheBudgetGrowsOnSuccessAndHalvesOnFailure(t *testing.T) {
	w := newWorld(t)
	for i := range 40 {
		w.submit(fmt.Sprint("人", i))
	}
	var puts []int
	fail := true
	w.always(func(r outbox.Request, next func() outbox.Response) (outbox.Response, error) {
		var req envelope.SyncRequest
		if err := json.Unmarshal(r.Body, &req); err != nil {
			t.Fatal(err)
		}
		puts = append(puts, len(req.Put))
		if fail {
			return outbox.Response{}, outbox.ErrOffline
		}
		return next(), nil
	})
	for range 6 {
		w.clock.pass(w.step().Next)
	}
	fail = false
	w.settle(10)
	if !slices.IsSortedFunc(puts[:6], func(a, b int) int { return b - a }) || puts[5] < 1 || puts[0] < 10 {
		t.Errorf("envelopes per failing sync: %v, want fewer and fewer, never none", puts[:6])
	}
	if got := puts[6:]; !slices.IsSorted(got[:len(got)-1]) {
		t.Errorf("envelopes per good sync: %v, want more and more", got)
	}
	if n := len(w.srv.rows); n != 40 {
		t.Errorf("%d arrived", n)
	}
}

func TestI10_FiveItemsDrainInAMinute(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.submit(fmt.Sprint("人", i))
	}
	from := w.clock.mono
	w.settle(5)
	if s := must(w.box.Summary(ctx)); s.Delivered != 5 || w.clock.mono-from > time.Minute {
		t.Errorf("%+v after %v", s, w.clock.mono-from)
	}
}

func TestI8_TriggersEndABackoffOnlySoOften(t *testing.T) {
	w := newWorld(t)
	w.submit("王")
	w.always(func(outbox.Request, func() outbox.Response) (outbox.Response, error) {
		return outbox.Response{}, outbox.ErrOffline
	})
	for range 1000 { // a connection that flaps ten times a second
		w.box.Trigger(outbox.WhyOnline)
		w.step()
		w.clock.pass(100 * time.Millisecond)
	}
	if n := len(w.net.seen); n < 5 || n > 40 {
		t.Errorf("%d exchanges in 100 seconds of flapping", n)
	}
	w.clock.pass(time.Hour)
	before := len(w.net.seen)
	w.box.Trigger(outbox.WhyTap)
	w.step()
	if len(w.net.seen) != before+1 {
		t.Error("after a quiet hour a tap doesn't send")
	}
}

func TestI8_NothingToDoAsksNothing(t *testing.T) {
	w := newWorld(t)
	for range 20 {
		w.box.Trigger(outbox.WhyVisible)
		if r := w.step(); !r.Waited || r.Next != 0 {
			t.Fatalf("report %+v", r)
		}
		w.clock.pass(time.Minute)
	}
	if len(w.net.seen) != 0 {
		t.Errorf("%d exchanges for nothing", len(w.net.seen))
	}
}

func TestTheLogIsBounded(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.always(func(outbox.Request, func() outbox.Response) (outbox.Response, error) {
		return outbox.Response{}, outbox.ErrOffline
	})
	for range 120 {
		w.clock.pass(w.step().Next)
	}
	log := must(w.box.Log(ctx, sid))
	if len(log) != outbox.LogSize || log[len(log)-1].N != 120 || log[0].N != 71 {
		t.Errorf("%d entries, %d to %d", len(log), log[0].N, log[len(log)-1].N)
	}
}

func TestManyDeliveredItemsAreAskedForInTurn(t *testing.T) {
	w := newWorld(t)
	var sids []envelope.SID
	for i := range envelope.MaxWatches + 10 {
		sids = append(sids, w.submit(fmt.Sprint("人", i)))
	}
	w.settle(20)
	for _, sid := range sids {
		w.srv.decide(sid, envelope.Accepted)
	}
	for range 3 {
		w.clock.pass(15 * time.Minute)
		w.settle(5)
	}
	if s := must(w.box.Summary(ctx)); s.Decided != len(sids) {
		t.Errorf("summary %+v, want %d decided", s, len(sids))
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

func TestACancelledStepLosesNothing(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	c, cancel := context.WithCancel(ctx)
	w.always(func(outbox.Request, func() outbox.Response) (outbox.Response, error) {
		cancel()
		return outbox.Response{}, c.Err()
	})
	if _, err := w.box.Step(c); err == nil {
		t.Error("a step whose page closes says all is well")
	}
	w.healed()
	w.invariants(sid, "王")
	w.clock.pass(time.Minute)
	w.settle(3)
	w.wantState(sid, outbox.StateReceived)
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
