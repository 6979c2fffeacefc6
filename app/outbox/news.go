package outbox

import (
	"cmp"
	"encoding/json"
	"slices"

	"lixianban/app/envelope"
)

// hear takes the server's news of one item: verified events, or that it lost it.
func (s *stepper) hear(asked Item, w envelope.WatchState, epoch string) change {
	if !w.Known {
		if asked.Envelope == nil || asked.Reoffer {
			return nil
		}
		return func(it *Item) (Batch, []Entry) {
			it.Reoffer = it.Envelope != nil
			return nil, []Entry{{What: DidLose}}
		}
	}
	good, doubts := s.proven(asked, w.Events)
	if len(good)+len(doubts) == 0 && asked.Epoch == epoch {
		return nil
	}
	if slices.ContainsFunc(good, asked.news) {
		s.news = append(s.news, asked.sid())
	}
	return func(it *Item) (Batch, []Entry) {
		it.reach(epoch, good)
		return it.take(good, doubts)
	}
}

// proven opens events and keeps those that the item's office signed.
func (s *stepper) proven(asked Item, events []envelope.Event) (good []envelope.Status, doubts []Entry) {
	office, _ := s.dir.Office(asked.Office)
	phone, err := envelope.ParsePrivateKey(envelope.KEMX25519, asked.StatusKey)
	if err != nil {
		return nil, nil
	}
	for _, ev := range events {
		st, err := envelope.OpenStatus(phone, ev, office)
		if err != nil || st.SID != asked.SID {
			doubts = append(doubts, Entry{What: DidDoubt, Seq: ev.Seq})
			continue
		}
		good = append(good, st)
	}
	return good, doubts
}

// reach notes how far a server of this epoch was heard. Another epoch is a server that
// was restored and may number anew, so it is heard from the beginning (F45).
func (it *Item) reach(epoch string, good []envelope.Status) {
	if it.Epoch != epoch {
		it.Epoch, it.Cursor = epoch, 0
		return
	}
	for _, st := range good {
		it.Cursor = max(it.Cursor, st.Seq)
	}
}

// news tells that a status comes after the last one: its number is higher, or the
// office signed it later, as one does again what a restore took away (I4).
func (it Item) news(st envelope.Status) bool {
	last := it.Last()
	return last == nil || st.Seq > last.Seq || st.Time > last.Time
}

// take stores events newer than the last one; the first event means that the office has
// the envelope, so that the phone's copy can go.
func (it *Item) take(good []envelope.Status, entries []Entry) (Batch, []Entry) {
	slices.SortFunc(good, func(x, y envelope.Status) int { return cmp.Compare(x.Seq, y.Seq) })
	var batch Batch
	for _, st := range good {
		if !it.news(st) {
			continue
		}
		v, err := json.Marshal(st)
		if err != nil {
			continue
		}
		for last := it.Last(); last != nil && last.Seq >= st.Seq; last = it.Last() {
			batch = append(batch, Op{Table: TableEvent, Key: eventKey(it.SID, last.Seq), Rev: AnyRev})
			it.Events = it.Events[:len(it.Events)-1]
		}
		batch = append(batch, Op{Table: TableEvent, Key: eventKey(it.SID, st.Seq), Value: v, Rev: AnyRev})
		entries = append(entries, Entry{What: DidHear, Code: string(st.State), Seq: st.Seq})
		it.Events = append(it.Events, st)
		it.Envelope, it.Clear = nil, nil
	}
	return batch, entries
}
