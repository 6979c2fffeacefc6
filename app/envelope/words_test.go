package envelope_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func service(seed byte) ed25519.PrivateKey { return must(envelope.NewSigningKey(seeded(seed))) }

func receipt(sid envelope.SID, hash envelope.Hash) envelope.Receipt {
	return envelope.Receipt{
		SID: sid.String(), Hash: hash.String(), Pack: "national@3", Number: envelope.Number(sid),
		Time: envelope.Timestamp(noon), Epoch: "0123456789abcdef",
	}
}

func TestAReceiptVerifiesOnlyForItsOwnBytes(t *testing.T) {
	sid, hash, k := header(1).SID, envelope.HashOf([]byte("x")), service(1)
	keys := []envelope.ServiceKey{envelope.ServiceKeyOf(service(2)), envelope.ServiceKeyOf(k)}
	good := must(envelope.SignReceipt(k, receipt(sid, hash)))
	if again := must(envelope.SignReceipt(k, receipt(sid, hash))); again != good {
		t.Error("signing again gave other bytes")
	}
	if err := envelope.VerifyReceipt(good, sid, hash, keys); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]func(r *envelope.Receipt) (envelope.SID, envelope.Hash, []envelope.ServiceKey){
		"other sid asked": func(*envelope.Receipt) (envelope.SID, envelope.Hash, []envelope.ServiceKey) {
			return header(2).SID, hash, keys
		},
		"other hash asked": func(*envelope.Receipt) (envelope.SID, envelope.Hash, []envelope.ServiceKey) {
			return sid, envelope.Hash{1}, keys
		},
		"no keys": func(*envelope.Receipt) (envelope.SID, envelope.Hash, []envelope.ServiceKey) { return sid, hash, nil },
		"other keys": func(*envelope.Receipt) (envelope.SID, envelope.Hash, []envelope.ServiceKey) {
			return sid, hash, keys[:1]
		},
		"key with a borrowed id": func(*envelope.Receipt) (envelope.SID, envelope.Hash, []envelope.ServiceKey) {
			return sid, hash, []envelope.ServiceKey{{ID: keys[1].ID, Key: keys[0].Key}}
		},
	} {
		r := good
		s, h, ks := c(&r)
		if envelope.VerifyReceipt(r, s, h, ks) == nil {
			t.Errorf("%s: verified", name)
		}
	}
	for name, change := range map[string]func(*envelope.Receipt){
		"pack":      func(r *envelope.Receipt) { r.Pack = "national@4" },
		"number":    func(r *envelope.Receipt) { r.Number = envelope.Number(header(3).SID) },
		"time":      func(r *envelope.Receipt) { r.Time = "2026-11-21T12:00:01Z" },
		"time zone": func(r *envelope.Receipt) { r.Time = "2026-11-21T12:00:00+00:00" },
		"epoch":     func(r *envelope.Receipt) { r.Epoch = "0123456789abcdee" },
		"key":       func(r *envelope.Receipt) { r.Key = keys[0].ID },
		"sig":       func(r *envelope.Receipt) { r.Sig = "A" + r.Sig[1:] },
		"no sig":    func(r *envelope.Receipt) { r.Sig = "" },
		"newline":   func(r *envelope.Receipt) { r.Pack = "national@3\nnumber x" },
	} {
		r := good
		if change(&r); envelope.VerifyReceipt(r, sid, hash, keys) == nil {
			t.Errorf("changed %s: verified", name)
		}
	}
}

func TestANumberForgivesWritingAndNoticesMistakes(t *testing.T) {
	r := rand.New(seeded(1))
	for range 300 {
		var sid envelope.SID
		for i := range sid {
			sid[i] = byte(r.Uint32())
		}
		n := envelope.Number(sid)
		if len(n) != 11 || n[4] != '-' || n[9] != '-' {
			t.Fatalf("number %q", n)
		}
		written := strings.NewReplacer("0", "o", "1", "l", "-", " ").Replace(strings.ToLower(n))
		if got, err := envelope.ParseNumber(written); err != nil || got != n {
			t.Errorf("%q read from %q as %q, %v", n, written, got, err)
		}
		checkNumberMistakes(t, strings.ReplaceAll(n, "-", ""))
	}
}

