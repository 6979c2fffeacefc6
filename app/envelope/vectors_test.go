package envelope_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"crypto/sha3"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"testing"
)

// The vectors run the same on the host and in wasm, where a page may have no files.
//
//go:embed testdata/hpke.json
var vectorsJSON []byte

type vector struct {
	KEM            uint16   `json:"kem_id"`
	KDF            uint16   `json:"kdf_id"`
	AEAD           uint16   `json:"aead_id"`
	Info           hexBytes `json:"info"`
	IkmE           hexBytes `json:"ikmE"`
	IkmR           hexBytes `json:"ikmR"`
	SkRm           hexBytes `json:"skRm"`
	PkRm           hexBytes `json:"pkRm"`
	Enc            hexBytes `json:"enc"`
	SharedSecret   hexBytes `json:"shared_secret"`
	AccEncryptions hexBytes `json:"encryptions_accumulated"`
	AccExports     hexBytes `json:"exports_accumulated"`
	Encryptions    []struct{ Aad, Ct, Nonce, Pt hexBytes }
	Exports        []struct {
		Context hexBytes `json:"exporter_context"`
		L       int      `json:"L"`
		Value   hexBytes `json:"exported_value"`
	}
}

type hexBytes []byte

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

func TestHPKEAgreesWithThePublishedVectors(t *testing.T) {
	var vs []vector
	if err := json.Unmarshal(vectorsJSON, &vs); err != nil {
		t.Fatal(err)
	}
	for _, v := range vs {
		t.Run(fmt.Sprintf("%04x-%04x-%04x", v.KEM, v.KDF, v.AEAD), func(t *testing.T) { checkVector(t, v) })
	}
}

func checkVector(t *testing.T, v vector) {
	kem, kdf, aead := must(hpke.NewKEM(v.KEM)), must(hpke.NewKDF(v.KDF)), must(hpke.NewAEAD(v.AEAD))
	priv := must(kem.NewPrivateKey(v.SkRm))
	derived := must(kem.DeriveKeyPair(v.IkmR))
	for _, k := range []hpke.PrivateKey{priv, derived} {
		if !bytes.Equal(k.PublicKey().Bytes(), v.PkRm) {
			t.Fatal("the vector's secret gives another public key")
		}
	}
	to := must(hpke.NewRecipient(v.Enc, priv, kdf, aead, v.Info))
	for _, e := range v.Encryptions {
		if got, err := to.Open(e.Aad, e.Ct); err != nil || !bytes.Equal(got, e.Pt) {
			t.Errorf("open gave %x, %v, want %x", got, err, e.Pt)
		}
	}
	for _, e := range v.Exports {
		if got, err := to.Export(string(e.Context), e.L); err != nil || !bytes.Equal(got, e.Value) {
			t.Errorf("export gave %x, %v, want %x", got, err, e.Value)
		}
	}
	if v.AccExports != nil {
		checkAccumulated(t, v, to)
	}
	if v.SharedSecret != nil {
		checkOurSuite(t, v, priv)
	}
}

// checkAccumulated replays the thousand sealings behind an accumulated value with
// an independent sender, and opens each with the library.
func checkAccumulated(t *testing.T, v vector, to *hpke.Recipient) {
	from := newSender(v.KEM, v.AEAD, dhShared(t, v), v.Info)
	source, sink := sha3.NewSHAKE128(), sha3.NewSHAKE128()
	for range 1000 {
		aad, plain := draw(source), draw(source)
		sealed := from.seal(aad, plain)
		sink.Write(sealed)
		if got, err := to.Open(aad, sealed); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("open gave %x, %v, want %x", got, err, plain)
		}
	}
	if got := read(sink, 16); !bytes.Equal(got, v.AccEncryptions) {
		t.Errorf("the sealings accumulate to %x, want %x", got, v.AccEncryptions)
	}
	source, sink = sha3.NewSHAKE128(), sha3.NewSHAKE128()
	for l := range 1000 {
		sink.Write(must(to.Export(string(draw(source)), l)))
	}
	if got := read(sink, 16); !bytes.Equal(got, v.AccExports) {
		t.Errorf("the exports accumulate to %x, want %x", got, v.AccExports)
	}
}

