package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"lixianban/app/envelope"
)

// line is one client's way to the server.
type line struct {
	w       *world
	name    string
	faults  []Fault
	offline time.Duration    // nothing gets through before then
	limit   int              // what the layer between takes (L20)
	old     map[string]reply // a recorded answer by path
}

func (w *world) line(name string, faults []Fault) *line {
	return &line{w: w, name: name, faults: faults, limit: 800 + w.IntN(3000), old: map[string]reply{}}
}

// exchange is one request, its fate and its answer.
type exchange struct {
	*line
	m       message
	timeout time.Duration
	p       *proc
	done    bool // answered, or given up
	r       reply
}

var (
	errTimeout = errors.New("no answer in time")
	errNoRoute = errors.New("no route to the server")
)

// do sends m and waits for an answer, in the running process.
func (l *line) do(m message, timeout time.Duration) reply {
	w := l.w
	w.cur.alive()
	w.asked++
	w.wire.request(w, m)
	x := &exchange{line: l, m: m, timeout: timeout, p: w.cur}
	f := w.meets(l.faults)
	run := fates[f]
	if w.now < l.offline && !w.healed || w.bad.NeverHeal && w.healed {
		f, run = Outage, noRoute
	}
	if run == nil || !run(x) {
		good(x)
	} else {
		w.hit(f)
	}
	x.p.sleep(timeout)
	if !x.done {
		x.done, x.r = true, reply{err: errTimeout}
	}
	w.wire.response(w, x.r)
	w.note("%s %s %s: %s", l.name, m.method, m.path, x.r)
	return x.r
}

func (r reply) String() string {
	if r.err != nil {
		return r.err.Error()
	}
	return fmt.Sprintf("%d, %d bytes %.8s", r.status, len(r.body), envelope.HashOf(r.body).String())
}

// answer gives the client r after a while, if it still waits.
func (x *exchange) answer(r reply, after time.Duration) {
	x.w.later(after, func() {
		if !x.done {
			x.done, x.r = true, r
			x.w.wake(x.p)
		}
	})
}

// send lets m reach the server after a while.
func (x *exchange) send(m message, after time.Duration, then func(reply)) {
	x.w.later(after, func() { x.w.server.serve(m, then) })
}

func nobody(reply) {}

// hop is the time of one way.
func (x *exchange) hop() time.Duration { return x.w.between(20*time.Millisecond, 2*time.Second) }

// pass sends m and changes its answer on the way back.
func (x *exchange) pass(m message, change func(reply) reply) bool {
	x.send(m, x.hop(), func(r reply) {
		if r.err == nil {
			r = change(r)
		}
		x.answer(r, x.hop())
	})
	return true
}

func same(r reply) reply { return r }

func good(x *exchange) {
	x.pass(x.m, func(r reply) reply {
		x.old[x.m.path] = r
		return r
	})
}

func noRoute(x *exchange) bool {
	x.answer(reply{err: errNoRoute}, x.w.between(time.Millisecond, 5*time.Second))
	return true
}

