package supply_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
	"lixianban/app/policy"
	"lixianban/app/policy/author"
	"lixianban/app/policy/trust"
	"lixianban/static/packs"
	"lixianban/wasm/supply"
)

// local is the shipped national pack with the overlay of Shandong and the nation after it.
type local struct{ nation, overlay, newer []byte }

var shandong = sync.OnceValue(func() (l local) {
	nation, _ := author.Compile(packs.Of(""))
	joined, _ := author.Compile(packs.Of("370000"))
	if nation == nil || joined == nil {
		return l
	}
	l.nation = policy.Encode(nation)
	l.overlay, _ = policy.EncodeOverlay("370000", nation, joined)
	later := *nation
	later.Version++
	l.newer = policy.Encode(&later)
	return l
})

// regional is a phone of someone in Shandong.
func regional(t *testing.T, s *site, store outbox.Store, files map[string][]byte) *supply.Supply {
	t.Helper()
	if len(shandong().overlay) == 0 {
		t.Fatal("the overlay of 370000 doesn't compile")
	}
	p := phone(s, store)
	p.Province = func(context.Context) string { return "370000" }
	p.Fetch = func(ctx context.Context, path string, fresh bool) ([]byte, error) {
		if s.offline {
			return nil, outbox.ErrOffline
		}
		if b, ok := files[path]; ok {
			s.asked = append(s.asked, path)
			return b, nil
		}
		return s.fetch(ctx, path, fresh)
	}
	return p
}

const overlayPath = "/packs/370000.overlay"

func knows(g supply.Goods) bool { return g.Pack != nil && g.Pack.Knows("370200") }

func TestTheProvincesRulesAreJoinedAndKept(t *testing.T) {
	s, store := newSite(t), memstore.New()
	s.pack = shandong().nation
	if g := regional(t, s, store, map[string][]byte{overlayPath: shandong().overlay}).Open(context.Background()); !knows(g) {
		t.Fatal("Qingdao is unknown with its province's overlay at hand")
	}
	s.asked = nil
	if g := regional(t, s, store, map[string][]byte{overlayPath: shandong().overlay}).Open(context.Background()); !knows(g) || slices.Contains(s.asked, overlayPath) {
		t.Errorf("a kept overlay was fetched again: %v", s.asked)
	}
}

func TestWithoutItsOverlayTheNationServes(t *testing.T) {
	for name, files := range map[string]map[string][]byte{
		"none on the site": {},
		"damaged":          {overlayPath: shandong().overlay[:100]},
		"another file":     {overlayPath: []byte("<html>login</html>")},
		"of other rules":   {overlayPath: shandong().overlay, "/packs/national.pack": shandong().newer},
	} {
		s := newSite(t)
		s.pack = shandong().nation
		if g := regional(t, s, memstore.New(), files).Open(context.Background()); g.Pack == nil || knows(g) {
			t.Errorf("%s: pack %v, province known %v", name, g.Pack != nil, knows(g))
		}
	}
}

func TestNobodyAsksForAProvinceThatWasNotTold(t *testing.T) {
	s := newSite(t)
	s.pack = shandong().nation
	p := regional(t, s, memstore.New(), map[string][]byte{overlayPath: shandong().overlay})
	p.Province = func(context.Context) string { return "" }
	if g := p.Open(context.Background()); g.Pack == nil || slices.Contains(s.asked, overlayPath) {
		t.Errorf("pack %v, asked for %v", g.Pack != nil, s.asked)
	}
}

// publishWith signs an index of the nation and, when named, of the overlay.
func publishWith(t *testing.T, s *site, overlay []byte) {
	t.Helper()
	pin := func(id string, b []byte) trust.Pack {
		r := trust.Pin(1, b)
		return trust.Pack{ID: id, Version: r.Version, Size: r.Size, SHA256: r.SHA256, MinEngine: policy.Engine}
	}
	x := trust.Index{Version: 9, Issued: trust.Time(now), Expires: trust.Time(now.AddDate(0, 1, 0)), Packs: []trust.Pack{pin("national", shandong().nation)}}
	if overlay != nil {
		x.Packs = append([]trust.Pack{pin("370000", overlay)}, x.Packs...)
	}
	index, err := x.Sign(s.signer)
	if err != nil {
		t.Fatal(err)
	}
	stamp, err := trust.Stamp{Version: 9, Issued: trust.Time(now), Expires: trust.Time(now.Add(240 * time.Hour)), Index: trust.Pin(9, index)}.Sign(s.signer)
	if err != nil {
		t.Fatal(err)
	}
	s.bundle = trust.Bundle{Timestamp: stamp, Index: index}.Bytes()
}

func TestOnceABundleCountsOnlyANamedOverlayDoes(t *testing.T) {
	for name, c := range map[string]struct {
		named []byte
		want  bool
	}{
		"named": {shandong().overlay, true}, "not named": {nil, false}, "named with another hash": {shandong().nation, false},
	} {
		s, store := newSite(t), memstore.New()
		s.pack, s.fresh = shandong().nation, shandong().nation
		publishWith(t, s, c.named)
		p := regional(t, s, store, map[string][]byte{overlayPath: shandong().overlay})
		g, changed, err := p.Refresh(context.Background(), "")
		if !changed || err != nil || knows(g) != c.want {
			t.Errorf("%s: changed %v, %v, province known %v", name, changed, err, knows(g))
		}
		s.offline = true
		if g := p.Open(context.Background()); g.Index == "" || knows(g) != c.want {
			t.Errorf("%s, with no network: index %q, province known %v", name, g.Index, knows(g))
		}
	}
}

func TestAFullStoreCostsOnlyAFetch(t *testing.T) {
	s := newSite(t)
	s.pack = shandong().nation
	store := refusing{memstore.New()}
	if g := regional(t, s, store, map[string][]byte{overlayPath: shandong().overlay}).Open(context.Background()); !knows(g) {
		t.Error("a store that refuses took the province's rules away")
	}
}

type refusing struct{ outbox.Store }

func (refusing) Apply(context.Context, outbox.Batch) error { return errors.New("full") }
