package envelope

import (
	"bytes"
	"crypto/hpke"
	"encoding/binary"
	"strings"
)

// Sizes. A body on the wire stops at 512 KB (worker/desk), an envelope at half of it.
const (
	MaxEnvelope  = 256 << 10
	MinBucket    = 1 << 10
	MaxBucket    = 128 << 10
	MaxPlaintext = MaxBucket - lengthSize
)

const (
	magic      = "LXB1"
	domain     = "lixianban/envelope/1\x00"
	lengthSize = 4
	tagSize    = 16
)

// encSizes holds the KEMs' encapsulation sizes (Nenc).
var encSizes = map[uint16]int{KEMX25519: 32, KEMHybrid: 1120}

// Seal pads and seals plaintext to the office's key. The suite and key id of h are
// filled in from the key; the rest must be complete. It never returns clear bytes:
// when anything is wrong it fails and the caller must not say the form is queued (L26).
func Seal(to PublicKey, h Header, plaintext []byte) ([]byte, error) {
	h.KEM, h.KDF, h.AEAD, h.Key = to.KEM(), KDFSHA256, AEADAES256, to.ID()
	head, err := h.bytes()
	if err != nil {
		return nil, err
	}
	padded, err := pad(plaintext)
	if err != nil {
		return nil, err
	}
	sealed, err := hpke.Seal(to.key, hpke.HKDFSHA256(), hpke.AES256GCM(), info(head), padded)
	if err != nil {
		return nil, wrap(CodeRandom, err, "sealing failed, nothing was handed over; try again")
	}
	out := append(head, sealed...)
	if err := check(out, plaintext); err != nil {
		return nil, err
	}
	return out, nil
}

// check refuses to hand out an envelope that this package itself would not take, or
// that shows what it should hide.
func check(out, plaintext []byte) error {
	if _, err := ParseHeader(out); err != nil {
		return err
	}
	if len(plaintext) >= 16 && bytes.Contains(out, plaintext) {
		return fail(CodeCannotOpen, "sealing left the text readable, nothing was handed over; update the app")
	}
	return nil
}

// Open gives back the plaintext of an envelope sealed to key's public half, and its header.
func Open(key PrivateKey, envelope []byte) (Header, []byte, error) {
	h, n, err := parse(envelope)
	if err != nil {
		return Header{}, nil, err
	}
	if h.Key != key.Public().ID() || h.KEM != key.Public().KEM() {
		return h, nil, fail(CodeWrongKey, "sealed to key %s, not to %s; use that key", h.Key, key.Public().ID())
	}
	padded, err := hpke.Open(key.key, hpke.HKDFSHA256(), hpke.AES256GCM(), info(envelope[:n]), envelope[n:])
	if err != nil {
		return h, nil, wrap(CodeCannotOpen, err, "the envelope was altered or damaged; ask the sender to send it again")
	}
	plaintext, err := unpad(padded)
	return h, plaintext, err
}

// ParseHeader reads the clear part and checks that the whole has a possible length.
// It proves nothing about the sealed part.
func ParseHeader(envelope []byte) (Header, error) {
	h, _, err := parse(envelope)
	return h, err
}

func info(head []byte) []byte { return append([]byte(domain), head...) }

// bytes is the canonical clear part.
func (h Header) bytes() ([]byte, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	b := []byte(magic)
	b = binary.BigEndian.AppendUint16(b, h.KEM)
	b = binary.BigEndian.AppendUint16(b, h.KDF)
	b = binary.BigEndian.AppendUint16(b, h.AEAD)
	b = appendText(b, h.Office)
	b = append(b, h.Key[:]...)
	b = append(b, h.SID[:]...)
	b = appendText(b, h.Pack)
	b = appendText(b, h.Form)
	return append(b, h.Capability[:]...), nil
}

func appendText(b []byte, s string) []byte { return append(append(b, byte(len(s))), s...) }

// headerTexts are the limits of the three names in the clear.
var headerTexts = []struct {
	name     string
	of       func(*Header) *string
	min, max int
	chars    string
}{
	{"office", func(h *Header) *string { return &h.Office }, 1, 32, lower + "-"},
	{"pack", func(h *Header) *string { return &h.Pack }, 0, 64, lower + "-@.+"},
	{"form", func(h *Header) *string { return &h.Form }, 1, 32, lower + "-@."},
}

