package filing_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"lixianban/app/filing"
)

var stop, _ = filing.FormByID("resident-stop@1")

// born gives a valid number of someone of that age today; n tells people apart.
func born(age, n int) string {
	d := filing.Date{Year: today.Year - age, Month: today.Month, Day: today.Day}
	return withCheck("411681" + strings.ReplaceAll(d.String(), "-", "") + fmt.Sprintf("%03d", n))
}

func self() filing.Values {
	return filing.Values{
		"acting": "self", "wish": "pause", "reason": "moved", "refund": "no", "region": "411681",
		"name": "王芳", "id": born(60, 1), "phone": "13812345678",
	}
}

func with(v filing.Values, pairs ...string) filing.Values {
	v = maps.Clone(v)
	for i := 0; i < len(pairs); i += 2 {
		v[pairs[i]] = pairs[i+1]
	}
	return v
}

func guardian() filing.Values {
	return with(self(), "acting", "guardian", "id", born(10, 1), "guardian-name", "王建国", "guardian-id", born(40, 2), "guardian-relation", "parent")
}

func proxy() filing.Values {
	return with(self(), "acting", "proxy", "phone", "", "proxy-name", "李强", "proxy-id", born(40, 3), "proxy-phone", "13912345678",
		"proxy-relation", "village-helper", "proxy-scope", "submit", "proxy-until", "2027-01-31", "proxy-paper", "yes")
}

func relative() filing.Values {
	return with(self(), "acting", "relative", "reason", "died", "wish", "terminate", "phone", "", "proxy-name", "李强", "proxy-id", born(40, 3),
		"proxy-phone", "13912345678", "proxy-relation", "child")
}

func codes(ps []filing.Problem) string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Field+":"+p.Code)
	}
	return strings.Join(out, " ")
}

func TestTheFourWaysOfActing(t *testing.T) {
	for name, v := range map[string]filing.Values{"self": self(), "guardian": guardian(), "proxy": proxy(), "relative": relative()} {
		if r := stop.Check(v, env); !r.OK() || len(r.Warnings) > 0 {
			t.Errorf("%s: %s, warnings %s", name, codes(r.Problems), codes(r.Warnings))
		}
	}
}

