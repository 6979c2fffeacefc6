package supply_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
	"lixianban/app/policy"
	"lixianban/app/policy/author"
	"lixianban/app/policy/trust"
	"lixianban/static/packs"
	"lixianban/wasm/supply"
)

var now = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

// shipped is the compiled pack of the sources, empty when they have errors.
var shipped = sync.OnceValue(func() []byte {
	p, found := author.Compile(packs.FS)
	if author.Failed(found) {
		return nil
	}
	return policy.Encode(p)
})

// site is a server and its files, as one publisher signs them.
type site struct {
	signer  trust.Signer
	root    []byte
	pack    []byte // in the site's cache
	fresh   []byte // past the cache
	bundle  []byte
	offline bool
	asked   []string
}

func newSite(t *testing.T) *site {
	t.Helper()
	signer, err := trust.GenerateKey(rand.Reader, "test")
	if err != nil {
		t.Fatal(err)
	}
	root, err := trust.DemoRoot(signer.Public(), now, now.AddDate(1, 0, 0)).Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{signer: signer, root: root, pack: shipped()}
	if len(s.pack) == 0 {
		t.Fatal("the shipped pack doesn't compile")
	}
	s.fresh = s.pack
	return s
}

// publish signs version n of everything, naming pack.
func (s *site) publish(t *testing.T, n uint64, pack []byte) {
	t.Helper()
	at := now.Add(time.Duration(n) * time.Minute)
	dir, err := json.Marshal(envelope.Directory{Version: n, Issued: envelope.Timestamp(at), Expires: envelope.Timestamp(at.AddDate(0, 1, 0)), Demo: true, Offices: []envelope.Office{}, Services: []envelope.ServiceKey{}})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := trust.SignDirectory(dir, s.signer)
	if err != nil {
		t.Fatal(err)
	}
	pin := trust.Pin(n, pack)
	ref := trust.Pin(n, signed)
	index, err := trust.Index{Version: n, Issued: trust.Time(at), Expires: trust.Time(at.AddDate(0, 1, 0)), Directory: &ref,
		Packs: []trust.Pack{{ID: "national", Version: pin.Version, Size: pin.Size, SHA256: pin.SHA256, MinEngine: 1}}}.Sign(s.signer)
	if err != nil {
		t.Fatal(err)
	}
	stamp, err := trust.Stamp{Version: n, Issued: trust.Time(at), Expires: trust.Time(at.AddDate(0, 0, 20)), Index: trust.Pin(n, index)}.Sign(s.signer)
	if err != nil {
		t.Fatal(err)
	}
	s.bundle = trust.Bundle{Timestamp: stamp, Index: index, Directory: signed}.Bytes()
}

func (s *site) fetch(_ context.Context, path string, fresh bool) ([]byte, error) {
	s.asked = append(s.asked, path)
	switch {
	case s.offline:
		return nil, outbox.ErrOffline
	case path == "/v1/packs" && s.bundle != nil:
		return s.bundle, nil
	case path == "/packs/national.pack" && fresh:
		return s.fresh, nil
	case path == "/packs/national.pack":
		return s.pack, nil
	}
	return nil, errors.New("no such file")
}

func phone(s *site, store outbox.Store) *supply.Supply {
	return &supply.Supply{Store: store, Fetch: s.fetch, Now: func() time.Time { return now.Add(time.Hour) }, Root: s.root}
}

func TestThePackOfTheSiteServesUntilABundleIsAdmitted(t *testing.T) {
	s := newSite(t)
	p := phone(s, memstore.New())
	g := p.Open(context.Background())
	if g.Pack == nil || g.Index != "" || len(g.Directory.Offices) != 0 {
		t.Errorf("opened with %v, index %q", g.Pack != nil, g.Index)
	}
	if _, changed, err := p.Refresh(context.Background(), ""); changed || err == nil {
		t.Errorf("a server without documents changed something: %v", err)
	}
}

func TestAnAdmittedSetIsKeptAndOpensOffline(t *testing.T) {
	s, ctx := newSite(t), context.Background()
	s.publish(t, 7, s.pack)
	p := phone(s, memstore.New())
	g, changed, err := p.Refresh(ctx, "")
	if err != nil || !changed || g.Pack == nil || !g.Directory.Demo {
		t.Fatalf("changed %v, err %v", changed, err)
	}
	if _, again, err := p.Refresh(ctx, g.Index); again || err != nil {
		t.Errorf("the same index changed something: %v, %v", again, err)
	}
	s.offline = true
	if held := p.Open(ctx); held.Index != g.Index || held.Pack == nil || held.Directory.Version != 7 {
		t.Errorf("offline it opened index %q version %d", held.Index, held.Directory.Version)
	}
}

func TestTheFreshPackIsFetchedWhenTheCacheHoldsAnOlderOne(t *testing.T) {
	s := newSite(t)
	s.publish(t, 7, s.fresh)
	s.pack = bytes.Clone(s.fresh[:len(s.fresh)-1])
	if _, changed, err := phone(s, memstore.New()).Refresh(context.Background(), ""); err != nil || !changed {
		t.Errorf("changed %v, err %v; asked %v", changed, err, s.asked)
	}
}

func TestWhatDoesNotBelongTogetherChangesNothing(t *testing.T) {
	for name, spoil := range map[string]func(*testing.T, *site){
		"another pack than the index names": func(t *testing.T, s *site) { s.publish(t, 8, []byte("another pack")) },
		"an older release":                  func(t *testing.T, s *site) { s.publish(t, 6, s.pack) },
		"a stranger's signature": func(t *testing.T, s *site) {
			o := newSite(t)
			o.publish(t, 9, s.pack)
			s.bundle = o.bundle
		},
		"a cut bundle": func(_ *testing.T, s *site) { s.bundle = s.bundle[:len(s.bundle)/2] },
		"a login page": func(_ *testing.T, s *site) { s.bundle = []byte("<html>please log in") },
	} {
		t.Run(name, func(t *testing.T) {
			s, ctx := newSite(t), context.Background()
			s.publish(t, 7, s.pack)
			p := phone(s, memstore.New())
			held, _, err := p.Refresh(ctx, "")
			if err != nil {
				t.Fatal(err)
			}
			spoil(t, s)
			if _, changed, err := p.Refresh(ctx, held.Index); changed || err == nil {
				t.Errorf("changed %v, err %v", changed, err)
			}
			if now := p.Open(ctx); now.Index != held.Index {
				t.Error("what was held is no longer in use")
			}
		})
	}
}

func TestADamagedStoreFallsBackToTheSite(t *testing.T) {
	s, ctx, store := newSite(t), context.Background(), memstore.New()
	s.publish(t, 7, s.pack)
	p := phone(s, store)
	if _, _, err := p.Refresh(ctx, ""); err != nil {
		t.Fatal(err)
	}
	if err := store.Apply(ctx, outbox.Batch{{Table: outbox.TableMeta, Key: "supply/pack", Value: []byte("x"), Rev: outbox.AnyRev}}); err != nil {
		t.Fatal(err)
	}
	if g := p.Open(ctx); g.Pack == nil || g.Index != "" {
		t.Errorf("opened with pack %v and index %q", g.Pack != nil, g.Index)
	}
}

func TestAProgramWithoutARootNeverTakesRulesFromTheNetwork(t *testing.T) {
	s := newSite(t)
	s.publish(t, 7, s.pack)
	p := phone(s, memstore.New())
	p.Root = nil
	if _, changed, err := p.Refresh(context.Background(), ""); changed || err == nil {
		t.Errorf("changed %v, err %v", changed, err)
	}
}
