package outbox

import (
	"context"
	"errors"

	"lixianban/app/envelope"
)

// Config joins a Box to the world.
type Config struct {
	Store Store
	Net   Transport
	Clock Clock
	Locks Locks
	Rand  Rand
	// Directory gives the newest verified directory; the zero one means none is known.
	Directory func() envelope.Directory
	// Index gives the hash of the newest signed index held; nil or "" = none.
	Index func() string
}

// Box is the phone's side of delivery. Its methods may be called from many goroutines.
type Box struct{ c Config }

// New gives a Box; nothing is read or sent yet.
func New(c Config) *Box { return &Box{c: c} }

var errSoon = errors.New("outbox: not in this build yet")

// Open checks the store's layout version and writes it to a fresh store.
func (b *Box) Open(ctx context.Context) error { return errSoon }

// NewSID draws the name of a new application.
func (b *Box) NewSID() (envelope.SID, error) { return envelope.NewSID(b.c.Rand) }

// SaveDraft writes a draft whole; Rev 0 creates it. The result carries the new Rev.
// CodeConflict: another page wrote it since; nothing was overwritten (F04).
func (b *Box) SaveDraft(ctx context.Context, d Draft) (Draft, error) { return d, errSoon }

// LoadDraft reads one draft.
func (b *Box) LoadDraft(ctx context.Context, sid envelope.SID) (Draft, error) {
	return Draft{}, errSoon
}

// Drafts lists all drafts by sid.
func (b *Box) Drafts(ctx context.Context) ([]Draft, error) { return nil, errSoon }

// DiscardDraft deletes a draft because the person asked for it.
func (b *Box) DiscardDraft(ctx context.Context, d Draft) error { return errSoon }

// Edit opens a draft for typing. If another page has it open the Editor is read-only
// until TakeOver (F04).
func (b *Box) Edit(ctx context.Context, sid envelope.SID) (*Editor, error) { return nil, errSoon }

// Editor is a draft open in one page.
type Editor struct{}

// Draft is the draft as last loaded or saved here.
func (e *Editor) Draft() Draft { return Draft{} }

// ReadOnly tells that another page has the draft.
func (e *Editor) ReadOnly() bool { return false }

// Save stores data strictly; after CodeConflict the Editor is read-only.
func (e *Editor) Save(ctx context.Context, data []byte) error { return errSoon }

// TakeOver reloads the draft and makes this page the writer; the other page's next
// Save gets CodeConflict.
func (e *Editor) TakeOver(ctx context.Context) error { return errSoon }

// Close lets other pages edit.
func (e *Editor) Close() {}

// Submit seals the draft and swaps it for an item in one batch. Called again for the
// same sid it gives the item that is already there (F06).
func (b *Box) Submit(ctx context.Context, s Submission) (Item, error) { return Item{}, errSoon }

// Items lists all items with their events, oldest first. Records that can't be read
// are left where they are and counted in Summary.Damaged.
func (b *Box) Items(ctx context.Context) ([]Item, error) { return nil, errSoon }

// Item reads one item with its events.
func (b *Box) Item(ctx context.Context, sid envelope.SID) (Item, error) { return Item{}, errSoon }

// Summary counts for the home screen.
func (b *Box) Summary(ctx context.Context) (Summary, error) { return Summary{}, errSoon }

// Log is an item's history, oldest kept entry first.
func (b *Box) Log(ctx context.Context, sid envelope.SID) ([]Entry, error) { return nil, errSoon }

// Retry clears a fault because the person asked to try again.
func (b *Box) Retry(ctx context.Context, sid envelope.SID) error { return errSoon }

// Export gives the envelope's bytes to save or carry, and notes that it was done.
func (b *Box) Export(ctx context.Context, sid envelope.SID) ([]byte, error) { return nil, errSoon }

// Remove deletes an item, its events and its log. CodeUnsent without a receipt or an
// Export (L23).
func (b *Box) Remove(ctx context.Context, sid envelope.SID) error { return errSoon }

// Trigger notes an outside event that may end a backoff early.
func (b *Box) Trigger(w Why) {}

// Step sends and asks once if it is due, under the lock "send". The error is the
// store's; a failed exchange is Report.Failed.
func (b *Box) Step(ctx context.Context) (Report, error) { return Report{}, errSoon }
