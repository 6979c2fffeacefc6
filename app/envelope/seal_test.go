package envelope_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"lixianban/app/envelope"
)

// source is a seeded io.Reader: the same test, the same bytes.
type source struct{ *rand.ChaCha8 }

func seeded(n byte) source { return source{rand.NewChaCha8([32]byte{n})} }

func header(seed byte) envelope.Header {
	r := seeded(seed)
	return envelope.Header{
		Office: "demo-office", SID: must(envelope.NewSID(r)), Pack: "national@3", Form: "resident-stop@1",
		Capability: envelope.CapabilityOf(must(envelope.NewSecret(r))),
	}
}

func key(t testing.TB, kem uint16) envelope.PrivateKey {
	t.Helper()
	return must(envelope.NewPrivateKey(kem))
}

var kems = map[string]uint16{"hybrid": envelope.KEMHybrid, "x25519": envelope.KEMX25519}

func TestWhatIsSealedOpensWithItsHeader(t *testing.T) {
	for name, kem := range kems {
		t.Run(name, func(t *testing.T) {
			k := key(t, kem)
			for _, n := range []int{0, 1, 15, 16, 1019, 1020, 1021, 5000, envelope.MaxPlaintext} {
				plain := bytes.Repeat([]byte("静"), n/3+1)[:n]
				sealed := must(envelope.Seal(k.Public(), header(1), plain))
				h, got, err := envelope.Open(k, sealed)
				if err != nil || !bytes.Equal(got, plain) {
					t.Fatalf("%d bytes: opened %d bytes, %v", n, len(got), err)
				}
				want := header(1)
				want.KEM, want.KDF, want.AEAD, want.Key = kem, envelope.KDFSHA256, envelope.AEADAES256, k.Public().ID()
				if parsed, err := envelope.ParseHeader(sealed); err != nil || parsed != want || h != want {
					t.Errorf("%d bytes: header %+v and %+v, %v, want %+v", n, parsed, h, err, want)
				}
			}
		})
	}
}

// Every bit of the clear part, of the encapsulation and of the tag, and every byte of the
// ciphertext between: sealing binds all of it (SR-08).
func TestEveryBitFlipIsRejected(t *testing.T) {
	for name, kem := range kems {
		t.Run(name, func(t *testing.T) {
			k := key(t, kem)
			sealed := must(envelope.Seal(k.Public(), header(2), []byte("私密")))
			body := len(sealed) - 1024
			for i := range sealed {
				for bit := range 8 {
					if i > body+8 && i < len(sealed)-16 && bit != i%8 {
						continue
					}
					bad := bytes.Clone(sealed)
					bad[i] ^= 1 << bit
					if _, _, err := envelope.Open(k, bad); err == nil {
						t.Fatalf("byte %d bit %d: the altered envelope opened", i, bit)
					}
				}
			}
		})
	}
}

