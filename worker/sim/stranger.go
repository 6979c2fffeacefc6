package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"lixianban/app/envelope"
)

// stranger is somebody on the network who has seen envelopes go by and tries what can
// be tried without a key.
func (w *world) stranger(p *proc) {
	l := w.line("stranger", nil)
	for {
		p.sleep(w.gap())
		if w.healed {
			return
		}
		w.ops++
		switch w.IntN(4) {
		case 0:
			w.replay(l)
		case 1:
			w.otherBytes(l)
		case 2:
			w.guess(l)
		case 3:
			w.badRequest(l)
		}
	}
}

// seen is an envelope that went by whole.
func (w *world) seen() (envelope.SyncPut, []byte, bool) {
	if len(w.wire.seen) == 0 {
		return envelope.SyncPut{}, nil, false
	}
	put := w.wire.seen[w.IntN(len(w.wire.seen))]
	b, err := envelope.DecodeBytes(put.Envelope)
	return put, b, err == nil
}

func put(sid string, body []byte) message {
	return message{method: "PUT", path: "/v1/submissions/" + sid, header: map[string]string{"Content-Type": "application/octet-stream"}, body: body}
}

// replay sends a recorded envelope again, under its name and under another (F57).
func (w *world) replay(l *line) {
	rec, b, ok := w.seen()
	if !ok || !w.happens(Replay) {
		return
	}
	l.do(put(rec.SID, b), time.Minute)
	var other envelope.SID
	_, _ = w.Read(other[:])
	if r := l.do(put(other.String(), b), time.Minute); r.err == nil && r.status < 400 {
		w.breaks("F57: an envelope was taken under another name")
	}
}

// otherBytes uses a name that is taken (F59).
func (w *world) otherBytes(l *line) {
	rec, b, ok := w.seen()
	if !ok || len(w.facts.held[rec.SID]) == 0 || w.server.rolled || !w.happens(OtherBytes) {
		return
	}
	b = bytes.Clone(b)
	b[len(b)-1]++
	if r := l.do(put(rec.SID, b), time.Minute); r.err == nil && r.status < 400 {
		w.breaks("F59: other bytes were taken under a name in use")
	}
}

// guess asks for a status with a wrong secret (F58).
func (w *world) guess(l *line) {
	rec, _, ok := w.seen()
	if !ok || !w.happens(Guess) {
		return
	}
	var secret, nonce [16]byte
	_, _ = w.Read(secret[:])
	_, _ = w.Read(nonce[:])
	req := envelope.SyncRequest{V: 1, Nonce: fmt.Sprintf("%x", nonce), Watch: []envelope.SyncWatch{{SID: rec.SID, Secret: envelope.EncodeBytes(secret[:])}}}
	r := l.do(message{method: "POST", path: "/v1/status", header: map[string]string{"Content-Type": "application/json"}, body: must(json.Marshal(req))}, time.Minute)
	var resp envelope.SyncResponse
	if r.status == 200 && (json.Unmarshal(r.body, &resp) != nil || len(resp.Watch) != 1 || resp.Watch[0].Known) {
		w.breaks("F58: a wrong secret opened something")
	}
}

// badRequest sends what no client sends (F47, F48): it costs a 4xx, never more.
func (w *world) badRequest(l *line) {
	if !w.happens(BadRequest) {
		return
	}
	kind := map[string]string{"Content-Type": "application/json"}
	all := []message{
		{method: "POST", path: "/v1/sync", header: kind, body: bytes.Repeat([]byte("["), 20_000)},
		{method: "POST", path: "/v1/sync", header: kind, body: make([]byte, 600<<10)},
		{method: "POST", path: "/v1/sync", header: map[string]string{"Content-Type": "application/json", "Content-Encoding": "gzip"}, body: []byte("x")},
		{method: "POST", path: "/v1/office/pull", header: kind, body: []byte(`{"v":1,"limit":200}`)},
		put("00", []byte("LXB1")),
		{method: "DELETE", path: "/v1/sync"},
	}
	if r := l.do(all[w.IntN(len(all))], time.Minute); r.err == nil && (r.status < 400 || r.status >= 500) {
		w.breaks("F48: a bad request got %d", r.status)
	}
}
