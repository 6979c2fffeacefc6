package outbox_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
)

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

// An office that decided wrongly says so; who comes back to the page hears it, and a
// page left alone asks no more.
func TestACorrectedDecisionIsHeardWhenThePersonComesBack(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	w.settle(5)
	w.srv.decide(sid, envelope.Rejected)
	w.box.Trigger(outbox.WhyVisible)
	w.settle(5)
	w.wantState(sid, outbox.StateRejected)
	w.srv.decide(sid, envelope.Accepted)
	seen := len(w.net.seen)
	for range 10 {
		w.clock.pass(time.Hour)
		w.step()
	}
	if len(w.net.seen) != seen {
		t.Errorf("%d exchanges while nobody was there", len(w.net.seen)-seen)
	}
	for _, page := range []*outbox.Box{w.box, w.page()} {
		page.Trigger(outbox.WhyVisible)
		if _, err := page.Step(ctx); err != nil {
			t.Fatal(err)
		}
		w.wantState(sid, outbox.StateAccepted)
		w.srv.decide(sid, envelope.Accepted)
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
