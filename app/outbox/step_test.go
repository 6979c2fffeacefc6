package outbox_test

import (
	"context"
	"encoding/json"
	"slices"
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
		held := w.item(sid).Events
		if !slices.IsSortedFunc(held, func(a, b envelope.Status) int { return int(a.Seq) - int(b.Seq) }) || int(held[len(held)-1].Seq) != slices.Max(order)+1 || held[0].Seq != uint32(order[0]+1) {
			t.Errorf("after %v the phone holds %+v: an older event was taken after a newer one", order, held)
		}
	}
}

func later(a, b outbox.State) outbox.State {
	order := []outbox.State{outbox.StateFetched, outbox.StateNeedsInfo, outbox.StateAccepted}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
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
	w.watchClaims()
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
	if got := w.claims; len(got) != 1 || got[0].SID != lost.String() {
		t.Errorf("offered with receipts %v, want the lost one's", got)
	}
	if got := w.logs(lost); got != "queued received lost received" {
		t.Errorf("log %q", got)
	}
	w.invariants(lost, "李")
}

// The server forgot the office's answers that the phone had heard, and the office answers
// anew under lower numbers: what it signed later is what holds.
func TestF45_AnswersGivenAgainAfterARestoreAreHeard(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.settle(3)
	said := func(state envelope.StatusState) {
		w.clock.pass(time.Minute)
		w.srv.decide(sid, state)
		w.clock.pass(16 * time.Minute)
		w.settle(2)
		w.clock.pass(16 * time.Minute)
		w.settle(2)
	}
	said(envelope.Fetched)
	backup := w.srv.rows[sid.String()].events
	said(envelope.NeedsInfo)
	said(envelope.NeedsInfo)
	w.srv.rows[sid.String()].events, w.srv.rows[sid.String()].statuses, w.srv.epoch = backup, len(backup), "00000000000000e2"
	w.clock.pass(16 * time.Minute)
	w.settle(2)
	w.wantState(sid, outbox.StateNeedsInfo) // nothing signed later is known
	said(envelope.Accepted)
	w.wantState(sid, outbox.StateAccepted)
	if it := w.item(sid); len(it.Events) != 2 || it.Last().Seq != 2 {
		t.Errorf("events %+v, want fetched and the new second one", it.Events)
	}
	asked := len(w.net.seen)
	w.clock.pass(time.Hour)
	if w.settle(2); len(w.net.seen) != asked {
		t.Error("what is heard is asked for again")
	}
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

// amnesia is a Store whose next read of an item finds nothing, once.
type amnesia struct {
	outbox.Store
	armed bool
}

func (a *amnesia) Get(ctx context.Context, table, key string) (outbox.Record, error) {
	if a.armed && table == outbox.TableOutbox {
		a.armed = false
		return outbox.Record{}, outbox.ErrNotFound
	}
	return a.Store.Get(ctx, table, key)
}

// The read before the receipt is stored gives nothing: nothing is reported, and the
// next try brings the same receipt.
func TestF17_AReceiptIsReportedOnlyWhenItIsStored(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	store := &amnesia{Store: w.store, armed: true}
	box := outbox.New(outbox.Config{Store: store, Net: w.net, Clock: w.clock, Locks: w.locks, Rand: w.rand, Directory: func() envelope.Directory { return w.dir }})
	r, err := box.Step(ctx)
	if err != nil || len(r.Received) != 0 {
		t.Errorf("reported %v, %v", r.Received, err)
	}
	w.wantState(sid, outbox.StateQueued)
	if r, err = box.Step(ctx); err != nil || len(r.Received) != 1 {
		t.Errorf("reported %v, %v", r.Received, err)
	}
	w.wantState(sid, outbox.StateReceived)
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