func TestFieldsAndRules(t *testing.T) {
	for name, c := range map[string]struct {
		v                  filing.Values
		problems, warnings string
	}{
		"nothing": {filing.Values{}, "acting:required wish:required reason:required refund:required region:required name:required id:required phone:required", ""},

		"unknown wish":          {with(self(), "wish", "maybe"), "wish:choice.unknown", ""},
		"reason in any form":    {with(self(), "reason", "王芳"), "reason:choice.unknown", ""},
		"region of six letters": {with(self(), "region", "henan1"), "region:region.unknown", ""},
		"region of five":        {with(self(), "region", "41168"), "region:region.unknown", ""},
		"region of no province": {with(self(), "region", "991681"), "region:region.unknown", ""},
		"date that is none":     {with(self(), "date", "2027-02-30"), "date:date.format", ""},
		"date in words":         {with(self(), "date", "明年"), "date:date.format", ""},
		"date long ago":         {with(self(), "date", "2020-01-01"), "date:date.early", ""},
		"date far away":         {with(self(), "date", "2031-01-01"), "date:date.late", ""},
		"date of last month":    {with(self(), "date", "2026-10-21"), "", "date:date.past"},
		"date typed freely":     {with(self(), "date", "２０２７年1月5日"), "", ""},

		"name with digits":      {with(self(), "name", "王5"), "name:name.letters", ""},
		"name with a sign":      {with(self(), "name", "王@芳"), "name:name.letters", ""},
		"name of one character": {with(self(), "name", "王"), "", "name:name.short"},
		"name of a minority":    {with(self(), "name", "阿卜杜拉•买买提"), "", ""},
		"rare characters":       {with(self(), "name", "王𬎆\U00030010"), "", ""},
		"name with 〇":           {with(self(), "name", "王〇"), "", ""},
		"latin name":            {with(self(), "name", "Jean-Luc O'Neill"), "", ""},
		"bidi mark":             {with(self(), "name", "王\u202e芳"), "name:name.character", ""},
		"zero width":            {with(self(), "name", "王\u200b芳"), "name:name.character", ""},
		"control":               {with(self(), "name", "王\x07芳"), "name:name.character", ""},
		"newline":               {with(self(), "name", "王\x00芳"), "name:name.character", ""},
		"private use":           {with(self(), "name", "王\ue000"), "name:name.character", ""},
		"combining mark":        {with(self(), "name", "Rene\u0301"), "name:name.character", ""},
		"compatibility form":    {with(self(), "name", "\uf9e1明"), "name:name.character", ""},
		"variation selector":    {with(self(), "name", "葛\U000e0100明"), "", ""},
		"emoji":                 {with(self(), "name", "王😀"), "name:name.letters", ""},
		"not UTF-8":             {with(self(), "name", "王\xff"), "name:name.character", ""},
		"only a dot":            {with(self(), "name", "·"), "name:name.letters", ""},
		"endless name":          {with(self(), "name", strings.Repeat("王", 51)), "name:too-long", ""},

		"mobile with spaces": {with(self(), "phone", "138 1234 5678"), "", ""},
		"mobile abroad way":  {with(self(), "phone", "+86 138-1234-5678"), "", ""},
		"full-width mobile":  {with(self(), "phone", "１３８１２３４５６７８"), "", ""},
		"landline":           {with(self(), "phone", "(0371)65912345"), "", ""},
		"landline abroad":    {with(self(), "phone", "+86 371 65912345"), "", ""},
		"mobile too short":   {with(self(), "phone", "1381234567"), "phone:phone.mobile", ""},
		"no such mobile":     {with(self(), "phone", "12812345678"), "phone:phone.mobile", ""},
		"without area code":  {with(self(), "phone", "65912345"), "phone:phone.area", ""},
		"hotline":            {with(self(), "phone", "95519"), "phone:phone.landline", ""},
		"letters":            {with(self(), "phone", "打给我"), "phone:phone.characters", ""},

		"notes just fit":        {with(self(), "notes", strings.Repeat("注", 200)), "", ""},
		"notes too long":        {with(self(), "notes", strings.Repeat("注", 201)), "notes:too-long", ""},
		"notes of lines":        {with(self(), "notes", "一\r\n二\t三"), "", ""},
		"notes with bidi":       {with(self(), "notes", "一\u2067二"), "notes:text.character", ""},
		"notes with a card":     {with(self(), "notes", "卡号 6222 0212 3456 7890 123"), "", "notes:text.account"},
		"village with a number": {with(self(), "village", "大王庄3组12号"), "", ""},

		"child alone, 7":         {with(self(), "id", born(7, 1)), "acting:acting.under8 guardian-name:required guardian-id:required guardian-relation:required", ""},
		"child alone, 13":        {with(self(), "id", born(13, 1)), "acting:acting.under8 guardian-name:required guardian-id:required guardian-relation:required", ""},
		"youth of 14 alone":      {with(self(), "id", born(14, 1)), "guardian-name:required guardian-id:required guardian-relation:required", "acting:acting.under18"},
		"of age since today":     {with(self(), "id", born(18, 1)), "", ""},
		"guardian of an adult":   {with(guardian(), "id", born(30, 1)), "", "acting:acting.adult"},
		"guardian is the child":  {with(guardian(), "guardian-id", born(10, 1)), "guardian-id:same-person", ""},
		"guardian is a minor":    {with(guardian(), "guardian-id", born(17, 2)), "guardian-id:guardian.minor", ""},
		"no guardian's relation": {with(guardian(), "guardian-relation", ""), "guardian-relation:required", ""},

		"proxy is the applicant":   {with(proxy(), "proxy-id", born(60, 1)), "proxy-id:same-person", ""},
		"proxy is a minor":         {with(proxy(), "proxy-id", born(15, 3)), "proxy-id:proxy.minor", ""},
		"proxy without a paper":    {with(proxy(), "proxy-paper", "no"), "", "proxy-paper:proxy.paper"},
		"proxy without a phone":    {with(proxy(), "proxy-phone", ""), "proxy-phone:required phone:required", ""},
		"authority already over":   {with(proxy(), "proxy-until", "2026-11-20"), "proxy-until:date.early", ""},
		"proxy for a child":        {with(proxy(), "id", born(16, 1), "guardian-name", "王建国", "guardian-id", born(40, 9), "guardian-relation", "parent"), "", "acting:acting.child-proxy"},
		"proxy's data left behind": {with(proxy(), "acting", "self", "phone", "13812345678", "proxy-id", "x"), "", ""},

		"died, self":      {with(self(), "reason", "died", "wish", "terminate"), "acting:acting.died", ""},
		"died, pause":     {with(relative(), "wish", "pause"), "wish:wish.died", ""},
		"relative, moved": {with(relative(), "reason", "moved"), "acting:reason.not-died", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := stop.Check(c.v, env)
			if got := codes(r.Problems); !sameWords(got, c.problems) {
				t.Errorf("problems %q, want %q", got, c.problems)
			}
			if got := codes(r.Warnings); !sameWords(got, c.warnings) {
				t.Errorf("warnings %q, want %q", got, c.warnings)
			}
			for _, p := range append(r.Problems, r.Warnings...) {
				if args, ok := filing.Codes[p.Code]; !ok || !slices.Equal(slices.Sorted(maps.Keys(p.Args)), subset(args, p.Args)) {
					t.Errorf("code %s with arguments %v is not in the list", p.Code, p.Args)
				}
			}
		})
	}
}

