package filing_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lixianban/app/filing"
)

var today = filing.Date{Year: 2026, Month: 11, Day: 21}

var env = filing.Env{Today: today}

// checkID judges a number through the form, as a screen does.
func checkID(id string) (problem, warning string) {
	f, _ := filing.FormByID("resident-stop@1")
	r := f.CheckField("id", filing.Values{"id": id}, env)
	if len(r.Problems) > 0 {
		problem = r.Problems[0].Code
	}
	if len(r.Warnings) > 0 {
		warning = r.Warnings[0].Code
	}
	return problem, warning
}

// withCheck completes 17 digits by ISO 7064 MOD 11-2, written from the standard's
// recursive form, not the weights the program uses.
func withCheck(digits string) string {
	p := 0
	for _, c := range digits {
		p = (p + int(c-'0')) * 2 % 11
	}
	return digits + string("0123456789X"[(12-p)%11])
}

func TestKnownNumbers(t *testing.T) {
	for id, want := range map[string][2]string{
		"11010519491231002X": {"", ""}, // the standard's example
		"11010519491231002x": {"", ""},
		"１１０１０５１９４９１２３１００２Ｘ":           {"", ""},
		" 110105 19491231 002X ":       {"", ""},
		"110105-19491231-002X":         {"", ""},
		"440524188001010014":           {"id.date", ""}, // the standard's other example: 146 years old
		"110105194912310021":           {"id.check", ""},
		"110105491231002":              {"id.old", ""},
		"11010519491231002":            {"id.length", ""},
		"11010519491231002XX":          {"id.length", ""},
		"X1010519491231002X":           {"id.characters", ""},
		"11010519491231OO2X":           {"id.characters", ""},
		"王":                            {"id.characters", ""},
		withCheck("11010520261122001"): {"id.future", ""},
		withCheck("11010520261121001"): {"", ""}, // born today
		withCheck("11010520230229001"): {"id.date", ""},
		withCheck("11010520240229001"): {"", ""},
		withCheck("11010519000229001"): {"id.date", ""}, // 1900 was no leap year
		withCheck("11010520261301001"): {"id.date", ""},
		withCheck("11010518961120001"): {"", ""},        // 130 years
		withCheck("11010518951120001"): {"id.date", ""}, // 131
		withCheck("99010519491231002"): {"", "id.area"},
		withCheck("16010519491231002"): {"", "id.area"},
		withCheck("81000019491231002"): {"", ""}, // residence permit, Hong Kong
		withCheck("82000019491231002"): {"", ""}, // Macao
		withCheck("83000019491231002"): {"", ""}, // Taiwan
		withCheck("71000019491231002"): {"", ""},
		withCheck("91184019491231002"): {"", ""},        // permanent residence card, Beijing, US
		withCheck("99984019491231002"): {"", "id.area"}, // no such province
	} {
		if p, w := checkID(id); p != want[0] || w != want[1] {
			t.Errorf("%s: problem %q warning %q, want %q %q", id, p, w, want[0], want[1])
		}
	}
}

// validID draws a number of someone alive between 0 and 120 years old.
func validID(t *rapid.T) string {
	region := rapid.SampledFrom([]string{"110105", "411681", "659001", "540102", "810000", "820000", "830000", "911840"}).Draw(t, "region")
	days := rapid.IntRange(0, 120*365).Draw(t, "days")
	seq := rapid.IntRange(0, 999).Draw(t, "seq")
	return withCheck(region + strings.ReplaceAll(today.Add(-days).String(), "-", "") + fmt.Sprintf("%03d", seq))
}

func TestEveryValidNumberIsTakenAndEverySlipIsNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := validID(t)
		if p, w := checkID(id); p != "" || w != "" {
			t.Fatalf("%s: %q %q", id, p, w)
		}
		for i := range id {
			for _, c := range "0123456789X" {
				if slip := id[:i] + string(c) + id[i+1:]; slip != id {
					if p, _ := checkID(slip); p == "" {
						t.Fatalf("%s taken for %s", slip, id)
					}
				}
			}
			if i > 0 && id[i-1] != id[i] {
				swap := id[:i-1] + string(id[i]) + string(id[i-1]) + id[i+1:]
				if p, _ := checkID(swap); p == "" {
					t.Fatalf("%s taken for %s", swap, id)
				}
			}
		}
	})
}

func TestEveryWayOfTypingANumberIsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		id := withCheck(fmt.Sprintf("411681%s%03d", strings.ReplaceAll(today.Add(-r.IntN(30000)).String(), "-", ""), r.IntN(1000)))
		typed := strings.Map(func(c rune) rune {
			if r.IntN(2) == 0 {
				return c - '!' + '！'
			}
			return c
		}, strings.ToLower(id))
		typed = typed[:6] + typed[6:]
		if got := filing.NormalizeID(" " + typed + "\u3000"); got != id {
			t.Errorf("%q became %s, want %s", typed, got, id)
		}
	}
}

func FuzzID(f *testing.F) {
	f.Add("11010519491231002X")
	f.Add("１１０１０５１９４９１２３１００２ｘ")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		n := filing.NormalizeID(s)
		if again := filing.NormalizeID(n); again != n {
			t.Fatalf("%q normalises to %q, then to %q", s, n, again)
		}
		if p, _ := checkID(s); p == "" && withCheck(n[:17]) != n {
			t.Fatalf("%q was taken", s)
		}
	})
}
