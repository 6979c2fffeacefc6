package outbox

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lixianban/app/envelope"
)

// maxRecord bounds a stored item: an envelope and its content in base64.
const maxRecord = 512 << 10

// readItem decodes a record and checks that key, envelope and content are of one
// application (L22).
func readItem(r Record) (Item, error) {
	var it Item
	if err := envelope.DecodeTolerant(r.Value, maxRecord, &it); err != nil {
		return Item{}, &Error{CodeMixup, "a stored application can't be read; it is left as it is", err}
	}
	it.rev = r.Rev
	return it, it.verify(r.Key)
}

// decoded is an item as read from a record's bytes, kept since most reads find the same
// bytes again and each costs a parse, a hash and two base64s.
type decoded struct {
	value []byte
	item  Item
	err   error
}

// readItem is readItem of the record, unless the very same bytes were read before.
func (b *Box) readItem(r Record) (Item, error) {
	b.mu.Lock()
	d, ok := b.read[r.Key]
	b.mu.Unlock()
	if ok && bytes.Equal(d.value, r.Value) {
		d.item.rev = r.Rev
		return d.item, d.err
	}
	d.value = r.Value
	d.item, d.err = readItem(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read[r.Key] = d
	return d.item, d.err
}

// forget drops what was read of records that are no more.
func (b *Box) forget(rs []Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.read) <= len(rs) {
		return
	}
	maps.DeleteFunc(b.read, func(key string, _ decoded) bool {
		_, there := slices.BinarySearchFunc(rs, key, func(r Record, k string) int { return cmp.Compare(r.Key, k) })
		return !there
	})
}

func (it Item) verify(key string) error {
	mixup := &Error{CodeMixup, "a stored application belongs to another one; it is left as it is", nil}
	sid, err := envelope.ParseSID(key)
	if err != nil || it.SID != key {
		return mixup
	}
	if it.Envelope != nil {
		h, err := envelope.ParseHeader(it.Envelope)
		if err != nil || h.SID != sid || h.Office != it.Office || envelope.HashOf(it.Envelope).String() != it.Hash ||
			!envelope.Opens(h.Capability, it.Secret) {
			return mixup
		}
	} else if it.Receipt == nil {
		return mixup
	}
	if it.Clear != nil {
		return named(it.Clear, sid, applicationName)
	}
	return nil
}

func (it Item) sid() envelope.SID {
	sid, err := envelope.ParseSID(it.SID)
	if err != nil {
		panic("outbox: an item that was read has a sid: " + err.Error())
	}
	return sid
}

// decided tells that the office's last word is final.
func (it Item) decided() bool {
	last := it.Last()
	return last != nil && (last.State == envelope.Accepted || last.State == envelope.Rejected)
}

// Items lists all items with their events, oldest first. Records that can't be read
// are left where they are and counted in Summary.Damaged.
func (b *Box) Items(ctx context.Context) ([]Item, error) {
	items, _, err := b.items(ctx)
	return items, err
}

func (b *Box) items(ctx context.Context) (out []Item, damaged int, err error) {
	rs, err := b.c.Store.List(ctx, TableOutbox, "", 0)
	if err != nil {
		return nil, 0, storeError(err)
	}
	events, err := b.c.Store.List(ctx, TableEvent, "", 0)
	if err != nil {
		return nil, 0, storeError(err)
	}
	b.forget(rs)
	for _, r := range rs {
		it, err := b.readItem(r)
		if err != nil {
			damaged++
			continue
		}
		it.Events = eventsOf(r.Key, events)
		it.Sending = b.isSending(r.Key)
		out = append(out, it)
	}
	slices.SortStableFunc(out, func(x, y Item) int { return x.Created.Compare(y.Created) })
	return out, damaged, nil
}

func (b *Box) isSending(sid string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.inflight[sid]
}

// eventKey sorts by sid, then by number.
func eventKey(sid string, seq uint32) string { return fmt.Sprintf("%s/%010d", sid, seq) }

