package outbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
)

func wantCode(t testing.TB, err error, want outbox.Code) {
	t.Helper()
	if got := outbox.CodeOf(err); got != want {
		t.Errorf("got %v (code %q), want code %q", err, got, want)
	}
}

func TestADraftComesBackAsItWasSaved(t *testing.T) {
	w := newWorld(t)
	d := w.draft("王")
	w.restart()
	got, err := w.box.LoadDraft(ctx, d.SID)
	if err != nil || got.Rev != d.Rev || !bytes.Equal(got.Data, d.Data) {
		t.Errorf("got %v at rev %d, %v", got, got.Rev, err)
	}
	list, err := w.box.Drafts(ctx)
	if err != nil || len(list) != 1 || list[0].SID != d.SID {
		t.Errorf("the list has %d, %v", len(list), err)
	}
	if err := w.box.DiscardDraft(ctx, got); err != nil {
		t.Error(err)
	}
	_, err = w.box.LoadDraft(ctx, d.SID)
	wantCode(t, err, outbox.CodeNotFound)
}

// A power cut at any store call of typing two fields leaves the last saved state, or the
// one being saved.
func TestF02_PowerCutWhileTypingLosesAtMostTheCurrentField(t *testing.T) {
	for _, fault := range []memstore.Fault{memstore.CrashBefore, memstore.CrashAfter, memstore.Refuse} {
		for k := 1; ; k++ {
			w := newWorld(t)
			d := w.draft("")
			w.store.SetPlan(memstore.Plan{At: k, Fault: fault})
			last, trying := "", ""
			for _, text := range []string{"王", "王芳"} {
				next := d
				next.Data, trying = draftJSON(d.SID, text), text
				saved, err := w.box.SaveDraft(ctx, next)
				if err != nil {
					break
				}
				d, last = saved, text
			}
			reached := w.store.Calls() >= k
			w.restart()
			got, err := w.box.LoadDraft(ctx, d.SID)
			if err != nil || !bytes.Equal(got.Data, draftJSON(d.SID, last)) && !bytes.Equal(got.Data, draftJSON(d.SID, trying)) {
				t.Fatalf("fault %d at call %d: %v, want what was saved (%q) or being saved (%q)", fault, k, err, last, trying)
			}
			if !reached {
				break
			}
		}
	}
}

func TestF02_AnUnflushedTailGivesTheCheckpointBefore(t *testing.T) {
	w := newWorld(t)
	d := w.draft("一")
	w.store.KeepTail(4)
	d.Data = draftJSON(d.SID, "二")
	d = must(w.box.SaveDraft(ctx, d))
	w.store.LoseTail(1)
	w.restart()
	if got := must(w.box.LoadDraft(ctx, d.SID)); !bytes.Equal(got.Data, draftJSON(d.SID, "一")) {
		t.Error("the checkpoint before the lost write is not there")
	}
}

func TestF04_TheSecondPageReadsOnlyUntilItTakesOver(t *testing.T) {
	w := newWorld(t)
	sid := w.draft("一").SID
	first := must(w.box.Edit(ctx, sid))
	second := must(w.page().Edit(ctx, sid))
	defer second.Close()
	if first.ReadOnly() || !second.ReadOnly() {
		t.Fatalf("read-only: first %v, second %v", first.ReadOnly(), second.ReadOnly())
	}
	wantCode(t, second.Save(ctx, draftJSON(sid, "偷")), outbox.CodeConflict)
	if err := first.Save(ctx, draftJSON(sid, "二")); err != nil {
		t.Fatal(err)
	}
	if err := second.TakeOver(ctx); err != nil || second.ReadOnly() {
		t.Fatalf("take-over: %v", err)
	}
	if !bytes.Equal(second.Draft().Data, draftJSON(sid, "二")) {
		t.Error("the page that took over doesn't see the last save")
	}
	if err := second.Save(ctx, draftJSON(sid, "三")); err != nil {
		t.Fatal(err)
	}
	wantCode(t, first.Save(ctx, draftJSON(sid, "旧")), outbox.CodeConflict)
	if !first.ReadOnly() {
		t.Error("the first page may still write")
	}
	if got := must(w.box.LoadDraft(ctx, sid)); !bytes.Equal(got.Data, draftJSON(sid, "三")) {
		t.Errorf("the draft was overwritten silently")
	}
	first.Close()
	first.Close()
}

func TestF04_AClosedPageFreesTheDraft(t *testing.T) {
	w := newWorld(t)
	sid := w.draft("一").SID
	e := must(w.box.Edit(ctx, sid))
	if err := e.Save(ctx, draftJSON(sid, "二")); err != nil {
		t.Fatal(err)
	}
	e.Close()
	// The lock goes back in its own goroutine: wait for it the way a page would see it.
	for {
		again := must(w.page().Edit(ctx, sid))
		free := !again.ReadOnly()
		again.Close()
		if free {
			return
		}
	}
}

