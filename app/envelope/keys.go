package envelope

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
)

// The suite ids in use: RFC 9180 §7 and draft-ietf-hpke-pq.
const (
	KEMX25519  uint16 = 0x0020 // DHKEM(X25519, HKDF-SHA256)
	KEMHybrid  uint16 = 0x647a // MLKEM768-X25519, the default (SR-10)
	KDFSHA256  uint16 = 0x0001
	AEADAES256 uint16 = 0x0002
)

// PublicKey seals envelopes to an office, or statuses to a phone.
type PublicKey struct{ key hpke.PublicKey }

// PrivateKey opens what was sealed to its public half.
type PrivateKey struct{ key hpke.PrivateKey }

func kemOf(id uint16) (hpke.KEM, error) {
	switch id {
	case KEMX25519:
		return hpke.DHKEM(ecdh.X25519()), nil
	case KEMHybrid:
		return hpke.MLKEM768X25519(), nil
	}
	return nil, fail(CodeUnsupported, "KEM %04x is not known to this version; update the app", id)
}

// NewPrivateKey makes a key pair for KEMHybrid or KEMX25519.
func NewPrivateKey(kem uint16) (PrivateKey, error) {
	k, err := kemOf(kem)
	if err != nil {
		return PrivateKey{}, err
	}
	priv, err := k.GenerateKey()
	if err != nil {
		return PrivateKey{}, wrap(CodeRandom, err, "no key could be made; try again")
	}
	return PrivateKey{priv}, nil
}

// ParsePrivateKey reads the 32 bytes of PrivateKey.Bytes.
func ParsePrivateKey(kem uint16, b []byte) (PrivateKey, error) {
	k, err := kemOf(kem)
	if err != nil {
		return PrivateKey{}, err
	}
	priv, err := k.NewPrivateKey(b)
	if err != nil {
		return PrivateKey{}, fail(CodeMalformed, "the private key is damaged; take it from its backup")
	}
	return PrivateKey{priv}, nil
}

// ParsePublicKey reads the bytes of PublicKey.Bytes: 1216 hybrid, 32 X25519.
func ParsePublicKey(kem uint16, b []byte) (PublicKey, error) {
	k, err := kemOf(kem)
	if err != nil {
		return PublicKey{}, err
	}
	pub, err := k.NewPublicKey(b)
	if err != nil {
		return PublicKey{}, wrap(CodeMalformed, err, "the public key is damaged; fetch the directory again")
	}
	return PublicKey{pub}, nil
}

// Public is the half to give away.
func (p PrivateKey) Public() PublicKey { return PublicKey{p.key.PublicKey()} }

// Bytes is the secret seed or scalar, 32 bytes.
func (p PrivateKey) Bytes() []byte {
	b, err := p.key.Bytes()
	if err != nil {
		panic("envelope: a key made here always has bytes: " + err.Error())
	}
	return b
}

// KEM is the suite id of the key.
func (p PublicKey) KEM() uint16 { return p.key.KEM().ID() }

// Bytes is the public key as in the directory.
func (p PublicKey) Bytes() []byte { return p.key.Bytes() }

// ID names the key in headers.
func (p PublicKey) ID() KeyID { return KeyIDOf(p.key.Bytes()) }

// OfficeSecret is what an office keeps: the key that opens envelopes and the key
// that signs statuses and requests. Printing it with fmt shows nothing secret.
type OfficeSecret struct {
	Open PrivateKey
	Sign ed25519.PrivateKey
}

// NewOfficeSecret makes both keys; rand feeds the signing key.
func NewOfficeSecret(kem uint16, rand io.Reader) (OfficeSecret, error) {
	open, err := NewPrivateKey(kem)
	if err != nil {
		return OfficeSecret{}, err
	}
	sign, err := NewSigningKey(rand)
	return OfficeSecret{open, sign}, err
}

