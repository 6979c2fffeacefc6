package desk

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"net/http"
	"strings"

	"lixianban/app/envelope"
)

// body reads a request's body whole: no Content-Encoding (F48), the one content type,
// at most max bytes, of which not one more is read (F47), and the digest if one is named.
func body(r *http.Request, kind string, max int) ([]byte, error) {
	if len(r.Header.Values("Content-Encoding")) > 0 {
		return nil, refuse("encoding")
	}
	if got, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(got), kind) {
		return nil, refuse("type")
	}
	if r.ContentLength > int64(max) {
		return nil, refuse("too_big")
	}
	if r.Body == nil {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, int64(max)+1))
	if err != nil {
		return nil, &fault{code: "malformed", cause: err} // cut on the way (F36): nothing is stored
	}
	if len(b) > max {
		return nil, refuse("too_big")
	}
	return b, checkDigest(r.Header.Values("Content-Digest"), b)
}

// checkDigest reads RFC 9530's Content-Digest. Values are joined first, since an edge
// runtime splits them at commas; other algorithms than sha-256 are passed over.
func checkDigest(values []string, b []byte) error {
	for _, member := range strings.Split(strings.Join(values, ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(member), "=")
		if name != "sha-256" {
			continue
		}
		want, err := base64.StdEncoding.Strict().DecodeString(strings.Trim(value, ":"))
		got := sha256.Sum256(b)
		if err != nil || len(value) < 2 || value[0] != ':' || value[len(value)-1] != ':' || subtle.ConstantTimeCompare(want, got[:]) != 1 {
			return refuse("digest")
		}
	}
	return nil
}

// message reads a JSON body into v and returns its bytes, which a signature may cover.
func message(r *http.Request, v any) ([]byte, error) {
	b, err := body(r, "application/json", envelope.MaxRequest)
	if err != nil {
		return nil, err
	}
	return b, envelope.Decode(b, envelope.MaxRequest, v)
}
