package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"lixianban/app/envelope"
	"lixianban/worker/office"
)

// bureau is the office: two clerks with one key file, and the network to the counter.
type bureau struct {
	w    *world
	line *line
	said int
	last []byte // body of the last events request
}

// officeFaults are those of a county's own network.
var officeFaults = []Fault{RequestLost, ResponseLost, Copies, LateResponse, LateRequest, PortalPage, CutResponse, EmptyResponse, FlippedAnswer,
	FlippedRequest, EmptyRequest, CutRequest, OldAnswer, ServerError, SlowLoris}

func newBureau(w *world) *bureau {
	b := &bureau{w: w, line: w.line("office", officeFaults)}
	for n := range 2 {
		w.spawn(w.owner(fmt.Sprintf("clerk-%d", n)), "clerk", w.gap(), b.work)
	}
	return b
}

// client has the keys of the day.
func (b *bureau) client() *office.Client {
	c := &office.Client{Transport: b, Now: b.w.server.now, Rand: b.w, Key: office.KeyFile{Office: officeID, Secret: b.w.pub.keys[0].secret}}
	for _, k := range b.w.pub.keys[1:] {
		c.Old = append(c.Old, k.secret)
	}
	return c
}

// Post implements office.Transport.
func (b *bureau) Post(_ context.Context, path string, header map[string]string, body []byte) (int, []byte, error) {
	if path == "/v1/office/events" {
		b.last = bytes.Clone(body)
	}
	r := b.line.do(message{method: "POST", path: path, header: header, body: body}, time.Minute)
	return r.status, r.body, r.err
}

func (b *bureau) work(p *proc) {
	for {
		p.sleep(3 * b.w.gap())
		if b.w.healed {
			return
		}
		b.w.ops++
		b.act(p)
	}
}

func (b *bureau) act(p *proc) {
	w, c := b.w, b.client()
	switch w.IntN(8) {
	case 0:
		_, bad, err := c.OpenAll(ctx)
		b.unopened(bad)
		w.note("clerk opened all: %v", err)
	case 1:
		b.acknowledge(c)
	case 2:
		if b.last != nil && w.happens(EventAgain) {
			b.signed(c, "/v1/office/events", b.last)
		}
	case 3:
		if w.happens(EventAhead) {
			b.ahead(c)
		}
	default:
		b.decide(c, p)
	}
}

// unopened: what the office can't open was spoilt on its own line, or it is a loss.
func (b *bureau) unopened(bad map[string]error) {
	for _, sid := range sorted(bad) {
		if !b.w.healed {
			continue
		}
		b.w.breaks("I2: the office can't open %.8s: %v", sid, bad[sid])
	}
}

// some is one of the office's applications.
func (b *bureau) some(c *office.Client) (envelope.PullItem, bool) {
	items, err := c.List(ctx)
	items = slices.DeleteFunc(items, func(it envelope.PullItem) bool { return it.State == "erased" })
	if err != nil || len(items) == 0 {
		return envelope.PullItem{}, false
	}
	return items[b.w.IntN(len(items))], true
}

// decide opens one application and answers it, sometimes beside the other clerk.
func (b *bureau) decide(c *office.Client, p *proc) {
	it, ok := b.some(c)
	if !ok {
		return
	}
	b.mayFetch(it.SID)
	o, err := c.Open(ctx, it.SID)
	b.w.note("clerk opens %.8s: %v", it.SID, err)
	if err != nil {
		return
	}
	if b.w.happens(TwoClerks) {
		b.w.spawn(p.owner, "second clerk", 0, func(*proc) { b.answer(c, o) })
	}
	p.sleep(b.w.between(0, time.Minute))
	b.answer(c, o)
}

// mayFetch notes that opening tells the applicant so.
func (b *bureau) mayFetch(sid string) { b.issue(sid, decision{1, envelope.Fetched, ""}) }

func (b *bureau) issue(sid string, d decision) {
	if b.w.facts.issued[sid] == nil {
		b.w.facts.issued[sid] = map[decision]bool{}
	}
	b.w.facts.issued[sid][d] = true
}

// answer decides, with words that name this one decision.
func (b *bureau) answer(c *office.Client, o office.Opened) {
	b.said++
	d := decision{o.Item.Seq + 1, []envelope.StatusState{envelope.NeedsInfo, envelope.Accepted, envelope.Rejected}[b.w.IntN(3)], fmt.Sprintf("%s %d", canary, b.said)}
	b.issue(o.Item.SID, d)
	err := c.Decide(ctx, o, d.state, d.reason)
	b.w.note("clerk says %s of %.8s as %d: %v", d.state, o.Item.SID, d.seq, err)
}

// acknowledge tells the counter that the office holds some envelopes safely.
func (b *bureau) acknowledge(c *office.Client) {
	it, ok := b.some(c)
	if ok {
		b.signed(c, "/v1/office/pull", must(json.Marshal(envelope.PullRequest{V: 1, Ack: []string{it.SID}})))
	}
}

// ahead posts an event that is not the next one: it must wait for its turn.
func (b *bureau) ahead(c *office.Client) {
	it, ok := b.some(c)
	if !ok {
		return
	}
	ev := envelope.EventsRequest{V: 1, Events: []envelope.Event{{SID: it.SID, Seq: it.Seq + 20, Sealed: envelope.EncodeBytes([]byte("not the next one"))}}}
	r := b.signed(c, "/v1/office/events", must(json.Marshal(ev)))
	var resp envelope.EventsResponse
	if r.status == 200 && json.Unmarshal(r.body, &resp) == nil && len(resp.Results) == 1 && resp.Results[0].Seq == ev.Events[0].Seq && resp.Results[0].Status < 300 {
		b.w.breaks("L32: an event out of order was stored")
	}
}

func (b *bureau) signed(c *office.Client, path string, body []byte) reply {
	auth := must(envelope.SignRequest(c.Key.Secret, officeID, "POST", path, body, c.Now(), b.w))
	return b.line.do(message{method: "POST", path: path, header: map[string]string{envelope.RequestHeader: auth, "Content-Type": "application/json"}, body: body}, time.Minute)
}
