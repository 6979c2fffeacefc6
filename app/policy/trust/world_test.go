package trust_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"lixianban/app/policy/trust"
)

var day = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// world is a publisher with 2 of 3 root keys and one phone that holds release 5.
type world struct {
	testing.TB
	root                               [4]trust.Signer // three serve, the fourth is to come
	online, index, directory, thief    trust.Signer
	anchor                             []byte
	phone                              *trust.Verifier
	national, henan, offices, offices2 []byte
}

func newWorld(tb testing.TB) *world {
	w := &world{TB: tb, national: []byte("national rules"), henan: []byte("henan rules"),
		offices: directory(4), offices2: directory(3)}
	for i, name := range []string{"root-a", "root-b", "root-c", "root-d"} {
		w.root[i] = key(tb, byte(10+i), name)
	}
	w.online, w.index = key(tb, 20, "online"), key(tb, 21, "rules")
	w.directory, w.thief = key(tb, 22, "offices"), key(tb, 23, "thief")
	w.anchor = must(w.rootDoc(1, nil).Sign(w.root[0], w.root[1]))(tb)
	w.phone = w.newPhone(trust.State{})
	if _, err := w.phone.Verify(day, w.release(5)); err != nil {
		tb.Fatalf("a good release is refused: %v", err)
	}
	return w
}

func (w *world) newPhone(s trust.State) *trust.Verifier {
	w.Helper()
	return must(trust.NewVerifier(w.anchor, s))(w)
}

func key(tb testing.TB, b byte, name string) trust.Signer {
	return must(trust.GenerateKey(seed(b), name))(tb)
}

// must(f())(tb) unwraps f's result or fails the test.
func must[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

func directory(version int) []byte {
	return []byte(`{"version":` + string(rune('0'+version)) + `,"issued":"2026-11-21T00:00:00Z","expires":"2027-11-21T00:00:00Z","offices":[{"id":"x","name":"某县医保中心"}]}`)
}

func role(threshold int, keys ...trust.Signer) trust.Role {
	r := trust.Role{Threshold: threshold}
	for _, k := range keys {
		r.Keys = append(r.Keys, k.Public())
	}
	slices.Sort(r.Keys)
	return r
}

func (w *world) rootDoc(version uint64, edit func(*trust.Root)) trust.Root {
	r := trust.Root{Version: version, Issued: trust.Time(day), Expires: trust.Time(day.AddDate(2, 0, 0)), Roles: trust.Roles{
		Root: role(2, w.root[0], w.root[1], w.root[2]), Timestamp: role(1, w.online),
		Index: role(1, w.index), Directory: role(1, w.directory),
	}}
	if edit != nil {
		edit(&r)
	}
	return r
}

// plan is a release before it is signed; attacks edit it.
type plan struct {
	index                 trust.Index
	stamp                 trust.Stamp
	directory             []byte
	bySigner, stampSigner []trust.Signer
	directorySigner       trust.Signer
	swapIndex             func(signed []byte) []byte // after the timestamp has pinned it
	rawIndex              func(payload []byte) []byte
}

func pack(id string, version uint64, file []byte) trust.Pack {
	p := trust.Pin(version, file)
	return trust.Pack{ID: id, Version: version, Size: p.Size, SHA256: p.SHA256, MinEngine: 1}
}

// release signs a whole bundle. Packs and directory stay at their versions, so
// that only what an edit changes can be the reason of a refusal.
func (w *world) release(version uint64, edits ...func(*plan)) trust.Bundle {
	w.Helper()
	p := plan{
		index: trust.Index{Version: version, Issued: trust.Time(day), Expires: trust.Time(day.AddDate(0, 6, 0)),
			Packs: []trust.Pack{pack("henan", 2, w.henan), pack("national", 3, w.national)}},
		stamp:     trust.Stamp{Version: version, Issued: trust.Time(day), Expires: trust.Time(day.AddDate(0, 0, 14))},
		directory: w.offices, bySigner: []trust.Signer{w.index}, stampSigner: []trust.Signer{w.online}, directorySigner: w.directory,
	}
	for _, edit := range edits {
		edit(&p)
	}
	return p.sign(w)
}

func (p plan) sign(tb testing.TB) trust.Bundle {
	tb.Helper()
	var b trust.Bundle
	b.Directory = must(trust.Sign(trust.KindDirectory, p.directory, p.directorySigner))(tb)
	if p.index.Directory == nil {
		pin := trust.Pin(4, b.Directory)
		p.index.Directory = &pin
	}
	payload := marshal(tb, p.index)
	if p.rawIndex != nil {
		payload = p.rawIndex(payload)
	}
	b.Index = must(trust.Sign(trust.KindIndex, payload, p.bySigner...))(tb)
	if p.stamp.Index == (trust.Ref{}) {
		p.stamp.Index = trust.Pin(p.index.Version, b.Index)
	}
	b.Timestamp = must(trust.Sign(trust.KindStamp, marshal(tb, p.stamp), p.stampSigner...))(tb)
	if p.swapIndex != nil {
		b.Index = p.swapIndex(b.Index)
	}
	return b
}

// repin makes the timestamp name an index that was changed after signing, as a
// thief of the online key would.
func (w *world) repin(b trust.Bundle, version uint64) trust.Bundle {
	w.Helper()
	s := trust.Stamp{Version: version, Issued: trust.Time(day), Expires: trust.Time(day.AddDate(0, 0, 14)), Index: trust.Pin(version, b.Index)}
	b.Timestamp = must(trust.Sign(trust.KindStamp, marshal(w, s), w.online))(w)
	return b
}

// withRoots puts a chain in front of a good release.
func (w *world) withRoots(b trust.Bundle, roots ...[]byte) trust.Bundle {
	b.Roots = roots
	return b
}

// signRoot signs any root, also an impossible one.
func (w *world) signRoot(r trust.Root, signers ...trust.Signer) []byte {
	w.Helper()
	return must(trust.Sign(trust.KindRoot, marshal(w, r), signers...))(w)
}

func replace(b []byte, old, with string) []byte {
	return bytes.Replace(b, []byte(old), []byte(with), 1)
}