func TestF10_AFullPhoneSaysNotSaved(t *testing.T) {
	w := newWorld(t)
	d := w.draft("一")
	w.store.SetLimit(1)
	more := d
	more.Data = draftJSON(d.SID, strings.Repeat("长", 100))
	_, err := w.box.SaveDraft(ctx, more)
	wantCode(t, err, outbox.CodeFull)
	_, err = w.box.Submit(ctx, submission(d, "一"))
	wantCode(t, err, outbox.CodeFull)
	w.store.SetLimit(0)
	w.restart()
	if got := must(w.box.LoadDraft(ctx, d.SID)); !bytes.Equal(got.Data, d.Data) {
		t.Error("the draft from before is gone")
	}
	if _, err := w.box.Submit(ctx, submission(d, "一")); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestL22_ADraftUnderAnothersNameIsRefused(t *testing.T) {
	w := newWorld(t)
	a, b := w.draft("甲"), w.draft("乙")
	mixed := a
	mixed.Data = b.Data
	_, err := w.box.SaveDraft(ctx, mixed)
	wantCode(t, err, outbox.CodeMixup)
	w.store.Poke(outbox.TableDraft, a.SID.String(), b.Data)
	_, err = w.box.LoadDraft(ctx, a.SID)
	wantCode(t, err, outbox.CodeMixup)
	s := must(w.box.Summary(ctx))
	if s.Drafts != 1 || s.Damaged != 1 {
		t.Errorf("summary %+v, want the damaged one told apart", s)
	}
	wrong := submission(b, "乙")
	wrong.Build = func(string) ([]byte, error) { return fmt.Appendf(nil, `{"sid":"%s"}`, a.SID), nil }
	_, err = w.box.Submit(ctx, wrong)
	wantCode(t, err, outbox.CodeMixup)
}

func TestF13_TheStoreKnowsItsLayout(t *testing.T) {
	for name, c := range map[string]struct {
		marker string
		want   outbox.Code
	}{
		"ours":                    {`{"v":1,"min":1}`, ""},
		"newer, still readable":   {`{"v":2,"min":1,"new":true}`, ""},
		"newer, no longer for us": {`{"v":3,"min":2}`, outbox.CodeNewer},
		"damaged":                 {`{"v":`, outbox.CodeNewer},
	} {
		w := newWorld(t)
		w.store.Poke(outbox.TableMeta, "layout", []byte(c.marker))
		if err := w.page().Open(ctx); outbox.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want code %q", name, err, c.want)
		}
	}
	for k := 1; k <= 3; k++ {
		w := newWorld(t)
		w.store = memstore.New()
		w.restart()
		w.store.SetPlan(memstore.Plan{At: k, Fault: memstore.CrashAfter})
		_ = w.box.Open(ctx) // may fail: the power is cut
		w.restart()
		if err := w.box.Open(ctx); err != nil {
			t.Errorf("cut at call %d: the next start says %v", k, err)
		}
	}
}

func TestErrorsAndPrintsCarryNoPersonalData(t *testing.T) {
	w := newWorld(t)
	d := w.draft("王小花")
	it, err := w.box.Submit(ctx, submission(d, "王小花"))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if got := fmt.Sprintf(verb, it) + fmt.Sprintf(verb, d); strings.Contains(got, "王小花") || strings.Contains(got, fmt.Sprintf("%x", it.Secret)) {
			t.Errorf("%s prints content", verb)
		}
	}
	bad := errors.New("cause")
	s := submission(w.draft("李四"), "李四")
	s.Build = func(string) ([]byte, error) { return nil, bad }
	_, err = w.box.Submit(ctx, s)
	if !errors.Is(err, bad) || strings.Contains(err.Error(), "李四") {
		t.Errorf("got %v", err)
	}
}

func TestStateIsTheOneWordOfTheScreen(t *testing.T) {
	event := func(s ...envelope.StatusState) (out []envelope.Status) {
		for i, state := range s {
			out = append(out, envelope.Status{Seq: uint32(i + 1), State: state})
		}
		return out
	}
	got := &envelope.Receipt{}
	for name, c := range map[string]struct {
		it   outbox.Item
		want outbox.State
	}{
		"stored":                    {outbox.Item{Created: noon}, outbox.StateQueued},
		"in flight":                 {outbox.Item{Created: noon, Sending: true}, outbox.StateSending},
		"three days":                {outbox.Item{Created: noon.Add(-72 * time.Hour)}, outbox.StateQueued},
		"over three days":           {outbox.Item{Created: noon.Add(-72*time.Hour - 1)}, outbox.StateStuck},
		"refused":                   {outbox.Item{Created: noon, Fault: &outbox.Fault{}}, outbox.StateStuck},
		"stuck but tried now":       {outbox.Item{Created: noon, Fault: &outbox.Fault{}, Sending: true}, outbox.StateSending},
		"receipt":                   {outbox.Item{Created: noon.AddDate(-1, 0, 0), Receipt: got, Fault: &outbox.Fault{}}, outbox.StateReceived},
		"lost by the server":        {outbox.Item{Receipt: got, Reoffer: true, Sending: true}, outbox.StateReceived},
		"fetched":                   {outbox.Item{Receipt: got, Events: event(envelope.Fetched)}, outbox.StateFetched},
		"asked back":                {outbox.Item{Receipt: got, Events: event(envelope.Fetched, envelope.NeedsInfo)}, outbox.StateNeedsInfo},
		"accepted":                  {outbox.Item{Receipt: got, Events: event(envelope.Rejected, envelope.Accepted)}, outbox.StateAccepted},
		"rejected":                  {outbox.Item{Receipt: got, Events: event(envelope.Rejected)}, outbox.StateRejected},
		"a clock behind its making": {outbox.Item{Created: noon.AddDate(5, 0, 0)}, outbox.StateQueued},
	} {
		if state := outbox.StateOf(c.it, noon); state != c.want {
			t.Errorf("%s: %s, want %s", name, state, c.want)
		}
	}
}
