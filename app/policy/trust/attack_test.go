package trust_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lixianban/app/policy/trust"
)

func marshal(tb testing.TB, v any) []byte {
	tb.Helper()
	return must(json.Marshal(v))(tb)
}

// attack is one way to feed the phone something false. It holds release 5.
type attack struct {
	name   string
	code   trust.Code
	at     time.Time // day when zero
	bundle func(w *world) trust.Bundle
}

var rollbacks = []attack{
	{name: "F50 an older release, every signature valid", code: trust.Rollback, bundle: func(w *world) trust.Bundle { return w.release(4) }},
	{name: "F50 an older timestamp for the same index", code: trust.Rollback, bundle: func(w *world) trust.Bundle {
		return w.release(5, func(p *plan) { p.stamp.Version = 4 })
	}},
	{name: "F50 a fresh timestamp by a stolen online key for an older index", code: trust.Rollback, bundle: func(w *world) trust.Bundle {
		return w.release(4, func(p *plan) { p.stamp.Version = 6 })
	}},
	{name: "F50 a newer index that lists an older pack", code: trust.Rollback, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) { p.index.Packs[1].Version = 2 })
	}},
	{name: "F50 a newer index with an older directory", code: trust.Rollback, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) {
			p.directory = w.offices2
			signed := must(trust.Sign(trust.KindDirectory, w.offices2, w.directory))(w)
			pin := trust.Pin(3, signed)
			p.index.Directory = &pin
		})
	}},
	{name: "F50 the program's old root after a newer one was seen", code: trust.Rollback, bundle: func(w *world) trust.Bundle {
		next := must(w.rootDoc(2, nil).Sign(w.root[0], w.root[1]))(w)
		if _, err := w.phone.Verify(day, w.withRoots(w.release(5), next)); err != nil {
			w.Fatal(err)
		}
		w.phone = w.newPhone(w.phone.State())
		return w.release(5)
	}},
	{name: "the same version of the index saying something else", code: trust.Forked, bundle: func(w *world) trust.Bundle {
		return w.release(5, func(p *plan) { p.stamp.Version = 6; p.index.Packs[0].MinEngine = 2 })
	}},
	{name: "the same version of the timestamp saying something else", code: trust.Forked, bundle: func(w *world) trust.Bundle {
		return w.release(5, func(p *plan) { p.stamp.Expires = trust.Time(day.AddDate(0, 0, 20)) })
	}},
	{name: "another root 1", code: trust.Forked, bundle: func(w *world) trust.Bundle {
		other := w.rootDoc(1, func(r *trust.Root) { r.Expires = trust.Time(day.AddDate(9, 0, 0)) })
		return w.withRoots(w.release(5), w.signRoot(other, w.root[0], w.root[1]))
	}},
	{name: "a version below the floor that the root has set", code: trust.Rollback, bundle: func(w *world) trust.Bundle {
		next := w.rootDoc(2, func(r *trust.Root) { r.Roles.Index.Since = 9 })
		return w.withRoots(w.release(8), w.signRoot(next, w.root[0], w.root[1]))
	}},
}

