package interview

import (
	"slices"
	"strings"

	"lixianban/app/policy"
)

func wrong(code string, args map[string]string) error {
	return &InputError{Code: code, Key: "answer." + code, Args: args}
}

// Canonical turns what a person typed or chose into the canonical text: full-width digits, 年月日,
// slashes, spaces, thousands commas, a trailing 元/年/个月/天 are understood. Errors are *InputError.
func Canonical(f *policy.Fact, typed string) (string, error) {
	s := narrow(typed)
	switch {
	case s == "":
		return "", wrong("empty", nil)
	case s == Declined:
		return Declined, nil
	}
	text, code := tidy(f.Unit, s)
	v, err := f.Parse(text)
	if err == nil {
		return f.Text(v.N), nil
	}
	if e, ok := err.(*policy.Error); ok && e.Code == "out_of_range" {
		return "", bounds(f, v)
	}
	return "", wrong(code, nil)
}

// bounds says which end was passed, and where both are.
func bounds(f *policy.Fact, v policy.Value) error {
	args := map[string]string{"min": f.Words(f.Min).ZH, "max": f.Words(f.Max).ZH, "min_en": f.Words(f.Min).EN, "max_en": f.Words(f.Max).EN}
	if v.N < f.Min {
		return wrong("too_small", args)
	}
	return wrong("too_big", args)
}

// tidy brings typed text near the canonical form; code is what it is called when it still isn't.
func tidy(u policy.Unit, s string) (text, code string) {
	switch u {
	case policy.Bool:
		return yesNo(s), "not_yes_no"
	case policy.Enum:
		return s, "not_an_option"
	case policy.Date:
		return date(s), "not_a_day"
	case policy.Money:
		return amount(s), "not_an_amount"
	}
	return number(s), "not_a_number"
}

var (
	yesWords = []string{"yes", "y", "true", "是", "有", "对"}
	noWords  = []string{"no", "n", "false", "否", "不是", "没有", "无"}
)

func yesNo(s string) string {
	switch s = strings.ToLower(s); {
	case slices.Contains(yesWords, s):
		return "yes"
	case slices.Contains(noWords, s):
		return "no"
	}
	return ""
}

// narrow makes full-width characters narrow and drops spaces.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\t' || r == 0x3000 || r == 0xa0:
			return -1
		case r >= 0xff01 && r <= 0xff5e:
			return r - 0xfee0
		}
		return r
	}, strings.TrimSpace(s))
}

// date reads 2026年5月1日, 2026/5/1, 2026.5.1, 20260501 and 2026-5-1.
func date(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '年', '月', '/', '.':
			return '-'
		case '日', '号':
			return -1
		}
		return r
	}, s)
	if len(s) == 8 && !strings.Contains(s, "-") {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	parts := strings.Split(s, "-")
	for i := range parts {
		if i > 0 && len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	return strings.Join(parts, "-")
}

func amount(s string) string {
	return strings.ReplaceAll(strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(s, "元"), "块"), "¥"), ",", "")
}

var counted = []string{"个月", "年", "月", "天", "次", "个"}

// number drops a measure word, leading zeros and a plus.
func number(s string) string {
	for _, w := range counted {
		if t, ok := strings.CutSuffix(s, w); ok {
			s = t
			break
		}
	}
	sign := ""
	if t, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = "-", t
	}
	s = strings.TrimPrefix(s, "+")
	if t := strings.TrimLeft(s, "0"); t != "" {
		return sign + t
	} else if s != "" {
		return "0"
	}
	return s
}
