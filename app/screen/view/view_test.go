package view_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/filing"
	"lixianban/app/outbox"
	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/words"
)

func TestTypedDaysAreUnderstoodAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"20261201": "2026-12-01", "2026-12-1": "2026-12-01", "2026/12/01": "2026-12-01", "2026.12.1": "2026-12-01",
		"2026年12月1日": "2026-12-01", "2026年12月1号": "2026-12-01", "２０２６１２０１": "2026-12-01", " 2026 12 01 ": "2026-12-01",
		"12月1日": "12月1日", "261201": "261201", "2026-12": "2026-12", "明天": "明天", "": "", "2026-1a-01": "2026-1a-01",
	} {
		if got := view.Untype(policy.Date, in); got != want {
			t.Errorf("Untype(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestADayIsRepeatedOnlyWhenItExists(t *testing.T) {
	for in, want := range map[string]string{"20261201": "是 2026年12月1日", "20260230": "", "2026": "", "": ""} {
		if got := view.UnderstoodDate(words.ZH, in); got != want {
			t.Errorf("UnderstoodDate(%q) = %q, want %q", in, got, want)
		}
	}
	if got := view.Understood(words.ZH, policy.Int, "20261201"); got != "" {
		t.Errorf("a number was repeated as a day: %q", got)
	}
}

func TestAStoredAnswerStandsInItsFieldAsItWouldBeTyped(t *testing.T) {
	for in, want := range map[string]string{"2026-12-01": "20261201", "3": "3", "400.00": "400.00", "?": "", "": ""} {
		if got := view.Typed(words.ZH, in); got != want {
			t.Errorf("Typed(%q) = %q, want %q", in, got, want)
		}
	}
}

var noon = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

func item(change func(*outbox.Item)) outbox.Item {
	it := outbox.Item{Created: noon.Add(-time.Hour), Attempts: 1}
	change(&it)
	return it
}

// The words are a promise: 已送到 is said only with a verified receipt.
func TestStatusWordsFollowWhatIsStored(t *testing.T) {
	receipt := &envelope.Receipt{Number: "7KQD-M2XA-K", Time: "2026-11-21T04:00:00Z"}
	for _, c := range []struct {
		name string
		it   outbox.Item
		want string
	}{
		{"queued", item(func(*outbox.Item) {}), "已填好，等有网自动送出"},
		{"in flight", item(func(it *outbox.Item) { it.Sending = true }), "正在送出（第 2 次）"},
		{"receipt", item(func(it *outbox.Item) { it.Receipt = receipt }), "已送到，编号 7KQD-M2XA-K"},
		{"three days", item(func(it *outbox.Item) { it.Created = noon.Add(-73 * time.Hour) }), "送了 3 天还没成功"},
		{"refused", item(func(it *outbox.Item) { it.Fault = &outbox.Fault{Code: "no_such_office", Time: noon} }), "送不出去，要你看一下"},
		{"fetched", item(func(it *outbox.Item) {
			it.Receipt, it.Events = receipt, []envelope.Status{{Seq: 1, State: envelope.Fetched}}
		}), "医保窗口已取走"},
		{"rejected", item(func(it *outbox.Item) {
			it.Receipt, it.Events = receipt, []envelope.Status{{Seq: 1, State: envelope.Rejected, Reason: "缺户口簿"}}
		}), "没通过"},
	} {
		got := view.StatusOf(words.ZH, c.it, noon)
		if got.Say != c.want {
			t.Errorf("%s: %q, want %q", c.name, got.Say, c.want)
		}
		if strings.Contains(got.Say, "已送到") != (c.it.Receipt != nil && len(c.it.Events) == 0) {
			t.Errorf("%s: says delivered without being so", c.name)
		}
		if got.Line == "" || got.Tone == "" {
			t.Errorf("%s: no line or no tone", c.name)
		}
	}
}

func TestTheOfficesReasonIsShownAsItWroteIt(t *testing.T) {
	it := item(func(it *outbox.Item) {
		it.Receipt = &envelope.Receipt{Number: "N"}
		it.Events = []envelope.Status{{Seq: 1, State: envelope.NeedsInfo, Reason: "请补 {n} 张照片", Time: "2026-11-22T04:00:00Z"}}
	})
	if got := view.StatusOf(words.ZH, it, noon).Line; got != "请补 {n} 张照片" {
		t.Errorf("line %q", got)
	}
	steps := view.Timeline(words.ZH, it, noon)
	if got := steps[len(steps)-2]; got.Say != "要补材料：请补 {n} 张照片" || got.When != "11月22日 12:00" {
		t.Errorf("timeline %+v", steps)
	}
}

func TestEveryRefusalSaysWhatToDo(t *testing.T) {
	for _, err := range []error{
		&outbox.Error{Code: outbox.CodeFull}, &outbox.Error{Code: "made_up"}, &filing.Error{Code: "check"}, &filing.Error{Code: "made_up"}, errors.New("x"),
	} {
		for _, lang := range []string{words.ZH, words.EN} {
			if got := view.Refusal(lang, err); got == "" || strings.Contains(got, "{") || strings.HasPrefix(got, "outbox.") {
				t.Errorf("%v in %s: %q", err, lang, got)
			}
		}
	}
}

func TestConfidenceIsNeverShownStrongerThanItIs(t *testing.T) {
	for c, want := range map[policy.Confidence]string{"OFF": "sure", "OFF-L": "sure", "SEC+": "likely", "INFER": "likely", "SEC": "check", "CONF": "check", "SEED": "check", "": "check", "NEW": "check"} {
		word, class := view.Sure(words.ZH, c)
		if class != want || words.Has(word) {
			t.Errorf("%q is %q (%s), want %s", c, word, class, want)
		}
	}
}

func TestAPaperThatHangsOnAnOpenQuestionIsNoMust(t *testing.T) {
	o := &policy.Outcome{Papers: []policy.Paper{
		{ID: "proxy", Need: policy.Must, State: "depends", DependsOn: []string{"filer"}},
		{ID: "local", Need: policy.Maybe, State: "required"},
		{ID: "card", Need: policy.Must, State: "required"},
	}}
	r := view.Outcome(o, words.ZH, func(string) policy.Text { return policy.Text{ZH: "给谁办", EN: "for whom"} })
	bring, open := view.SplitPapers(r.Papers)
	ids := func(ps []view.Paper) (out []string) {
		for _, p := range ps {
			out = append(out, p.ID)
		}
		return out
	}
	if !slices.Equal(ids(bring), []string{"card", "local"}) || !slices.Equal(ids(open), []string{"proxy"}) {
		t.Errorf("bring %v, open %v", ids(bring), ids(open))
	}
	if open[0].NeedWord != "看情况" || open[0].Depends != "要看：给谁办" {
		t.Errorf("open paper %+v", open[0])
	}
}

func TestTheMonthsPictureShowsWhatIsSureAndWhatMayBe(t *testing.T) {
	for _, c := range []struct {
		a          policy.Amount
		pay, maybe int
	}{
		{policy.Amount{Name: "back_wait", Unit: policy.Months, Low: 3, High: 4}, 3, 1},
		{policy.Amount{Name: "wait", Unit: policy.Months, Low: 6, High: 6}, 6, 0},
		{policy.Amount{Name: "wait", Unit: policy.Months, Low: 10, High: 40}, 10, 2},
		{policy.Amount{Name: "gap", Unit: policy.Months, Low: 3, High: 3}, 0, 0},
		{policy.Amount{Name: "wait", Unit: policy.Int, Low: 3, High: 3}, 0, 0},
		{policy.Amount{Name: "wait", Unit: policy.Months, Missing: "answer"}, 0, 0},
	} {
		f := policy.Finding{Kind: policy.KindConsequence, Values: []policy.Amount{c.a}}
		r := view.Outcome(&policy.Outcome{Findings: []policy.Finding{f}}, words.ZH, func(string) policy.Text { return policy.Text{} })
		m := r.Parts[0].Statements[0].Months
		switch {
		case c.pay+c.maybe == 0 && m != nil:
			t.Errorf("%+v: a picture of %+v", c.a, *m)
		case c.pay+c.maybe > 0 && (m == nil || m.Pay != c.pay || m.Maybe != c.maybe):
			t.Errorf("%+v: %+v", c.a, m)
		}
	}
}

func TestANewDraftAsksNothingTwice(t *testing.T) {
	form, _ := filing.FormByID("resident-stop@1")
	facts := []filing.Answer{{ID: "reason", Value: "costly"}, {ID: "filer", Value: "other"}, {ID: "paid", Value: "both"}}
	d := view.NewDraft(form, strings.Repeat("0", 32), "national@1", "410000", facts, noon)
	want := filing.Values{"reason": "costly", "acting": "proxy", "region": "410000"}
	for k, v := range want {
		if d.Values[k] != v {
			t.Errorf("%s = %q, want %q", k, d.Values[k], v)
		}
	}
	if len(d.Values) != len(want) {
		t.Errorf("values %v", d.Values)
	}
	facts[0].Value = "died"
	if got := view.NewDraft(form, "", "", "", facts, noon).Values["acting"]; got != "relative" {
		t.Errorf("after a death acting = %q", got)
	}
	facts[0].Value = "?"
	if got, ok := view.NewDraft(form, "", "", "", facts[:1], noon).Values["reason"]; ok {
		t.Errorf("不知道 became the answer %q", got)
	}
}

func TestAnEmptySheetHasEveryFieldAndAFilledOneOnlyItsOwn(t *testing.T) {
	form, _ := filing.FormByID("resident-stop@1")
	none := func(string) []policy.Option { return nil }
	lines := func(v filing.Values) (n int) {
		for _, p := range view.Sheet(words.ZH, form, v, none) {
			n += len(p.Lines)
		}
		return n
	}
	all := 0
	for _, s := range form.Steps {
		all += len(s.Fields)
	}
	if got := lines(nil); got != all {
		t.Errorf("the empty sheet has %d lines, want %d", got, all)
	}
	if got := lines(filing.Values{"acting": "self", "name": "王桂花"}); got >= all || got == 0 {
		t.Errorf("the filled sheet has %d lines of %d", got, all)
	}
}

func TestRegionsAreNamedByTheirFirstTwoDigits(t *testing.T) {
	for code, want := range map[string]string{"410000": "河南省", "411621": "河南省", "660000": "新疆生产建设兵团", "": "", "41": "", "990000": ""} {
		if got := view.RegionName(words.ZH, code); got != want {
			t.Errorf("RegionName(%q) = %q, want %q", code, got, want)
		}
	}
	if len(view.Regions) != 32 {
		t.Errorf("%d regions, want 32", len(view.Regions))
	}
}

func TestStepsWrittenInALineBecomeAList(t *testing.T) {
	for in, want := range map[string][]string{
		"1. 打开应用。2. 点“我的”。3. 提交。":  {"打开应用。", "点“我的”。", "提交。"},
		"1. Open it. 2. Press it.": {"Open it.", "Press it."},
		"1. 只有一步。":                 nil,
		"先打电话。1. 再去。2. 办。":         nil,
		"手机软件 2. 版":                nil,
		"":                         nil,
	} {
		if got := view.Numbered(in); !slices.Equal(got, want) {
			t.Errorf("Numbered(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPlacesOfTheRulesAndOfTheDirectoryAreOffered(t *testing.T) {
	offices := []envelope.Office{{Name: "扶沟县医保中心", NameEN: "Fugou office", Regions: []string{"411621"}}, {Name: "河南省", Regions: []string{"41"}}, {Name: "演示", Regions: []string{""}}}
	var got []string
	for _, c := range view.PlaceChoices(words.ZH, "410000", offices) {
		got = append(got, c.ID+" "+c.Text)
	}
	want := []string{"- 不在下面，或不确定", "410500 安阳市", "411000 许昌市", "411481 商丘市永城市", "411600 周口市", "411621 扶沟县医保中心"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if cs := view.PlaceChoices(words.ZH, "460000", offices[1:]); cs != nil {
		t.Errorf("a province of which no part is known offers %v", cs)
	}
	for code, want := range map[string]string{"411600": "河南省周口市", "410000": "河南省", "411621": "河南省", "": "", "990000": ""} {
		if got := view.Whole(words.ZH, code); got != want {
			t.Errorf("Whole(%s) = %q, want %q", code, got, want)
		}
	}
}

func TestFoldingKeepsTheSureInSightAndTheNumberlessOut(t *testing.T) {
	list := func(kinds string) (ss []view.Statement) {
		for i, k := range kinds {
			s := view.Statement{ID: string(rune('a' + i))}
			if s.Vague = k == '?'; k != '!' {
				s.Depends = "要看"
			}
			ss = append(ss, s)
		}
		return ss
	}
	for _, c := range []struct{ kinds, open, rest string }{
		{"!!!", "abc", ""},
		{"!!!!", "abcd", ""}, // one more is not worth a press
		{"!!!!!", "abc", "de"},
		{".!.!", "bdac", ""}, // the sure before what depends
		{".!.!!", "bde", "ac"},
		{"?!", "b", "a"}, // without its numbers it never stands open
		{"??", "", "ab"},
		{"!!!!?", "abc", "de"},
		{"", "", ""},
	} {
		open, rest := view.Fold(list(c.kinds), 3)
		ids := func(ss []view.Statement) (s string) {
			for _, x := range ss {
				s += x.ID
			}
			return s
		}
		if ids(open) != c.open || ids(rest) != c.rest {
			t.Errorf("%q: open %q rest %q, want %q %q", c.kinds, ids(open), ids(rest), c.open, c.rest)
		}
	}
}

func TestAMessageForARelativeHoldsTheAnswerAndNoAnswersOfThePerson(t *testing.T) {
	r := view.Result{
		Verdict: &view.Statement{Say: "先别停。", More: "先停有空当。", Because: []string{"困难身份：低保"}},
		Parts: []view.Part{
			{Kind: "warning", Title: "小心这些", Statements: []view.Statement{{Say: "别两边断。", Depends: "要看：新的医保"}, {Say: "等（未定）。", Vague: true}}},
			{Kind: "right", Title: "权利", Statements: []view.Statement{{Say: "太长。"}}},
			{Kind: "channel", Title: "去哪里办", Statements: []view.Statement{{Say: "窗口。", Ways: []string{"取号。", "交表。"}}}},
		},
		Papers: []view.Paper{{Say: "身份证", Need: "must"}, {Say: "死亡证明", Need: "depends"}},
	}
	got := view.Message(words.ZH, "停掉居民医保", "按今天的规定", r)
	want := strings.Join([]string{
		"离线办 · 停掉居民医保", "按今天的规定", "", "先别停。", "先停有空当。", "", "小心这些", "· 别两边断。", "要看：新的医保",
		"", "去哪里办", "· 窗口。", "  - 取号。", "  - 交表。", "", words.T(words.ZH, "papers.bring"), "□ 身份证", "", words.T(words.ZH, "share.foot"),
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