func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

func subset(names []string, args map[string]string) []string {
	var out []string
	for _, n := range names {
		if _, ok := args[n]; ok {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

func TestThePackDecidesTheReasons(t *testing.T) {
	e := env
	e.Options = map[string][]string{"reason": {"job"}}
	if r := stop.Check(self(), e); codes(r.Problems) != "reason:choice.unknown" {
		t.Errorf("a reason the pack doesn't have: %s", codes(r.Problems))
	}
}

func TestPagesFollowWhoActs(t *testing.T) {
	steps := func(v filing.Values) string {
		var out []string
		for _, s := range stop.Visible(v, today) {
			out = append(out, s.ID)
		}
		return strings.Join(out, " ")
	}
	for want, v := range map[string]filing.Values{
		"acting wish when place applicant contact notes":                 self(),
		"acting wish when place applicant guardian contact notes":        guardian(),
		"acting wish when place applicant proxy authority contact notes": proxy(),
		"acting wish when place applicant proxy contact notes":           relative(),
	} {
		if got := steps(v); got != want {
			t.Errorf("pages %q, want %q", got, want)
		}
	}
	if r := stop.CheckStep("applicant", filing.Values{}, env); codes(r.Problems) != "name:required id:required" {
		t.Errorf("one page: %s", codes(r.Problems))
	}
}

func TestNormalizeIsIdempotentAndKeepsWhatDoesNotApply(t *testing.T) {
	v := with(proxy(), "acting", "self", "name", " 王　芳 ", "unknown", "x", "notes", "  ")
	once := stop.Normalize(v)
	if !maps.Equal(once, stop.Normalize(once)) {
		t.Error("normalising twice differs")
	}
	if once["name"] != "王 芳" || once["proxy-name"] != "李强" || once["unknown"] != "" || len(once["notes"]) != 0 {
		t.Errorf("got %v", once)
	}
}

// The inventory is the privacy page's list: it holds exactly the fields that
// describe a person, and nothing is asked without a purpose (SR-01).
func TestTheInventoryNamesEveryPersonalField(t *testing.T) {
	var got []string
	for _, p := range stop.Inventory() {
		if p.Purpose == "" || p.Retention == "" || p.Step == "" {
			t.Errorf("%+v", p)
		}
		got = append(got, p.Field)
	}
	want := "reason region village name id guardian-name guardian-id guardian-relation proxy-name proxy-id proxy-phone proxy-relation phone notes"
	if strings.Join(got, " ") != want {
		t.Errorf("inventory %v", got)
	}
	for _, s := range stop.Steps {
		for _, f := range s.Fields {
			if f.Purpose == "" || f.Retention == "" {
				t.Errorf("%s is asked without a purpose", f.ID)
			}
			if (f.Kind == filing.KindName || f.Kind == filing.KindID || f.Kind == filing.KindPhone) && !f.Personal {
				t.Errorf("%s is not called personal", f.ID)
			}
		}
	}
}

// Problems name the cure, never the value (SR-28).
func TestProblemsNeverRepeatWhatWasTyped(t *testing.T) {
	const canary = "金丝雀7"
	v := filing.Values{}
	for _, s := range stop.Steps {
		for _, f := range s.Fields {
			v[f.ID] = canary
		}
	}
	v["acting"] = "proxy"
	for _, p := range stop.Check(v, env).Problems {
		if strings.Contains(fmt.Sprint(p), canary) {
			t.Errorf("%s repeats the value", p.Code)
		}
	}
}