// checkNumberMistakes: each single wrong character and each swap of any two differing
// ones is refused.
func checkNumberMistakes(t *testing.T, n string) {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	for i := range n {
		for _, c := range alphabet {
			if byte(c) == n[i] {
				continue
			}
			if _, err := envelope.ParseNumber(n[:i] + string(c) + n[i+1:]); err == nil {
				t.Fatalf("%s with %c at %d was taken", n, c, i)
			}
		}
		for j := i + 1; j < len(n); j++ {
			b := []byte(n)
			if b[i], b[j] = b[j], b[i]; n[i] == n[j] {
				continue
			}
			if _, err := envelope.ParseNumber(string(b)); err == nil {
				t.Fatalf("%s with %d and %d swapped was taken", n, i, j)
			}
		}
	}
}

func TestANumberIsNeitherTheSidNorFarFromUnique(t *testing.T) {
	seen := map[string]bool{}
	r := seeded(9)
	for range 5000 {
		n := envelope.Number(must(envelope.NewSID(r)))
		if seen[n] {
			t.Fatalf("%s twice among 5000", n)
		}
		seen[n] = true
	}
}

func office(t testing.TB, id string, secrets ...envelope.OfficeSecret) envelope.Office {
	t.Helper()
	o := envelope.Office{ID: id, Regions: []string{""}, Forms: []string{"resident-stop@1"}}
	for _, s := range secrets {
		o.Keys = append(o.Keys, s.Key(noon.AddDate(-1, 0, 0), noon.AddDate(1, 0, 0)))
	}
	return o
}

func status(sid envelope.SID) envelope.Status {
	return envelope.Status{
		SID: sid.String(), Seq: 3, State: envelope.NeedsInfo, Reason: "请补身份证号 <&>",
		Time: envelope.Timestamp(noon), Office: "demo",
	}
}

