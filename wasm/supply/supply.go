// Package supply brings the rules and the directory of offices to the program, and
// keeps what was once admitted.
//
// # What counts
//
// The documents (trust.Bundle) and the pack that their index names are admitted
// together or not at all, and kept in one write: a phone never holds an index and a
// pack that don't belong together. Until the first bundle has been admitted the pack
// that came with the site is used, which is as trustworthy as the program itself, and
// there is no office.
//
// # Where it comes from
//
//	/v1/packs                the newest bundle, from the server
//	/packs/national.pack     the compiled rules, from the site or its cache
//	/packs/<province>.overlay what the person's province adds to them
//
// A province's overlay is joined when it belongs to the very pack in use and, once a
// bundle counts, is named by its index. Without it the national rules serve alone.
// What was joined is kept and opens with no network.
//
// Refusals change nothing: what was held stays in use.
package supply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/policy"
	"lixianban/app/policy/trust"
)

// The one pack of this program, and the engine number of its evaluator.
const (
	packID = "national"
	engine = 1
)

// Records in outbox.TableMeta.
const (
	keyBundle  = "supply/bundle"
	keyPack    = "supply/pack"
	keyRatchet = "supply/ratchet"
	keyOverlay = "supply/overlay/" // + province
)

// ErrNone is a Source's answer when the server itself says that it publishes no documents.
var ErrNone = errors.New("supply: the server publishes no documents")

// Source fetches one of the addresses above; fresh asks past every cache.
type Source func(ctx context.Context, path string, fresh bool) ([]byte, error)

// Supply joins the store and the network. Its methods are called one at a time.
type Supply struct {
	Store outbox.Store
	Fetch Source
	Now   func() time.Time
	Root  []byte // the signed root that came with the program; empty: no bundle is ever admitted

	Province func(context.Context) string // six digits, "" = not told; nil: never asked
}

// Goods are what the program works with.
type Goods struct {
	Pack      *policy.Pack // nil: nothing could be read anywhere
	Directory envelope.Directory
	Index     string // hash of the index in force, "" = none
}

// Open gives what is held: the kept set, else the pack that came with the site.
func (s *Supply) Open(ctx context.Context) Goods {
	if g, err := s.kept(ctx); err == nil {
		return g
	}
	data, err := s.Fetch(ctx, "/packs/"+packID+".pack", false)
	if err != nil {
		return Goods{}
	}
	p, err := policy.Load(data)
	if err != nil {
		return Goods{}
	}
	return Goods{Pack: s.joined(ctx, p, data, nil)}
}

// kept admits the kept set again, so that a damaged store is noticed.
func (s *Supply) kept(ctx context.Context) (Goods, error) {
	bundle, err := s.Store.Get(ctx, outbox.TableMeta, keyBundle)
	if err != nil {
		return Goods{}, err
	}
	pack, err := s.Store.Get(ctx, outbox.TableMeta, keyPack)
	if err != nil {
		return Goods{}, err
	}
	g, _, err := s.admit(ctx, bundle.Value, pack.Value)
	return g, err
}

// Refresh fetches the newest set, admits it and keeps it. changed is false when the
// index is the one in force.
func (s *Supply) Refresh(ctx context.Context, have string) (g Goods, changed bool, err error) {
	bundle, err := s.Fetch(ctx, "/v1/packs", true)
	if err != nil {
		return Goods{}, false, err
	}
	m, err := s.match(ctx, bundle)
	if err != nil || m.Index == have {
		return Goods{}, false, err
	}
	err = s.Store.Apply(ctx, outbox.Batch{
		{Table: outbox.TableMeta, Key: keyBundle, Value: bundle, Rev: outbox.AnyRev},
		{Table: outbox.TableMeta, Key: keyPack, Value: m.pack, Rev: outbox.AnyRev},
		{Table: outbox.TableMeta, Key: keyRatchet, Value: m.ratchet, Rev: outbox.AnyRev},
	})
	return m.Goods, err == nil, err
}

// matched is an admitted set with what has to be kept of it.
type matched struct {
	Goods
	pack, ratchet []byte
}