func TestAnEnvelopeHasExactlyItsLength(t *testing.T) {
	k := key(t, envelope.KEMX25519)
	sealed := must(envelope.Seal(k.Public(), header(3), []byte("a")))
	for n := range sealed {
		if _, err := envelope.ParseHeader(sealed[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes parse", n, len(sealed))
		}
	}
	for _, extra := range []int{1, 16, 1024, 4096} {
		if _, err := envelope.ParseHeader(append(bytes.Clone(sealed), make([]byte, extra)...)); err == nil && extra != 1024 {
			t.Errorf("%d bytes after the end parse", extra)
		}
	}
	if _, err := envelope.ParseHeader(make([]byte, envelope.MaxEnvelope+1)); !errors.Is(err, envelope.ErrOf(envelope.CodeTooBig)) {
		t.Errorf("an envelope over the limit: %v", err)
	}
}

// A kilobyte after a one-kilobyte bucket is a possible length, so only opening can tell.
func TestAWholeBucketAppendedDoesNotOpen(t *testing.T) {
	k := key(t, envelope.KEMX25519)
	sealed := must(envelope.Seal(k.Public(), header(3), []byte("a")))
	if _, _, err := envelope.Open(k, append(sealed, make([]byte, 1024)...)); err == nil {
		t.Error("an envelope with a bucket appended opened")
	}
}

func TestOnlyTheNamedKeyOpens(t *testing.T) {
	for name, kem := range kems {
		a, b := key(t, kem), key(t, kem)
		sealed := must(envelope.Seal(a.Public(), header(4), []byte("a")))
		if _, _, err := envelope.Open(b, sealed); !errors.Is(err, envelope.ErrOf(envelope.CodeWrongKey)) {
			t.Errorf("%s: another key: %v", name, err)
		}
	}
}

func TestSealingFailsLoudly(t *testing.T) {
	k := key(t, envelope.KEMX25519).Public()
	for name, change := range map[string]func(*envelope.Header){
		"no office":         func(h *envelope.Header) { h.Office = "" },
		"upper-case office": func(h *envelope.Header) { h.Office = "Demo" },
		"long office":       func(h *envelope.Header) { h.Office = strings.Repeat("a", 33) },
		"no form":           func(h *envelope.Header) { h.Form = "" },
		"form with a space": func(h *envelope.Header) { h.Form = "a b" },
		"pack with newline": func(h *envelope.Header) { h.Pack = "a\n" },
		"long pack":         func(h *envelope.Header) { h.Pack = strings.Repeat("a", 65) },
		"no sid":            func(h *envelope.Header) { h.SID = envelope.SID{} },
		"no capability":     func(h *envelope.Header) { h.Capability = envelope.Hash{} },
	} {
		h := header(5)
		change(&h)
		if out, err := envelope.Seal(k, h, []byte("a")); err == nil || out != nil {
			t.Errorf("%s: sealed %d bytes, %v", name, len(out), err)
		}
	}
	if out, err := envelope.Seal(k, header(5), make([]byte, envelope.MaxPlaintext+1)); !errors.Is(err, envelope.ErrOf(envelope.CodeTooBig)) || out != nil {
		t.Errorf("too much: %d bytes, %v", len(out), err)
	}
}

// The lengths that the server sees for all contents of 0 to 9 KB are the buckets
// alone: 1, 2, 4, 8, 16 KB (SR-09).
func TestLengthTellsOnlyTheBucket(t *testing.T) {
	k := key(t, envelope.KEMX25519).Public()
	histogram := map[int]int{}
	for n := 0; n <= 9<<10; n += 97 {
		histogram[len(must(envelope.Seal(k, header(6), make([]byte, n))))]++
	}
	over := len(must(envelope.Seal(k, header(6), nil))) - 1024
	for size, count := range histogram {
		if b := size - over; b&(b-1) != 0 || b < 1024 {
			t.Errorf("%d contents have %d bytes over the header, not a bucket", count, b)
		}
	}
	if len(histogram) != 5 {
		t.Errorf("%d lengths for 0 to 9 KB, want 5: %v", len(histogram), histogram)
	}
}

func TestSizesAreAsDocumented(t *testing.T) {
	for _, c := range []struct {
		kem  uint16
		over int // enc and tag
	}{{envelope.KEMX25519, 48}, {envelope.KEMHybrid, 1136}} {
		sealed := must(envelope.Seal(key(t, c.kem).Public(), header(7), nil))
		head := 10 + 1 + 11 + 8 + 16 + 1 + 10 + 1 + 15 + 32
		if len(sealed) != head+c.over+1024 {
			t.Errorf("KEM %04x: %d bytes, want %d", c.kem, len(sealed), head+c.over+1024)
		}
		if string(sealed[:4]) != "LXB1" || binary.BigEndian.Uint16(sealed[4:]) != c.kem {
			t.Errorf("KEM %04x: starts with %x", c.kem, sealed[:6])
		}
	}
}

// Someone who holds the public key can seal anything: what isn't padded as Seal does is
// refused after opening, so that one content has one padded form.
func TestOnlyTheCanonicalPaddingOpens(t *testing.T) {
	k := key(t, envelope.KEMX25519)
	good := must(envelope.Seal(k.Public(), header(1), []byte("abc")))
	head := good[:len(good)-1024-48]
	padded := func(size int, length uint32, at int) []byte {
		b := make([]byte, size)
		binary.BigEndian.PutUint32(b, length)
		if at > 0 {
			b[at] = 1
		}
		return b
	}
	for name, c := range map[string]struct {
		plain []byte
		ok    bool
	}{
		"as sealed":               {padded(1024, 3, 0), true},
		"full to the last byte":   {padded(1024, 1020, 1023), true},
		"a bit in the zeros":      {padded(1024, 3, 1023), false},
		"a bit after the content": {padded(1024, 3, 7), false},
		"a bigger bucket":         {padded(2048, 3, 0), false},
		"longer than its bucket":  {padded(1024, 1021, 0), false},
		"endless":                 {padded(1024, 1<<32-1, 0), false},
		"not a bucket":            {padded(1023, 3, 0), false},
	} {
		info := append([]byte("lixianban/envelope/1\x00"), head...)
		pub := must(hpke.DHKEM(ecdh.X25519()).NewPublicKey(k.Public().Bytes()))
		sealed := must(hpke.Seal(pub, hpke.HKDFSHA256(), hpke.AES256GCM(), info, c.plain))
		if _, _, err := envelope.Open(k, append(bytes.Clone(head), sealed...)); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseHeader(f *testing.F) {
	k := key(f, envelope.KEMX25519)
	f.Add(must(envelope.Seal(k.Public(), header(8), []byte("a"))))
	f.Add([]byte("LXB1"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := envelope.ParseHeader(b)
		if err != nil {
			return
		}
		if h.Office == "" || h.Form == "" || h.SID == (envelope.SID{}) || len(b) > envelope.MaxEnvelope {
			t.Errorf("took %+v", h)
		}
		if _, _, err := envelope.Open(k, b); err == nil && h.Key != k.Public().ID() {
			t.Error("opened with a key it wasn't sealed to")
		}
	})
}

// FuzzOpen tries to find two byte strings that open to one content.
func FuzzOpen(f *testing.F) {
	k := key(f, envelope.KEMX25519)
	sealed := must(envelope.Seal(k.Public(), header(9), []byte("content")))
	f.Add(10, byte(1), 0)
	f.Add(len(sealed)-1, byte(128), -1)
	f.Fuzz(func(t *testing.T, at int, xor byte, grow int) {
		b := bytes.Clone(sealed)
		if at >= 0 && at < len(b) {
			b[at] ^= xor
		}
		if grow > 0 && grow < 1<<16 {
			b = append(b, make([]byte, grow)...)
		} else if grow < 0 && -grow < len(b) {
			b = b[:len(b)+grow]
		}
		if _, _, err := envelope.Open(k, b); (err == nil) != bytes.Equal(b, sealed) {
			t.Errorf("changed %v and opened with error %v", !bytes.Equal(b, sealed), err)
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	k := key(f, envelope.KEMX25519)
	f.Add([]byte("a"), "demo", "national@1", "form@1")
	f.Fuzz(func(t *testing.T, plain []byte, office, pack, form string) {
		h := header(1)
		h.Office, h.Pack, h.Form = office, pack, form
		sealed, err := envelope.Seal(k.Public(), h, plain)
		if err != nil {
			return
		}
		got, content, err := envelope.Open(k, sealed)
		if err != nil || !bytes.Equal(content, plain) || got.Office != office || got.Pack != pack || got.Form != form {
			t.Errorf("sealed and opened differ: %v", err)
		}
	})
}