func TestAStatusReachesOnlyItsPhoneAndOnlyFromItsOffice(t *testing.T) {
	a, b := officeSecret(t, 1), officeSecret(t, 2)
	phone, other := key(t, envelope.KEMX25519), key(t, envelope.KEMX25519)
	sid := header(1).SID
	ev := must(envelope.SealStatus(a.Sign, phone.Public(), status(sid)))
	got, err := envelope.OpenStatus(phone, ev, office(t, "demo", b, a))
	want := status(sid)
	want.Key = got.Key
	if err != nil || got != want {
		t.Fatalf("opened %+v, %v", got, err)
	}
	if strings.Contains(ev.Sealed, "补") {
		t.Error("the event shows its reason")
	}
	moved, renumbered := ev, ev
	moved.SID, renumbered.Seq = header(2).SID.String(), 4
	for name, c := range map[string]struct {
		phone envelope.PrivateKey
		ev    envelope.Event
		o     envelope.Office
	}{
		"another phone":        {other, ev, office(t, "demo", a)},
		"another office's id":  {phone, ev, office(t, "else", a)},
		"another office's key": {phone, ev, office(t, "demo", b)},
		"another sid outside":  {phone, moved, office(t, "demo", a)},
		"another seq outside":  {phone, renumbered, office(t, "demo", a)},
		"empty":                {phone, envelope.Event{SID: ev.SID, Seq: 3}, office(t, "demo", a)},
	} {
		if _, err := envelope.OpenStatus(c.phone, c.ev, c.o); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestEveryAlteredStatusIsRefused(t *testing.T) {
	a, phone := officeSecret(t, 1), key(t, envelope.KEMX25519)
	o := office(t, "demo", a)
	ev := must(envelope.SealStatus(a.Sign, phone.Public(), status(header(1).SID)))
	sealed := must(envelope.DecodeBytes(ev.Sealed))
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1 << (i % 8)
		if _, err := envelope.OpenStatus(phone, envelope.Event{SID: ev.SID, Seq: ev.Seq, Sealed: envelope.EncodeBytes(bad)}, o); err == nil {
			t.Fatalf("byte %d altered: opened", i)
		}
	}
}

// An office that seals one person's signed status to another's phone, or under another
// number, is not believed: what is inside must be what the outside says.
func TestAStatusInsideMustMatchItsOutside(t *testing.T) {
	a, phone := officeSecret(t, 1), key(t, envelope.KEMX25519)
	outside, other := header(1).SID, header(2).SID
	pub := must(hpke.DHKEM(ecdh.X25519()).NewPublicKey(phone.Public().Bytes()))
	domain := []byte("lixianban/status/1\x00")
	for name, c := range map[string]struct {
		inside envelope.SID
		seq    uint32
		ok     bool
	}{"the same": {outside, 3, true}, "another sid": {other, 3, false}, "another seq": {outside, 4, false}} {
		s := status(c.inside)
		s.Seq, s.Key = c.seq, envelope.KeyIDOf(a.Sign.Public().(ed25519.PublicKey)).String()
		body := must(json.Marshal(s))
		signed := append(bytes.Clone(domain), outside[:]...)
		content := append(ed25519.Sign(a.Sign, append(signed, body...)), body...)
		padded := append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), content...)
		padded = append(padded, make([]byte, 1024-len(padded))...)
		info := binary.BigEndian.AppendUint32(append(bytes.Clone(domain), outside[:]...), 3)
		sealed := must(hpke.Seal(pub, hpke.HKDFSHA256(), hpke.AES256GCM(), info, padded))
		ev := envelope.Event{SID: outside.String(), Seq: 3, Sealed: envelope.EncodeBytes(sealed)}
		if _, err := envelope.OpenStatus(phone, ev, office(t, "demo", a)); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAStatusThatSaysNothingIsNotSealed(t *testing.T) {
	a, phone := officeSecret(t, 1), key(t, envelope.KEMX25519).Public()
	for name, change := range map[string]func(*envelope.Status){
		"no number":     func(s *envelope.Status) { s.Seq = 0 },
		"unknown state": func(s *envelope.Status) { s.State = "maybe" },
		"no sid":        func(s *envelope.Status) { s.SID = "" },
		"no time":       func(s *envelope.Status) { s.Time = "yesterday" },
		"long reason":   func(s *envelope.Status) { s.Reason = strings.Repeat("长", envelope.MaxReason+1) },
	} {
		s := status(header(1).SID)
		if change(&s); must2(envelope.SealStatus(a.Sign, phone, s)) == nil {
			t.Errorf("%s: sealed", name)
		}
	}
}

func must2[T any](_ T, err error) error { return err }

func officeSecret(t testing.TB, seed byte) envelope.OfficeSecret {
	t.Helper()
	return must(envelope.NewOfficeSecret(envelope.KEMX25519, seeded(seed)))
}

func TestKeysSurviveTheirTextAndNoticeABadCopy(t *testing.T) {
	for _, kem := range kems {
		s := must(envelope.NewOfficeSecret(kem, seeded(3)))
		text := s.Encode()
		if !strings.HasPrefix(text, "LIXIANBAN-OFFICE-SECRET-1:") {
			t.Errorf("a secret starts with %.20s", text)
		}
		back, err := envelope.ParseOfficeSecret(" " + text + "\n")
		if err != nil || back.Key(noon, noon) != s.Key(noon, noon) || back.Encode() != text {
			t.Errorf("KEM %04x: came back as another key, %v", kem, err)
		}
		for i := range text {
			bad := text[:i] + string(text[i]^1) + text[i+1:]
			if _, err := envelope.ParseOfficeSecret(bad); err == nil {
				t.Fatalf("a copy with an error at %d was taken", i)
			}
		}
	}
	k := service(1)
	text := envelope.EncodeServiceSecret(k)
	if back, err := envelope.ParseServiceSecret(text); err != nil || !back.Equal(k) || !strings.HasPrefix(text, "LIXIANBAN-SERVICE-SECRET-1:") {
		t.Errorf("service key: %v", err)
	}
}

func TestPrintingNeverShowsASecret(t *testing.T) {
	s := officeSecret(t, 4)
	secrets := []string{envelope.EncodeBytes(s.Open.Bytes()), fmt.Sprintf("%x", s.Open.Bytes()), envelope.EncodeBytes(s.Sign.Seed())}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		got := fmt.Sprintf(verb, s) + fmt.Sprintf(verb, s.Open) + fmt.Sprintf(verb, &s)
		for _, secret := range secrets {
			if strings.Contains(got, secret) {
				t.Errorf("%s shows the secret", verb)
			}
		}
	}
}

