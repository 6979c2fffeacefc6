package sim

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/policy/trust"
)

var ctx = context.Background()

// ring holds the keys of all worlds: making them anew for each would cost more than
// the rest of its life.
type ring struct {
	offices                []envelope.OfficeSecret
	services               []ed25519.PrivateKey
	forger                 ed25519.PrivateKey
	roots                  []trust.Signer
	stamp, index, offices2 trust.Signer
	anchor                 []byte
}

var keys = sync.OnceValue(func() ring {
	r := ring{forger: ed25519.NewKeyFromSeed(seedOf("forger"))}
	for i := range 6 {
		name := string(rune('a' + i))
		kem := envelope.KEMX25519
		if i%3 == 2 {
			kem = envelope.KEMHybrid
		}
		open := must(envelope.ParsePrivateKey(kem, seedOf("open"+name)))
		r.offices = append(r.offices, envelope.OfficeSecret{Open: open, Sign: ed25519.NewKeyFromSeed(seedOf("sign" + name))})
		r.services = append(r.services, ed25519.NewKeyFromSeed(seedOf("service"+name)))
	}
	for _, name := range []string{"root-a", "root-b", "root-c"} {
		r.roots = append(r.roots, signer(name))
	}
	r.stamp, r.index, r.offices2 = signer("stamp"), signer("index"), signer("offices")
	root := trust.Root{Version: 1, Issued: trust.Time(start.AddDate(0, -2, 0)), Expires: trust.Time(start.AddDate(2, 0, 0)), Roles: trust.Roles{
		Root: role(2, r.roots...), Timestamp: role(1, r.stamp), Index: role(1, r.index), Directory: role(1, r.offices2)}}
	r.anchor = must(root.Sign(r.roots[0], r.roots[1]))
	return r
})

func seedOf(name string) []byte {
	sum := sha256.Sum256([]byte("sim " + name))
	return sum[:]
}

func signer(name string) trust.Signer {
	return must(trust.GenerateKey(bytes.NewReader(seedOf(name)), name))
}

func role(threshold int, signers ...trust.Signer) trust.Role {
	r := trust.Role{Threshold: threshold}
	for _, s := range signers {
		r.Keys = append(r.Keys, s.Public())
	}
	slices.Sort(r.Keys)
	return r
}

// officeID is the one office of a world.
const officeID = "demo"

// publisher signs the directory and says which keys serve.
type publisher struct {
	w        *world
	version  uint64
	keys     []officeKey // newest first
	services int         // how many of the ring's keys are listed; the last one signs
	dir      envelope.Directory
	hash     string
	bundles  [][]byte // oldest first
}

type officeKey struct {
	secret   envelope.OfficeSecret
	from, to time.Time
}

func newPublisher(w *world) *publisher {
	p := &publisher{w: w, services: 1}
	p.rotate(w.IntN(3), 0)
	return p
}

// true time as the world sees it.
func (w *world) clock() time.Time { return start.Add(w.now) }

// rotate lists the next key first. The former one is sealed to no more, and out of
// grace when it ended that long ago.
func (p *publisher) rotate(next int, ended time.Duration) {
	if len(p.keys) > 0 {
		old := &p.keys[0]
		old.to = p.w.clock().Add(-ended)
		old.from = earlier(old.from, old.to.Add(-time.Hour))
	}
	now := p.w.clock()
	k := officeKey{keys().offices[next%6], now.AddDate(0, -1, 0), now.AddDate(1, 0, 0)}
	p.keys = append([]officeKey{k}, p.keys...)
	p.publish()
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// publish signs a new version of everything.
func (p *publisher) publish() {
	p.version++
	now := p.w.clock()
	o := envelope.Office{ID: officeID, Name: "某县医保中心", NameEN: "County office", Regions: []string{"41"}, Forms: []string{form}}
	for _, k := range p.keys {
		o.Keys = append(o.Keys, k.secret.Key(k.from, k.to))
	}
	p.dir = envelope.Directory{Version: p.version, Issued: envelope.Timestamp(now), Expires: envelope.Timestamp(now.AddDate(0, 6, 0)), Offices: []envelope.Office{o}}
	for _, s := range keys().services[:p.services] {
		p.dir.Services = append(p.dir.Services, envelope.ServiceKeyOf(s))
	}
	if p.w.bad.TrustAnybody {
		p.dir.Services = append(p.dir.Services, envelope.ServiceKeyOf(keys().forger))
	}
	p.sign(now)
	p.w.note("published %d: office key %s, %d service keys", p.version, o.Keys[0].ID, p.services)
}

func (p *publisher) sign(now time.Time) {
	k := keys()
	dir := must(trust.Sign(trust.KindDirectory, must(json.Marshal(p.dir)), k.offices2))
	pin := trust.Pin(p.version, dir)
	rules := trust.Pin(3, []byte("rules"))
	index := must(trust.Index{Version: p.version, Issued: trust.Time(now), Expires: trust.Time(now.AddDate(0, 6, 0)), Directory: &pin,
		Packs: []trust.Pack{{ID: "national", Version: 3, Size: rules.Size, SHA256: rules.SHA256, MinEngine: 1}}}.Sign(k.index))
	stamp := must(trust.Stamp{Version: p.version, Issued: trust.Time(now), Expires: trust.Time(now.AddDate(0, 0, 30)), Index: trust.Pin(p.version, index)}.Sign(k.stamp))
	sum := sha256.Sum256(index)
	p.hash = hex.EncodeToString(sum[:])
	p.bundles = append(p.bundles, trust.Bundle{Timestamp: stamp, Index: index, Directory: dir}.Bytes())
}

func (p *publisher) bundle() []byte { return p.bundles[len(p.bundles)-1] }

// service is the key that signs receipts now.
func (p *publisher) service() ed25519.PrivateKey { return keys().services[p.services-1] }