var forgeries = []attack{
	{name: "F51 an index by a stranger", code: trust.Stranger, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) { p.bySigner = []trust.Signer{w.thief} })
	}},
	{name: "F51 a stranger with the right key's name", code: trust.Stranger, bundle: func(w *world) trust.Bundle {
		fake := key(w, 99, "rules")
		return w.release(6, func(p *plan) { p.bySigner = []trust.Signer{fake} })
	}},
	{name: "F51 a good signature beside a stranger's", code: trust.Stranger, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) { p.bySigner = append(p.bySigner, w.thief) })
	}},
	{name: "F51 a bad signature beside a good one", code: trust.BadSig, bundle: func(w *world) trust.Bundle {
		next := w.signRoot(w.rootDoc(2, nil), w.root[0], w.root[1], w.root[2])
		other := w.signRoot(w.rootDoc(3, nil), w.root[2])
		return w.withRoots(w.release(6), append(next[:bytes.LastIndex(next, []byte("— root-c"))], other[bytes.LastIndex(other, []byte("— root-c")):]...))
	}},
	{name: "the online key signs an index", code: trust.Stranger, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) { p.bySigner = []trust.Signer{w.online} })
	}},
	{name: "the index key signs a timestamp", code: trust.Stranger, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) { p.stampSigner = []trust.Signer{w.index} })
	}},
	{name: "the index key signs the directory", code: trust.Stranger, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) { p.directorySigner = w.index })
	}},
	{name: "a signature made for another kind of document", code: trust.Malformed, bundle: func(w *world) trust.Bundle {
		b := w.release(6)
		b.Index = must(trust.Sign(trust.KindDirectory, []byte("{}"), w.index))(w)
		return w.repin(b, 6)
	}},
	{name: "another kind's text relabelled", code: trust.BadSig, bundle: func(w *world) trust.Bundle {
		b := w.release(6)
		payload := bytes.SplitN(b.Index, []byte("\n"), 3)[1]
		b.Index = replace(must(trust.Sign(trust.KindDirectory, payload, w.index))(w), "directory", "index")
		return w.repin(b, 6)
	}},
	{name: "a pack's lie in an index that the timestamp didn't name", code: trust.Mixed, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) { p.swapIndex = func(b []byte) []byte { return replace(b, `"version":3`, `"version":9`) } })
	}},
}

var rootTricks = []attack{
	rootAttack("a new root by one old key", trust.TooFew, nil, 0),
	rootAttack("a new root by a thief alone", trust.TooFew, nil),
	{name: "a new root by its own new keys only", code: trust.TooFew, bundle: func(w *world) trust.Bundle {
		next := w.rootDoc(2, func(r *trust.Root) {
			r.Roles.Root = role(2, w.root[3], w.thief, key(w, 50, "root-e"))
		})
		return w.withRoots(w.release(6), w.signRoot(next, w.root[3], w.thief))
	}},
	{name: "a new root without the quorum of its own keys", code: trust.TooFew, bundle: func(w *world) trust.Bundle {
		next := w.rootDoc(2, func(r *trust.Root) { r.Roles.Root = role(2, w.root[1], w.root[3], w.thief) })
		return w.withRoots(w.release(6), w.signRoot(next, w.root[0], w.root[1]))
	}},
	rootAttack("a root with a stranger's line added", trust.Stranger, nil, 0, 1, 3),
	rootAttack("F53 a root that jumps to the highest version", trust.BrokenChain, func(r *trust.Root) { r.Version = 1<<53 - 1 }, 0, 1),
	rootAttack("a root that leaves out a version", trust.BrokenChain, func(r *trust.Root) { r.Version = 3 }, 0, 1),
	rootAttack("a root that turns real into demo", trust.BrokenChain, func(r *trust.Root) { r.Demo = true }, 0, 1),
	rootAttack("a threshold of none", trust.Malformed, func(r *trust.Root) { r.Roles.Index.Threshold = 0 }, 0, 1),
	rootAttack("a threshold of one for a real root", trust.Malformed, func(r *trust.Root) { r.Roles.Root.Threshold = 1 }, 0, 1),
	rootAttack("a threshold no one can meet", trust.Malformed, func(r *trust.Root) { r.Roles.Root.Threshold = 4 }, 0, 1),
	rootAttack("one key listed twice", trust.Malformed, func(r *trust.Root) { r.Roles.Root.Keys[1] = r.Roles.Root.Keys[0] }, 0, 1),
	{name: "one key under two names", code: trust.Malformed, bundle: func(w *world) trust.Bundle {
		next := w.rootDoc(2, func(r *trust.Root) { r.Roles.Root = role(2, w.root[0], key(w, 10, "root-b"), w.root[2]) })
		return w.withRoots(w.release(6), w.signRoot(next, w.root[0], w.root[1]))
	}},
	{name: "the online key as a root key", code: trust.Malformed, bundle: func(w *world) trust.Bundle {
		next := w.rootDoc(2, func(r *trust.Root) { r.Roles.Root = role(2, w.root[0], w.root[1], key(w, 20, "root-c")) })
		return w.withRoots(w.release(6), w.signRoot(next, w.root[0], w.root[1]))
	}},
	{name: "a key of small order, for which anybody can sign", code: trust.BadKey, bundle: func(w *world) trust.Bundle {
		next := w.rootDoc(2, func(r *trust.Root) { r.Roles.Index.Keys = []string{weakKey("rules")} })
		return w.withRoots(w.release(6), w.signRoot(next, w.root[0], w.root[1]))
	}},
	rootAttack("a key whose hash doesn't fit", trust.BadKey, func(r *trust.Root) {
		r.Roles.Index.Keys[0] = strings.Replace(r.Roles.Index.Keys[0], "+", "+0", 1)[:len("rules+")+8] + r.Roles.Index.Keys[0][len("rules+")+8:]
	}, 0, 1),
	rootAttack("roots without end", trust.TooBig, nil),
}