// checkOurSuite: the published hybrid vector has another AEAD; with its shared secret
// an independent key schedule seals in our suite, and the library opens it.
func checkOurSuite(t *testing.T, v vector, priv hpke.PrivateKey) {
	from := newSender(v.KEM, 2, v.SharedSecret, v.Info)
	to := must(hpke.NewRecipient(v.Enc, priv, hpke.HKDFSHA256(), hpke.AES256GCM(), v.Info))
	for i := range 3 {
		plain := fmt.Appendf(nil, "message %d", i)
		if got, err := to.Open(nil, from.seal(nil, plain)); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("open gave %q, %v, want %q", got, err, plain)
		}
	}
}

// sender is RFC 9180 §5 base mode with HKDF-SHA256 and AES-GCM, written from the text.
type sender struct {
	aead  cipher.AEAD
	nonce []byte
	seq   uint64
}

func newSender(kem, aead uint16, shared, info []byte) *sender {
	suite := binary.BigEndian.AppendUint16([]byte("HPKE"), kem)
	suite = binary.BigEndian.AppendUint16(suite, 1)
	suite = binary.BigEndian.AppendUint16(suite, aead)
	context := append([]byte{0}, extract(suite, nil, "psk_id_hash", nil)...)
	context = append(context, extract(suite, nil, "info_hash", info)...)
	secret := extract(suite, shared, "secret", nil)
	key := expand(suite, secret, "key", context, map[uint16]int{1: 16, 2: 32}[aead])
	return &sender{
		aead:  must(cipher.NewGCM(must(aes.NewCipher(key)))),
		nonce: expand(suite, secret, "base_nonce", context, 12),
	}
}

func (s *sender) seal(aad, plain []byte) []byte {
	nonce := binary.BigEndian.AppendUint64(make([]byte, 4), s.seq)
	for i := range nonce {
		nonce[i] ^= s.nonce[i]
	}
	s.seq++
	return s.aead.Seal(nil, nonce, plain, aad)
}

func extract(suite, salt []byte, label string, ikm []byte) []byte {
	labeled := bytes.Join([][]byte{[]byte("HPKE-v1"), suite, []byte(label), ikm}, nil)
	return must(hkdf.Extract(sha256.New, labeled, salt))
}

func expand(suite, prk []byte, label string, info []byte, n int) []byte {
	labeled := bytes.Join([][]byte{{byte(n >> 8), byte(n)}, []byte("HPKE-v1"), suite, []byte(label), info}, nil)
	return must(hkdf.Expand(sha256.New, prk, string(labeled), n))
}

// dhShared is the sender's half of DHKEM(X25519) with the vector's ephemeral key.
func dhShared(t *testing.T, v vector) []byte {
	t.Helper()
	e := must(must(hpke.NewKEM(v.KEM)).DeriveKeyPair(v.IkmE))
	if !bytes.Equal(e.PublicKey().Bytes(), v.Enc) {
		t.Fatal("the ephemeral key isn't the vector's")
	}
	curve := ecdh.X25519()
	dh := must(must(curve.NewPrivateKey(must(e.Bytes()))).ECDH(must(curve.NewPublicKey(v.PkRm))))
	suite := binary.BigEndian.AppendUint16([]byte("KEM"), v.KEM)
	prk := extract(suite, nil, "eae_prk", dh)
	return expand(suite, prk, "shared_secret", append(bytes.Clone(v.Enc), v.PkRm...), 32)
}

func draw(r io.Reader) []byte { return read(r, int(read(r, 1)[0])) }

func read(r io.Reader, n int) []byte {
	b := make([]byte, n)
	must(io.ReadFull(r, b))
	return b
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
