package sim

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"

	"lixianban/app/envelope"
	"lixianban/worker/ledger"
)

// history is what the server was asked and answered, as one who stands at its door saw
// it: each put, question and event with the time it came in and the time it was
// answered. A restore starts a new one, since forgetting is no register's behaviour.
type history struct {
	ops   []*porcupine.Operation
	clock int64
}

// question and answer of one operation on one sid.
type question struct {
	sid, kind string // put, watch, event
	value     string // hash of the envelope, or the event's sealed text
	opens     string // the capability put or shown
	after     uint32
}

type answer struct {
	known  bool   // the client heard it
	status int    // of a put or an event
	there  bool   // watch: the server knows the sid
	value  string // watch: hash by its receipt
	events []string
}

func (h *history) tick() int64 { h.clock++; return h.clock }

// restart begins a new history with what a restored database holds, as if it had just
// been put there.
func (h *history) restart(d *Disk) error {
	h.ops = nil
	res, err := d.Batch(ctx, []ledger.Stmt{{SQL: `SELECT sid, hash, capability FROM submissions ORDER BY pos`}, {SQL: `SELECT sid, seq, sealed FROM events ORDER BY sid, seq`}})
	if err != nil {
		return err
	}
	for _, r := range res[0] {
		h.was(question{sid: r[0].(string), kind: "put", value: hex.EncodeToString(r[1].([]byte)), opens: hex.EncodeToString(r[2].([]byte))})
	}
	for _, r := range res[1] {
		h.was(question{sid: r[0].(string), kind: "event", value: fmt.Sprint(r[1], " ", r[2]), after: uint32(r[1].(int64))})
	}
	return nil
}

func (h *history) was(q question) {
	h.ops = append(h.ops, &porcupine.Operation{Input: q, Call: h.tick(), Output: answer{known: true, status: 201}, Return: h.tick()})
}

// never is the return time of what nobody heard.
const never = int64(1) << 60

// begin notes a message's operations; what it returns notes their answers.
func (h *history) begin(m message) func(reply) {
	at, from := h.tick(), len(h.ops)
	if m.cut > 0 {
		return nobody
	}
	for _, q := range questions(m) {
		h.ops = append(h.ops, &porcupine.Operation{Input: q, Call: at, Output: answer{}, Return: never})
	}
	mine := slices.Clone(h.ops[from:])
	return func(r reply) {
		as := answers(m, r)
		if len(as) != len(mine) {
			return
		}
		now := h.tick()
		for i := range mine {
			mine[i].Output, mine[i].Return = as[i], now
		}
	}
}

func questions(m message) []question {
	if sid, ok := strings.CutPrefix(m.path, "/v1/submissions/"); ok && m.method == "PUT" {
		return []question{putOf(sid, m.body)}
	}
	var qs []question
	var req envelope.SyncRequest
	var evs envelope.EventsRequest
	switch {
	case m.path == "/v1/sync" && json.Unmarshal(m.body, &req) == nil:
		for _, p := range req.Put {
			b, _ := envelope.DecodeBytes(p.Envelope)
			qs = append(qs, putOf(p.SID, b))
		}
		for _, s := range req.Watch {
			secret, _ := envelope.DecodeBytes(s.Secret)
			qs = append(qs, question{sid: s.SID, kind: "watch", opens: envelope.CapabilityOf(secret).String(), after: s.After})
		}
	case m.path == "/v1/office/events" && json.Unmarshal(m.body, &evs) == nil:
		for _, e := range evs.Events {
			qs = append(qs, question{sid: e.SID, kind: "event", value: fmt.Sprint(e.Seq, " ", e.Sealed), after: e.Seq})
		}
	}
	return qs
}

func putOf(sid string, body []byte) question {
	h, _ := envelope.ParseHeader(body)
	return question{sid: sid, kind: "put", value: envelope.HashOf(body).String(), opens: h.Capability.String()}
}

// answers reads what a reply says; nil when it is about the whole message.
func answers(m message, r reply) []answer {
	switch {
	case r.err != nil:
		return nil
	case m.method == "PUT":
		if r.status >= 500 {
			return nil
		}
		return []answer{{known: true, status: r.status}}
	case r.status != 200:
		return nil
	case m.path == "/v1/sync":
		return syncAnswers(r)
	}
	var resp envelope.EventsResponse
	if json.Unmarshal(r.body, &resp) != nil {
		return nil
	}
	var as []answer
	for _, e := range resp.Results {
		as = append(as, answer{known: true, status: e.Status})
	}
	return as
}