const lower = "abcdefghijklmnopqrstuvwxyz0123456789"

func (h Header) check() error {
	if encSizes[h.KEM] == 0 || h.KDF != KDFSHA256 || h.AEAD != AEADAES256 {
		return fail(CodeUnsupported, "suite %04x-%04x-%04x is not known to this version; update it", h.KEM, h.KDF, h.AEAD)
	}
	for _, t := range headerTexts {
		s := *t.of(&h)
		if len(s) < t.min || len(s) > t.max || strings.Trim(s, t.chars) != "" {
			return fail(CodeMalformed, "the %s in the header must be %d to %d of %s", t.name, t.min, t.max, t.chars)
		}
	}
	if h.SID == (SID{}) || h.Capability == (Hash{}) {
		return fail(CodeMalformed, "the header must carry a sid and a capability")
	}
	return nil
}

// parse returns the header and the length of the clear part.
func parse(envelope []byte) (Header, int, error) {
	if len(envelope) > MaxEnvelope {
		return Header{}, 0, fail(CodeTooBig, "an envelope has at most %d bytes", MaxEnvelope)
	}
	r := reader{b: envelope, ok: true}
	if string(r.take(len(magic))) != magic {
		return Header{}, 0, fail(CodeMalformed, "these bytes are not an envelope of version 1")
	}
	h := Header{KEM: r.uint16(), KDF: r.uint16(), AEAD: r.uint16()}
	h.Office = r.text()
	copy(h.Key[:], r.take(len(h.Key)))
	copy(h.SID[:], r.take(len(h.SID)))
	h.Pack, h.Form = r.text(), r.text()
	copy(h.Capability[:], r.take(len(h.Capability)))
	if !r.ok {
		return Header{}, 0, fail(CodeMalformed, "the envelope is cut short")
	}
	if err := h.check(); err != nil {
		return Header{}, 0, err
	}
	if !isBucket(len(r.b) - encSizes[h.KEM] - tagSize) {
		return Header{}, 0, fail(CodeMalformed, "the envelope is cut short or has bytes after its end")
	}
	return h, len(envelope) - len(r.b), nil
}

// reader takes bytes off the front; after the first lack ok stays false.
type reader struct {
	b  []byte
	ok bool
}

func (r *reader) take(n int) []byte {
	if r.ok = r.ok && len(r.b) >= n; !r.ok {
		return make([]byte, n)
	}
	head := r.b[:n]
	r.b = r.b[n:]
	return head
}

func (r *reader) uint16() uint16 { return binary.BigEndian.Uint16(r.take(2)) }

func (r *reader) text() string { return string(r.take(int(r.take(1)[0]))) }

func isBucket(n int) bool { return n >= MinBucket && n <= MaxBucket && n&(n-1) == 0 }

// bucket is the smallest bucket for n content bytes.
func bucket(n int) int {
	b := MinBucket
	for b < n+lengthSize {
		b *= 2
	}
	return b
}

func pad(content []byte) ([]byte, error) {
	if len(content) > MaxPlaintext {
		return nil, fail(CodeTooBig, "the application has %d bytes, at most %d fit; shorten it", len(content), MaxPlaintext)
	}
	out := make([]byte, bucket(len(content)))
	binary.BigEndian.PutUint32(out, uint32(len(content)))
	copy(out[lengthSize:], content)
	return out, nil
}

func unpad(padded []byte) ([]byte, error) {
	bad := fail(CodeMalformed, "the content's padding is not the canonical one; ask for it again")
	if !isBucket(len(padded)) {
		return nil, bad
	}
	n := binary.BigEndian.Uint32(padded)
	if n > MaxPlaintext || bucket(int(n)) != len(padded) {
		return nil, bad
	}
	content, rest := padded[lengthSize:lengthSize+n], padded[lengthSize+n:]
	if len(bytes.TrimLeft(rest, "\x00")) != 0 {
		return nil, bad
	}
	return content, nil
}