// fates says what each fault does; false: it doesn't apply here and all goes well.
var fates = map[Fault]func(*exchange) bool{
	RequestLost: func(x *exchange) bool {
		if x.w.IntN(2) == 0 {
			return noRoute(x)
		}
		return true // silence until the time-out
	},
	ResponseLost: func(x *exchange) bool {
		x.send(x.m, x.hop(), func(reply) { x.answer(reply{err: errNoRoute}, x.hop()) })
		return true
	},
	Copies: func(x *exchange) bool {
		n := 1 + x.w.IntN(4)
		if x.w.IntN(40) == 0 {
			n = 49
		}
		for range n {
			after := x.hop()
			if x.w.IntN(2) == 0 {
				after = x.w.between(0, 2*time.Hour)
			}
			x.send(x.m, after, nobody)
		}
		return x.pass(x.m, same)
	},
	LateResponse: func(x *exchange) bool {
		x.send(x.m, x.hop(), func(r reply) { x.answer(r, x.timeout+x.hop()) })
		return true
	},
	LateRequest: func(x *exchange) bool {
		x.send(x.m, x.timeout+x.w.between(0, 3*time.Hour), nobody)
		return true
	},
	PortalPage: func(x *exchange) bool {
		x.answer(reply{status: 200, header: map[string]string{"content-type": "text/html"}, body: []byte("<!doctype html><title>登录无线网络</title>")}, x.hop())
		return true
	},
	PortalRedirect: func(x *exchange) bool {
		x.answer(reply{err: errors.New("redirected to another host")}, x.hop())
		return true
	},
	CutResponse: func(x *exchange) bool {
		return x.pass(x.m, func(r reply) reply { r.body = r.body[:x.w.IntN(len(r.body)+1)]; return r })
	},
	EmptyResponse: func(x *exchange) bool {
		return x.pass(x.m, func(r reply) reply { r.body = nil; return r })
	},
	HugeResponse: func(x *exchange) bool {
		return x.pass(x.m, func(r reply) reply { r.body = append(bytes.Clone(r.body), make([]byte, 600<<10)...); return r })
	},
	OddType: func(x *exchange) bool {
		return x.pass(x.m, func(r reply) reply { r.header = map[string]string{"content-type": "text/html"}; return r })
	},
	FlippedAnswer: func(x *exchange) bool {
		return x.pass(x.m, func(r reply) reply { r.body = x.w.flip(r.body); return r })
	},
	FlippedRequest: func(x *exchange) bool {
		return len(x.m.body) > 0 && x.pass(x.m.with(x.w.flip(x.m.body)), same)
	},
	EmptyRequest: func(x *exchange) bool { return len(x.m.body) > 0 && x.pass(x.m.with(nil), same) },
	CutRequest: func(x *exchange) bool {
		if len(x.m.body) < 2 {
			return false
		}
		m := x.m
		m.cut = 1 + x.w.IntN(len(m.body)-1)
		x.send(m, x.hop(), func(reply) { x.answer(reply{err: errNoRoute}, x.hop()) })
		return true
	},
	ForgedReceipt: forgeReceipt,
	ForgedNews:    forgeNews,
	OldAnswer: func(x *exchange) bool {
		r, ok := x.old[x.m.path]
		if ok {
			x.answer(r, x.hop())
		}
		return ok
	},
	ServerError: func(x *exchange) bool {
		status := []int{500, 502, 504}[x.w.IntN(3)]
		page := reply{status: status, header: map[string]string{"content-type": "text/html"}, body: []byte("<h1>Bad Gateway</h1>")}
		if x.w.IntN(2) == 0 {
			return x.pass(x.m, func(reply) reply { return page })
		}
		x.answer(page, x.hop())
		return true
	},
	Busy: busy,
	LayerLimit: func(x *exchange) bool {
		if len(x.m.body) <= x.limit {
			return false
		}
		x.answer(reply{status: 413, header: map[string]string{"content-type": "text/html"}, body: []byte("<h1>413</h1>")}, x.hop())
		return true
	},
	SlowLoris:   func(x *exchange) bool { x.send(x.m, x.hop(), nobody); return true },
	NewerServer: func(x *exchange) bool { return x.pass(x.m, newer) },
	NewerPhone: func(x *exchange) bool {
		body, ok := more(x.m.body)
		return ok && x.m.path == "/v1/sync" && x.pass(x.m.with(body).fresh(), same)
	},
	OldBundle: func(x *exchange) bool {
		return x.bundle(func(all [][]byte) []byte { return all[x.w.IntN(len(all))] })
	},
	BadBundle: func(x *exchange) bool {
		return x.bundle(func(all [][]byte) []byte { return x.w.flip(all[len(all)-1]) })
	},
	Frozen: func(x *exchange) bool {
		return x.bundle(func(all [][]byte) []byte { return all[max(0, len(all)-2)] })
	},
}

// with is m with another body and the headers as they were.
func (m message) with(body []byte) message { m.body = body; return m }

// fresh drops the digest, as a sender would who wrote this body himself.
func (m message) fresh() message {
	m.header = maps.Clone(m.header)
	delete(m.header, "Content-Digest")
	return m
}

// flip changes one to three bits.
func (w *world) flip(b []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + w.IntN(3) {
		if len(b) > 0 {
			b[w.IntN(len(b))] ^= 1 << w.IntN(8)
		}
	}
	return b
}

// bundle answers a question for the signed documents with others.
func (x *exchange) bundle(choose func([][]byte) []byte) bool {
	if x.m.path != "/v1/packs" {
		return false
	}
	x.answer(reply{status: 200, header: map[string]string{"content-type": "application/json"}, body: choose(x.w.pub.bundles)}, x.hop())
	return true
}

// busy is a layer or the server asking to wait, politely, rudely or in nonsense.
func busy(x *exchange) bool {
	after := []string{"", "1", strconv.Itoa(x.w.IntN(4000)), "-5", "soon", x.w.clock().Add(x.w.between(0, time.Hour)).Format(http.TimeFormat)}[x.w.IntN(6)]
	r := reply{status: 503, header: map[string]string{"content-type": "application/problem+json", "retry-after": after},
		body: []byte(`{"type":"/problems/busy","title":"Wait.","status":503,"code":"busy"}`)}
	if x.w.IntN(2) == 0 {
		r = reply{status: 429, header: map[string]string{"content-type": "text/html", "retry-after": after}}
	}
	x.answer(r, x.hop())
	return true
}

// newer adds members that this version doesn't know.
func newer(r reply) reply {
	if body, ok := more(r.body); ok {
		r.body = body
	}
	return r
}

