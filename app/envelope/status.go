package envelope

import (
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/binary"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// MaxReason is the longest reason a clerk can write, in characters.
const MaxReason = 500

const statusDomain = "lixianban/status/1\x00"

// statusStates are the states an office may set.
var statusStates = []StatusState{Fetched, NeedsInfo, Accepted, Rejected}

// SealStatus signs s as the office and seals it to the phone. Key is filled in.
func SealStatus(sign ed25519.PrivateKey, phone PublicKey, s Status) (Event, error) {
	s.Key = KeyIDOf(sign.Public().(ed25519.PublicKey)).String()
	sid, err := checkStatus(s)
	if err != nil {
		return Event{}, err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return Event{}, wrap(CodeMalformed, err, "the status can't be written; check its reason")
	}
	padded, err := pad(append(ed25519.Sign(sign, statusText(sid, body)), body...))
	if err != nil {
		return Event{}, err
	}
	sealed, err := hpke.Seal(phone.key, hpke.HKDFSHA256(), hpke.AES256GCM(), statusInfo(sid, s.Seq), padded)
	if err != nil {
		return Event{}, wrap(CodeRandom, err, "sealing the status failed; try again")
	}
	return Event{SID: s.SID, Seq: s.Seq, Sealed: EncodeBytes(sealed)}, nil
}

// OpenStatus opens an event on the phone and proves that the named office signed
// it, for this application, with this number. keys are the office's keys of the
// directory, retired ones too: a decision stays valid after a rotation.
func OpenStatus(phone PrivateKey, ev Event, office Office) (Status, error) {
	sid, err := ParseSID(ev.SID)
	if err != nil {
		return Status{}, err
	}
	sealed, err := DecodeBytes(ev.Sealed)
	if err != nil {
		return Status{}, err
	}
	if len(sealed) < encSizes[KEMX25519] {
		return Status{}, fail(CodeMalformed, "the status event is cut short; it will be fetched again")
	}
	padded, err := hpke.Open(phone.key, hpke.HKDFSHA256(), hpke.AES256GCM(), statusInfo(sid, ev.Seq), sealed)
	if err != nil {
		return Status{}, wrap(CodeCannotOpen, err, "the status event was altered or is for another application; it is ignored")
	}
	content, err := unpad(padded)
	if err != nil || len(content) < ed25519.SignatureSize {
		return Status{}, fail(CodeMalformed, "the status event is not one; it is ignored")
	}
	return readStatus(sid, ev, office, content[:ed25519.SignatureSize], content[ed25519.SignatureSize:])
}

func readStatus(sid SID, ev Event, office Office, sig, body []byte) (Status, error) {
	var s Status
	if err := DecodeTolerant(body, MaxBucket, &s); err != nil {
		return Status{}, err
	}
	if s.SID != ev.SID || s.Seq != ev.Seq || s.Office != office.ID {
		return Status{}, fail(CodeMismatch, "the status is about another application; it is ignored")
	}
	if _, err := checkStatus(s); err != nil {
		return Status{}, err
	}
	signed := slices.ContainsFunc(office.Keys, func(k OfficeKey) bool {
		return verify(k.Sign, s.Key, statusText(sid, body), EncodeBytes(sig))
	})
	if !signed {
		return Status{}, fail(CodeSignature, "the status is not signed by the office; it is ignored")
	}
	return s, nil
}

func checkStatus(s Status) (SID, error) {
	sid, err := ParseSID(s.SID)
	if err != nil {
		return SID{}, err
	}
	if s.Seq == 0 || !slices.Contains(statusStates, s.State) {
		return SID{}, fail(CodeMalformed, "a status needs a number from 1 and one of the four states")
	}
	if !utf8.ValidString(s.Reason) || utf8.RuneCountInString(s.Reason) > MaxReason {
		return SID{}, fail(CodeTooBig, "the reason has at most %d characters; shorten it", MaxReason)
	}
	_, err = ParseTimestamp(s.Time)
	return sid, err
}

func statusText(sid SID, body []byte) []byte {
	return append(append([]byte(statusDomain), sid[:]...), body...)
}

func statusInfo(sid SID, seq uint32) []byte {
	return binary.BigEndian.AppendUint32(append([]byte(statusDomain), sid[:]...), seq)
}