// eventsOf picks the readable events of one sid out of records in key order.
func eventsOf(sid string, rs []Record) (out []envelope.Status) {
	i, _ := slices.BinarySearchFunc(rs, sid+"/", func(r Record, k string) int { return cmp.Compare(r.Key, k) })
	for _, r := range rs[i:] {
		if !strings.HasPrefix(r.Key, sid+"/") {
			break
		}
		var s envelope.Status
		if envelope.DecodeTolerant(r.Value, maxClear, &s) == nil && eventKey(s.SID, s.Seq) == r.Key {
			out = append(out, s)
		}
	}
	return out
}

// Item reads one item with its events.
func (b *Box) Item(ctx context.Context, sid envelope.SID) (Item, error) {
	r, err := b.c.Store.Get(ctx, TableOutbox, sid.String())
	if err != nil {
		return Item{}, storeError(err)
	}
	it, err := b.readItem(r)
	if err != nil {
		return Item{}, err
	}
	events, err := b.under(ctx, TableEvent, r.Key)
	it.Events = eventsOf(r.Key, events)
	it.Sending = b.isSending(r.Key)
	return it, err
}

// under lists the records whose key starts with sid and a slash.
func (b *Box) under(ctx context.Context, table, sid string) ([]Record, error) {
	const page = 64
	var out []Record
	for after := sid + "/"; ; after = out[len(out)-1].Key {
		rs, err := b.c.Store.List(ctx, table, after, page)
		if err != nil {
			return nil, storeError(err)
		}
		for _, r := range rs {
			if !strings.HasPrefix(r.Key, sid+"/") {
				return out, nil
			}
			out = append(out, r)
		}
		if len(rs) < page {
			return out, nil
		}
	}
}

// Summary counts for the home screen.
func (b *Box) Summary(ctx context.Context) (Summary, error) {
	drafts, damagedDrafts, err := b.drafts(ctx)
	if err != nil {
		return Summary{}, err
	}
	items, damaged, err := b.items(ctx)
	if err != nil {
		return Summary{}, err
	}
	s := Summary{Drafts: len(drafts), Damaged: damaged + damagedDrafts}
	now := b.c.Clock.Now()
	for _, it := range items {
		s.count(StateOf(it, now))
	}
	return s, nil
}

func (s *Summary) count(state State) {
	switch state {
	case StateQueued, StateSending:
		s.Waiting++
	case StateStuck:
		s.Waiting++
		s.Stuck++
	case StateReceived, StateFetched:
		s.Delivered++
	case StateNeedsInfo:
		s.NeedsInfo++
	case StateAccepted, StateRejected:
		s.Decided++
	}
}

// change edits one item in place and gives what else belongs into the same batch. It may
// run more than once.
type change func(it *Item) (Batch, []Entry)

// update applies changes, by sid, in one batch: it reads the items again, runs the
// changes on what is stored now, and writes under the revisions read. An item removed
// or damaged meanwhile, or that a read didn't give, is skipped; done has the others.
func (b *Box) update(ctx context.Context, changes map[string]change) (done map[string]bool, err error) {
	const tries = 4
	for range tries {
		var batch Batch
		if batch, done, err = b.batchOf(ctx, changes); err != nil {
			return nil, err
		}
		if len(batch) == 0 {
			return done, nil
		}
		if err = b.c.Store.Apply(ctx, batch); !errors.Is(err, ErrConflict) {
			break
		}
	}
	return done, storeError(err)
}