// rootAttack signs root 2 with some of the root keys; without any, a thief signs.
func rootAttack(name string, code trust.Code, edit func(*trust.Root), signers ...int) attack {
	return attack{name: name, code: code, bundle: func(w *world) trust.Bundle {
		var by []trust.Signer
		for _, i := range signers {
			by = append(by, w.root[i])
		}
		if len(by) == 0 {
			by = []trust.Signer{w.thief}
		}
		roots := [][]byte{w.signRoot(w.rootDoc(2, edit), by...)}
		if code == trust.TooBig {
			roots = slicesRepeat(roots[0], 65)
		}
		return w.withRoots(w.release(6), roots...)
	}}
}

func slicesRepeat(b []byte, n int) (out [][]byte) {
	for range n {
		out = append(out, b)
	}
	return out
}

var mixtures = []attack{
	{name: "F54 the index of another release", code: trust.Mixed, bundle: func(w *world) trust.Bundle {
		b := w.release(7)
		b.Index = w.release(6).Index
		return b
	}},
	{name: "F54 the directory of another release", code: trust.Mixed, bundle: func(w *world) trust.Bundle {
		b := w.release(7)
		b.Directory = must(trust.Sign(trust.KindDirectory, directory(5), w.directory))(w)
		return b
	}},
	{name: "F54 a directory whose own version isn't the index's", code: trust.Mixed, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) { p.directory = directory(7) })
	}},
	{name: "F54 an index whose own version isn't the timestamp's", code: trust.Mixed, bundle: func(w *world) trust.Bundle {
		b := w.release(6)
		return w.repin(b, 7)
	}},
	{name: "F54 a directory that the index doesn't know", code: trust.Mixed, bundle: func(w *world) trust.Bundle {
		b := w.release(6)
		b.Index = must(trust.Index{Version: 6, Issued: trust.Time(day), Expires: trust.Time(day.AddDate(0, 1, 0))}.Sign(w.index))(w)
		return w.repin(b, 6)
	}},
	{name: "F52 no timestamp", code: trust.Missing, bundle: func(w *world) trust.Bundle {
		b := w.release(6)
		b.Timestamp = nil
		return b
	}},
	{name: "no index", code: trust.Missing, bundle: func(w *world) trust.Bundle {
		b := w.release(6)
		b.Index = nil
		return b
	}},
	{name: "F52 a timestamp that would freeze the phone for a year", code: trust.Malformed, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) { p.stamp.Expires = trust.Time(day.AddDate(1, 0, 0)) })
	}},
	{name: "F52 news under an expired root", code: trust.RootLapsed, at: day.AddDate(3, 0, 0), bundle: func(w *world) trust.Bundle { return w.release(6) }},
	{name: "a withdrawn key signs on", code: trust.Stranger, bundle: func(w *world) trust.Bundle {
		next := w.signRoot(w.rootDoc(2, func(r *trust.Root) { r.Roles.Index = role(1, w.thief) }), w.root[0], w.root[1])
		return w.withRoots(w.release(6), next)
	}},
	{name: "a timestamp under a root that has no such role", code: trust.Stranger, bundle: func(w *world) trust.Bundle {
		next := w.signRoot(w.rootDoc(2, func(r *trust.Root) { r.Roles.Timestamp = trust.Role{} }), w.root[0], w.root[1])
		return w.withRoots(w.release(6), next)
	}},
}

