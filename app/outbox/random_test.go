package outbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
)

// weather is what one exchange may meet.
var weather = map[string]func(next func() outbox.Response) (outbox.Response, error){
	"good": func(next func() outbox.Response) (outbox.Response, error) { return next(), nil },
	"request lost": func(func() outbox.Response) (outbox.Response, error) {
		return outbox.Response{}, outbox.ErrOffline
	},
	"response lost": func(next func() outbox.Response) (outbox.Response, error) {
		next()
		return outbox.Response{}, outbox.ErrOffline
	},
	"doubled": func(next func() outbox.Response) (outbox.Response, error) {
		next()
		return next(), nil
	},
	"truncated": func(next func() outbox.Response) (outbox.Response, error) {
		r := next()
		r.Body = r.Body[:len(r.Body)*2/3]
		return r, nil
	},
	"portal": func(func() outbox.Response) (outbox.Response, error) {
		return outbox.Response{Status: 200, Header: map[string]string{"content-type": "text/html"}, Body: []byte("<html>")}, nil
	},
	"busy": func(func() outbox.Response) (outbox.Response, error) {
		return outbox.Response{Status: 503, Header: map[string]string{"retry-after": "30"}}, nil
	},
	"broken": func(next func() outbox.Response) (outbox.Response, error) {
		next()
		return outbox.Response{Status: 502, Header: map[string]string{"content-type": "text/html"}}, nil
	},
	"forged": func(next func() outbox.Response) (outbox.Response, error) {
		r := next()
		r.Body = bytes.ReplaceAll(r.Body, []byte(`"sig":"`), []byte(`"sig":"A`))
		return r, nil
	},
}

// history is one random life of a phone and what its owner was told.
type history struct {
	*world
	t        *rapid.T
	texts    map[envelope.SID]string
	told     map[envelope.SID]outbox.State
	seq      map[envelope.SID]uint32
	restored bool
}

func (h *history) pick(label string) (envelope.SID, bool) {
	if len(h.texts) == 0 {
		return envelope.SID{}, false
	}
	all := slices.SortedFunc(maps.Keys(h.texts), func(a, b envelope.SID) int { return bytes.Compare(a[:], b[:]) })
	return rapid.SampledFrom(all).Draw(h.t, label), true
}

// look is the person looking at the screen: what is shown must be true, and never less
// than what was shown before.
func (h *history) look() {
	for sid, text := range h.texts {
		if !h.restored {
			h.invariants(sid, text)
		}
		it, err := h.box.Item(ctx, sid)
		if err != nil {
			continue
		}
		state, last := outbox.StateOf(it, h.clock.wall), it.Last()
		delivered := it.Receipt != nil
		was := h.told[sid]
		if (was == outbox.StateReceived || h.seq[sid] > 0) && !delivered {
			h.t.Fatalf("I4: was told %s, now %s", was, state)
		}
		if last != nil && last.Seq < h.seq[sid] || last == nil && h.seq[sid] > 0 {
			h.t.Fatalf("I4: event %d was shown, now %v", h.seq[sid], last)
		}
		h.told[sid] = state
		if last != nil {
			h.seq[sid] = last.Seq
		}
	}
}

func (h *history) act(name string) {
	switch name {
	case "submit":
		if len(h.texts) < 5 {
			h.submitRandomly()
		}
	case "step":
		h.box.Step(ctx)
	case "other page":
		h.page().Step(ctx)
	case "time":
		h.clock.pass(time.Duration(rapid.IntRange(1, 1200).Draw(h.t, "seconds")) * time.Second)
	case "clock":
		h.clock.wall = h.clock.wall.Add(time.Duration(rapid.IntRange(-9, 9).Draw(h.t, "hours")) * time.Hour)
	case "trigger":
		h.box.Trigger(outbox.WhyOnline)
	case "power cut":
		h.restart()
	case "cut soon":
		f := rapid.SampledFrom([]memstore.Fault{memstore.CrashBefore, memstore.CrashAfter, memstore.Refuse}).Draw(h.t, "fault")
		h.store.SetPlan(memstore.Plan{At: rapid.IntRange(1, 12).Draw(h.t, "call"), Fault: f})
		h.act(rapid.SampledFrom([]string{"submit", "step", "other page"}).Draw(h.t, "cut act"))
		if f != memstore.Refuse {
			h.restart()
		}
	case "decide":
		h.decideRandomly()
	case "restore":
		h.srv.rows, h.restored = map[string]*row{}, true
		h.srv.epoch = fmt.Sprintf("%016x", rapid.Uint64().Draw(h.t, "epoch"))
	}
}