func more(body []byte) ([]byte, bool) {
	if len(body) < 2 || body[0] != '{' || body[1] == '}' {
		return nil, false
	}
	return append([]byte(`{"later":{"x":[1,2]},`), body[1:]...), true
}

// forgeReceipt answers as the server would, with receipts signed by somebody else, for
// other bytes, or under the true key's name.
func forgeReceipt(x *exchange) bool {
	var req envelope.SyncRequest
	if x.m.path != "/v1/sync" || json.Unmarshal(x.m.body, &req) != nil || len(req.Put) == 0 {
		return false
	}
	resp := envelope.SyncResponse{V: 1, Nonce: req.Nonce, Epoch: "00000000000000ff", Time: envelope.Timestamp(x.w.clock())}
	for _, put := range req.Put {
		r := x.w.forge(put)
		resp.Put = append(resp.Put, envelope.PutResult{SID: put.SID, Status: 201, Receipt: &r})
	}
	for _, q := range req.Watch {
		resp.Watch = append(resp.Watch, envelope.WatchState{SID: q.SID, Known: true})
	}
	x.answer(reply{status: 200, header: map[string]string{"content-type": "application/json"}, body: must(json.Marshal(resp))}, x.hop())
	return true
}

func (w *world) forge(put envelope.SyncPut) envelope.Receipt {
	sid, err := envelope.ParseSID(put.SID)
	if err != nil {
		return envelope.Receipt{}
	}
	body, _ := envelope.DecodeBytes(put.Envelope)
	r, err := envelope.SignReceipt(keys().forger, envelope.Receipt{SID: put.SID, Hash: envelope.HashOf(body).String(), Pack: pack, Number: envelope.Number(sid),
		Time: envelope.Timestamp(w.clock()), Epoch: "00000000000000ff"})
	if err == nil && w.IntN(2) == 0 {
		r.Key = envelope.ServiceKeyOf(keys().services[0]).ID
	}
	return r
}

// forgeNews changes, swaps, repeats and renumbers the events of a true answer, or says
// that the server knows nothing.
func forgeNews(x *exchange) bool {
	var req envelope.SyncRequest
	if x.m.path != "/v1/sync" || json.Unmarshal(x.m.body, &req) != nil || len(req.Watch) == 0 {
		return false
	}
	return x.pass(x.m, func(r reply) reply {
		var resp envelope.SyncResponse
		if json.Unmarshal(r.body, &resp) != nil {
			return r
		}
		for i := range resp.Watch {
			x.w.distort(&resp.Watch[i])
		}
		r.body = must(json.Marshal(resp))
		return r
	})
}

func (w *world) distort(s *envelope.WatchState) {
	if w.IntN(4) == 0 {
		*s = envelope.WatchState{SID: s.SID}
		return
	}
	for i := range s.Events {
		switch ev := &s.Events[i]; w.IntN(4) {
		case 0:
			b, _ := envelope.DecodeBytes(ev.Sealed)
			ev.Sealed = envelope.EncodeBytes(w.flip(b))
		case 1:
			ev.Seq += uint32(1 + w.IntN(3))
		case 2:
			s.Events = append(s.Events, *ev)
		}
	}
	slices.Reverse(s.Events)
}

// wire is what an eavesdropper has: everything that went by. It looks for what must
// not be there (I5) and keeps envelopes for the stranger.
type wire struct {
	seen []envelope.SyncPut
}

// canary is in everything personal here; forms are the ways it could leak.
const canary = "kanari-7f3a91"

var forms = leaks()

func leaks() [][]byte {
	all := [][]byte{[]byte(canary), fmt.Appendf(nil, "%x", canary)}
	for skip := range 3 {
		coded := envelope.EncodeBytes([]byte("   "[:skip] + canary))
		all = append(all, []byte(coded[(8*skip+5)/6:len(coded)-2]))
	}
	return all
}

func leaking(b []byte) bool {
	return slices.ContainsFunc(forms, func(f []byte) bool { return bytes.Contains(b, f) })
}

func (wi *wire) request(w *world, m message) {
	for k, v := range m.header {
		if leaking([]byte(k + v)) {
			w.breaks("I5: a header shows personal data")
		}
	}
	if leaking(m.body) || leaking([]byte(m.path)) {
		w.breaks("I5: %s shows personal data", m.method)
	}
	for _, q := range questions(m) {
		w.facts.sent[q.sid] = w.facts.sent[q.sid] || q.kind == "put"
	}
	var req envelope.SyncRequest
	if m.path == "/v1/sync" && len(wi.seen) < 200 && json.Unmarshal(m.body, &req) == nil {
		wi.seen = append(wi.seen, req.Put...)
	}
}

func (wi *wire) response(w *world, r reply) {
	if leaking(r.body) {
		w.breaks("I5: an answer shows personal data")
	}
}
