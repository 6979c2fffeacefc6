package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
)

func TestASubmittedDraftIsASealedItem(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	it := w.item(sid)
	h, err := envelope.ParseHeader(it.Envelope)
	if err != nil || h.SID != sid || h.Pack != "national@3" || h.Form != "resident-stop@1" || h.Office != "demo" {
		t.Fatalf("header %+v, %v", h, err)
	}
	if bytes.Contains(it.Envelope, []byte("王")) {
		t.Error("the envelope shows its content")
	}
	w.wantState(sid, outbox.StateQueued)
	if s := must(w.box.Summary(ctx)); s != (outbox.Summary{Waiting: 1}) {
		t.Errorf("summary %+v", s)
	}
	if got := w.logs(sid); got != "queued" {
		t.Errorf("log %q", got)
	}
}

// The power is cut, or the store refuses, at every call that Submit makes: the draft or the
// item is there, never both and never none, under the same sid; and a second tap after the
// restart ends with one item.
func TestF01_KilledAtEveryStoreCallOfSubmit(t *testing.T) {
	for _, fault := range []memstore.Fault{memstore.CrashBefore, memstore.CrashAfter, memstore.Refuse} {
		for k := 1; ; k++ {
			w := newWorld(t)
			d := w.draft("王")
			w.store.SetPlan(memstore.Plan{At: k, Fault: fault})
			_, told := w.box.Submit(ctx, submission(d, "王"))
			reached := w.store.Calls() >= k
			w.restart()
			w.invariants(d.SID, "王")
			if _, err := w.box.Item(ctx, d.SID); told == nil && err != nil {
				t.Fatalf("fault %d at call %d: told queued, but %v", fault, k, err)
			}
			if _, err := w.box.Submit(ctx, submission(d, "王")); err != nil {
				t.Fatalf("fault %d at call %d: the second tap says %v", fault, k, err)
			}
			w.invariants(d.SID, "王")
			w.settle(5)
			w.wantState(d.SID, outbox.StateReceived)
			if !reached {
				break
			}
		}
	}
}

func TestF06_DoubleTapMakesOneEnvelope(t *testing.T) {
	w := newWorld(t)
	d := w.draft("王")
	first := must(w.box.Submit(ctx, submission(d, "王")))
	second := must(w.box.Submit(ctx, submission(d, "王")))
	if first.Hash != second.Hash {
		t.Error("the second tap sealed another envelope")
	}
}

func TestF06_TapsAtOnceMakeOneEnvelope(t *testing.T) {
	w := newWorld(t)
	d := w.draft("王")
	items := make([]outbox.Item, 6)
	errs := make([]error, len(items))
	pages := make([]*outbox.Box, len(items))
	for i := range pages {
		pages[i] = outbox.New(outbox.Config{Store: w.store, Net: w.net, Clock: w.clock, Locks: w.locks, Rand: &lockedRand{r: w.rand}, Directory: func() envelope.Directory { return w.dir }})
	}
	var wg sync.WaitGroup
	for i := range items {
		wg.Add(1)
		go func() {
			defer wg.Done()
			items[i], errs[i] = pages[i].Submit(ctx, submission(d, "王"))
		}()
	}
	wg.Wait()
	for i := range items {
		if errs[i] != nil || items[i].Hash != items[0].Hash {
			t.Errorf("tap %d: another envelope or %v", i, errs[i])
		}
	}
	w.invariants(d.SID, "王")
}

var randLock sync.Mutex

type lockedRand struct {
	r interface{ Read([]byte) (int, error) }
}

func (l *lockedRand) Read(b []byte) (int, error) {
	randLock.Lock()
	defer randLock.Unlock()
	return l.r.Read(b)
}

// meanwhile is a Store in which something else happens before the first read of a draft.
type meanwhile struct {
	outbox.Store
	do func()
}

func (m *meanwhile) Get(ctx context.Context, table, key string) (outbox.Record, error) {
	if do := m.do; do != nil && table == outbox.TableDraft {
		m.do = nil
		do()
	}
	return m.Store.Get(ctx, table, key)
}

// The other tap is first, between this one's look at the queue and at the draft.
func TestF06_TheSecondTapGetsTheItemOfTheFirst(t *testing.T) {
	w := newWorld(t)
	d := w.draft("王")
	var first outbox.Item
	store := &meanwhile{Store: w.store, do: func() { first = must(w.page().Submit(ctx, submission(d, "王"))) }}
	second := outbox.New(outbox.Config{Store: store, Net: w.net, Clock: w.clock, Locks: w.locks, Rand: w.rand, Directory: func() envelope.Directory { return w.dir }})
	it, err := second.Submit(ctx, submission(d, "王"))
	if err != nil || it.SID != d.SID.String() || it.Hash != first.Hash {
		t.Errorf("item %q, %v", it.SID, err)
	}
}

func TestADraftChangedAfterTheAnswersWereCheckedIsNotSubmitted(t *testing.T) {
	w := newWorld(t)
	shown := w.draft("王")
	changed := shown
	changed.Data = draftJSON(shown.SID, "李")
	must(w.box.SaveDraft(ctx, changed))
	_, err := w.box.Submit(ctx, submission(shown, "王"))
	wantCode(t, err, outbox.CodeConflict)
	w.invariants(shown.SID, "王")
}

