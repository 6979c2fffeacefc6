package outbox

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"time"

	"lixianban/app/envelope"
)

// lockName is the lock under which one page at a time sends (F05).
const lockName = "send"

// Step sends and asks once if it is due, under the lock "send". The error is the
// store's; a failed exchange is Report.Failed. After either, Report.Next says when to call
// again.
func (b *Box) Step(ctx context.Context) (Report, error) {
	if wait := b.wait(); wait > 0 {
		return Report{Waited: true, Next: wait}, nil
	}
	s := stepper{b: b, dir: b.c.Directory()}
	ran, err := b.c.Locks.TryDo(ctx, lockName, s.run)
	if !ran && err == nil {
		return Report{Busy: true, Next: busyWait}, nil
	}
	if err != nil {
		b.paced(func(p *pace) { p.failed(b.c.Clock.Mono(), b.c.Rand) })
		s.r.Next = b.wait()
	}
	return s.r, err
}

func (b *Box) wait() time.Duration {
	now := b.c.Clock.Mono()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pace.wait(now)
}

func (b *Box) paced(f func(*pace)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.pace)
}

// stepper is one Step.
type stepper struct {
	b   *Box
	dir envelope.Directory
	r   Report

	received, news []envelope.SID // for the Report once they are stored
}

// keep stores what an exchange changed, and only then reports it.
func (s *stepper) keep(ctx context.Context, changes map[string]change) error {
	done, err := s.b.update(ctx, changes)
	if err != nil {
		return err
	}
	missed := func(sid envelope.SID) bool { return !done[sid.String()] }
	s.r.Received = append(s.r.Received, slices.DeleteFunc(s.received, missed)...)
	s.r.News = append(s.r.News, slices.DeleteFunc(s.news, missed)...)
	s.received, s.news = nil, nil
	return nil
}

// plan is what one Step sends.
type plan struct {
	puts    []Item // by sync
	watches []Item
	big     *Item // by PUT
	more    bool  // items are left for the next Step
	rules   bool  // ask for the newest index, if for nothing else
}

// syncs tells that there is something to ask by POST /v1/sync.
func (p plan) syncs() bool { return len(p.puts)+len(p.watches) > 0 || p.rules }

func (s *stepper) run(ctx context.Context) error {
	items, _, err := s.b.items(ctx)
	if err != nil {
		return err
	}
	if err := s.reseal(ctx, items); err != nil {
		return err
	}
	p := s.plan(items)
	if p.syncs() {
		if err := s.sync(ctx, p); err != nil {
			return err
		}
	}
	if p.big != nil && s.r.Failed == nil {
		if err := s.put(ctx, *p.big); err != nil {
			return err
		}
	}
	s.r.Waited = !p.syncs() && p.big == nil
	s.schedule(ctx, p)
	return nil
}

// schedule says when the next Step is worth it: after the backoff, at once when items
// are left, or when the status is due again.
func (s *stepper) schedule(ctx context.Context, p plan) {
	if wait := s.b.wait(); wait > 0 {
		s.r.Next = wait
		return
	}
	items, _, err := s.b.items(ctx)
	if err != nil {
		s.r.Next = backoffCap
		return
	}
	s.r.Next = s.next(items, p)
	if s.r.Index != "" && (s.r.Next == 0 || s.r.Next > busyWait) {
		s.r.Next = busyWait // the caller fetches it meanwhile
	}
}

func (s *stepper) next(items []Item, p plan) (d time.Duration) {
	switch {
	case p.more || slices.ContainsFunc(items, s.due):
		return time.Millisecond
	case slices.ContainsFunc(items, s.resealable):
		return time.Second
	case slices.ContainsFunc(items, watchable), slices.ContainsFunc(items, keyless):
		now := s.b.c.Clock.Mono()
		s.b.paced(func(pc *pace) { d = max(time.Millisecond, pc.pollAt-now) })
	}
	return d
}

// keyless items wait for a directory with another key of their office.
func keyless(it Item) bool {
	return it.Fault != nil && it.Fault.Code == string(envelope.CodeRetired) && it.Clear != nil
}

