package sim

import (
	"time"

	"lixianban/app/outbox"
	"lixianban/worker/ledger"
	"lixianban/worker/office"
)

// heal ends all trouble: clocks are right, devices have room, the network and the
// server work, every phone is on with one page open. What is on its way arrives.
func (w *world) heal() {
	w.note("all is well")
	w.healed = true
	if w.server.down {
		w.until(w.now + 6*time.Minute)
	}
	w.server.skew = 0
	for _, p := range w.phones {
		p.mem.SetLimit(0)
		p.skew, p.crashIn, p.line.offline = 0, 0, 0
		for len(p.tabs) > 0 {
			p.tabs[0].close()
		}
	}
	w.until(w.now + 4*time.Hour) // copies and late requests come in, phones come on
	for _, p := range w.phones {
		for len(p.tabs) > 0 {
			p.tabs[0].close()
		}
		p.off = false
		p.open()
	}
}

// Bounds of the liveness promises.
const (
	handing  = 2 * time.Minute // the person hands over what is left and taps 再试
	draining = time.Minute     // I10
	asking   = 16 * time.Minute
)

// reckon holds the world to what must come true once all is well.
func (w *world) reckon() {
	w.until(w.now + 10*time.Second) // the directory is renewed
	w.handOver()
	w.until(w.now + handing)
	w.each(func(i *intent) {
		if i.isDraft() {
			w.breaks("I10: %.8s is still a draft", i.key)
		}
	})
	w.until(w.now + draining)
	w.each((*intent).arrived)
	w.settle()
	for _, p := range w.phones {
		p.tabs[0].wake(outbox.WhyVisible) // decided applications are asked for when somebody looks
	}
	w.until(w.now + asking)
	w.each((*intent).heard)
	if w.failed == nil {
		w.atTheCounter()
	}
}

// handOver is every person finishing what she began.
func (w *world) handOver() {
	for _, p := range w.phones {
		p := p
		w.spawn(p.tabs[0].me, "finish", 0, func(me *proc) {
			for _, i := range p.intents {
				if i.isDraft() {
					p.tabs[0].hand(i, me)
				}
			}
			for _, i := range p.intents {
				if it, err := p.audit.Item(ctx, i.sid); err == nil && it.Fault != nil && i.alive() {
					i.said("retry", p.tabs[0].box.Retry(ctx, i.sid))
				}
			}
			p.tabs[0].wake(outbox.WhyTap)
		})
	}
}

// each visits the intents that the promises still cover.
func (w *world) each(f func(*intent)) {
	for _, p := range w.phones {
		for _, i := range p.intents {
			if w.failed == nil && i.alive() {
				f(i)
			}
		}
	}
}

// arrived: a minute of good network drains the queue (I10).
func (i *intent) arrived() {
	it, err := i.audit.Item(ctx, i.sid)
	switch {
	case err != nil:
		i.w.breaks("I1: %.8s can't be read at the end: %v", i.key, err)
	case it.Receipt == nil && i.taken:
		if outbox.StateOf(it, i.wall()) != outbox.StateStuck {
			i.w.breaks("L28: %.8s, sent before the device forgot it, isn't shown as stuck", i.key)
		}
	case it.Receipt == nil:
		i.w.breaks("I10: %.8s didn't arrive: %s", i.key, i.story())
	}
}

// story is an item's log in short.
func (i *intent) story() string {
	entries, _ := i.audit.Log(ctx, i.sid)
	s := ""
	for _, e := range entries {
		s += " " + e.What
		if e.Code != "" {
			s += ":" + e.Code
		}
	}
	return s
}

