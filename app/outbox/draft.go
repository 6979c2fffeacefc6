package outbox

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"lixianban/app/envelope"
)

// maxClear bounds the JSON of a draft or an application.
const maxClear = 64 << 10

// names are the members by which content says whose it is: "id" in a draft, "sid" in an
// application.
type names struct {
	ID  string `json:"id"`
	SID string `json:"sid"`
}

// named checks that the JSON object data calls itself sid (L22).
func named(data []byte, sid envelope.SID, of func(names) string) error {
	var n names
	if err := envelope.DecodeTolerant(data, maxClear, &n); err != nil {
		return &Error{CodeMixup, "the stored form can't be read; it is left as it is", err}
	}
	if of(n) != sid.String() {
		return &Error{CodeMixup, "the stored form belongs to another application; it is left as it is", nil}
	}
	return nil
}

func draftName(n names) string       { return n.ID }
func applicationName(n names) string { return n.SID }

// SaveDraft writes a draft whole; Rev 0 creates it. The result carries the new Rev.
// CodeConflict: another page wrote it since; nothing was overwritten (F04). When the
// store's answer was lost, it reads again before it says whether it is saved.
func (b *Box) SaveDraft(ctx context.Context, d Draft) (Draft, error) {
	if err := named(d.Data, d.SID, draftName); err != nil {
		return d, err
	}
	key := d.SID.String()
	if d.Rev == 0 {
		if err := b.neverSubmitted(ctx, key); err != nil {
			return d, err
		}
	}
	err := b.c.Store.Apply(ctx, Batch{{Table: TableDraft, Key: key, Value: d.Data, Rev: d.Rev}})
	if err != nil && !errors.Is(err, ErrFull) {
		if r, e := b.c.Store.Get(ctx, TableDraft, key); e == nil && r.Rev == d.Rev+1 && bytes.Equal(r.Value, d.Data) {
			err = nil
		}
	}
	if err != nil {
		return d, storeError(err)
	}
	d.Rev++
	return d, nil
}

// neverSubmitted refuses to make a draft of an application that was handed over.
func (b *Box) neverSubmitted(ctx context.Context, sid string) error {
	switch _, err := b.c.Store.Get(ctx, TableOutbox, sid); {
	case errors.Is(err, ErrNotFound):
		return nil
	case err == nil:
		return storeError(ErrConflict)
	default:
		return storeError(err)
	}
}

// LoadDraft reads one draft.
func (b *Box) LoadDraft(ctx context.Context, sid envelope.SID) (Draft, error) {
	r, err := b.c.Store.Get(ctx, TableDraft, sid.String())
	if err != nil {
		return Draft{}, storeError(err)
	}
	return readDraft(r)
}

func readDraft(r Record) (Draft, error) {
	sid, err := envelope.ParseSID(r.Key)
	if err != nil {
		return Draft{}, &Error{CodeMixup, "a stored form has no name; it is left as it is", err}
	}
	return Draft{SID: sid, Rev: r.Rev, Data: r.Value}, named(r.Value, sid, draftName)
}

// Drafts lists the drafts that can be read, by sid. Others stay in the store untouched and
// are counted in Summary.Damaged.
func (b *Box) Drafts(ctx context.Context) ([]Draft, error) {
	out, _, err := b.drafts(ctx)
	return out, err
}

func (b *Box) drafts(ctx context.Context) (out []Draft, damaged int, err error) {
	rs, err := b.c.Store.List(ctx, TableDraft, "", 0)
	if err != nil {
		return nil, 0, storeError(err)
	}
	for _, r := range rs {
		if d, err := readDraft(r); err == nil {
			out = append(out, d)
		} else {
			damaged++
		}
	}
	return out, damaged, nil
}

// DiscardDraft deletes a draft because the person asked for it. CodeConflict: it changed
// since it was shown.
func (b *Box) DiscardDraft(ctx context.Context, d Draft) error {
	return storeError(b.c.Store.Apply(ctx, Batch{{Table: TableDraft, Key: d.SID.String(), Rev: d.Rev}}))
}

// Editor is a draft open in one page. Its methods may be called from many goroutines.
type Editor struct {
	b       *Box
	release chan struct{}
	once    sync.Once

	mu       sync.Mutex
	draft    Draft
	readOnly bool
}

// Edit opens a draft for typing and holds the lock "draft/<sid>" until Close, which the
// browser also gives back when the page dies. If another page has it open, the Editor is
// read-only until TakeOver (F04). Where locks don't work, the revision guard alone
// decides: the second writer is told at its first Save.
func (b *Box) Edit(ctx context.Context, sid envelope.SID) (*Editor, error) {
	e := &Editor{b: b, release: make(chan struct{})}
	held := e.hold(context.WithoutCancel(ctx), "draft/"+sid.String())
	d, err := b.LoadDraft(ctx, sid)
	if err != nil {
		e.Close()
		return nil, err
	}
	e.draft, e.readOnly = d, !held
	return e, nil
}

// hold tells whether this page may write: it has the lock, or locks don't work.
func (e *Editor) hold(ctx context.Context, name string) bool {
	answer := make(chan bool, 1)
	go func() {
		ran, err := e.b.c.Locks.TryDo(ctx, name, func(context.Context) error {
			answer <- true
			<-e.release
			return nil
		})
		if !ran {
			answer <- err != nil
		}
	}()
	return <-answer
}

// Draft is the draft as last loaded or saved here.
func (e *Editor) Draft() Draft {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.draft
}

// ReadOnly tells that another page has the draft.
func (e *Editor) ReadOnly() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.readOnly
}

// Save stores data strictly. CodeConflict: another page has it, and the Editor is
// read-only from now on; other errors leave it writable, with the change unsaved.
func (e *Editor) Save(ctx context.Context, data []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.readOnly {
		return storeError(ErrConflict)
	}
	d := e.draft
	d.Data = data
	saved, err := e.b.SaveDraft(ctx, d)
	if err == nil {
		e.draft = saved
	}
	e.readOnly = CodeOf(err) == CodeConflict
	return err
}

// TakeOver reloads the draft and makes this page the writer; the other page's next
// Save gets CodeConflict.
func (e *Editor) TakeOver(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	d, err := e.b.LoadDraft(ctx, e.draft.SID)
	if err != nil {
		return err
	}
	if d, err = e.b.SaveDraft(ctx, d); err != nil {
		return err
	}
	e.draft, e.readOnly = d, false
	return nil
}

// Close lets other pages edit.
func (e *Editor) Close() { e.once.Do(func() { close(e.release) }) }