// resealable items have one now.
func (s *stepper) resealable(it Item) bool {
	office, ok := s.dir.Office(it.Office)
	if !ok || !keyless(it) {
		return false
	}
	key, err := s.dir.KeyAt(office, s.b.c.Clock.Now())
	return err == nil && key.ID != it.OfficeKey
}

// due tells that an envelope should be offered now.
func (s *stepper) due(it Item) bool {
	if it.Envelope == nil || it.Receipt != nil && !it.Reoffer {
		return false
	}
	if it.Fault == nil {
		return true
	}
	return it.Fault.Again && it.Fault.Code != string(envelope.CodeRetired)
}

// watchable tells that news of the item is expected, so that a timer asks for it.
func watchable(it Item) bool { return askable(it) && !it.decided() }

// askable tells that the server may know something of the item. An office may correct
// its decision, so one that is decided is still asked for when the person comes back.
func askable(it Item) bool {
	return it.Receipt != nil && (!it.Reoffer || it.Fault != nil)
}

// plan picks what fits: the least tried first, so that one bad item never holds up the
// others, and at least one.
func (s *stepper) plan(items []Item) plan {
	var p plan
	due := slices.DeleteFunc(slices.Clone(items), func(it Item) bool { return !s.due(it) })
	slices.SortStableFunc(due, func(x, y Item) int { return cmp.Compare(x.Attempts, y.Attempts) })
	var alone bool
	room := 0
	s.b.paced(func(pc *pace) {
		pc.alone = pc.alone && len(due) > 0
		alone, room = pc.alone, pc.budget
	})
	for i, it := range due {
		size := len(it.Envelope) * 4 / 3
		switch {
		case alone || size > bigItem && !it.Reoffer: // only a sync carries the receipt along
			if p.big == nil {
				p.big = &due[i]
				continue
			}
			p.more = true
		case len(p.puts) > 0 && size > room, len(p.puts) == envelope.MaxPuts:
			p.more = true
		default:
			p.puts = append(p.puts, it)
			room -= size
		}
	}
	if !alone {
		p.watches = s.watches(items, len(p.puts) > 0)
		now := s.b.c.Clock.Mono()
		s.b.paced(func(pc *pace) { p.rules = now >= pc.pollAt && slices.ContainsFunc(items, keyless) })
	}
	return p
}

// watches picks whose news to ask for, going round when there are more than fit. They
// ride along with envelopes at any time, and make a sync of their own when due.
func (s *stepper) watches(items []Item, riding bool) []Item {
	now := s.b.c.Clock.Mono()
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	if !riding && now < s.b.pace.pollAt {
		return nil
	}
	wanted := watchable
	if s.b.pace.back {
		wanted = askable
	}
	all := slices.DeleteFunc(slices.Clone(items), func(it Item) bool { return !wanted(it) })
	slices.SortFunc(all, func(x, y Item) int { return cmp.Compare(x.SID, y.SID) })
	i, _ := slices.BinarySearchFunc(all, s.b.lastSeen+"\x00", func(it Item, k string) int { return cmp.Compare(it.SID, k) })
	all = append(all[i:], all[:i]...)
	return all[:min(len(all), envelope.MaxWatches)]
}

// reseal seals items again whose key the server no longer takes, when the directory has
// another one now. Items without their content stay as they are (L27).
func (s *stepper) reseal(ctx context.Context, items []Item) error {
	for i, it := range items {
		if !s.resealable(it) {
			continue
		}
		office, _ := s.dir.Office(it.Office)
		fresh := it
		if s.b.sealTo(&fresh, s.dir, office) != nil {
			continue
		}
		err := s.b.one(ctx, it.sid(), func(now *Item) (Batch, []Entry) {
			if now.Hash != it.Hash || now.Receipt != nil {
				return nil, nil
			}
			now.Envelope, now.Hash, now.OfficeKey, now.Fault = fresh.Envelope, fresh.Hash, fresh.OfficeKey, nil
			return nil, []Entry{{What: DidReseal}}
		})
		if err != nil {
			return err
		}
		if items[i], err = s.b.Item(ctx, it.sid()); err != nil {
			return err
		}
	}
	return nil
}