func directory(t testing.TB, offices ...envelope.Office) envelope.Directory {
	t.Helper()
	return envelope.Directory{
		Version: 1, Issued: envelope.Timestamp(noon.AddDate(0, -1, 0)), Expires: envelope.Timestamp(noon.AddDate(0, 1, 0)),
		Offices: offices, Services: []envelope.ServiceKey{envelope.ServiceKeyOf(service(1))},
	}
}

func TestARequestIsSignedForOneCallOnly(t *testing.T) {
	s, other := officeSecret(t, 1), officeSecret(t, 2)
	d := directory(t, office(t, "demo", s), office(t, "else", other))
	body := []byte(`{"a":1}`)
	h := must(envelope.SignRequest(s, "demo", "POST", "/v1/office/pull", body, noon, seeded(7)))
	if strings.Contains(h, ",") {
		t.Errorf("a comma in %q", h)
	}
	a, err := envelope.VerifyRequest(h, "POST", "/v1/office/pull", body, d, noon.Add(4*time.Minute))
	if err != nil || a.Office != "demo" || len(a.Nonce) != 32 || !a.Time.Equal(noon) {
		t.Fatalf("verified %+v, %v", a, err)
	}
	for name, c := range map[string]struct {
		header, method, path, body string
		now                        time.Time
	}{
		"another method": {h, "PUT", "/v1/office/pull", string(body), noon},
		"another path":   {h, "POST", "/v1/office/events", string(body), noon},
		"another body":   {h, "POST", "/v1/office/pull", `{"a":2}`, noon},
		"late":           {h, "POST", "/v1/office/pull", string(body), noon.Add(6 * time.Minute)},
		"early":          {h, "POST", "/v1/office/pull", string(body), noon.Add(-6 * time.Minute)},
		"another office": {strings.Replace(h, "demo", "else", 1), "POST", "/v1/office/pull", string(body), noon},
		"key long gone":  {h, "POST", "/v1/office/pull", string(body), noon.AddDate(2, 0, 0)},
		"empty":          {"", "POST", "/v1/office/pull", string(body), noon},
		"cut":            {h[:len(h)-3], "POST", "/v1/office/pull", string(body), noon},
	} {
		if _, err := envelope.VerifyRequest(c.header, c.method, c.path, []byte(c.body), d, c.now); err == nil {
			t.Errorf("%s: verified", name)
		}
	}
}

func TestTheOfficeIsTheMostLocalOne(t *testing.T) {
	o := func(id string, forms []string, regions ...string) envelope.Office {
		return envelope.Office{ID: id, Regions: regions, Forms: forms}
	}
	stop := []string{"resident-stop@1"}
	d := directory(t, o("country", stop, ""), o("province", stop, "41"), o("county", stop, "411681", "411682"), o("other-form", []string{"x@1"}, "4116"))
	for region, want := range map[string]string{"411681": "county", "411682": "county", "411600": "province", "110101": "country", "": "country"} {
		if got, err := d.OfficeFor(region, "resident-stop@1"); err != nil || got.ID != want {
			t.Errorf("region %q goes to %q, %v, want %q", region, got.ID, err, want)
		}
	}
	d.Offices = d.Offices[1:]
	if _, err := d.OfficeFor("110101", "resident-stop@1"); !errors.Is(err, envelope.ErrOf(envelope.CodeNoOffice)) {
		t.Errorf("a region without an office: %v", err)
	}
}

