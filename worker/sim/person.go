package sim

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/filing"
	"lixianban/app/outbox"
)

// intent is one thing a person wants done, from the first word typed.
type intent struct {
	*phone
	sid        envelope.SID
	key        string
	typed      int             // versions so far
	committed  map[string]bool // texts that were in the draft's record
	born       bool            // its record was there once
	handedOver bool            // Submit said yes
	leaving    bool            // the person discards or removes it
	damaged    bool            // its record was spoilt by the device
	taken      bool            // the device forgot it after it was sent
	receipt    bool
	seq        uint32
	signed     string // when the office signed the last word
}

// text is a version of the content; everything personal holds the canary.
func (i *intent) text() string {
	i.typed++
	return fmt.Sprintf("%s %.8s %d", canary, i.key, i.typed)
}

func (i *intent) draft(text string, size int) []byte {
	v := map[string]any{"id": i.key, "values": map[string]string{"name": text, "note": strings.Repeat("长", size/3)}}
	return must(json.Marshal(v))
}

// content is what a draft's or an application's JSON says.
type content struct {
	ID     string            `json:"id"`
	Values map[string]string `json:"values"`
}

func textOf(data []byte) string {
	var c content
	_ = json.Unmarshal(data, &c)
	return c.Values["name"]
}

// acts are what a person may do, by weight.
var acts = []struct {
	weight int
	do     func(*phone)
}{
	{3, (*phone).begin}, {3, (*phone).edit}, {5, (*phone).submit}, {3, (*phone).look}, {4, (*phone).turn},
	{2, (*phone).another}, {2, (*phone).killTab}, {2, (*phone).pullBattery}, {2, (*phone).armCrash}, {1, (*phone).jump},
	{1, (*phone).squeeze}, {1, (*phone).outage}, {1, (*phone).freeze}, {1, (*phone).spoil}, {2, (*phone).retry},
	{1, (*phone).export}, {1, (*phone).remove}, {1, (*phone).discard}, {1, (*phone).expire},
}

// person lives beside the phone.
func (p *phone) person(me *proc) {
	p.open()
	for !p.w.healed {
		me.sleep(p.w.gap() / 2)
		if p.w.healed {
			return
		}
		if p.off {
			continue
		}
		if len(p.tabs) == 0 {
			p.open()
		}
		p.w.ops++
		p.act()
	}
}

func (p *phone) act() {
	total := 0
	for _, a := range acts {
		total += a.weight
	}
	roll := p.w.IntN(total)
	for _, a := range acts {
		if roll -= a.weight; roll < 0 {
			a.do(p)
			return
		}
	}
}

// page is one of the open pages.
func (p *phone) page() *tab { return p.tabs[p.w.IntN(len(p.tabs))] }

