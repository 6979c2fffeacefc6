package sim

import (
	"slices"
	"strings"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
)

// find is the intent of a sid, nil when it isn't this phone's.
func (p *phone) find(key string) *intent {
	n := slices.IndexFunc(p.intents, func(i *intent) bool { return i.key == key })
	if n < 0 {
		return nil
	}
	return p.intents[n]
}

// before is what a record was just before a batch changed it.
type before struct {
	draft string // text
	item  outbox.Item
	had   bool // there was an item
}

// swapped reads what a batch is about to change.
func (t *tab) swapped(b outbox.Batch) map[string]before {
	all := map[string]before{}
	for _, op := range b {
		if op.Table != outbox.TableDraft && op.Table != outbox.TableOutbox {
			continue
		}
		var was before
		if r, err := t.mem.Get(ctx, outbox.TableDraft, op.Key); err == nil {
			was.draft = textOf(r.Value)
		}
		if i := t.find(op.Key); i != nil {
			it, err := t.audit.Item(ctx, i.sid)
			was.item, was.had = it, err == nil
		}
		all[op.Key] = was
	}
	return all
}

// wrote holds a batch that was written to the promises.
func (t *tab) wrote(b outbox.Batch, was map[string]before) {
	touched := map[string]bool{}
	for _, op := range b {
		key, _, _ := strings.Cut(op.Key, "/")
		touched[key] = true
		i := t.find(key)
		if i == nil {
			continue
		}
		switch op.Table {
		case outbox.TableDraft:
			i.draftWritten(op)
		case outbox.TableOutbox:
			i.itemWritten(op, was[key])
		}
	}
	for _, key := range sorted(touched) {
		if i := t.find(key); i != nil {
			i.check()
		}
	}
}

func (i *intent) draftWritten(op outbox.Op) {
	if op.Value == nil {
		if _, err := i.mem.Get(ctx, outbox.TableOutbox, i.key); err != nil {
			i.leaving = true // discarded by the person
		}
		return
	}
	if op.Rev == outbox.AnyRev {
		i.w.breaks("F04: %.8s was written over without a look", i.key)
	}
	i.born, i.committed[textOf(op.Value)] = true, true
}

func (i *intent) itemWritten(op outbox.Op, was before) {
	if op.Value == nil {
		if was.item.Receipt == nil && !was.item.Exported {
			i.w.breaks("L23: %.8s was removed unsent", i.key)
		}
		i.leaving = true
		return
	}
	if it, err := i.audit.Item(ctx, i.sid); err == nil && !was.had && textOf(it.Clear) != was.draft {
		i.w.breaks("L22: %.8s hands over something else than its draft", i.key)
	}
}

// check holds what the storage says of an intent to I1, I3, I4 and L22.
func (i *intent) check() {
	if i.damaged {
		return
	}
	draft, noDraft := i.mem.Get(ctx, outbox.TableDraft, i.key)
	_, noItem := i.mem.Get(ctx, outbox.TableOutbox, i.key)
	switch {
	case noDraft == nil && noItem == nil:
		i.w.breaks("I1: %.8s is a draft and an item", i.key)
	case noDraft != nil && noItem != nil:
		if i.born && !i.leaving {
			i.w.breaks("I1: %.8s is gone", i.key)
		}
	case noDraft == nil:
		if !i.committed[textOf(draft.Value)] {
			i.w.breaks("I1: the draft of %.8s was never typed", i.key)
		}
	default:
		i.checkItem()
	}
}

func (i *intent) checkItem() {
	it, err := i.audit.Item(ctx, i.sid)
	if err != nil {
		i.w.breaks("L22: the item of %.8s can't be read: %v", i.key, err)
		return
	}
	if it.Receipt == nil {
		if i.receipt {
			i.w.breaks("I4: %.8s had a receipt", i.key)
		}
		if !i.committed[textOf(it.Clear)] || len(it.Envelope) == 0 {
			i.w.breaks("I1: the item of %.8s lost its content before its receipt", i.key)
		}
	} else {
		i.checkReceipt(it)
	}
	i.checkEvents(it)
	if it.LogCount > 0 && i.logs() > outbox.LogSize {
		i.w.breaks("I8: the log of %.8s grows without end", i.key)
	}
}

func (i *intent) logs() int {
	rs, _ := i.mem.List(ctx, outbox.TableLog, i.key+"/", outbox.LogSize+1)
	return len(slices.DeleteFunc(rs, func(r outbox.Record) bool { return !strings.HasPrefix(r.Key, i.key) }))
}

