package policy_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"lixianban/app/policy"
)

// nation is a pack with nothing regional; province is the same with a region's parts appended.
func nation() *policy.Pack {
	p := everything()
	p.Regions = nil
	p.Params[0].Values = p.Params[0].Values[:1]
	s := &p.Services[0]
	var rules []policy.Rule
	for _, r := range s.Rules {
		if r.Region == "" {
			rules = append(rules, r)
		}
	}
	s.Rules = rules
	return p
}

func province(spoil func(*policy.Pack)) *policy.Pack {
	p := nation()
	p.Regions = []string{"370000", "370200"}
	p.Cites = append(p.Cites, policy.Cite{ID: "370200-1", Title: text("青岛"), Confidence: "OFF-L", URL: "https://example.org/"})
	c := len(p.Cites) - 1
	p.Params[0].Values = append(p.Params[0].Values, policy.ParamValue{Region: "370200", From: 20000, Low: 1, High: 2, Cites: []int{c}})
	s := &p.Services[0]
	n := int32(len(s.Nodes))
	s.Nodes = append(s.Nodes, policy.Node{Op: policy.OpConst, A: int32(policy.Int), K: 77}, policy.Node{Op: policy.OpEq, A: n, B: n})
	s.Slots = append(s.Slots, policy.Slot{Name: "seventy_seven", Unit: policy.Int, Node: int(n), Param: -1, Fact: -1})
	s.Rules = append(s.Rules, policy.Rule{ID: "cost", Kind: policy.KindConsequence, Region: "370200", When: int(n) + 1, Say: text("青岛 {seventy_seven}"), Cites: []int{0, c}},
		policy.Rule{ID: "ch-1", Kind: policy.KindChannel, Region: "370000", When: -1, Say: text("爱山东"), More: text("1. 登录"), Cites: []int{c}})
	if spoil != nil {
		spoil(p)
	}
	return p
}

func overlay(t testing.TB) (base, file []byte) {
	t.Helper()
	file, err := policy.EncodeOverlay("370000", nation(), province(nil))
	if err != nil {
		t.Fatal(err)
	}
	return policy.Encode(nation()), file
}

func TestAnOverlayJoinsToWhatWasCompiledWhole(t *testing.T) {
	base, file := overlay(t)
	p, err := policy.Join(base, file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(policy.Encode(p), policy.Encode(province(nil))) {
		t.Error("joined and compiled whole are not the same pack")
	}
	ref, err := policy.ReadOverlay(file)
	if err != nil || ref.ID != "370000" || ref.Version != nation().Version {
		t.Errorf("the head says %+v, %v", ref, err)
	}
	if bytes.Contains(file, []byte("catastrophic")) || len(file) >= len(base) {
		t.Errorf("an overlay of %d bytes repeats its base of %d", len(file), len(base))
	}
}

func TestOverlaysThatDoNotFitAreRefused(t *testing.T) {
	base, file := overlay(t)
	other := nation()
	other.Version++
	for name, c := range map[string][2][]byte{
		"another edition of the base": {policy.Encode(other), file},
		"a pack for an overlay":       {base, base},
		"an overlay for a base":       {file, file},
		"nothing":                     {base, nil},
		"more behind the end":         {base, append(append([]byte(nil), file...), 0)},
		"a region of letters":         {base, bytes.Replace(file, []byte("370000"), []byte("37000x"), 1)},
		"too large":                   {base, make([]byte, policy.MaxPackBytes+1)},
	} {
		var e *policy.Error
		if p, err := policy.Join(c[0], c[1]); p != nil || !errors.As(err, &e) || e.Code != "bad_pack" && e.Code != "pack_too_large" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := range file {
		if _, err := policy.Join(base, file[:n]); err == nil {
			t.Fatalf("the first %d bytes of %d were taken for an overlay", n, len(file))
		}
	}
}

func TestAnOverlayMayOnlyAppend(t *testing.T) {
	for name, spoil := range map[string]func(*policy.Pack){
		"a national sentence changed": func(p *policy.Pack) { p.Services[0].Rules[0].Say = text("changed") },
		"a national value changed":    func(p *policy.Pack) { p.Params[0].Values[0].Low--; p.Params[0].Values[0].High-- },
		"a parameter no region may set": func(p *policy.Pack) {
			p.Params[1].Values = append(p.Params[1].Values, policy.ParamValue{Region: "370200", Say: text("x")})
		},
		"a national statement slipped in": func(p *policy.Pack) { r := p.Services[0].Rules; r[len(r)-1].Region = "" },
		"another title":                   func(p *policy.Pack) { p.Title = text("other") },
		"a cite twice":                    func(p *policy.Pack) { p.Cites = append(p.Cites, p.Cites[0]) },
	} {
		if _, err := policy.EncodeOverlay("370000", nation(), province(spoil)); err == nil {
			t.Errorf("%s: an overlay was written", name)
		}
	}
}

// TestEveryFlippedByteOfAnOverlayIsRefusedOrAnotherPack holds that no two files are one pack.
func TestEveryFlippedByteOfAnOverlayIsRefusedOrAnotherPack(t *testing.T) {
	base, file := overlay(t)
	whole := string(policy.Encode(province(nil)))
	for i := range file {
		for _, bit := range []byte{1, 0x80} {
			bad := append([]byte(nil), file...)
			bad[i] ^= bit
			if p, err := policy.Join(base, bad); err == nil && string(policy.Encode(p)) == whole {
				t.Errorf("byte %d: two files are the same pack", i)
			}
		}
	}
}

func FuzzJoin(f *testing.F) {
	base, file := overlay(f)
	f.Add(file)
	f.Add([]byte(strings.Repeat("LXO1", 20)))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := policy.Join(base, data)
		if (p == nil) == (err == nil) {
			t.Fatalf("pack %v, error %v", p != nil, err)
		}
	})
}

func TestACountyInsideAListedRegionIsKnown(t *testing.T) {
	p := province(nil)
	for region, want := range map[string]bool{"": true, "370000": true, "370202": true, "371000": true, "110000": false, "37": false, "37020x": false, "3702022": false} {
		if p.Knows(region) != want {
			t.Errorf("%q: %v", region, !want)
		}
	}
}