func TestKeysHaveTheirTime(t *testing.T) {
	old, now := officeSecret(t, 1), officeSecret(t, 2)
	day := 24 * time.Hour
	o := office(t, "demo")
	o.Keys = []envelope.OfficeKey{now.Key(noon.Add(-day), noon.Add(365*day)), old.Key(noon.Add(-365*day), noon)}
	d := directory(t, o)
	d.Issued = envelope.Timestamp(noon.Add(-2 * day))
	pick := func(at time.Time) string {
		k, err := d.KeyAt(o, at)
		if err != nil {
			return string(err.(*envelope.Error).Code)
		}
		return k.ID
	}
	newID, oldID := now.Open.Public().ID().String(), old.Open.Public().ID().String()
	for name, c := range map[string]struct {
		at   time.Time
		want string
	}{
		"now, the newest":                            {noon, newID},
		"before it begins, the older":                {noon.Add(-36 * time.Hour), oldID},
		"a clock years behind counts from the issue": {noon.AddDate(-9, 0, 0), oldID},
		"years ahead, none":                          {noon.AddDate(9, 0, 0), "no_key"},
	} {
		if got := pick(c.at); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	h := envelope.Header{Office: "demo", Form: "resident-stop@1", KEM: envelope.KEMX25519, Key: old.Open.Public().ID()}
	for name, c := range map[string]struct {
		at   time.Time
		want error
	}{
		"in force":             {noon.Add(-day), nil},
		"last day of grace":    {noon.Add(envelope.Grace - time.Second), nil},
		"out of grace":         {noon.Add(envelope.Grace), envelope.ErrOf(envelope.CodeRetired)},
		"before it was issued": {noon.Add(-400 * day), envelope.ErrOf(envelope.CodeRetired)},
	} {
		if err := d.Accepts(h, c.at); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	h.Office = "nobody"
	if err := d.Accepts(h, noon); !errors.Is(err, envelope.ErrOf(envelope.CodeNoOffice)) {
		t.Errorf("an unknown office: %v", err)
	}
}

func TestADirectoryIsCheckedWhole(t *testing.T) {
	good := directory(t, office(t, "demo", officeSecret(t, 1)))
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*envelope.Directory){
		"no issue":     func(d *envelope.Directory) { d.Issued = "" },
		"bad office":   func(d *envelope.Directory) { d.Offices[0].ID = "Demo!" },
		"same id":      func(d *envelope.Directory) { d.Offices = append(d.Offices, d.Offices[0]) },
		"bad region":   func(d *envelope.Directory) { d.Offices[0].Regions = []string{"41x"} },
		"key id":       func(d *envelope.Directory) { d.Offices[0].Keys[0].ID = "0000000000000000" },
		"sealing key":  func(d *envelope.Directory) { d.Offices[0].Keys[0].Seal = "AAAA" },
		"signing key":  func(d *envelope.Directory) { d.Offices[0].Keys[0].Sign = "AAAA" },
		"never valid":  func(d *envelope.Directory) { d.Offices[0].Keys[0].To = d.Offices[0].Keys[0].From },
		"service key":  func(d *envelope.Directory) { d.Services[0].ID = "0000000000000000" },
		"service size": func(d *envelope.Directory) { d.Services[0].Key = "AAAA" },
	} {
		d := directory(t, office(t, "demo", officeSecret(t, 1)))
		if change(&d); d.Check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestASecretOpensItsCapability(t *testing.T) {
	s := must(envelope.NewSecret(seeded(1)))
	c := envelope.CapabilityOf(s)
	if len(s) < 16 || !envelope.Opens(c, s) {
		t.Error("a secret doesn't open its own capability")
	}
	for i := range s {
		bad := bytes.Clone(s)
		bad[i]++
		if envelope.Opens(c, bad) {
			t.Errorf("byte %d changed and it opened", i)
		}
	}
	if short := s[:15]; envelope.Opens(envelope.CapabilityOf(short), short) {
		t.Error("15 bytes were enough")
	}
}

func TestADeviceWithoutRandomnessMakesNothing(t *testing.T) {
	for name, r := range map[string]*bytes.Reader{"nothing": bytes.NewReader(nil), "too little": bytes.NewReader(make([]byte, 7))} {
		if _, err := envelope.NewSID(r); err == nil {
			t.Errorf("%s: a sid", name)
		}
		if _, err := envelope.NewSecret(r); err == nil {
			t.Errorf("%s: a secret", name)
		}
	}
	if _, err := envelope.NewSID(bytes.NewReader(make([]byte, 16))); err == nil {
		t.Error("sixteen zeros became a sid")
	}
}