var malformations = []attack{
	indexAttack("a repeated field", trust.Malformed, `{"version":6`, `{"version":6,"version":6`),
	indexAttack("an unknown field", trust.Malformed, `{"version":6`, `{"more":1,"version":6`),
	indexAttack("a field in another letter case", trust.Malformed, `"issued"`, `"Issued"`),
	indexAttack("a space", trust.Malformed, `{"version":6`, `{ "version":6`),
	indexAttack("an exponent", trust.Malformed, `{"version":6`, `{"version":6e0`),
	indexAttack("a fraction", trust.Malformed, `{"version":6`, `{"version":6.0`),
	indexAttack("version 0", trust.Malformed, `{"version":6`, `{"version":0`),
	indexAttack("F53 version 2^63-1", trust.Malformed, `{"version":6`, `{"version":9223372036854775807`),
	indexAttack("a pack with a path for an id", trust.Malformed, `"henan"`, `"../henan"`),
	indexAttack("packs out of order", trust.Malformed, `"henan"`, `"zhejiang"`),
	indexAttack("a pack twice", trust.Malformed, `"henan"`, `"national"`),
	indexAttack("F56 a pack of a gigabyte", trust.Malformed, `"size":11`, `"size":1000000000`),
	indexAttack("a hash in capitals", trust.Malformed, `"sha256":"`, `"sha256":"A`),
	indexAttack("a date with an offset", trust.Malformed, `00:00:00Z"`, `00:00:00+00:00"`),
	indexAttack("a date that never was", trust.Malformed, `2026-11-21`, `2026-02-30`),
	indexAttack("something after the JSON", trust.Malformed, `}]`, `}]}{`),
	directoryAttack("F56 bidi marks in the directory", "某县", "某\u202e县"),
	directoryAttack("F56 bidi marks behind an escape", "某县", `某\u202e县`),
	directoryAttack("F56 half a surrogate pair", "某县", `某\ud800县`),
	directoryAttack("F56 an invisible space", "某县", "某\u200b县"),
	directoryAttack("F56 bytes that are not UTF-8", "某县", "\xff\xfe"),
	directoryAttack("F56 endless nesting", "[{", strings.Repeat("[", 10_000)+"{"),
	directoryAttack("a field of an office repeated in another letter case", `"id":"x"`, `"id":"x","ID":"y"`),
	directoryAttack("no date", `"issued"`, `"Issued"`),
	{name: "F56 a timestamp longer than allowed", code: trust.TooBig, bundle: func(w *world) trust.Bundle {
		b := w.release(6)
		b.Timestamp = append(b.Timestamp, make([]byte, 16<<10)...)
		return b
	}},
	rawAttack("F56 an index longer than it was signed for", trust.Mixed, func(b []byte) []byte { return append(b, make([]byte, 64<<10)...) }),
	rawAttack("F56 a thousand signatures", trust.TooBig, func(b []byte) []byte { return append(b, bytes.Repeat([]byte("— x y\n"), 1000)...) }),
	rawAttack("a signature line twice", trust.Malformed, func(b []byte) []byte { return append(b, b[bytes.LastIndex(b, []byte("— ")):]...) }),
	rawAttack("loose base64", trust.Malformed, func(b []byte) []byte { return replace(b, "=\n", "\n") }),
	rawAttack("Windows line ends", trust.Malformed, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) }),
	rawAttack("no last newline", trust.Malformed, func(b []byte) []byte { return b[:len(b)-1] }),
	rawAttack("no signatures", trust.Malformed, func(b []byte) []byte { return b[:bytes.Index(b, []byte("\n\n"))+2] }),
	rawAttack("words after the signatures", trust.Malformed, func(b []byte) []byte { return append(b, "\nhello\n"...) }),
}

// indexAttack has the true index key sign a payload that is wrong in one place.
func indexAttack(name string, code trust.Code, old, with string) attack {
	return attack{name: name, code: code, bundle: func(w *world) trust.Bundle {
		return w.release(6, func(p *plan) {
			p.rawIndex = func(payload []byte) []byte { return replace(payload, old, with) }
		})
	}}
}