// NewSigningKey makes an Ed25519 key from 32 bytes of rand.
func NewSigningKey(rand io.Reader) (ed25519.PrivateKey, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, wrap(CodeRandom, err, "no key could be made; try again")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// Key is the directory entry of the secret, valid in [from, to).
func (s OfficeSecret) Key(from, to time.Time) OfficeKey {
	pub := s.Open.Public()
	return OfficeKey{
		ID:   pub.ID().String(),
		KEM:  pub.KEM(),
		Seal: EncodeBytes(pub.Bytes()),
		Sign: EncodeBytes(s.Sign.Public().(ed25519.PublicKey)),
		From: Timestamp(from),
		To:   Timestamp(to),
	}
}

// Format hides the secret from every fmt verb (SR-28).
func (s OfficeSecret) Format(f fmt.State, _ rune) { io.WriteString(f, "office secret (hidden)") }

// Format hides the key from every fmt verb (SR-28).
func (p PrivateKey) Format(f fmt.State, _ rune) { io.WriteString(f, "private key (hidden)") }

// Prefixes of the key strings: a scanner for leaked secrets finds them by these.
const (
	officeSecretPrefix  = "LIXIANBAN-OFFICE-SECRET-1"
	serviceSecretPrefix = "LIXIANBAN-SERVICE-SECRET-1"
)

// Encode writes the secret as one line:
//
//	LIXIANBAN-OFFICE-SECRET-1:kem:opening seed:signing seed:check
//
// kem is 4 hex digits, seeds are base64url, check is the first 8 hex digits of the
// SHA-256 of all before it, so that a bad copy is noticed.
func (s OfficeSecret) Encode() string {
	return withCheck(fmt.Sprintf("%s:%04x:%s:%s", officeSecretPrefix,
		s.Open.Public().KEM(), EncodeBytes(s.Open.Bytes()), EncodeBytes(s.Sign.Seed())))
}

// ParseOfficeSecret reads what Encode wrote; space around it is ignored.
func ParseOfficeSecret(text string) (OfficeSecret, error) {
	f, err := fields(text, officeSecretPrefix, 3)
	if err != nil {
		return OfficeSecret{}, err
	}
	kem, err := hex.DecodeString(f[0])
	if err != nil || len(kem) != 2 {
		return OfficeSecret{}, fail(CodeMalformed, "the key's suite is not 4 hex digits; copy the whole line again")
	}
	seed, err := DecodeBytes(f[1])
	if err != nil {
		return OfficeSecret{}, err
	}
	open, err := ParsePrivateKey(uint16(kem[0])<<8|uint16(kem[1]), seed)
	if err != nil {
		return OfficeSecret{}, err
	}
	sign, err := signingKey(f[2])
	return OfficeSecret{open, sign}, err
}

// EncodeServiceSecret writes the receipt-signing key as one line:
// LIXIANBAN-SERVICE-SECRET-1:seed:check.
func EncodeServiceSecret(k ed25519.PrivateKey) string {
	return withCheck(serviceSecretPrefix + ":" + EncodeBytes(k.Seed()))
}

// ParseServiceSecret reads what EncodeServiceSecret wrote.
func ParseServiceSecret(text string) (ed25519.PrivateKey, error) {
	f, err := fields(text, serviceSecretPrefix, 1)
	if err != nil {
		return nil, err
	}
	return signingKey(f[0])
}

// ServiceKeyOf is the directory entry of a receipt-signing key.
func ServiceKeyOf(k ed25519.PrivateKey) ServiceKey {
	pub := k.Public().(ed25519.PublicKey)
	return ServiceKey{ID: KeyIDOf(pub).String(), Key: EncodeBytes(pub)}
}

func signingKey(text string) (ed25519.PrivateKey, error) {
	seed, err := DecodeBytes(text)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fail(CodeMalformed, "the signing key is damaged; take it from its backup")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func withCheck(s string) string {
	sum := sha256.Sum256([]byte(s))
	return s + ":" + hex.EncodeToString(sum[:4])
}

// fields splits a key line into its n middle fields after checking both ends.
func fields(text, prefix string, n int) ([]string, error) {
	text = strings.TrimSpace(text)
	f := strings.Split(text, ":")
	if f[0] != prefix || len(f) != n+2 {
		return nil, fail(CodeMalformed, "this is not a key line that starts with %s; give the whole line", prefix)
	}
	if withCheck(strings.Join(f[:n+1], ":")) != text {
		return nil, fail(CodeMalformed, "the key line was copied badly: its check doesn't fit; copy it again")
	}
	return f[1 : n+1], nil
}

// Timestamp is RFC 3339 in UTC with whole seconds, the form of every time on the wire.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// ParseTimestamp reads exactly what Timestamp writes.
func ParseTimestamp(text string) (time.Time, error) {
	t, err := time.Parse("2006-01-02T15:04:05Z", text)
	if err != nil || Timestamp(t) != text {
		return time.Time{}, fail(CodeMalformed, "the time must be RFC 3339 in UTC with whole seconds")
	}
	return t, nil
}