// settle is the office deciding everything.
func (w *world) settle() {
	w.spawn(w.owner("last clerk"), "last clerk", 0, func(*proc) {
		c := w.office.client()
		all, bad, err := c.OpenAll(ctx)
		w.office.unopened(bad)
		if err != nil {
			w.breaks("I10: the office can't work: %v", err)
			return
		}
		if twins := office.Twins(all); len(twins) > 0 {
			w.breaks("I2: one intent came twice: %v", twins)
		}
		for _, o := range all {
			w.openedRight(o)
			w.office.mayFetch(o.Item.SID)
			o, err := c.Open(ctx, o.Item.SID)
			if err == nil {
				w.office.answer(c, o)
			}
		}
	})
	w.until(w.now + 5*time.Minute)
}

// openedRight: what the office reads is what the person handed over (I2).
func (w *world) openedRight(o office.Opened) {
	for _, p := range w.phones {
		if i := p.find(o.Item.SID); i != nil {
			if !i.committed[o.Application.Values["name"]] {
				w.breaks("I2: the office reads of %.8s what nobody wrote", i.key)
			}
			return
		}
	}
	w.breaks("I2: the office has %.8s, which nobody made", o.Item.SID)
}

// heard: the phone shows the office's last word. Where a restore took events away that
// were signed by a clock a day ahead, later words look older.
func (i *intent) heard() {
	it, err := i.audit.Item(ctx, i.sid)
	if err != nil || it.Receipt == nil {
		return
	}
	res, err := i.w.disk.Batch(ctx, []ledger.Stmt{
		{SQL: `SELECT hash FROM submissions WHERE sid = ?`, Args: []any{i.key}},
		{SQL: `SELECT MAX(seq) FROM events WHERE sid = ?`, Args: []any{i.key}},
	})
	if err != nil {
		i.w.breaks("the ledger can't be read: %v", err)
		return
	}
	seq, _ := res[1][0][0].(int64)
	switch {
	case len(res[0]) == 0 && it.Last() == nil:
		i.w.breaks("F45: the server lost %.8s, the phone has it and didn't give it again: %s", i.key, i.story())
	case len(res[0]) > 0 && uint32(seq) != i.seq && !(i.w.server.wrong && i.w.server.lost[i.key] > 0):
		i.w.breaks("I10: the office said %d of %.8s, the phone shows %d", seq, i.key, i.seq)
	}
}

// atTheCounter: one case a sid, with its audit entry; nothing personal anywhere; the
// chain closes; the answers were those of one counter.
func (w *world) atTheCounter() {
	w.server.verify()
	res, err := w.disk.Batch(ctx, []ledger.Stmt{
		{SQL: `SELECT sid FROM submissions WHERE NOT EXISTS (SELECT 1 FROM audit WHERE audit.ref = 'submit/' || submissions.sid)`},
		{SQL: `SELECT sid FROM events WHERE NOT EXISTS (SELECT 1 FROM audit WHERE audit.ref = 'event/' || events.sid || '/' || events.seq)`},
		{SQL: `SELECT sid, pos, office, office_key, pack, form, received_at, state, receipt, envelope FROM submissions`},
		{SQL: `SELECT ref, at, actor, act, sid, note FROM audit`},
		{SQL: `SELECT sid, sealed, at FROM events`},
	})
	if err != nil || len(res[0])+len(res[1]) > 0 {
		w.breaks("I11: without an audit entry: %v %v %v", res[0], res[1], err)
	}
	for _, rows := range res[2:] {
		for _, row := range rows {
			w.scan(row)
		}
	}
	for _, l := range w.server.log {
		if leaking([]byte(l.Route + l.Code + l.Method)) {
			w.breaks("I5: the server's log shows personal data")
		}
	}
	if ok, why := w.history.linear(); !ok {
		w.breaks("I12: the server's answers fit no order of its acts:%s", why)
	}
}

func (w *world) scan(row ledger.Row) {
	for _, cell := range row {
		switch c := cell.(type) {
		case string:
			if leaking([]byte(c)) {
				w.breaks("I5: the database shows personal data")
			}
		case []byte:
			if leaking(c) {
				w.breaks("I5: the database shows personal data")
			}
		}
	}
}
