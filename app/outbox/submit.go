package outbox

import (
	"context"
	"errors"
	"time"

	"lixianban/app/envelope"
)

// Submit seals the draft and swaps it for an item in one batch, so that a cut at any
// moment leaves the draft or the item, never both or none (F01). Called again for the
// same sid it gives the item that is already there (F06).
//
// CodeConflict: the draft changed since it was shown. CodeNoOffice, CodeNoKey,
// CodeSealing, CodeFull, CodeStorage: the draft is as it was.
func (b *Box) Submit(ctx context.Context, s Submission) (Item, error) {
	if it, err := b.Item(ctx, s.Draft.SID); CodeOf(err) != CodeNotFound {
		return it, err
	}
	stored, err := b.LoadDraft(ctx, s.Draft.SID)
	if err != nil {
		if err := b.orQueued(ctx, s.Draft.SID, err); err != nil {
			return Item{}, err
		}
		return b.Item(ctx, s.Draft.SID)
	}
	if stored.Rev != s.Draft.Rev {
		return Item{}, storeError(ErrConflict)
	}
	it, err := b.seal(s)
	if err != nil {
		return Item{}, err
	}
	batch, err := b.write(&it, []Entry{{What: DidQueue}})
	if err != nil {
		return Item{}, err
	}
	batch = append(batch, Op{Table: TableDraft, Key: it.SID, Rev: s.Draft.Rev})
	if err := b.c.Store.Apply(ctx, batch); err != nil {
		if err := b.orQueued(ctx, s.Draft.SID, storeError(err)); err != nil {
			return Item{}, err
		}
	}
	b.Trigger(WhyTap)
	return b.Item(ctx, s.Draft.SID)
}

// orQueued is nil when the item is in the store after all: another tap was first, or
// the store's answer was lost. Otherwise it is err.
func (b *Box) orQueued(ctx context.Context, sid envelope.SID, err error) error {
	if _, e := b.Item(ctx, sid); e == nil {
		return nil
	}
	return err
}

// seal makes the item of a submission. It fails loudly: no item without a sealed,
// parsed, hashed envelope (L26).
func (b *Box) seal(s Submission) (Item, error) {
	dir := b.c.Directory()
	office, err := dir.OfficeFor(s.Region, s.Form)
	if err != nil {
		return Item{}, sealError(err)
	}
	secret, err := envelope.NewSecret(b.c.Rand)
	if err != nil {
		return Item{}, sealError(err)
	}
	phone, err := envelope.NewPrivateKey(envelope.KEMX25519)
	if err != nil {
		return Item{}, sealError(err)
	}
	clear, err := s.Build(envelope.EncodeBytes(phone.Public().Bytes()))
	if err != nil {
		return Item{}, &Error{CodeSealing, "the form could not be put together; go through the answers again", err}
	}
	it := Item{
		V: 1, SID: s.Draft.SID.String(), Office: office.ID, Region: s.Region, Pack: s.Pack, Form: s.Form,
		Clear: clear, Secret: secret, StatusKey: phone.Bytes(), Created: notBefore(b.c.Clock.Now(), dir.Issued),
	}
	err = b.sealTo(&it, dir, office)
	return it, err
}

// sealTo fills in the envelope for the office's present key.
func (b *Box) sealTo(it *Item, dir envelope.Directory, office envelope.Office) error {
	if err := named(it.Clear, it.sid(), applicationName); err != nil {
		return err
	}
	key, err := dir.KeyAt(office, b.c.Clock.Now())
	if err != nil {
		return sealError(err)
	}
	pub, err := key.SealingKey()
	if err != nil {
		return sealError(err)
	}
	sealed, err := envelope.Seal(pub, envelope.Header{
		Office: office.ID, SID: it.sid(), Pack: it.Pack, Form: it.Form, Capability: envelope.CapabilityOf(it.Secret),
	}, it.Clear)
	if err != nil {
		return sealError(err)
	}
	it.Envelope, it.Hash, it.OfficeKey = sealed, envelope.HashOf(sealed).String(), key.ID
	return nil
}

// sealError translates the envelope's codes; all mean that the draft is kept.
func sealError(err error) error {
	var e *envelope.Error
	if errors.As(err, &e) {
		switch e.Code {
		case envelope.CodeNoOffice:
			return &Error{CodeNoOffice, e.Say, err}
		case envelope.CodeNoKey:
			return &Error{CodeNoKey, e.Say, err}
		}
	}
	return &Error{CodeSealing, "the application could not be sealed and is kept as a draft; try again, or print it", err}
}

// notBefore is now, or the RFC 3339 time floor when the phone's clock is behind it (F31).
func notBefore(now time.Time, floor string) time.Time {
	if t, err := envelope.ParseTimestamp(floor); err == nil && now.Before(t) {
		return t
	}
	return now.UTC()
}
