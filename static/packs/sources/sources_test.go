package sources

import (
	"bytes"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"lixianban/app/policy"
	"lixianban/app/policy/author"
)

var generated = sync.OnceValues(func() (map[string][]byte, error) {
	files, _, err := Generate()
	return files, err
})

func made(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var compiled = sync.OnceValues(func() (*policy.Pack, []author.Diagnostic) { return author.Compile(os.DirFS("..")) })

func pack(t *testing.T) *policy.Pack {
	t.Helper()
	p, ds := compiled()
	if p == nil {
		t.Fatal(ds)
	}
	return p
}

func collected(t *testing.T) *data {
	t.Helper()
	d, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheFoldersAreWhatTheSourcesGive(t *testing.T) {
	files, disk := made(t), os.DirFS("../regions")
	for name, want := range files {
		if got, err := fs.ReadFile(disk, name); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("regions/%s is stale: run go run ./static/packs/import", name)
		}
	}
	if stale, err := Stale(disk, files); err != nil || len(stale) > 0 {
		t.Errorf("regions holds what is generated no more: %v %v", stale, err)
	}
}

func TestThePhoneOffersThePlacesThatHaveRules(t *testing.T) {
	want, err := Places()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("../../../" + PlacesFile); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is stale: run go run ./static/packs/import", PlacesFile)
	}
	for _, p := range collected(t).places {
		if !pack(t).Knows(p.Code) {
			t.Errorf("%s %s has no folder", p.Code, p.ZH)
		}
	}
}

func TestEveryValueGoesExactlyOneWay(t *testing.T) {
	_, r, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	if sum := r.Wired + r.Statements + r.Hints + r.Agree + r.LeftOut; sum != r.Values || r.Values < 600 {
		t.Errorf("%d values, %d accounted for: %+v", r.Values, sum, r.Counts())
	}
	if r.Regions != 95 || r.WithSteps < 20 {
		t.Errorf("regions are missing: %+v", r.Counts())
	}
}

func TestNoRegionIsAnsweredFromAWeakSourceAlone(t *testing.T) {
	p := pack(t)
	for _, q := range p.Params {
		for _, v := range q.Values {
			if v.Region != "" && !slices.ContainsFunc(v.Cites, func(i int) bool { return !policy.Weaker(p.Cites[i].Confidence, "SEC") }) {
				t.Errorf("%s of %s rests on weak sources only", q.ID, v.Region)
			}
		}
	}
	for _, s := range p.Services {
		for _, r := range s.Rules {
			if r.Region != "" && r.Kind == policy.KindVerdict && slices.ContainsFunc(r.Cites, func(i int) bool { return policy.Weaker(p.Cites[i].Confidence, "SEC") }) {
				t.Errorf("%s %s of %s is a verdict on a weak source", s.ID, r.ID, r.Region)
			}
		}
	}
}

func TestWhatIsWeakSendsTo12393(t *testing.T) {
	p := pack(t)
	for _, s := range p.Services {
		for _, r := range s.Rules {
			weak := slices.ContainsFunc(r.Cites, func(i int) bool { return policy.Weaker(p.Cites[i].Confidence, "SEC") })
			text := r.Say.ZH + r.More.ZH
			switch {
			case r.Region == "" || !weak || strings.Contains(text, "12393"):
			case r.ID == "ch-names": // the national step beside it does
			case !slices.ContainsFunc(r.Cites, func(i int) bool { return !policy.Weaker(p.Cites[i].Confidence, "SEC") }):
				t.Errorf("%s %s of %s is weak and does not name 12393: %s", s.ID, r.ID, r.Region, text)
			}
		}
	}
}

func TestAddressesThatMayNotBeShownAreNowhere(t *testing.T) {
	all := ""
	for name, body := range made(t) {
		all += name + string(body)
	}
	for code, keys := range collected(t).params {
		for key, vs := range keys {
			for i := range vs {
				v := &vs[i]
				bad := v.LinkOK != nil && !*v.LinkOK || v.MirrorOf != ""
				host, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(v.Source, "https://"), "http://"), "/")
				if bad && strings.Contains(all, host) {
					t.Errorf("%s %s: %s may not be shown", code, key, host)
				}
			}
		}
	}
	p := pack(t)
	for _, c := range p.Cites {
		if regexp.MustCompile(`^\d{6}-`).MatchString(c.ID) && c.URL != "" && policy.Weaker(c.Confidence, "SEC") {
			t.Errorf("%s is weak and links to %s", c.ID, c.URL)
		}
	}
}