func (b *Box) batchOf(ctx context.Context, changes map[string]change) (Batch, map[string]bool, error) {
	var batch Batch
	done := map[string]bool{}
	for _, sid := range slices.Sorted(maps.Keys(changes)) {
		it, err := b.Item(ctx, mustSID(sid))
		if code := CodeOf(err); code == CodeNotFound || code == CodeMixup {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		more, entries := changes[sid](&it)
		ops, err := b.write(&it, entries)
		if err != nil {
			return nil, nil, err
		}
		batch = append(append(batch, ops...), more...)
		done[sid] = true
	}
	return batch, done, nil
}

// write gives the operations that store an item at the revision it was read, with
// entries added to its log.
func (b *Box) write(it *Item, entries []Entry) (Batch, error) {
	var batch Batch
	for _, e := range entries {
		e.N, e.Time = it.LogCount, b.c.Clock.Now().UTC()
		it.LogCount++
		v, err := json.Marshal(e)
		if err != nil {
			return nil, storeError(err)
		}
		batch = append(batch, Op{Table: TableLog, Key: logKey(it.SID, e.N), Value: v, Rev: AnyRev})
	}
	if err := it.verify(it.SID); err != nil {
		return nil, err
	}
	v, err := json.Marshal(it)
	if err != nil {
		return nil, storeError(err)
	}
	return append(batch, Op{Table: TableOutbox, Key: it.SID, Value: v, Rev: it.rev}), nil
}

// LogSize is how many entries of an item's history are kept; older ones make room.
const LogSize = 50

func logKey(sid string, n int) string { return fmt.Sprintf("%s/%02d", sid, n%LogSize) }

// Log is an item's history, oldest kept entry first.
func (b *Box) Log(ctx context.Context, sid envelope.SID) ([]Entry, error) {
	rs, err := b.under(ctx, TableLog, sid.String())
	var out []Entry
	for _, r := range rs {
		var e Entry
		if envelope.DecodeTolerant(r.Value, maxClear, &e) == nil {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(x, y Entry) int { return cmp.Compare(x.N, y.N) })
	return out, err
}

// What an Entry can tell.
const (
	DidQueue   = "queued"    // sealed and stored
	DidFail    = "failed"    // offered, no usable answer; Code says why
	DidReceive = "received"  // receipt verified
	DidRefuse  = "refused"   // the server refused it; Code and Status are the server's
	DidReseal  = "resealed"  // sealed again to a new office key
	DidHear    = "event"     // a verified event; Seq, Code is its state
	DidDoubt   = "bad-event" // an event that doesn't verify was ignored; Seq
	DidLose    = "lost"      // the server no longer knows it; offered again (F45)
	DidExport  = "exported"
	DidRetry   = "retry" // the person asked to try again
)

// Retry clears a fault because the person asked to try again.
func (b *Box) Retry(ctx context.Context, sid envelope.SID) error {
	err := b.one(ctx, sid, func(it *Item) (Batch, []Entry) {
		it.Fault = nil
		return nil, []Entry{{What: DidRetry}}
	})
	b.Trigger(WhyTap)
	return err
}

// one is update for a single item that must exist.
func (b *Box) one(ctx context.Context, sid envelope.SID, c change) error {
	if _, err := b.Item(ctx, sid); err != nil {
		return err
	}
	_, err := b.update(ctx, map[string]change{sid.String(): c})
	return err
}

// Export gives the envelope's bytes to save or carry, and notes that it was done. After the
// office has fetched it there is nothing to export: CodeNotFound.
func (b *Box) Export(ctx context.Context, sid envelope.SID) ([]byte, error) {
	var out []byte
	err := b.one(ctx, sid, func(it *Item) (Batch, []Entry) {
		out, it.Exported = it.Envelope, true
		return nil, []Entry{{What: DidExport}}
	})
	if err == nil && out == nil {
		err = storeError(ErrNotFound)
	}
	return out, err
}

// Remove deletes an item, its events and its log in one batch because the person asked.
// CodeUnsent without a receipt or an Export (L23).
func (b *Box) Remove(ctx context.Context, sid envelope.SID) error {
	it, err := b.Item(ctx, sid)
	if err != nil {
		return err
	}
	if it.Receipt == nil && !it.Exported {
		return &Error{CodeUnsent, "it has not been delivered yet and would be lost; save it as a file first", nil}
	}
	batch := Batch{{Table: TableOutbox, Key: it.SID, Rev: it.rev}}
	for _, table := range []string{TableEvent, TableLog} {
		rs, err := b.under(ctx, table, it.SID)
		if err != nil {
			return err
		}
		for _, r := range rs {
			batch = append(batch, Op{Table: table, Key: r.Key, Rev: AnyRev})
		}
	}
	return storeError(b.c.Store.Apply(ctx, batch))
}