func TestADraftChangedWhileItIsSealedIsNotSubmitted(t *testing.T) {
	w := newWorld(t)
	d := w.draft("王")
	s := submission(d, "王")
	build := s.Build
	s.Build = func(key string) ([]byte, error) { // the other page saves at this very moment
		changed := d
		changed.Data = draftJSON(d.SID, "李")
		must(w.page().SaveDraft(ctx, changed))
		return build(key)
	}
	_, err := w.box.Submit(ctx, s)
	wantCode(t, err, outbox.CodeConflict)
	if got := must(w.box.LoadDraft(ctx, d.SID)); !bytes.Equal(got.Data, draftJSON(d.SID, "李")) {
		t.Error("the other page's change is gone")
	}
}

func TestAfterSubmittingTheDraftCannotComeBack(t *testing.T) {
	w := newWorld(t)
	d := w.draft("王")
	e := must(w.page().Edit(ctx, d.SID))
	defer e.Close()
	must(w.box.Submit(ctx, submission(d, "王")))
	wantCode(t, e.Save(ctx, draftJSON(d.SID, "晚")), outbox.CodeConflict)
	_, err := w.box.SaveDraft(ctx, outbox.Draft{SID: d.SID, Data: d.Data})
	wantCode(t, err, outbox.CodeConflict)
	wantCode(t, e.TakeOver(ctx), outbox.CodeNotFound)
	w.invariants(d.SID, "王")
}

func TestL26_WhenSealingFailsTheDraftStays(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world, *outbox.Submission)
		want   outbox.Code
	}{
		"no office for the region": {func(_ *world, s *outbox.Submission) { s.Region = "110101" }, outbox.CodeNoOffice},
		"no directory":             {func(w *world, _ *outbox.Submission) { w.dir = envelope.Directory{} }, outbox.CodeNoOffice},
		"another form":             {func(_ *world, s *outbox.Submission) { s.Form = "x@1" }, outbox.CodeNoOffice},
		"keys out of date":         {func(w *world, _ *outbox.Submission) { w.clock.wall = noon.AddDate(5, 0, 0) }, outbox.CodeNoKey},
		"a damaged key":            {func(w *world, _ *outbox.Submission) { w.dir.Offices[0].Keys[0].ID = "0000000000000000" }, outbox.CodeSealing},
		"no randomness":            {func(w *world, _ *outbox.Submission) { w.box = w.deaf() }, outbox.CodeSealing},
		"a pack with a bad name":   {func(_ *world, s *outbox.Submission) { s.Pack = "王" }, outbox.CodeSealing},
		"building fails": {func(_ *world, s *outbox.Submission) {
			s.Build = func(string) ([]byte, error) { return nil, errors.New("x") }
		}, outbox.CodeSealing},
		"clear text without a sid": {func(_ *world, s *outbox.Submission) {
			s.Build = func(string) ([]byte, error) { return []byte(`{}`), nil }
		}, outbox.CodeMixup},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := w.draft("王")
			s := submission(d, "王")
			c.change(w, &s)
			_, err := w.box.Submit(ctx, s)
			wantCode(t, err, c.want)
			if _, err := w.box.LoadDraft(ctx, d.SID); err != nil {
				t.Errorf("the draft: %v", err)
			}
			if n := len(must(w.box.Items(ctx))); n != 0 {
				t.Errorf("%d items were queued", n)
			}
		})
	}
}

// deaf is a page on a phone without randomness.
func (w *world) deaf() *outbox.Box {
	return outbox.New(outbox.Config{Store: w.store, Net: w.net, Clock: w.clock, Locks: w.locks, Rand: bytes.NewReader(nil), Directory: func() envelope.Directory { return w.dir }})
}

func TestF31_APhoneYearsBehindStillSealsAndIsNotStuckAtOnce(t *testing.T) {
	w := newWorld(t)
	w.clock.wall = noon.AddDate(-8, 0, 0)
	sid := w.submit("王")
	w.settle(3)
	w.wantState(sid, outbox.StateReceived)

	w = newWorld(t)
	w.clock.wall = noon.AddDate(-8, 0, 0)
	sid = w.submit("王")
	w.clock.wall = noon.AddDate(0, -1, 1) // the network sets the clock: a day after the directory's issue
	w.wantState(sid, outbox.StateQueued)
}

func TestL23_NothingUnsentIsRemoved(t *testing.T) {
	w := newWorld(t)
	sid := w.submit("王")
	wantCode(t, w.box.Remove(ctx, sid), outbox.CodeUnsent)
	w.invariants(sid, "王")
	saved, err := w.box.Export(ctx, sid)
	if err != nil || envelope.HashOf(saved).String() != w.item(sid).Hash {
		t.Fatalf("export: %v", err)
	}
	if err := w.box.Remove(ctx, sid); err != nil {
		t.Fatal(err)
	}
	_, err = w.box.Item(ctx, sid)
	wantCode(t, err, outbox.CodeNotFound)
	wantCode(t, w.box.Remove(ctx, sid), outbox.CodeNotFound)
}

func TestI9_RemovingLeavesNothingBehind(t *testing.T) {
	w := newWorld(t)
	sid, other := w.submit("王"), w.submit("李")
	w.settle(3)
	w.srv.decide(sid, envelope.Accepted)
	w.box.Trigger(outbox.WhyOpen)
	w.settle(3)
	if err := w.box.Remove(ctx, sid); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{outbox.TableOutbox, outbox.TableEvent, outbox.TableLog, outbox.TableDraft} {
		for _, r := range must(w.store.List(ctx, table, "", 0)) {
			if bytes.Contains([]byte(r.Key), []byte(sid.String())) {
				t.Errorf("%s still has %s", table, r.Key)
			}
		}
	}
	w.invariants(other, "李")
}
