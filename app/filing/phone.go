package filing

import "strings"

// NormalizePhone drops spaces, dashes, brackets and the country code in front.
func NormalizePhone(s string) string {
	s = strings.NewReplacer("(", "", ")", "").Replace(compact(s))
	for _, prefix := range []string{"+86", "0086", "86"} {
		rest, ok := strings.CutPrefix(s, prefix)
		switch {
		case ok && (mobile(rest) || landline(rest)):
			return rest
		case ok && landline("0"+rest) && !landline(s): // +86 371 … drops the area code's 0
			return "0" + rest
		}
	}
	return s
}

func checkPhone(_ Field, v string, _ Env) (p, w []found) {
	switch {
	case strings.Trim(v, digits) != "":
		return bad("phone.characters"), nil
	case mobile(v), landline(v):
		return nil, nil
	case strings.HasPrefix(v, "1"):
		return bad("phone.mobile", "have", itoa(len(v))), nil
	case len(v) == 7 || len(v) == 8:
		return bad("phone.area"), nil
	}
	return bad("phone.landline"), nil
}

// mobile numbers have 11 digits from 13 to 19.
func mobile(v string) bool { return len(v) == 11 && v[0] == '1' && v[1] >= '3' }

// landline numbers are 0, an area code of 2 or 3 more digits, and 7 or 8 digits.
func landline(v string) bool {
	return len(v) >= 10 && len(v) <= 12 && v[0] == '0' && v[1] != '0'
}
