package envelope_test

import (
	_ "embed"
	"encoding/json"
	"testing"

	"lixianban/app/envelope"
)

//go:embed testdata/golden.json
var goldenJSON []byte

type golden struct {
	OfficeSecret  string              `json:"officeSecret"`
	Phone         string              `json:"phone"` // X25519 private key
	Plain         string              `json:"plain"`
	Hybrid        string              `json:"hybrid"` // envelope
	Classic       string              `json:"classic"`
	ClassicSecret string              `json:"classicSecret"`
	Hash          string              `json:"hash"` // of Hybrid
	Receipt       envelope.Receipt    `json:"receipt"`
	Service       envelope.ServiceKey `json:"service"`
	ServiceSecret string              `json:"serviceSecret"`
	Event         envelope.Event      `json:"event"`
	Status        envelope.Status     `json:"status"`
	RequestHeader string              `json:"requestHeader"`
}

// Bytes that phones, servers and offices already hold stay readable and keep meaning the
// same.
func TestBytesMadeEarlierStayReadable(t *testing.T) {
	var g golden
	if err := json.Unmarshal(goldenJSON, &g); err != nil {
		t.Fatal(err)
	}
	office := must(envelope.ParseOfficeSecret(g.OfficeSecret))
	sealed := must(envelope.DecodeBytes(g.Hybrid))
	h, plain, err := envelope.Open(office.Open, sealed)
	if err != nil || string(plain) != g.Plain || envelope.HashOf(sealed).String() != g.Hash {
		t.Fatalf("the hybrid envelope opens to %q, %v", plain, err)
	}
	classic := must(envelope.ParseOfficeSecret(g.ClassicSecret))
	if _, plain, err := envelope.Open(classic.Open, must(envelope.DecodeBytes(g.Classic))); err != nil || string(plain) != g.Plain {
		t.Errorf("the X25519 envelope opens to %q, %v", plain, err)
	}
	if err := envelope.VerifyReceipt(g.Receipt, h.SID, envelope.HashOf(sealed), []envelope.ServiceKey{g.Service}); err != nil {
		t.Errorf("the receipt: %v", err)
	}
	unsigned := g.Receipt
	unsigned.Sig = ""
	if again := must(envelope.SignReceipt(must(envelope.ParseServiceSecret(g.ServiceSecret)), unsigned)); again != g.Receipt {
		t.Error("signing the receipt again gives other bytes")
	}
	phone := must(envelope.ParsePrivateKey(envelope.KEMX25519, must(envelope.DecodeBytes(g.Phone))))
	o := envelope.Office{ID: h.Office, Keys: []envelope.OfficeKey{office.Key(noon, noon.AddDate(1, 0, 0))}}
	if s, err := envelope.OpenStatus(phone, g.Event, o); err != nil || s != g.Status {
		t.Errorf("the status opens to %+v, %v", s, err)
	}
	d := envelope.Directory{Offices: []envelope.Office{o}}
	if _, err := envelope.VerifyRequest(g.RequestHeader, "POST", "/v1/office/pull", []byte("{}"), d, noon); err != nil {
		t.Errorf("the request: %v", err)
	}
}