func TestNothingOf2026IsCarriedInto2027(t *testing.T) {
	p := pack(t)
	last, _ := policy.ParseDay(lastDay2026)
	for _, q := range p.Params {
		for _, v := range q.Values {
			if v.Region != "" && (strings.HasPrefix(q.ID, "fee_") || strings.HasPrefix(q.ID, "window_")) && (v.To == 0 || v.To > last) {
				t.Errorf("%s of %s runs on after %s", q.ID, v.Region, lastDay2026)
			}
		}
	}
	year := regexp.MustCompile(`2026 年度`)
	for _, s := range p.Services {
		for _, r := range s.Rules {
			if r.Region != "" && year.MatchString(r.Say.ZH) && (r.To == 0 || r.To > last) {
				t.Errorf("%s %s of %s speaks of 2026 after it: %s", s.ID, r.ID, r.Region, r.Say.ZH)
			}
		}
	}
}

func TestEveryProvinceSaysWhereToGo(t *testing.T) {
	p := pack(t)
	at, _ := policy.ParseDay(checkedOn)
	for _, place := range collected(t).places {
		if !strings.HasSuffix(place.Code, "0000") {
			continue
		}
		for _, service := range append([]string{"status"}, online...) {
			o, err := p.Evaluate(policy.Case{Service: service, Region: place.Code, At: at})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(append(o.Findings, o.Candidates...), func(f policy.Finding) bool { return f.Kind == policy.KindChannel }) {
				t.Errorf("%s says nothing of where in %s", service, place.ZH)
			}
		}
	}
}

func TestSharedEntriesAreTheSameEverywhere(t *testing.T) {
	first := map[string]entry{}
	for code, list := range collected(t).entries {
		for _, e := range list {
			if !slices.Contains(shared, e.Name) {
				continue
			}
			if f, ok := first[e.Name]; ok && (f.Confidence != e.Confidence || !slices.Equal(f.Steps, e.Steps)) {
				t.Errorf("%s tells %s differently; it may not be left to the national pack", code, e.Name)
			}
			first[e.Name] = e
		}
	}
	if len(first) != len(shared) {
		t.Errorf("%d of %d shared entries found", len(first), len(shared))
	}
}

func TestEnglishHoldsChineseOnlyInQuotes(t *testing.T) {
	bare := regexp.MustCompile(`“[^”]*”|《[^》]*》|\p{Han}+〔\d+〕\d+号`)
	for _, s := range pack(t).Services {
		for _, r := range s.Rules {
			for _, en := range []string{r.Say.EN, r.More.EN} {
				if r.Region != "" && strings.ContainsFunc(bare.ReplaceAllString(en, ""), func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
					t.Errorf("%s %s of %s: %s", s.ID, r.ID, r.Region, en)
				}
			}
		}
	}
}

func TestGroupsOfAdults(t *testing.T) {
	for group, want := range map[string]bool{
		"一般居民": true, "城乡老年人": true, "劳动年龄内居民": true, "城乡居民（不含大中专学生）": true, "居民（含学生、儿童）": true,
		"成年居民二档、少年儿童": true, "成年低档、学生儿童（含大学生）": true, "一档（未成年、在校生按此缴、享二档）": true, "老年、成年居民（含长护）": true,
		"居民、学生、新生儿、非本市户籍统一": true, "超过18不满60周岁": true,
		"学生儿童": false, "学生和18岁以下": false, "少儿": false, "18周岁以下（含长护）": false, "省内就读大学生": false, "未成年人": false, "中小学生、婴幼儿、大学生": false,
	} {
		if adult(group) != want {
			t.Errorf("%s: an adult's premium is %v", group, !want)
		}
	}
}