// match looks for the pack that a bundle names: in the site's cache, then past it.
func (s *Supply) match(ctx context.Context, bundle []byte) (matched, error) {
	var last error
	for _, fresh := range []bool{false, true} {
		file, err := s.Fetch(ctx, "/packs/"+packID+".pack", fresh)
		if err != nil {
			last = err
			continue
		}
		g, ratchet, err := s.admit(ctx, bundle, file)
		if err == nil {
			return matched{g, file, ratchet}, nil
		}
		last = err
		if !errors.Is(err, trust.Refused(trust.Mixed)) {
			break
		}
	}
	return matched{}, last
}

// admit verifies a bundle and the pack that belongs to it; it also gives the ratchet
// to keep.
func (s *Supply) admit(ctx context.Context, bundle, pack []byte) (Goods, []byte, error) {
	if len(s.Root) == 0 {
		return Goods{}, nil, errors.New("supply: this program came without a root; rules can't be renewed")
	}
	v, err := trust.NewVerifier(s.Root, s.ratchet(ctx))
	if err != nil {
		return Goods{}, nil, err
	}
	b, err := trust.ParseBundle(bundle)
	if err != nil {
		return Goods{}, nil, err
	}
	t, err := v.Verify(s.Now(), b)
	if err != nil {
		return Goods{}, nil, err
	}
	if _, err := t.CheckPack(packID, pack, engine); err != nil {
		return Goods{}, nil, err
	}
	g, err := goods(t, pack)
	if err == nil {
		g.Pack = s.joined(ctx, g.Pack, pack, &t)
	}
	return g, v.State().Bytes(), err
}

// joined adds the province's overlay to the nation, loaded from base: the kept one,
// else the site's, else the site's past its cache. t is nil until a bundle counts.
func (s *Supply) joined(ctx context.Context, nation *policy.Pack, base []byte, t *trust.Trusted) *policy.Pack {
	if s.Province == nil {
		return nation
	}
	province := s.Province(ctx)
	if province == "" {
		return nation
	}
	kept, _ := s.Store.Get(ctx, outbox.TableMeta, keyOverlay+province)
	if p := join(base, province, kept.Value, t); p != nil {
		return p
	}
	for _, fresh := range []bool{false, true} {
		file, err := s.Fetch(ctx, "/packs/"+province+".overlay", fresh)
		if err != nil {
			continue
		}
		if p := join(base, province, file, t); p != nil {
			// A store that refuses costs one more fetch next time.
			_ = s.Store.Apply(ctx, outbox.Batch{{Table: outbox.TableMeta, Key: keyOverlay + province, Value: file, Rev: outbox.AnyRev}})
			return p
		}
	}
	return nation
}

// join is nil when the overlay is not the province's, not of this base, or not in the index.
func join(base []byte, province string, overlay []byte, t *trust.Trusted) *policy.Pack {
	if o, err := policy.ReadOverlay(overlay); err != nil || o.ID != province {
		return nil
	}
	if t != nil {
		if _, err := t.CheckPack(province, overlay, engine); err != nil {
			return nil
		}
	}
	p, err := policy.Join(base, overlay)
	if err != nil {
		return nil
	}
	return p
}

// ratchet is what was seen so far; a damaged record counts as nothing seen.
func (s *Supply) ratchet(ctx context.Context) trust.State {
	r, err := s.Store.Get(ctx, outbox.TableMeta, keyRatchet)
	if err != nil {
		return trust.State{}
	}
	st, err := trust.ParseState(r.Value)
	if err != nil {
		return trust.State{}
	}
	return st
}

func goods(t trust.Trusted, pack []byte) (Goods, error) {
	p, err := policy.Load(pack)
	if err != nil {
		return Goods{}, err
	}
	g := Goods{Pack: p, Index: t.IndexHash}
	if t.Directory == nil {
		return g, nil
	}
	if err := envelope.DecodeTolerant(t.Directory, 1<<20, &g.Directory); err != nil {
		return Goods{}, fmt.Errorf("supply: the directory can't be read: %w", err)
	}
	g.Directory.Demo = g.Directory.Demo || t.Root.Demo
	return g, g.Directory.Check()
}
