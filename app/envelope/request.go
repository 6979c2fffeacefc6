package envelope

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"
)

// RequestHeader carries an office's signature over its request.
const RequestHeader = "Lixianban-Office"

// RequestWindow is how far an office's clock may be from the server's.
const RequestWindow = 5 * time.Minute

// RequestAuth is who signed a request. The server refuses a Nonce it has seen from
// this office within twice RequestWindow.
type RequestAuth struct {
	Office string
	Key    KeyID // of the signing key
	Time   time.Time
	Nonce  string // 32 hex digits
}

// RequestText is what the signature covers. path is the URL's path, no query.
func RequestText(a RequestAuth, method, path string, body []byte) []byte {
	sum := sha256.Sum256(body)
	return lines("lixianban/office-request/1",
		"method", method, "path", path, "body", hex.EncodeToString(sum[:]),
		"office", a.Office, "key", a.Key.String(), "time", Timestamp(a.Time), "nonce", a.Nonce)
}

// SignRequest gives the value of RequestHeader for one request.
func SignRequest(s OfficeSecret, office, method, path string, body []byte, now time.Time, rand io.Reader) (string, error) {
	var nonce SID
	if _, err := io.ReadFull(rand, nonce[:]); err != nil {
		return "", wrap(CodeRandom, err, "no random bytes; try again")
	}
	pub := s.Sign.Public().(ed25519.PublicKey)
	a := RequestAuth{Office: office, Key: KeyIDOf(pub), Time: now.UTC().Truncate(time.Second), Nonce: nonce.String()}
	if err := plainRequest(office, method, path); err != nil {
		return "", err
	}
	sig := EncodeBytes(ed25519.Sign(s.Sign, RequestText(a, method, path, body)))
	return strings.Join([]string{"v1", a.Office, a.Key.String(), Timestamp(a.Time), a.Nonce, sig}, " "), nil
}

// VerifyRequest checks the value of RequestHeader against the offices of the
// directory. Keys in their validity or grace sign.
func VerifyRequest(header, method, path string, body []byte, d Directory, now time.Time) (RequestAuth, error) {
	refused := fail(CodeSignature, "the request is not signed by an office of the directory; check the key and the office id")
	f := strings.Split(header, " ")
	if len(f) != 6 || f[0] != "v1" || plainRequest(f[1], method, path) != nil {
		return RequestAuth{}, refused
	}
	key, err1 := ParseKeyID(f[2])
	at, err2 := ParseTimestamp(f[3])
	_, err3 := ParseSID(f[4])
	if err1 != nil || err2 != nil || err3 != nil {
		return RequestAuth{}, refused
	}
	a := RequestAuth{Office: f[1], Key: key, Time: at, Nonce: f[4]}
	o, _ := d.Office(a.Office)
	signed := slices.ContainsFunc(o.Keys, func(k OfficeKey) bool {
		return k.AcceptedAt(now) && verify(k.Sign, f[2], RequestText(a, method, path, body), f[5])
	})
	if !signed {
		return RequestAuth{}, refused
	}
	if at.Sub(now).Abs() > RequestWindow {
		return RequestAuth{}, fail(CodeStale, "the request is more than 5 minutes off the server's time; set the clock and try again")
	}
	return a, nil
}

// plainRequest keeps the signed lines unambiguous.
func plainRequest(office, method, path string) error {
	if office == "" || strings.Trim(office, lower+"-") != "" || strings.ContainsAny(method+path, " \n?") {
		return fail(CodeMalformed, "the office id, method or path has characters that can't be signed")
	}
	return nil
}