// sync is one POST /v1/sync and what follows from it.
func (s *stepper) sync(ctx context.Context, p plan) error {
	req, body, err := s.syncRequest(p)
	if err != nil {
		return err
	}
	s.fly(p.puts, true)
	a := s.exchange(ctx, Request{
		Method: "POST", Path: "/v1/sync", Body: body,
		Header:  map[string]string{"Content-Type": "application/json", "Content-Digest": digest(body)},
		MaxBody: 64<<10 + 4<<10*len(p.watches),
	})
	s.fly(p.puts, false)
	resp, failed := a.sync(req)
	if failed != nil {
		return s.gaveNothing(ctx, p.puts, a, failed)
	}
	s.r.Index = resp.Index
	changes := map[string]change{}
	settled := true
	for i, it := range p.puts {
		r := resp.Put[i]
		c, ok := s.settle(it, r.Status, r.Receipt, r.Problem)
		changes[it.SID], settled = c, settled && ok
	}
	for i, it := range p.watches {
		if c := s.hear(it, resp.Watch[i], resp.Epoch); c != nil {
			changes[it.SID] = c
		}
	}
	s.progressed(settled, p.watches)
	return s.keep(ctx, changes)
}

// progressed paces the next exchange after a good answer. News that was due has been
// asked for in the same Step.
func (s *stepper) progressed(settled bool, watched []Item) {
	now := s.b.c.Clock.Mono()
	s.b.paced(func(pc *pace) {
		pc.worked()
		if !settled {
			pc.failed(now, s.b.c.Rand)
		}
		pc.pollAt = max(pc.pollAt, now+pollEvery)
		if len(watched) > 0 {
			pc.back = false
			s.b.lastSeen = watched[len(watched)-1].SID
		}
	})
}

// gaveNothing paces and notes an exchange without a usable answer. The items stay as they
// are but for their count and log.
func (s *stepper) gaveNothing(ctx context.Context, puts []Item, a answer, failed *Error) error {
	s.r.Failed = failed
	now := s.b.c.Clock.Mono()
	s.b.paced(func(pc *pace) {
		pc.failed(now, s.b.c.Rand)
		if failed.Code == CodeBusy {
			pc.told(now, a.after)
		}
		pc.alone = pc.alone || failed.Code == CodeRefused && len(puts) > 0 || failed.Code == CodeTooBigWay && len(puts) == 1
	})
	changes := map[string]change{}
	for _, it := range puts {
		changes[it.SID] = tried(it, Entry{What: DidFail, Code: string(failed.Code), Status: a.status})
	}
	_, err := s.b.update(ctx, changes)
	return err
}

// tried counts an attempt on the same envelope.
func tried(sent Item, e Entry) change {
	return func(it *Item) (Batch, []Entry) {
		it.Attempts++
		return nil, []Entry{e}
	}
}

func (s *stepper) syncRequest(p plan) (envelope.SyncRequest, []byte, error) {
	var nonce [16]byte
	if _, err := io.ReadFull(s.b.c.Rand, nonce[:]); err != nil {
		return envelope.SyncRequest{}, nil, &Error{CodeSealing, "the phone gives no random bytes; close other pages and try again", err}
	}
	req := envelope.SyncRequest{V: 1, Nonce: hex.EncodeToString(nonce[:])}
	if s.b.c.Index != nil {
		req.Index = s.b.c.Index()
	}
	for _, it := range p.puts {
		req.Put = append(req.Put, envelope.SyncPut{SID: it.SID, Envelope: envelope.EncodeBytes(it.Envelope), Receipt: it.Receipt})
	}
	for _, it := range p.watches {
		w := envelope.SyncWatch{SID: it.SID, Secret: envelope.EncodeBytes(it.Secret)}
		if last := it.Last(); it.Epoch != "" {
			w.After = it.Cursor
		} else if last != nil {
			w.After = last.Seq
		}
		req.Watch = append(req.Watch, w)
	}
	body, err := json.Marshal(req)
	return req, body, err
}