func TestGradesDecideWhatMayAnswer(t *testing.T) {
	no := false
	for _, c := range []struct {
		v          value
		hint, link bool
	}{
		{value{Confidence: "official-text-seen", Source: "https://a.gov.cn/x"}, false, true},
		{value{Confidence: "official-local-reprint", Source: "http://a.cn/x"}, false, true},
		{value{Confidence: "reputable-secondary", Source: "https://a.cn/x"}, false, true},
		{value{Confidence: "reputable-secondary", Source: "a.cn/x", LinkOK: &no, MirrorOf: "official page"}, false, false},
		{value{Confidence: "reputable-secondary", Source: "https://a.cn/x", MirrorOf: "news page"}, false, false},
		{value{Confidence: "reputable-secondary", Source: "https://a.cn/x", Note: "征求意见稿"}, true, true},
		{value{Confidence: "reputable-secondary", Source: "https://a.cn/x", Note: "依据为省内某市公告，不等于全省统一"}, true, true},
		{value{Confidence: "weak-secondary", Source: "https://a.cn/x"}, true, false},
		{value{Confidence: "name-only", Source: "名单"}, true, false},
		{value{Confidence: "no such grade", Source: "https://a.cn/x"}, true, false},
	} {
		if c.v.hint() != c.hint || c.v.linkable() != c.link {
			t.Errorf("%+v: hint %v, link %v", c.v, c.v.hint(), c.v.linkable())
		}
	}
}

// trial is a region with one key, written aside.
func trial(vs []value, do func(*region)) (*region, []error) {
	var errs []error
	p := &Report{withheld: map[string]bool{}, reasons: map[string][]string{}, seen: map[string]int{}}
	d := &data{english: map[string]string{"甲": "A", "乙": "B"}, params: map[string]map[string][]value{}}
	r := &region{Place: Place{"990000", "某地", "Somewhere"}, data: d, report: p, params: map[string][]period{}, services: map[string][]rule{}, errs: &errs}
	do(r)
	return r, errs
}

func yuan(n float64, confidence string) value {
	return value{Value: n, Unit: "month", Confidence: confidence, Source: "https://a.cn/" + confidence, Document: confidence}
}

func TestConflictsBecomeRanges(t *testing.T) {
	for _, c := range []struct {
		vs        []value
		low, high string // "" = no parameter
		hint      bool
	}{
		{[]value{yuan(2, "official-text-seen")}, "2", "2", false},
		{[]value{yuan(3, "official-text-seen")}, "3", "3", false}, // as the nation, on firm ground
		{[]value{yuan(3, "reputable-secondary")}, "", "", false},  // as the nation, on weaker ground
		{[]value{yuan(2, "reputable-secondary"), yuan(3, "weak-secondary")}, "2", "3", false},
		{[]value{yuan(4, "reputable-secondary"), yuan(2, "official-local-reprint")}, "2", "4", false},
		{[]value{yuan(2, "weak-secondary")}, "", "", true},
		{[]value{yuan(3, "weak-secondary")}, "", "", false},
		{[]value{yuan(2, "weak-secondary"), yuan(6, "weak-secondary")}, "", "", true},
	} {
		r, errs := trial(c.vs, func(r *region) { r.number(numbers[0], c.vs) })
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		var got period
		if ps := r.params["wait_fixed"]; len(ps) == 1 {
			got = ps[0]
		}
		if got.low != c.low || got.high != c.high || len(r.services["resume"]) > 0 != c.hint {
			t.Errorf("%v: %+v, %d hints", c.vs, got, len(r.services["resume"]))
		}
	}
}

func TestAStatementOfAnUnknownPhraseIsAnError(t *testing.T) {
	vs := []value{{Value: "丙", Confidence: "official-text-seen", Source: "https://a.cn", Document: "文"}}
	if _, errs := trial(vs, func(r *region) { r.statement(statements[0], vs) }); len(errs) == 0 || !strings.Contains(errs[0].Error(), "english.tsv") {
		t.Errorf("a phrase without English went through: %v", errs)
	}
}

func TestFiguresEndWithTheirYear(t *testing.T) {
	for _, c := range []struct {
		v    value
		year int
	}{
		{value{Note: "2025年度：全额", Date: "2025-02-14"}, 2025}, {value{Date: "2025-12-21"}, 2026}, {value{Date: "2026-01"}, 2026},
		{value{Date: "2025-02-14"}, 2025}, {value{}, 2026},
	} {
		if got := c.v.year(); got != c.year {
			t.Errorf("%+v belongs to %d, not %d", c.v, c.year, got)
		}
	}
}
