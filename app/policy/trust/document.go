package trust

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Kind is the first line of a document.
type Kind string

// The kinds of document.
const (
	KindRoot      Kind = "lixianban/root/v1"
	KindStamp     Kind = "lixianban/timestamp/v1"
	KindIndex     Kind = "lixianban/index/v1"
	KindDirectory Kind = "lixianban/directory/v1"
)

var maxSize = map[Kind]int{KindRoot: 16 << 10, KindStamp: 16 << 10, KindIndex: 64 << 10, KindDirectory: 1 << 20}

const (
	maxSigs   = 16
	sigPrefix = "— "
)

func (k Kind) doc() string {
	return strings.TrimSuffix(strings.TrimPrefix(string(k), "lixianban/"), "/v1")
}

// Sign makes a document. Payload is one line of text without its newline.
func Sign(kind Kind, payload []byte, signers ...Signer) ([]byte, error) {
	d := document{kind: kind, text: string(kind) + "\n" + string(payload) + "\n"}
	if err := checkText(kind, d.text); err != nil {
		return nil, err
	}
	return d.with(signers)
}

// Cosign adds signatures to a document, for key holders who meet only by file.
// It checks the form, not the signatures that are already there.
func Cosign(signed []byte, signers ...Signer) ([]byte, error) {
	kind, _, _ := strings.Cut(string(signed[:min(len(signed), maxName)]), "\n")
	d, err := parseDocument(Kind(kind), signed)
	if err != nil {
		return nil, err
	}
	return d.with(signers)
}

// Open returns the payload of a document of that kind signed by at least
// role.Threshold keys of role and by nobody else.
func Open(kind Kind, signed []byte, role Role) ([]byte, error) {
	d, err := parseDocument(kind, signed)
	if err != nil {
		return nil, err
	}
	keys, err := role.parse()
	if err != nil {
		return nil, err
	}
	if _, err := d.verify(keys, role.Threshold); err != nil {
		return nil, err
	}
	return d.payload(), nil
}

// Hash is the SHA-256 of a whole signed document, 64 hex digits, as Ref carries it.
func Hash(signed []byte) string {
	h := sha256.Sum256(signed)
	return hex.EncodeToString(h[:])
}

// document is parsed text; nothing of it is verified.
type document struct {
	kind Kind
	text string // kind line and payload line, each with its newline
	sigs []signature
}

type signature struct {
	name, hash string
	sig        []byte
}

func (s signature) id() string { return s.name + "+" + s.hash }

func (d document) payload() []byte {
	return []byte(d.text[len(d.kind)+1 : len(d.text)-1])
}

func (d document) textHash() string { return Hash([]byte(d.text)) }

// with prints the document with more signatures, sorted; the same key signs once.
func (d document) with(signers []Signer) ([]byte, error) {
	for _, s := range signers {
		n := signature{s.name, keyHash(s.name, s.public()), ed25519.Sign(s.key, []byte(d.text))}
		d.sigs = slices.DeleteFunc(d.sigs, func(o signature) bool { return o.id() == n.id() })
		d.sigs = append(d.sigs, n)
	}
	slices.SortFunc(d.sigs, func(a, b signature) int { return strings.Compare(a.id(), b.id()) })
	if len(d.sigs) == 0 || len(d.sigs) > maxSigs {
		return nil, refuse(TooFew, d.kind.doc(), "needs 1 to 16 signers")
	}
	out := d.print()
	if len(out) > maxSize[d.kind] {
		return nil, refuse(TooBig, d.kind.doc(), "is too long to publish")
	}
	return out, nil
}

func (d document) print() []byte {
	var b bytes.Buffer
	b.WriteString(d.text + "\n")
	for _, s := range d.sigs {
		hash, _ := hex.DecodeString(s.hash)
		b.WriteString(sigPrefix + s.name + " " + b64.EncodeToString(append(hash, s.sig...)) + "\n")
	}
	return b.Bytes()
}

func parseDocument(kind Kind, signed []byte) (document, error) {
	doc := kind.doc()
	limit, known := maxSize[kind]
	switch {
	case !known:
		return document{}, refuse(Malformed, "document", "is of no kind we know")
	case len(signed) == 0:
		return document{}, refuse(Missing, doc, "is missing")
	case len(signed) > limit:
		return document{}, refuse(TooBig, doc, "is longer than allowed")
	}
	text, block, ok := strings.Cut(string(signed), "\n\n")
	text += "\n"
	if !ok || !strings.HasSuffix(block, "\n") {
		return document{}, refuse(Malformed, doc, "lacks its signatures")
	}
	if err := checkText(kind, text); err != nil {
		return document{}, err
	}
	sigs, err := parseSigs(doc, block)
	return document{kind, text, sigs}, err
}

func parseSigs(doc, block string) ([]signature, error) {
	if strings.Count(block, "\n") > maxSigs {
		return nil, refuse(TooBig, doc, "has more than 16 signatures")
	}
	var sigs []signature
	for line := range strings.SplitSeq(strings.TrimSuffix(block, "\n"), "\n") {
		s, ok := parseSig(line)
		if !ok {
			return nil, refuse(Malformed, doc, "has a broken signature line")
		}
		if n := len(sigs); n > 0 && sigs[n-1].id() >= s.id() {
			return nil, refuse(Malformed, doc, "has signature lines twice or out of order")
		}
		sigs = append(sigs, s)
	}
	return sigs, nil
}

func parseSig(line string) (signature, bool) {
	rest, ok := strings.CutPrefix(line, sigPrefix)
	name, enc, ok2 := strings.Cut(rest, " ")
	raw, err := b64.DecodeString(enc)
	if !ok || !ok2 || !validName(name) || err != nil || strings.ContainsAny(enc, "\r\n") || len(raw) != hashSize+ed25519.SignatureSize {
		return signature{}, false
	}
	return signature{name, hex.EncodeToString(raw[:hashSize]), raw[hashSize:]}, true
}

// verify returns the ids of the keys that signed. Every line must be by one of
// keys and must hold, and at least threshold of them must be there.
func (d document) verify(keys []publicKey, threshold int) ([]string, error) {
	var ids []string
	for _, s := range d.sigs {
		i := slices.IndexFunc(keys, func(k publicKey) bool { return k.id() == s.id() })
		if i < 0 {
			return nil, refuse(Stranger, d.kind.doc(), "is signed by "+s.id()+", which has no say here")
		}
		if !ed25519.Verify(keys[i].key, []byte(d.text), s.sig) {
			return nil, refuse(BadSig, d.kind.doc(), "has a signature by "+s.id()+" that doesn't hold")
		}
		ids = append(ids, s.id())
	}
	if len(ids) < max(threshold, 1) {
		return nil, refuse(TooFew, d.kind.doc(), "has too few signatures")
	}
	return ids, nil
}