func (h *history) submitRandomly() {
	sid, err := h.box.NewSID()
	if err != nil {
		h.t.Fatal(err)
	}
	text := fmt.Sprintf("人-%x", sid[:4])
	d, err := h.box.SaveDraft(ctx, outbox.Draft{SID: sid, Data: draftJSON(sid, text)})
	if err != nil {
		return // not told that it is saved
	}
	h.texts[sid] = text
	h.box.Submit(ctx, submission(d, text))
}

func (h *history) decideRandomly() {
	sid, ok := h.pick("whose")
	if r := h.srv.rows[sid.String()]; ok && r != nil && !h.restored {
		h.srv.decide(sid, rapid.SampledFrom([]envelope.StatusState{envelope.Fetched, envelope.NeedsInfo, envelope.Accepted, envelope.Rejected}).Draw(h.t, "state"))
	}
}

// TestRandomLives: any mix of sendings, faults, power cuts, jumps of the clock and
// server restores keeps I1–I4, and once all is well everything arrives (I10).
func TestRandomLives(t *testing.T) {
	acts := []string{"submit", "step", "step", "step", "other page", "time", "time", "clock", "trigger", "power cut", "cut soon", "decide", "restore"}
	names := slices.Sorted(maps.Keys(weather))
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{world: newWorld(t), t: rt, texts: map[envelope.SID]string{}, told: map[envelope.SID]outbox.State{}, seq: map[envelope.SID]uint32{}}
		h.always(func(_ outbox.Request, next func() outbox.Response) (outbox.Response, error) {
			return weather[rapid.SampledFrom(names).Draw(rt, "weather")](next)
		})
		for range rapid.IntRange(5, 40).Draw(rt, "acts") {
			h.act(rapid.SampledFrom(acts).Draw(rt, "act"))
			h.lookAgain()
		}
		h.arrive()
	})
}

// lookAgain looks through a store that works: what is on the disk, not what a broken
// read says.
func (h *history) lookAgain() {
	h.store.Reopen()
	h.look()
}

func (h *history) arrive() {
	h.restart()
	h.healed()
	for sid, text := range h.texts {
		if d, err := h.box.LoadDraft(ctx, sid); err == nil {
			must(h.box.Submit(ctx, submission(d, text)))
		}
	}
	h.restored = false
	for range 3 {
		h.clock.pass(16 * time.Minute)
		h.settle(10)
	}
	for sid := range h.texts {
		it := h.item(sid)
		if it.Receipt == nil || it.Envelope != nil && h.srv.rows[sid.String()] == nil {
			h.t.Fatalf("I10: %s after all was well: %s", it, h.logs(sid))
		}
		if row := h.srv.rows[sid.String()]; row != nil && row.statuses > 0 && it.Last() == nil {
			h.t.Fatal("I10: an answer never showed")
		}
	}
	h.look()
}

// FuzzAnswers: no answer makes the phone say 「已送到」 but the server's own, and none
// makes it panic.
func FuzzAnswers(f *testing.F) {
	f.Add(200, "application/json", []byte(`{"v":1}`))
	f.Add(422, "application/problem+json", []byte(`{"status":422,"code":"x"}`))
	f.Add(200, "text/html", []byte(`<html>`))
	f.Fuzz(func(t *testing.T, status int, kind string, body []byte) {
		w := newWorld(t)
		sid := w.submit("王")
		w.always(func(r outbox.Request, _ func() outbox.Response) (outbox.Response, error) {
			var req envelope.SyncRequest
			if err := json.Unmarshal(r.Body, &req); err == nil { // let the fuzzer get past the echo
				body = bytes.ReplaceAll(body, []byte("NONCE"), []byte(req.Nonce))
			}
			return outbox.Response{Status: status, Header: map[string]string{"content-type": kind}, Body: body}, nil
		})
		if _, err := w.box.Step(ctx); err != nil {
			t.Fatal(err)
		}
		if got := w.state(sid); got != outbox.StateQueued && got != outbox.StateStuck {
			t.Fatalf("state %s", got)
		}
		w.invariants(sid, "王")
	})
}