// checkReceipt: a receipt is one of the true server, for these bytes, which it held.
func (i *intent) checkReceipt(it outbox.Item) {
	r := it.Receipt
	if !i.receipt {
		i.w.note("%s has a receipt for %.8s", i.name, i.key)
	}
	i.receipt = true
	var true_ []envelope.ServiceKey
	for _, k := range keys().services {
		true_ = append(true_, envelope.ServiceKeyOf(k))
	}
	hash, _ := envelope.ParseHash(it.Hash)
	if err := envelope.VerifyReceipt(*r, i.sid, hash, true_); err != nil {
		i.w.breaks("I3: the receipt of %.8s is false: %v", i.key, err)
	}
	if !i.w.facts.held[i.key][r.Hash] {
		i.w.breaks("I3: %.8s has a receipt and the server never held it", i.key)
	}
}

// checkEvents: what is shown was said by the office, and never goes back.
func (i *intent) checkEvents(it outbox.Item) {
	for _, ev := range it.Events {
		if !i.w.facts.issued[i.key][decision{ev.Seq, ev.State, ev.Reason}] {
			i.w.breaks("I4: nobody said %s of %.8s (event %d)", ev.State, i.key, ev.Seq)
		}
	}
	var seq uint32
	var signed string
	if last := it.Last(); last != nil {
		seq, signed = last.Seq, last.Time
	}
	if seq < i.seq && (seq == 0 || signed <= i.signed) {
		i.w.breaks("I4: %.8s went back from event %d of %s to %d of %s", i.key, i.seq, i.signed, seq, signed)
	}
	i.seq, i.signed = seq, signed
	if len(it.Envelope) == 0 && seq == 0 {
		i.w.breaks("I1: %.8s lost its envelope before the office had it", i.key)
	}
}

// word is what the screen must say, from the stored facts alone.
func word(it outbox.Item, p *phone) outbox.State {
	switch {
	case len(it.Events) > 0:
		return outbox.State(it.Events[len(it.Events)-1].State)
	case it.Receipt != nil:
		return outbox.StateReceived
	case it.Fault != nil || p.wall().After(it.Created.Add(outbox.StuckAfter)):
		return outbox.StateStuck
	}
	return outbox.StateQueued
}

// checkWord holds what a page shows to what its item holds: 「已送到」 and all after it
// need their proof, and only an undelivered item may be on its way.
func (t *tab) checkWord(it outbox.Item) {
	got, want := outbox.StateOf(it, t.wall()), word(it, t.phone)
	if got != want && (got != outbox.StateSending || it.Receipt != nil) {
		t.w.breaks("I3: the screen says %s of %.8s, the facts say %s", got, it.SID, want)
	}
	if i := t.find(it.SID); i != nil && it.Receipt != nil && !i.receipt && !i.damaged && !i.leaving {
		t.w.breaks("I3: the screen shows a receipt of %.8s that isn't stored", it.SID)
	}
}

// checkReport: what a Step says it did is on the disk.
func (t *tab) checkReport(r outbox.Report, err error) {
	for _, e := range []error{r.Failed, err} {
		if e != nil && leaking([]byte(e.Error())) {
			t.w.breaks("I5: an error of sending shows personal data")
		}
	}
	for _, sid := range r.Received {
		if i := t.find(sid.String()); i == nil || !i.receipt && !i.leaving && !i.damaged {
			t.w.breaks("I3: %.8s is reported received and isn't stored so", sid)
		}
	}
	if err == nil && !r.Busy && r.Next < 0 {
		t.w.breaks("I8: a step asks to come back in %v", r.Next)
	}
}

// lied takes note of what a device that didn't flush has forgotten; from there on its
// intents are held to what is left.
func (p *phone) lied() {
	for _, i := range p.intents {
		_, noDraft := p.mem.Get(ctx, outbox.TableDraft, i.key)
		_, noItem := p.mem.Get(ctx, outbox.TableOutbox, i.key)
		i.born = noDraft == nil || noItem == nil
		i.taken = i.taken || p.w.facts.sent[i.key]
		i.leaving, i.receipt, i.seq = i.leaving && !i.born, false, 0
		i.signed = ""
		if noItem == nil && !i.damaged {
			i.checkItem()
		}
	}
}

// count adds a phone's intents to the result.
func (p *phone) count(r *Result) {
	for _, i := range p.intents {
		r.Intents++
		if i.receipt {
			r.Given++
		}
		if i.seq > 0 {
			r.Decided++
		}
	}
}
