package trust_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"lixianban/app/policy/trust"
)

// weakKey is the identity point of edwards25519 in a well-formed key line.
func weakKey(name string) string {
	data := make([]byte, 33)
	data[0], data[1] = 1, 1
	sum := sha256.Sum256(append([]byte(name+"\n"), data...))
	return name + "+" + hex.EncodeToString(sum[:4]) + "+" + base64.StdEncoding.EncodeToString(data)
}

// F51: no byte of any document may differ from what was signed.
func TestEachFlippedByteIsRefused(t *testing.T) {
	w := newWorld(t)
	next := must(w.rootDoc(2, nil).Sign(w.root[:3]...))(t)
	good := w.withRoots(w.release(6), w.anchor, next)
	if _, err := w.newPhone(trust.State{}).Verify(day, good); err != nil {
		t.Fatal(err)
	}
	docs := []*[]byte{&good.Roots[0], &good.Roots[1], &good.Timestamp, &good.Index, &good.Directory}
	flips := 0
	for d, doc := range docs {
		for i := range *doc {
			for _, mask := range []byte{1 << (i % 8), 0x20} { // 0x20 also changes a letter's case
				(*doc)[i] ^= mask
				if _, err := w.phone.Verify(day, good); err == nil {
					t.Fatalf("document %d: byte %d flipped by %#x is taken", d, i, mask)
				}
				(*doc)[i] ^= mask
				flips++
			}
		}
	}
	t.Logf("%d flips refused", flips)
}

func TestEveryTruncationIsRefused(t *testing.T) {
	w := newWorld(t)
	b := w.release(6)
	whole := b.Index
	for n := range whole {
		b.Index = whole[:n]
		if _, err := w.phone.Verify(day, b); err == nil {
			t.Fatalf("an index cut to %d bytes is taken", n)
		}
	}
}