// directoryAttack has the true key sign a directory that is wrong in one place.
// Sign itself refuses some, so those bytes are put in afterwards.
func directoryAttack(name, old, with string) attack {
	return attack{name: name, code: trust.Malformed, bundle: func(w *world) trust.Bundle {
		bad := replace(w.offices, old, with)
		signed, err := trust.Sign(trust.KindDirectory, bad, w.directory)
		if err != nil {
			signed = replace(must(trust.Sign(trust.KindDirectory, w.offices, w.directory))(w), old, with)
		}
		b := w.release(6, func(p *plan) { pin := trust.Pin(4, signed); p.index.Directory = &pin })
		b.Directory = signed
		return b
	}}
}

// rawAttack changes the signed index and has the timestamp name the result.
func rawAttack(name string, code trust.Code, change func([]byte) []byte) attack {
	return attack{name: name, code: code, bundle: func(w *world) trust.Bundle {
		b := w.release(6)
		b.Index = change(bytes.Clone(b.Index))
		s := w.release(6, func(p *plan) {
			p.stamp.Index = trust.Ref{Version: 6, Size: min(len(b.Index), 64<<10), SHA256: trust.Hash(b.Index)}
		})
		b.Timestamp = s.Timestamp
		return b
	}}
}

func TestAnAttackedPhoneRefusesAndKeepsWhatItHas(t *testing.T) {
	groups := [][]attack{rollbacks, forgeries, rootTricks, mixtures, malformations}
	n := 0
	for _, group := range groups {
		for _, a := range group {
			n++
			t.Run(a.name, func(t *testing.T) { a.run(t) })
		}
	}
	t.Logf("%d attacks", n)
}

func (a attack) run(t *testing.T) {
	w := newWorld(t)
	b := a.bundle(w)
	before := w.phone.State().Bytes()
	at := a.at
	if at.IsZero() {
		at = day
	}
	_, err := w.phone.Verify(at, b)
	if !errors.Is(err, trust.Refused(a.code)) {
		t.Errorf("got %v, want a refusal with code %s", err, a.code)
	}
	if !bytes.Equal(before, w.phone.State().Bytes()) {
		t.Error("the refused bundle moved the ratchet")
	}
}

func TestEveryAttackIsOnlyRefusedForItsOwnReason(t *testing.T) {
	w := newWorld(t)
	for v, b := range map[uint64]trust.Bundle{
		6: w.withRoots(w.release(6), must(w.rootDoc(2, nil).Sign(w.root[0], w.root[2]))(t)),
		7: w.withRoots(w.release(7), w.anchor),
	} {
		got, err := w.newPhone(trust.State{}).Verify(day, b)
		if err != nil || got.Index.Version != v {
			t.Errorf("release %d: got version %d, %v", v, got.Index.Version, err)
		}
	}
}

func TestAPackIsOnlyTheFileOfTheIndex(t *testing.T) {
	w := newWorld(t)
	got := must(w.phone.Verify(day, w.release(5)))(t)
	for _, c := range []struct {
		name, id string
		file     []byte
		engine   int
		want     error
	}{
		{"the right file", "henan", w.henan, 1, nil},
		{"F54 another region's file", "henan", w.national, 1, trust.Refused(trust.Mixed)},
		{"F51 one byte changed", "henan", replace(w.henan, "h", "H"), 1, trust.Refused(trust.Mixed)},
		{"a file cut short", "henan", w.henan[:4], 1, trust.Refused(trust.Mixed)},
		{"a pack nobody signed for", "hainan", w.henan, 1, trust.Refused(trust.Mixed)},
		{"a program too old for it", "henan", w.henan, 0, trust.Refused(trust.OldEngine)},
	} {
		if _, err := got.CheckPack(c.id, c.file, c.engine); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestAnErrorSaysWhatToDo(t *testing.T) {
	w := newWorld(t)
	_, err := w.phone.Verify(day, w.release(4))
	want := "trust: timestamp is older than the newest seen; keep the newer one in use"
	if fmt.Sprint(err) != want {
		t.Errorf("got %q, want %q", err, want)
	}
}