// some is one of the intents that pass, nil when none does.
func (p *phone) some(pass func(*intent) bool) *intent {
	var all []*intent
	for _, i := range p.intents {
		if pass(i) {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[p.w.IntN(len(all))]
}

func (i *intent) alive() bool { return i.born && !i.leaving && !i.damaged }

func (i *intent) isDraft() bool {
	_, err := i.mem.Get(ctx, outbox.TableDraft, i.key)
	return i.alive() && err == nil
}

func (i *intent) isItem() bool {
	_, err := i.mem.Get(ctx, outbox.TableOutbox, i.key)
	return i.alive() && err == nil
}

// with does something to an intent in a page, as a process of the page.
func (p *phone) with(name string, pass func(*intent) bool, f func(*tab, *intent, *proc)) {
	i := p.some(pass)
	if i == nil {
		return
	}
	p.run(p.page(), name, i, f)
}

func (p *phone) run(t *tab, name string, i *intent, f func(*tab, *intent, *proc)) {
	p.w.note("%s/%d: %s %.8s", p.name, t.id, name, i.key)
	p.w.spawn(t.me, name, 0, func(me *proc) { f(t, i, me) })
}

// maxIntents keeps a world small enough to look through.
const maxIntents = 4

func (p *phone) begin() {
	if len(p.intents) >= maxIntents {
		p.edit()
		return
	}
	t := p.page()
	sid, err := t.box.NewSID()
	if err != nil {
		return
	}
	i := &intent{phone: p, sid: sid, key: sid.String(), committed: map[string]bool{}}
	p.intents = append(p.intents, i)
	p.run(t, "begin", i, func(t *tab, i *intent, _ *proc) { i.save(t, outbox.Draft{SID: i.sid}) })
}

// save types a new version and saves it; what is said to be saved must be.
func (i *intent) save(t *tab, d outbox.Draft) (outbox.Draft, error) {
	size := 0
	if i.w.IntN(50) == 0 {
		size = 18_000 + i.w.IntN(30_000)
	}
	text := i.text()
	d.Data = i.draft(text, size)
	d, err := t.box.SaveDraft(ctx, d)
	i.said("save", err)
	if err == nil && !i.committed[text] {
		i.w.breaks("I1: %.8s was said to be saved and is not", i.key)
	}
	return d, err
}

// said looks through an error for what must not be in it (I5).
func (i *intent) said(what string, err error) {
	if err != nil {
		i.w.note("%s: %s %.8s: %v", i.name, what, i.key, err)
		if leaking([]byte(err.Error())) {
			i.w.breaks("I5: the error of %s shows personal data", what)
		}
	}
}

// edit opens a draft, takes it over when another page has it, and types for a while.
func (p *phone) edit() {
	p.with("edit", (*intent).isDraft, func(t *tab, i *intent, me *proc) {
		e, err := t.box.Edit(ctx, i.sid)
		if err != nil {
			i.said("edit", err)
			return
		}
		t.editors = append(t.editors, e)
		if e.ReadOnly() && i.w.IntN(2) == 0 {
			i.said("take over", e.TakeOver(ctx))
		}
		for range 1 + i.w.IntN(3) {
			me.sleep(i.w.between(100*time.Millisecond, 20*time.Second))
			text := i.text()
			err := e.Save(ctx, i.draft(text, 0))
			i.said("save", err)
			if err == nil && !i.committed[text] {
				i.w.breaks("I1: %.8s was said to be saved and is not", i.key)
			}
		}
		if e.Close(); t.holders["draft/"+i.key] == t {
			delete(t.holders, "draft/"+i.key)
		}
	})
}

// submit checks the answers and submits, perhaps with two taps.
func (p *phone) submit() {
	i := p.some((*intent).isDraft)
	if i == nil {
		return
	}
	t := p.page()
	p.run(t, "submit", i, (*tab).hand)
	if p.w.happens(DoubleTap) {
		if p.w.IntN(3) == 0 {
			t = p.page()
		}
		p.w.later(p.w.between(0, 100*time.Millisecond), func() {
			if !t.me.dead {
				p.run(t, "submit again", i, (*tab).hand)
			}
		})
	}
}

// hand is a tap on the button.
func (t *tab) hand(i *intent, me *proc) {
	d, err := t.box.LoadDraft(ctx, i.sid)
	if err != nil {
		i.said("load", err)
		return
	}
	me.sleep(t.w.between(0, 200*time.Millisecond))
	it, err := t.box.Submit(ctx, i.submission(d))
	i.said("submit", err)
	if err == nil {
		if it.SID != i.key {
			t.w.breaks("I2: submitting %.8s gave %.8s", i.key, it.SID)
		}
		i.handedOver = true
		t.wake(outbox.WhyTap)
	}
}

func (i *intent) submission(d outbox.Draft) outbox.Submission {
	s := outbox.Submission{Draft: d, Region: "411681", Pack: pack, Form: form}
	if i.w.bad.TellName {
		s.Pack = canary
	}
	s.Build = func(statusKey string) ([]byte, error) {
		var c content
		if err := json.Unmarshal(d.Data, &c); err != nil {
			return nil, err
		}
		var nonce [16]byte
		_, _ = i.w.Read(nonce[:])
		now := envelope.Timestamp(i.wall())
		return filing.Application{V: 1, SID: i.key, Nonce: hex.EncodeToString(nonce[:]), Form: s.Form, Pack: s.Pack, StatusKey: statusKey,
			Values: c.Values, Consent: filing.Consent{Text: "c@1", Time: now, By: "self"}, Made: now}.Encode()
	}
	return s
}

// look is the person reading the list.
func (p *phone) look() {
	t := p.page()
	p.w.spawn(t.me, "look", 0, func(*proc) {
		items, err := t.box.Items(ctx)
		if err == nil {
			for _, it := range items {
				t.checkWord(it)
			}
		}
		_, _ = t.box.Summary(ctx)
	})
}

// turn is a turn of the page's life: online, visible, a tap.
func (p *phone) turn() {
	p.page().wake([]outbox.Why{outbox.WhyOnline, outbox.WhyVisible, outbox.WhyTap}[p.w.IntN(3)])
}

func (p *phone) another() {
	if len(p.tabs) < 2 && p.w.chance(10*p.w.mix[SecondTab]) {
		p.open()
	}
}

func (p *phone) killTab() {
	if p.w.happens(TabKilled) {
		p.page().close()
	}
}

func (p *phone) pullBattery() {
	if p.w.happens(PowerCut) {
		p.cut()
	}
}

// armCrash makes one of the next writes the last one.
func (p *phone) armCrash() {
	for _, f := range []Fault{CrashBefore, CrashAfter} {
		if p.crashIn == 0 && p.w.chance(3*p.w.mix[f]) {
			p.crash, p.crashIn = f, 1+p.w.IntN(8)
		}
	}
}

func (p *phone) jump() {
	if p.w.happens(ClockJump) {
		p.skew += p.w.between(-100*time.Hour, 100*time.Hour)
	}
}

// squeeze fills the device, or frees it.
func (p *phone) squeeze() {
	limit := 0
	if p.w.chance(3 * p.w.mix[StoreFull]) {
		limit = 500 + p.w.IntN(20_000)
	}
	p.mem.SetLimit(limit)
}

func (p *phone) outage() {
	if p.w.happens(Outage) {
		p.line.offline = p.w.now + p.w.between(time.Minute, 8*time.Hour)
	}
}

// freeze stops a page for hours, in whatever it does.
func (p *phone) freeze() {
	if p.w.happens(FrozenTab) {
		p.page().me.frozen = p.w.now + p.w.between(time.Minute, 6*time.Hour)
	}
}

// spoil damages one record.
func (p *phone) spoil() {
	if i := p.some((*intent).alive); i != nil && p.w.happens(Damaged) {
		table := outbox.TableDraft
		if i.isItem() {
			table = outbox.TableOutbox
		}
		r, err := p.mem.Get(ctx, table, i.key)
		if err == nil && len(r.Value) > 0 {
			i.damaged = true
			p.mem.Poke(table, i.key, p.w.flip(r.Value[:p.w.IntN(len(r.Value))]))
		}
	}
}

func (p *phone) retry() {
	p.with("retry", (*intent).isItem, func(t *tab, i *intent, _ *proc) { i.said("retry", t.box.Retry(ctx, i.sid)) })
}

func (p *phone) export() {
	p.with("export", (*intent).isItem, func(t *tab, i *intent, _ *proc) {
		b, err := t.box.Export(ctx, i.sid)
		i.said("export", err)
		if err == nil && leaking(b) {
			i.w.breaks("I5: the exported file shows personal data")
		}
	})
}

// remove deletes what may be deleted, and tries to delete what may not (L23).
func (p *phone) remove() {
	p.with("remove", (*intent).isItem, func(t *tab, i *intent, _ *proc) {
		if it, err := i.audit.Item(ctx, i.sid); err != nil || it.Receipt != nil && i.w.IntN(3) > 0 {
			return
		}
		i.said("remove", t.box.Remove(ctx, i.sid))
	})
}

func (p *phone) discard() {
	p.with("discard", (*intent).isDraft, func(t *tab, i *intent, _ *proc) {
		d, err := t.box.LoadDraft(ctx, i.sid)
		if err != nil {
			return
		}
		i.leaving = true
		i.said("discard", t.box.DiscardDraft(ctx, d))
	})
}

// expire lets a phone hold a directory without a valid key, until it asks again.
func (p *phone) expire() {
	if p.w.happens(KeyExpired) {
		for o := range p.dir.Offices {
			for k := range p.dir.Offices[o].Keys {
				key := &p.dir.Offices[o].Keys[k]
				key.From, key.To = envelope.Timestamp(start.AddDate(-1, 0, 0)), envelope.Timestamp(start.AddDate(0, -1, 0))
			}
		}
		p.index = ""
	}
}