// F53: a thief of the index and online keys pushes the versions to the end; a
// root that replaces both keys lets the phone go on.
func TestARootRotationUndoesAFastForward(t *testing.T) {
	w := newWorld(t)
	const top = 1<<53 - 1
	if _, err := w.phone.Verify(day, w.release(top)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.phone.Verify(day, w.release(6)); !errors.Is(err, trust.Refused(trust.Rollback)) {
		t.Fatalf("before the rotation: got %v, want rollback", err)
	}
	online, index := key(t, 60, "online-2"), key(t, 61, "rules-2")
	next := w.rootDoc(2, func(r *trust.Root) {
		r.Roles.Timestamp, r.Roles.Index = role(1, online), role(1, index)
		r.Roles.Index.Since = 6
	})
	w.online, w.index = online, index
	signed := w.signRoot(next, w.root[0], w.root[2])
	for v, want := range map[uint64]error{5: trust.Refused(trust.Rollback), 6: nil} {
		phone := w.newPhone(w.phone.State())
		if _, err := phone.Verify(day, w.withRoots(w.release(v), signed)); !errors.Is(err, want) {
			t.Errorf("release %d after the rotation: got %v, want %v", v, err, want)
		}
	}
}

// Rotating one key of two leaves the other's floor in place.
func TestARotationOnlyLiftsTheFloorOfTheKeyItRemoves(t *testing.T) {
	w := newWorld(t)
	second := key(t, 62, "rules-b")
	r2 := w.signRoot(w.rootDoc(2, func(r *trust.Root) { r.Roles.Index = role(1, w.index, second) }), w.root[0], w.root[1])
	r3 := w.signRoot(w.rootDoc(3, func(r *trust.Root) { r.Roles.Index = role(1, w.index) }), w.root[0], w.root[1])
	by := func(s trust.Signer) func(*plan) {
		return func(p *plan) { p.bySigner = []trust.Signer{s}; p.stamp.Version += 100 }
	}
	if _, err := w.phone.Verify(day, w.withRoots(w.release(7, by(second)), r2)); err != nil {
		t.Fatal(err)
	}
	stampAgain := func(p *plan) { p.stamp.Version = 200 }
	_, err := w.phone.Verify(day, w.withRoots(w.release(4, stampAgain), r2, r3))
	if !errors.Is(err, trust.Refused(trust.Rollback)) {
		t.Errorf("got %v, want rollback: the remaining key had signed 5", err)
	}
}

func TestAChainLeadsFromAnyOldRootToTheNewest(t *testing.T) {
	w := newWorld(t)
	moved := func(r *trust.Root) { r.Roles.Root = role(2, w.root[1], w.root[2], w.root[3]) }
	r2 := w.signRoot(w.rootDoc(2, moved), w.root[0], w.root[1], w.root[3])
	r3 := w.signRoot(w.rootDoc(3, moved), w.root[2], w.root[3])
	b := w.withRoots(w.release(6), w.anchor, r2, r3)
	for name, anchor := range map[string][]byte{"root 1": w.anchor, "root 2": r2, "root 3": r3} {
		v := must(trust.NewVerifier(anchor, trust.State{}))(t)
		got, err := v.Verify(day, b)
		if err != nil || got.Root.Version != 3 {
			t.Errorf("from %s: got root %d, %v", name, got.Root.Version, err)
		}
	}
	b.Roots = [][]byte{w.anchor, r2}
	v := must(trust.NewVerifier(r3, trust.State{}))(t)
	if _, err := v.Verify(day, b); !errors.Is(err, trust.Refused(trust.Rollback)) {
		t.Errorf("a chain that ends before the program's root: got %v, want rollback", err)
	}
}

// F52: what is past its date is used and said to be so.
func TestExpiryIsReportedWithItsDateAndTakesNothingAway(t *testing.T) {
	w := newWorld(t)
	b := w.release(5)
	for _, c := range []struct {
		days   int
		silent bool
		stale  bool
		lapsed int
	}{{0, false, false, 0}, {13, false, false, 0}, {14, true, false, 1}, {200, true, true, 2}, {400, true, true, 3}, {900, true, true, 4}} {
		got, err := w.phone.Verify(day.AddDate(0, 0, c.days), b)
		if err != nil {
			t.Fatalf("after %d days: %v", c.days, err)
		}
		_, silent := got.Silent()
		since, stale := got.Stale()
		if silent != c.silent || stale != c.stale || len(got.Lapsed) != c.lapsed {
			t.Errorf("after %d days: silent %v, stale %v, %v", c.days, silent, stale, got.Lapsed)
		}
		if stale && !since.Equal(day.AddDate(0, 6, 0)) {
			t.Errorf("stale since %v", since)
		}
	}
	if _, err := w.phone.Verify(day.AddDate(0, 8, 0), w.release(4)); !errors.Is(err, trust.Refused(trust.Rollback)) {
		t.Errorf("an expired index made an older one acceptable: %v", err)
	}
}

func TestAClockSetBackHidesNoExpiry(t *testing.T) {
	w := newWorld(t)
	later := w.release(6, func(p *plan) {
		p.stamp.Issued, p.stamp.Expires = trust.Time(day.AddDate(0, 7, 0)), trust.Time(day.AddDate(0, 7, 14))
	})
	got := must(w.phone.Verify(day.AddDate(-3, 0, 0), later))(t)
	if _, stale := got.Stale(); !stale || !got.ClockBehind {
		t.Errorf("stale %v, clock behind %v; want both: the timestamp was signed after the index expired", stale, got.ClockBehind)
	}
}

func TestAFirstPhoneUnderAnExpiredRootStillAnswers(t *testing.T) {
	w := newWorld(t)
	got, err := w.newPhone(trust.State{}).Verify(day.AddDate(3, 0, 0), w.release(6))
	if err != nil || len(got.Lapsed) != 4 {
		t.Errorf("got %v, %v; want four lapsed documents and no refusal", got.Lapsed, err)
	}
}

func TestAStateSurvivesAndMerges(t *testing.T) {
	w := newWorld(t)
	old := w.phone.State()
	must(w.phone.Verify(day, w.release(6)))(t)
	newer := w.phone.State()
	for name, merged := range map[string]trust.State{"old then new": old.Merge(newer), "new then old": newer.Merge(old), "with nothing": newer.Merge(trust.State{}), "itself": newer.Merge(newer)} {
		if !bytes.Equal(merged.Bytes(), newer.Bytes()) {
			t.Errorf("%s: got %s", name, merged.Bytes())
		}
	}
	back := must(trust.ParseState(newer.Bytes()))(t)
	if !bytes.Equal(back.Bytes(), newer.Bytes()) {
		t.Error("a state changed on its way through storage")
	}
	if _, err := w.newPhone(back).Verify(day, w.release(5)); !errors.Is(err, trust.Refused(trust.Rollback)) {
		t.Errorf("after a restart: got %v, want rollback", err)
	}
	t.Logf("state of 2 packs: %d bytes", len(newer.Bytes()))
}

func TestADamagedStateIsAnError(t *testing.T) {
	whole := newWorld(t).phone.State().Bytes()
	for _, b := range [][]byte{whole[:len(whole)-1], []byte("{}"), append(bytes.Clone(whole), ' '), bytes.Repeat([]byte("x"), 70_000)} {
		if _, err := trust.ParseState(b); err == nil {
			t.Errorf("%.40q is taken for a state", b)
		}
	}
}

func TestABundleSurvivesTheWire(t *testing.T) {
	w := newWorld(t)
	b := w.withRoots(w.release(6), w.anchor)
	back := must(trust.ParseBundle(b.Bytes()))(t)
	if _, err := w.phone.Verify(day, back); err != nil {
		t.Error(err)
	}
	if _, err := trust.ParseBundle([]byte("<html>请登录</html>")); !errors.Is(err, trust.Refused(trust.Malformed)) {
		t.Errorf("a captive portal's page: got %v", err)
	}
}

func TestSignRefusesWhatNoPhoneWouldTake(t *testing.T) {
	w := newWorld(t)
	short := w.rootDoc(1, func(r *trust.Root) { r.Roles.Root.Threshold = 1 })
	if _, err := short.Sign(w.root[0]); err == nil {
		t.Error("signed a root of one key")
	}
	if _, err := (trust.Index{Version: 1}).Sign(w.index); err == nil {
		t.Error("signed an index without dates")
	}
	if _, err := (trust.Stamp{Version: 1, Issued: trust.Time(day), Expires: trust.Time(day.AddDate(0, 2, 0)), Index: trust.Pin(1, w.henan)}).Sign(w.online); err == nil {
		t.Error("signed a timestamp for two months")
	}
	if _, err := trust.SignDirectory([]byte(`{"version":1}`), w.directory); err == nil {
		t.Error("signed a directory without dates")
	}
	if _, err := trust.Sign(trust.KindDirectory, []byte("a\nb"), w.directory); err == nil {
		t.Error("signed two lines")
	}
}

func TestKeyHoldersWhoMeetByFileCosign(t *testing.T) {
	w := newWorld(t)
	first := must(w.rootDoc(1, nil).Sign(w.root[2]))(t)
	if _, err := trust.NewVerifier(first, trust.State{}); !errors.Is(err, trust.Refused(trust.TooFew)) {
		t.Errorf("one signature of two: got %v", err)
	}
	both := must(trust.Cosign(first, w.root[0]))(t)
	if _, err := trust.NewVerifier(both, trust.State{}); err != nil {
		t.Error(err)
	}
	again := must(trust.Cosign(both, w.root[0]))(t)
	if !bytes.Equal(both, again) {
		t.Error("signing twice with one key changed the document")
	}
}

func TestKeysSurviveAsTextAndMistakesAreFound(t *testing.T) {
	s := key(t, 3, "rules")
	back := must(trust.ParseSigner(s.Secret()))(t)
	if back.Public() != s.Public() || back.Secret() != s.Secret() {
		t.Error("a key changed on its way through text")
	}
	for i := range s.Secret() {
		bad := []byte(s.Secret())
		bad[i] ^= 1
		if _, err := trust.ParseSigner(string(bad)); err == nil {
			t.Errorf("byte %d of a secret key miscopied and taken", i)
		}
	}
	for _, bad := range []string{"", "rules", s.Public(), s.Secret() + "\n", s.Secret() + "=", "PRIVATE+KEY+" + strings.Repeat("x", 5000)} {
		if _, err := trust.ParseSigner(bad); err == nil {
			t.Errorf("%.30q is taken for a secret key", bad)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "Ａ", "é", strings.Repeat("x", 65)} {
		if _, err := trust.GenerateKey(seed(1), name); err == nil {
			t.Errorf("%q is taken for a key's name", name)
		}
	}
}

// The format is that of golang.org/x/mod/sumdb/note: each opens what the other signs.
func TestNotesAreReadByTheGoModuleDatabasesOwnReader(t *testing.T) {
	s := key(t, 3, "rules.example/2026")
	signed := must(trust.Sign(trust.KindDirectory, []byte(`{"名":1}`), s))(t)
	n, err := note.Open(signed, note.VerifierList(must(note.NewVerifier(s.Public()))(t)))
	if err != nil || n.Text != "lixianban/directory/v1\n{\"名\":1}\n" {
		t.Errorf("note reads %v, %v", n, err)
	}
	theirs := must(note.Sign(&note.Note{Text: n.Text}, must(note.NewSigner(s.Secret()))(t)))(t)
	if !bytes.Equal(theirs, signed) {
		t.Errorf("note signs\n%s, we\n%s", theirs, signed)
	}
}

// A weak key lets anybody sign: this is the forgery that the refusal of small
// order prevents.
func TestAWeakKeyWouldLetAnybodySign(t *testing.T) {
	identity := make([]byte, 32)
	identity[0] = 1
	forged := make([]byte, 64)
	forged[0] = 1
	if !ed25519.Verify(identity, []byte("anything"), forged) {
		t.Error("crypto/ed25519 refuses weak keys by itself now: our own check may go")
	}
	if _, err := trust.Open(trust.KindIndex, []byte("x"), trust.Role{Threshold: 1, Keys: []string{weakKey("rules")}}); err == nil {
		t.Error("a weak key is taken")
	}
}

func FuzzOpenReturnsOnlyWhatWasSigned(f *testing.F) {
	s := key(f, 3, "rules")
	r := role(1, s)
	payload := `{"version":1}`
	signed := must(trust.Sign(trust.KindIndex, []byte(payload), s))(f)
	f.Add(signed)
	f.Add(append(bytes.Clone(signed), signed[bytes.Index(signed, []byte("— ")):]...))
	f.Add([]byte("lixianban/index/v1\nx\n\n— rules AAAA\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := trust.Open(trust.KindIndex, b, r)
		if err == nil && (string(got) != payload || !bytes.Equal(b, signed)) {
			t.Errorf("other bytes are taken: %q", b)
		}
	})
}

func FuzzVerifyNeverPanicsAndNeverTakesOtherBytes(f *testing.F) {
	w := newWorld(f)
	good := w.withRoots(w.release(6), w.anchor)
	f.Add(good.Bytes())
	f.Add(w.release(5).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		bundle, err := trust.ParseBundle(b)
		if err != nil {
			return
		}
		v := must(trust.NewVerifier(w.anchor, w.phone.State()))(t)
		if got, err := v.Verify(day, bundle); err == nil && got.Index.Version != 5 && got.Index.Version != 6 {
			t.Errorf("version %d out of nowhere", got.Index.Version)
		}
	})
}
