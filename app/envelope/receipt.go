package envelope

import (
	"crypto/ed25519"
	"strings"
)

// ReceiptText is what a receipt's signature covers, one "name value" line each.
func ReceiptText(r Receipt) []byte {
	return lines("lixianban/receipt/1",
		"sid", r.SID, "hash", r.Hash, "pack", r.Pack, "number", r.Number,
		"time", r.Time, "epoch", r.Epoch, "key", r.Key)
}

// lines joins a domain and name–value pairs. Values of signed texts are checked to
// hold no newline before they are signed or verified, so two field lists never
// give one text.
func lines(domain string, pairs ...string) []byte {
	var b strings.Builder
	b.WriteString(domain + "\n")
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(pairs[i] + " " + pairs[i+1] + "\n")
	}
	return []byte(b.String())
}

// SignReceipt fills Key and Sig. Ed25519 is deterministic: the same receipt signed
// again is byte-equal, as a replay must be.
func SignReceipt(k ed25519.PrivateKey, r Receipt) (Receipt, error) {
	r.Key = ServiceKeyOf(k).ID
	if err := checkReceipt(r); err != nil {
		return Receipt{}, err
	}
	r.Sig = EncodeBytes(ed25519.Sign(k, ReceiptText(r)))
	return r, nil
}

// VerifyReceipt proves that a server holding one of keys says it holds exactly the
// envelope with this sid and hash (I3).
func VerifyReceipt(r Receipt, sid SID, hash Hash, keys []ServiceKey) error {
	if err := checkReceipt(r); err != nil {
		return err
	}
	if r.SID != sid.String() || r.Hash != hash.String() {
		return fail(CodeMismatch, "the receipt is for another envelope; keep this one queued")
	}
	for _, k := range keys {
		if k.ID == r.Key && verify(k.Key, k.ID, ReceiptText(r), r.Sig) {
			return nil
		}
	}
	return fail(CodeSignature, "the receipt is not signed by a key of the directory; keep the envelope queued")
}

// checkReceipt holds each field to its one spelling.
func checkReceipt(r Receipt) error {
	sid, err := ParseSID(r.SID)
	if err != nil {
		return err
	}
	if _, err := ParseHash(r.Hash); err != nil {
		return err
	}
	if r.Number != Number(sid) {
		return fail(CodeMalformed, "the receipt's number doesn't belong to its sid")
	}
	if _, err := ParseTimestamp(r.Time); err != nil {
		return err
	}
	for _, id := range []string{r.Epoch, r.Key} {
		if _, err := ParseKeyID(id); err != nil {
			return err
		}
	}
	if len(r.Pack) > 64 || strings.Trim(r.Pack, lower+"-@.+") != "" {
		return fail(CodeMalformed, "the receipt's pack version is not one")
	}
	return nil
}

// verify checks a signature by a directory key: base64url key whose id is id.
func verify(key, id string, text []byte, sig string) bool {
	pub, err := DecodeBytes(key)
	if err != nil || len(pub) != ed25519.PublicKeySize || KeyIDOf(pub).String() != id {
		return false
	}
	s, err := DecodeBytes(sig)
	return err == nil && ed25519.Verify(pub, text, s)
}