// put is one PUT /v1/submissions/{sid}.
func (s *stepper) put(ctx context.Context, it Item) error {
	s.fly([]Item{it}, true)
	a := s.exchange(ctx, putRequest(it))
	s.fly([]Item{it}, false)
	receipt, problem, failed := a.put()
	if failed != nil {
		if failed.Code == CodeTooBigWay {
			return s.tooBigOnTheWay(ctx, it)
		}
		return s.gaveNothing(ctx, []Item{it}, a, failed)
	}
	c, settled := s.settle(it, a.status, receipt, problem)
	s.progressed(settled, nil)
	return s.keep(ctx, map[string]change{it.SID: c})
}

// tooBigOnTheWay: a layer that isn't ours refuses one single envelope (L20). It is shown
// as stuck, and still tried, since another network may let it through.
func (s *stepper) tooBigOnTheWay(ctx context.Context, it Item) error {
	s.r.Failed = &Error{CodeTooBigWay, "something on the way refuses messages of this size; try another network", nil}
	now := s.b.c.Clock.Mono()
	s.b.paced(func(pc *pace) { pc.failed(now, s.b.c.Rand) })
	fault := s.fault(413, string(CodeTooBigWay), true)
	_, err := s.b.update(ctx, map[string]change{it.SID: refused(it, fault)})
	return err
}

func (s *stepper) fault(status int, code string, again bool) *Fault {
	return &Fault{Code: code, Status: status, Time: s.b.c.Clock.Now().UTC(), Again: again}
}

// refused notes why the envelope that was sent doesn't get through.
func refused(sent Item, f *Fault) change {
	return func(it *Item) (Batch, []Entry) {
		it.Attempts++
		if it.Hash == sent.Hash {
			it.Fault, it.Reoffer = f, it.Reoffer && f.Again
		}
		return nil, []Entry{{What: DidRefuse, Code: f.Code, Status: f.Status}}
	}
}

// settle says what one put's answer changes, and whether it settles the item for now.
func (s *stepper) settle(sent Item, status int, receipt *envelope.Receipt, problem *envelope.Problem) (change, bool) {
	switch {
	case status == 200 || status == 201:
		return s.receive(sent, status, receipt)
	case problem == nil || problem.Code == "" || problem.Code == damagedOnTheWay || status == 409 || status == 425 || status == 429 || status < 400 || status >= 500:
		return s.unsettled(sent, status, &Error{CodeBusy, "the server puts the application off; it will be tried again", nil})
	case status == 410:
		return refused(sent, s.fault(410, string(envelope.CodeRetired), true)), true
	}
	return refused(sent, s.fault(status, plainCode(problem.Code), false)), true
}

// unsettled notes an answer that leaves the item as it is.
func (s *stepper) unsettled(sent Item, status int, why *Error) (change, bool) {
	s.r.Failed = why
	return tried(sent, Entry{What: DidFail, Code: string(why.Code), Status: status}), false
}

// receive takes a receipt if it proves that the server holds exactly these bytes (I3).
func (s *stepper) receive(sent Item, status int, receipt *envelope.Receipt) (change, bool) {
	if receipt == nil || envelope.VerifyReceipt(*receipt, sent.sid(), envelope.HashOf(sent.Envelope), s.dir.Services) != nil {
		return s.unsettled(sent, status, nonsense("no receipt of the directory's keys for these bytes", nil))
	}
	if sent.Receipt == nil {
		s.received = append(s.received, sent.sid())
	}
	return func(it *Item) (Batch, []Entry) {
		if it.Hash != sent.Hash {
			return nil, nil
		}
		it.Attempts++
		it.Receipt, it.Fault, it.Clear, it.Reoffer = receipt, nil, nil, false
		it.reach(receipt.Epoch, nil)
		return nil, []Entry{{What: DidReceive, Status: status}}
	}, true
}

// fly marks items as in flight, for StateSending.
func (s *stepper) fly(items []Item, on bool) {
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	for _, it := range items {
		if on {
			s.b.inflight[it.SID] = true
		} else {
			delete(s.b.inflight, it.SID)
		}
	}
}

func mustSID(text string) envelope.SID {
	sid, err := envelope.ParseSID(text)
	if err != nil {
		panic("outbox: a change names an item that was read: " + err.Error())
	}
	return sid
}
