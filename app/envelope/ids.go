package envelope

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"io"
)

// NewSID draws a fresh sid. It fails rather than repeat (L26).
func NewSID(rand io.Reader) (SID, error) {
	var s SID
	if _, err := io.ReadFull(rand, s[:]); err != nil {
		return SID{}, wrap(CodeRandom, err, "the device gave no random bytes; close other pages and try again")
	}
	if s == (SID{}) {
		return SID{}, fail(CodeRandom, "the device gives zeros for random bytes; use another phone")
	}
	return s, nil
}

// String is 32 lower-case hex digits, as in URLs and JSON.
func (s SID) String() string { return hex.EncodeToString(s[:]) }

// ParseSID reads exactly 32 lower-case hex digits.
func ParseSID(text string) (SID, error) {
	var s SID
	return s, unhex(s[:], text, "sid")
}

// String is 64 lower-case hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads exactly 64 lower-case hex digits.
func ParseHash(text string) (Hash, error) {
	var h Hash
	return h, unhex(h[:], text, "hash")
}

// String is 16 lower-case hex digits.
func (k KeyID) String() string { return hex.EncodeToString(k[:]) }

// ParseKeyID reads exactly 16 lower-case hex digits.
func ParseKeyID(text string) (KeyID, error) {
	var k KeyID
	return k, unhex(k[:], text, "key id")
}

// KeyIDOf names a public key by its bytes.
func KeyIDOf(public []byte) KeyID {
	sum := sha256.Sum256(public)
	return KeyID(sum[:8])
}

// HashOf is the SHA-256 of an envelope's bytes.
func HashOf(envelope []byte) Hash { return sha256.Sum256(envelope) }

// unhex fills dst from text: one spelling only, so that ids compare as strings.
func unhex(dst []byte, text, what string) error {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(dst) || hex.EncodeToString(b) != text {
		return fail(CodeMalformed, "the %s must be %d lower-case hex digits", what, 2*len(dst))
	}
	copy(dst, b)
	return nil
}

// b64 is base64url without padding and with zero trailing bits: one spelling only.
var b64 = base64.RawURLEncoding.Strict()

// EncodeBytes is how bytes travel in JSON: base64url without padding.
func EncodeBytes(b []byte) string { return b64.EncodeToString(b) }

// DecodeBytes reads what EncodeBytes wrote, in that one spelling.
func DecodeBytes(text string) ([]byte, error) {
	b, err := b64.DecodeString(text)
	if err != nil || b64.EncodeToString(b) != text {
		return nil, fail(CodeMalformed, "the bytes must be base64url without padding")
	}
	return b, nil
}

// SecretSize is the size of a capability secret made here; 16 bytes is the least
// anyone may use (SR-17 asks for 80 bits).
const SecretSize = 16

// NewSecret draws the secret that later opens an application's status.
func NewSecret(rand io.Reader) ([]byte, error) {
	b := make([]byte, SecretSize)
	if _, err := io.ReadFull(rand, b); err != nil {
		return nil, wrap(CodeRandom, err, "the device gave no random bytes; close other pages and try again")
	}
	return b, nil
}

// CapabilityOf is what the server keeps of a secret (SR-18).
func CapabilityOf(secret []byte) Hash { return sha256.Sum256(secret) }

// Opens tells in constant time whether secret is the one behind capability.
func Opens(capability Hash, secret []byte) bool {
	got := CapabilityOf(secret)
	return len(secret) >= SecretSize && subtle.ConstantTimeCompare(got[:], capability[:]) == 1
}
