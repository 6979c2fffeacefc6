package filing

import (
	"strings"
)

// GB 11643-1999: 17 digits and a check character by ISO 7064 MOD 11-2.
var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const idChecks = "10X98765432"

// provinces are the first two digits of GB/T 2260 codes in use, with 71 81 82 83 of the
// residence permits for Taiwan, Hong Kong and Macao residents (81, 82 and 83 since 2018;
// 71 is Taiwan's code in GB/T 2260).
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 "

// NormalizeID gives an identity number as GB 11643 writes it: ASCII digits, capital X,
// no spaces or dashes.
func NormalizeID(s string) string { return strings.ToUpper(compact(s)) }

// idCheck is the check character for 17 digits.
func idCheck(digits string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += int(digits[i]-'0') * w
	}
	return idChecks[sum%11]
}

// validID tells whether a normalised number has the right form and check character.
func validID(id string) bool { return idShape(id) && idCheck(id[:17]) == id[17] }

func idShape(id string) bool {
	return len(id) == 18 && strings.Trim(id[:17], digits) == "" && strings.Trim(id[17:], digits+"X") == ""
}

const digits = "0123456789"

// birthOf is the birth date of digits 7–14; false when there is no such day.
func birthOf(id string) (Date, bool) {
	return ParseDate(id[6:10] + "-" + id[10:12] + "-" + id[12:14])
}

// permanent tells a foreigner's permanent residence card: its number starts with 9
// and has the province in digits 2–3 and a country code in digits 4–6.
func permanent(id string) bool { return id[0] == '9' }

func knownArea(id string) bool {
	if permanent(id) {
		return strings.Contains(provinces, " "+id[1:3]+" ")
	}
	return strings.Contains(provinces, " "+id[:2]+" ")
}

const oldest = 130 // years; nobody on record lived longer

func checkID(_ Field, v string, env Env) (p, w []found) {
	switch {
	case len(v) == 15 && strings.Trim(v, digits) == "":
		return bad("id.old"), nil
	case strings.Trim(v, digits+"X") != "":
		return bad("id.characters"), nil
	case len(v) != 18:
		return bad("id.length", "have", itoa(len(v))), nil
	case !idShape(v):
		return bad("id.characters"), nil
	}
	birth, ok := birthOf(v)
	switch age := env.Today.age(birth); {
	case !ok, birth.Year < 1850:
		return bad("id.date"), nil
	case !validID(v):
		return bad("id.check"), nil
	case env.Today.Before(birth):
		return bad("id.future"), nil
	case age > oldest:
		return bad("id.date"), nil
	case !knownArea(v):
		return nil, bad("id.area")
	}
	return nil, nil
}

// ageBand sorts an applicant by the ages the law names: 8 and 18 (民法典 §19, 20),
// 14 (个人信息保护法 §31). "" when the number can't be read.
func ageBand(id string, today Date) string {
	if id = NormalizeID(id); !validID(id) {
		return ""
	}
	birth, ok := birthOf(id)
	if !ok {
		return ""
	}
	switch age := today.age(birth); {
	case age < 8:
		return "under8"
	case age < 14:
		return "under14"
	case age < 18:
		return "under18"
	}
	return "adult"
}
