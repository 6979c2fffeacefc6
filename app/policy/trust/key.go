package trust

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
)

const (
	algEd25519   = 1
	secretPrefix = "PRIVATE+KEY+"
	maxName      = 64
	hashSize     = 4
)

// b64 is strict: no newline, no loose trailing bits.
var b64 = base64.StdEncoding.Strict()

// Signer is a secret key. Printing one shows its public key line.
type Signer struct {
	name string
	key  ed25519.PrivateKey
}

// GenerateKey makes a key from 32 bytes of rand. The name is as in the package comment.
func GenerateKey(rand io.Reader, name string) (Signer, error) {
	if !validName(name) {
		return Signer{}, refuse(BadKey, "key", "name must be 1 to 64 bytes of a-z 0-9 . - / _")
	}
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return Signer{}, refuse(BadKey, "key", "got no randomness from this machine")
	}
	return Signer{name, ed25519.NewKeyFromSeed(seed)}, nil
}

// ParseSigner reads a line that starts with PRIVATE+KEY+.
func ParseSigner(line string) (Signer, error) {
	rest, ok := strings.CutPrefix(line, secretPrefix)
	if !ok {
		return Signer{}, refuse(BadKey, "key", "must start with "+secretPrefix)
	}
	name, hash, seed, err := splitKey(rest)
	if err != nil {
		return Signer{}, err
	}
	s := Signer{name, ed25519.NewKeyFromSeed(seed)}
	if keyHash(name, s.public()) != hash {
		return Signer{}, refuse(BadKey, "key", "was copied with a mistake: its hash differs")
	}
	return s, nil
}

// Public is the line to publish: name+hash+base64.
func (s Signer) Public() string { return publicKey{s.name, s.public()}.line() }

// Secret is the line to keep: PRIVATE+KEY+name+hash+base64.
func (s Signer) Secret() string {
	return secretPrefix + keyLine(s.name, keyHash(s.name, s.public()), s.key.Seed())
}

func (s Signer) String() string { return s.Public() }

// GoString keeps %#v from printing the seed.
func (s Signer) GoString() string { return s.Public() }

func (s Signer) public() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }

// publicKey is a parsed public line.
type publicKey struct {
	name string
	key  ed25519.PublicKey
}

func parsePublic(line string) (publicKey, error) {
	name, hash, key, err := splitKey(line)
	if err != nil {
		return publicKey{}, err
	}
	if keyHash(name, key) != hash {
		return publicKey{}, refuse(BadKey, "key", "was copied with a mistake: its hash differs")
	}
	if smallOrder(key) {
		return publicKey{}, refuse(BadKey, "key", "is one for which anybody can sign")
	}
	return publicKey{name, key}, nil
}

func (k publicKey) line() string { return keyLine(k.name, keyHash(k.name, k.key), k.key) }

// id is the key's short form, "name+hash", which State and signature lines use.
func (k publicKey) id() string { return k.name + "+" + keyHash(k.name, k.key) }

// keyHash is 8 hex digits.
func keyHash(name string, key []byte) string {
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write([]byte{algEd25519})
	h.Write(key)
	return hex.EncodeToString(h.Sum(nil)[:hashSize])
}

func keyLine(name, hash string, data []byte) string {
	return name + "+" + hash + "+" + b64.EncodeToString(append([]byte{algEd25519}, data...))
}

func splitKey(line string) (name, hash string, data []byte, err error) {
	if len(line) > 2*maxName+64 {
		return "", "", nil, refuse(BadKey, "key", "is too long")
	}
	name, rest, _ := strings.Cut(line, "+")
	hash, enc, _ := strings.Cut(rest, "+")
	raw, decErr := b64.DecodeString(enc)
	if !validName(name) || !isHex(hash, 2*hashSize) || decErr != nil || strings.ContainsAny(enc, "\r\n") ||
		len(raw) != 1+ed25519.PublicKeySize || raw[0] != algEd25519 {
		return "", "", nil, refuse(BadKey, "key", "must read name+hash+base64 on one line")
	}
	return name, hash, raw[1:], nil
}

func validName(s string) bool {
	return len(s) >= 1 && len(s) <= maxName && only(s, "abcdefghijklmnopqrstuvwxyz0123456789.-/_")
}

func isHex(s string, n int) bool { return len(s) == n && only(s, "0123456789abcdef") }

func only(s, allowed string) bool { return strings.Trim(s, allowed) == "" }

// weakY lists the y coordinates of edwards25519's points of small order and their
// non-canonical twins, sign bit cleared (RFC 8032 §5.1.7 leaves the check to us).
// Under such a key a signature can be made without any secret.
var weakY = [...]string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

func smallOrder(key []byte) bool {
	y := bytes.Clone(key)
	y[len(y)-1] &= 0x7f
	h := hex.EncodeToString(y)
	for _, w := range weakY {
		if h == w {
			return true
		}
	}
	return false
}