func syncAnswers(r reply) (as []answer) {
	var resp envelope.SyncResponse
	if json.Unmarshal(r.body, &resp) != nil {
		return nil
	}
	for _, p := range resp.Put {
		as = append(as, answer{known: true, status: p.Status})
	}
	for _, s := range resp.Watch {
		a := answer{known: true, there: s.Known}
		if s.Receipt != nil {
			a.value = s.Receipt.Hash
		}
		for _, e := range s.Events {
			a.events = append(a.events, fmt.Sprint(e.Seq, " ", e.Sealed))
		}
		as = append(as, a)
	}
	return as
}

// held is the model's state of one sid.
type held struct {
	hash   string
	opens  string
	events string // joined by newlines
}

func (s held) list() []string {
	if s.events == "" {
		return nil
	}
	return strings.Split(s.events, "\n")
}

// counter is the specification: the first envelope under a sid stays, the same again
// is welcome, another is refused; events are appended in order; a question shows all
// events after the one named.
var counter = porcupine.Model{
	Partition: bySID,
	Init:      func() any { return held{} },
	Step: func(state, input, output any) (bool, any) {
		s, q, a := state.(held), input.(question), output.(answer)
		switch q.kind {
		case "put":
			return putStep(s, q, a)
		case "event":
			return eventStep(s, q, a)
		}
		return watchStep(s, q, a), s
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
}

func bySID(ops []porcupine.Operation) [][]porcupine.Operation {
	by := map[string][]porcupine.Operation{}
	for _, op := range ops {
		sid := op.Input.(question).sid
		by[sid] = append(by[sid], op)
	}
	var all [][]porcupine.Operation
	for _, sid := range sorted(by) {
		all = append(all, by[sid])
	}
	return all
}

func putStep(s held, q question, a answer) (bool, any) {
	next := s
	if next.hash == "" {
		next.hash, next.opens = q.value, q.opens
	}
	if !a.known {
		return true, next
	}
	switch a.status {
	case 201: // nobody else may have been told that it is new
		return s.hash == "", next
	case 200: // the first one too, when the database's answer was lost and it was read again
		return next.hash == q.value, next
	case 422:
		return s.hash != "" && s.hash != q.value, s
	case 503:
		return true, next
	}
	return s.hash != q.value, s // refused: it is not held
}

func eventStep(s held, q question, a answer) (bool, any) {
	list := s.list()
	fits := s.hash != "" && int(q.after) == len(list)+1
	next := s
	if fits {
		next.events = strings.Join(append(list, q.value), "\n")
	}
	if !a.known {
		return true, next
	}
	switch a.status {
	case 201:
		return fits, next
	case 200:
		return fits || slices.Contains(list, q.value), next
	case 422:
		return int(q.after) <= len(list) && !slices.Contains(list, q.value), s
	case 409:
		return int(q.after) > len(list)+1 || int(q.after) > len(list) && s.hash != "", s
	case 404:
		return s.hash == "", s
	}
	return true, s
}

func watchStep(s held, q question, a answer) bool {
	if mine := s.hash != "" && s.opens == q.opens; !a.known || !mine || !a.there {
		return !a.known || !mine && !a.there // a wrong secret is as good as no sid
	}
	list := s.list()
	return a.value == s.hash && slices.Equal(a.events, list[min(int(q.after), len(list)):])
}

// linear tells whether the answers could have come from one counter that does one thing
// at a time, and else which ones could not. An unknown put may take effect once, or
// never: at the end nobody sees it.
func (h *history) linear() (bool, string) {
	ops := make([]porcupine.Operation, len(h.ops))
	for i, op := range h.ops {
		ops[i] = *op
	}
	for _, part := range bySID(ops) {
		if !porcupine.CheckOperations(counter, part) {
			return false, told(part)
		}
	}
	return true, ""
}

// told lists the operations on one sid.
func told(ops []porcupine.Operation) string {
	var b strings.Builder
	for _, op := range ops {
		q, a := op.Input.(question), op.Output.(answer)
		fmt.Fprintf(&b, "\n%6d–%d %s %.8s %.14s after %d: known %v, status %d, there %v %.8s, %d events", op.Call, op.Return, q.kind, q.sid, q.value, q.after,
			a.known, a.status, a.there, a.value, len(a.events))
	}
	return b.String()
}
