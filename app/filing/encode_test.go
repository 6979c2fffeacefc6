package filing_test

import (
	"bytes"
	_ "embed"
	"errors"
	"reflect"
	"strings"
	"testing"

	"lixianban/app/envelope"
	"lixianban/app/filing"
)

const (
	sid   = "00112233445566778899aabbccddeeff"
	nonce = "ffeeddccbbaa99887766554433221100"
	now   = "2026-11-21T12:00:00Z"
)

//go:embed testdata/application.json
var golden string

var statusKey = envelope.EncodeBytes(bytes.Repeat([]byte{7}, 32))

func draft(v filing.Values, by string) filing.Draft {
	return filing.Draft{
		ID: sid, Form: "resident-stop@1", Pack: "national@3", Values: v, Rev: 9, Updated: now,
		Facts:   []filing.Answer{{ID: "reason", Value: "moved"}, {ID: "cover", Value: "active"}},
		Consent: &filing.Consent{Text: "resident-stop-consent@1", Time: now, By: by},
	}
}

func apply(t testing.TB, d filing.Draft) filing.Application {
	t.Helper()
	a, err := stop.Apply(d, statusKey, nonce, now, env)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnApplicationComesBackAsItWasWritten(t *testing.T) {
	for by, v := range map[string]filing.Values{"self": self(), "guardian": guardian(), "proxy": proxy(), "relative": relative()} {
		a := apply(t, draft(with(v, "notes", "<b>&amp; \"引号\" 𬎆"), by))
		b, err := a.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := filing.DecodeApplication(b)
		if err != nil || !reflect.DeepEqual(a, back) {
			t.Errorf("%s: %v", by, err)
		}
	}
}

func TestTheCanonicalBytesAreGolden(t *testing.T) {
	got, err := apply(t, draft(with(proxy(), "date", "2027年1月5日", "notes", "<急> & \"快\""), "proxy")).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimSpace(golden); string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWhatNoLongerAppliesIsNotSent(t *testing.T) {
	v := with(proxy(), "acting", "self", "phone", "13812345678")
	a := apply(t, draft(v, "self"))
	for id := range a.Values {
		if strings.HasPrefix(id, "proxy-") {
			t.Errorf("%s was sent", id)
		}
	}
}

func TestNoApplicationWithoutItsConsent(t *testing.T) {
	child := with(guardian(), "acting", "guardian")
	for name, c := range map[string]struct {
		d    filing.Draft
		want string
	}{
		"none":                           {func() filing.Draft { d := draft(self(), "self"); d.Consent = nil; return d }(), "consent:consent.missing"},
		"to an older text":               {func() filing.Draft { d := draft(self(), "self"); d.Consent.Text = "resident-stop-consent@0"; return d }(), "consent:consent.text"},
		"by the child, not the guardian": {draft(child, "self"), "consent:consent.by"},
		"by another than who acts":       {draft(proxy(), "self"), "consent:consent.by"},
		"right":                          {draft(child, "guardian"), ""},
	} {
		if got := codes(stop.CheckConsent(c.d, env).Problems); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if _, err := stop.Apply(c.d, statusKey, nonce, now, env); (err == nil) != (c.want == "") {
			t.Errorf("%s: apply says %v", name, err)
		}
	}
}

func TestNoApplicationWithOpenProblems(t *testing.T) {
	var e *filing.Error
	if _, err := stop.Apply(draft(with(self(), "id", "1"), "self"), statusKey, nonce, now, env); !errors.As(err, &e) || e.Code != "check" {
		t.Errorf("got %v", err)
	}
	other := draft(self(), "self")
	other.Form = "x@1"
	if _, err := stop.Apply(other, statusKey, nonce, now, env); !errors.As(err, &e) || e.Code != "form" {
		t.Errorf("got %v", err)
	}
	for name, c := range map[string][2]string{"status key": {"AAAA", nonce}, "nonce": {statusKey, "short"}} {
		if _, err := stop.Apply(draft(self(), "self"), c[0], c[1], now, env); err == nil {
			t.Errorf("a bad %s was taken", name)
		}
	}
}

func TestAnotherSpellingIsRefused(t *testing.T) {
	b, err := apply(t, draft(self(), "self")).Encode()
	if err != nil {
		t.Fatal(err)
	}
	s := string(b)
	for name, bad := range map[string]string{
		"space":          strings.Replace(s, `,"sid"`, `, "sid"`, 1),
		"newline after":  s + "\n",
		"unknown member": strings.Replace(s, `{"v":1`, `{"v":1,"x":1`, 1),
		"member twice":   strings.Replace(s, `{"v":1`, `{"v":1,"v":1`, 1),
		"escape":         strings.Replace(s, "王", `\u738b`, 1),
		"order":          strings.Replace(s, `"v":1,"sid":"`+sid+`"`, `"sid":"`+sid+`","v":1`, 1),
		"empty facts":    strings.Replace(s, `"facts":[{"id":"cover","value":"active"},{"id":"reason","value":"moved"}],`, `"facts":[],`, 1),
		"facts unsorted": strings.Replace(s, `{"id":"cover","value":"active"},{"id":"reason","value":"moved"}`, `{"id":"reason","value":"moved"},{"id":"cover","value":"active"}`, 1),
		"fact twice":     strings.Replace(s, `{"id":"cover","value":"active"}`, `{"id":"cover","value":"active"},{"id":"cover","value":"active"}`, 1),
		"version 2":      strings.Replace(s, `{"v":1`, `{"v":2`, 1),
		"no sid":         strings.Replace(s, `"sid":"`+sid+`",`, ``, 1),
		"cut":            s[:len(s)-1],
		"null":           strings.Replace(s, `"made":"`+now+`"`, `"made":null`, 1),
	} {
		if bad == s {
			t.Errorf("%s: the case changes nothing", name)
		}
		if _, err := filing.DecodeApplication([]byte(bad)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestADraftKeepsWhatWasTyped(t *testing.T) {
	d := filing.Draft{ID: sid, Form: "resident-stop@1", Pack: "national@3"}
	one := d.Set("name", " 王  芳", now)
	two := one.Set("phone", "1", now).Set("phone", "", now)
	if one.Values["name"] != " 王  芳" || len(two.Values) != 1 || two.Rev != 3 || len(d.Values) != 0 {
		t.Errorf("%+v %+v", one, two)
	}
	b, err := two.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := filing.DecodeDraft(b); err != nil || !reflect.DeepEqual(back, two) {
		t.Errorf("%+v, %v", back, err)
	}
	if _, err := filing.DecodeDraft([]byte(strings.Replace(string(b), `{"id"`, `{"later":{},"id"`, 1))); err != nil {
		t.Errorf("a draft of a newer app: %v", err)
	}
	if _, err := filing.DecodeDraft([]byte(`{"id":"x"}`)); err == nil {
		t.Error("a draft without a name was taken")
	}
}

// A typical application fits the second bucket, and with the hybrid key it stays under
// the 7.5 KB a person is charged for at most.
func TestATypicalApplicationStaysSmall(t *testing.T) {
	d := draft(with(proxy(), "village", "大王庄村三组", "notes", "孩子在外地上班，已经参加职工医保，请暂停。"), "proxy")
	for i := range 18 {
		d.Facts = append(d.Facts, filing.Answer{ID: "fact-number-" + string(rune('a'+i)), Value: "2026-11-21"})
	}
	b, err := apply(t, d).Encode()
	if err != nil {
		t.Fatal(err)
	}
	key, err := envelope.NewPrivateKey(envelope.KEMHybrid)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := envelope.Seal(key.Public(), envelope.Header{
		Office: "demo-office", SID: envelope.SID{1}, Pack: "national@3", Form: d.Form, Capability: envelope.Hash{1},
	}, b)
	if err != nil {
		t.Fatal(err)
	}
	wire := len(envelope.EncodeBytes(sealed))
	t.Logf("application %d bytes, envelope %d, in a sync %d", len(b), len(sealed), wire)
	if len(sealed) > 3400 || wire > 4600 {
		t.Errorf("envelope %d bytes, in a sync %d", len(sealed), wire)
	}
}

func FuzzDecodeApplication(f *testing.F) {
	b, err := apply(f, draft(self(), "self")).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := filing.DecodeApplication(b)
		if err != nil {
			return
		}
		if again, err := a.Encode(); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("taken, but written as %q, %v", again, err)
		}
	})
}

func FuzzCheck(f *testing.F) {
	f.Add("name", "王芳")
	f.Add("date", "2027-1-5")
	f.Add("phone", "+86")
	f.Fuzz(func(t *testing.T, field, value string) {
		v := with(proxy(), field, value)
		n := stop.Normalize(v)
		for id, x := range stop.Normalize(n) {
			if n[id] != x {
				t.Fatalf("%s: %q normalises to %q, then to %q", id, value, n[id], x)
			}
		}
		a, err := stop.Apply(draft(v, filing.ConsentBy(v, today)), statusKey, nonce, now, env)
		if err != nil {
			return
		}
		b, err := a.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := filing.DecodeApplication(b); err != nil {
			t.Fatalf("an application the form let through can't be read: %v", err)
		}
	})
}
