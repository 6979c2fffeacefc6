package interview_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"lixianban/app/interview"
	"lixianban/app/policy"
)

func text(s string) policy.Text { return policy.Text{ZH: s, EN: s} }

// pack asks scheme (resident or employee), then for residents lapsed years, for employees the day
// the job ends, and for both whether they get aid.
func pack(tb testing.TB) *policy.Pack {
	tb.Helper()
	q := func(id string, u policy.Unit, cost int, lo, hi int64, options ...string) policy.Fact {
		f := policy.Fact{Question: policy.Question{Fact: id, Unit: u, Label: text(id), Ask: text(id + "?"), Min: lo, Max: hi}, Cost: cost}
		for _, o := range options {
			f.Options = append(f.Options, policy.Option{ID: o, Say: text(o)})
		}
		return f
	}
	p := &policy.Pack{ID: "p", Version: 1, Title: text("p"), Checked: 20000, Cites: []policy.Cite{{ID: "A", Title: text("A"), Confidence: "OFF"}},
		Facts: []policy.Fact{q("scheme", policy.Enum, 1, 0, 0, "resident", "employee"), q("years", policy.Int, 2, 0, 40),
			q("ends", policy.Date, 3, 10000, 30000), q("aid", policy.Bool, 4, 0, 0), q("fee", policy.Money, 5, 0, 100000)}}
	p.Services = []policy.Service{{ID: "stop", Title: text("stop"), Nodes: []policy.Node{
		{Op: policy.OpFact, A: 0, B: -1}, {Op: policy.OpConst, A: int32(policy.Enum), K: 0}, {Op: policy.OpEq, A: 0, B: 1}, // 2 resident
		{Op: policy.OpFact, A: 1, B: 2}, {Op: policy.OpConst, A: int32(policy.Int), K: 3}, {Op: policy.OpLt, A: 4, B: 3}, // 5 years > 3
		{Op: policy.OpNot, A: 2}, {Op: policy.OpFact, A: 2, B: 6}, {Op: policy.OpToday}, {Op: policy.OpLt, A: 7, B: 8}, // 9 ended
		{Op: policy.OpFact, A: 3, B: -1}, {Op: policy.OpNot, A: 10}, // 11 no aid
		{Op: policy.OpOr, A: 5, B: 9}, {Op: policy.OpAnd, A: 12, B: 11}, // 13 long or ended, and no aid
	}, Rules: []policy.Rule{
		{ID: "go", Kind: policy.KindVerdict, When: 13, Overrides: []string{"wait"}, Say: text("go"), Cites: []int{0}},
		{ID: "wait", Kind: policy.KindVerdict, When: -1, Say: text("wait"), Cites: []int{0}}}}}
	loaded, err := policy.Load(policy.Encode(p))
	if err != nil {
		tb.Fatal(err)
	}
	return loaded
}

func fresh() interview.Session { return interview.Session{Service: "stop", At: 20050} }

func give(tb testing.TB, p *policy.Pack, s interview.Session, pairs ...string) interview.Session {
	tb.Helper()
	for i := 0; i < len(pairs); i += 2 {
		var err error
		if s, err = interview.Give(p, s, pairs[i], pairs[i+1]); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

func page(tb testing.TB, p *policy.Pack, s interview.Session) *interview.Page {
	tb.Helper()
	pg, err := interview.Replay(p, s)
	if err != nil {
		tb.Fatal(err)
	}
	return pg
}

// shows is the page in one line: the question or the verdict, and the lists.
func shows(pg *interview.Page) string {
	ids := func(gs []interview.Given) (out string) {
		for _, g := range gs {
			out += " " + g.Fact + "=" + g.Value
		}
		return out
	}
	what := "?"
	if pg.Question != nil {
		what = pg.Question.Fact + "? " + fmt.Sprint(pg.Number, "/", pg.Left)
	} else if pg.Outcome.Verdict != nil {
		what = pg.Outcome.Verdict.ID
	}
	return what + " |" + ids(pg.Given) + " |" + ids(pg.Later) + " |" + ids(pg.Kept)
}

func TestTheQuestionFollowsFromTheAnswers(t *testing.T) {
	p := pack(t)
	for _, c := range []struct {
		answers []string
		want    string
	}{
		{nil, "scheme? 1/4 | | |"},
		{[]string{"scheme", "resident"}, "years? 2/2 | scheme=resident | |"},
		{[]string{"scheme", "employee"}, "ends? 2/2 | scheme=employee | |"},
		{[]string{"scheme", "resident", "years", "2"}, "wait | scheme=resident years=2 | |"},
		{[]string{"scheme", "resident", "years", "5"}, "aid? 3/1 | scheme=resident years=5 | |"},
		{[]string{"scheme", "resident", "years", "5", "aid", "no"}, "go | scheme=resident years=5 aid=no | |"},
		{[]string{"years", "5", "aid", "no"}, "scheme? 1/4 | | | years=5 aid=no"},
		{[]string{"years", "5", "aid", "no", "scheme", "resident"}, "go | scheme=resident years=5 aid=no | |"},
	} {
		if got := shows(page(t, p, give(t, p, fresh(), c.answers...))); got != c.want {
			t.Errorf("%v\n got %s\nwant %s", c.answers, got, c.want)
		}
	}
}

func TestAnswersThatBecameIrrelevantAreKeptAndComeBack(t *testing.T) {
	p := pack(t)
	s := give(t, p, fresh(), "scheme", "resident", "years", "5", "aid", "no", "scheme", "employee")
	if got, want := shows(page(t, p, s)), "ends? 2/2 | scheme=employee | | years=5 aid=no"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s = give(t, p, s, "scheme", "resident")
	if got, want := shows(page(t, p, s)), "go | scheme=resident years=5 aid=no | |"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBackAndEditLoseNothing(t *testing.T) {
	p := pack(t)
	done := give(t, p, fresh(), "scheme", "resident", "years", "5", "aid", "no")
	s := interview.Back(p, done)
	if pg := page(t, p, s); shows(pg) != "aid? 3/1 | scheme=resident years=5 | |" || pg.Current != "no" {
		t.Errorf("back from the result: %s, filled with %q", shows(pg), pg.Current)
	}
	s = interview.Back(p, s)
	if pg := page(t, p, s); shows(pg) != "years? 2/2 | scheme=resident | aid=no |" || pg.Current != "5" {
		t.Errorf("back again: %s, filled with %q", shows(pg), pg.Current)
	}
	s = interview.Back(p, interview.Back(p, interview.Back(p, s)))
	if pg := page(t, p, s); pg.Question.Fact != "scheme" || pg.CanBack() {
		t.Errorf("back beyond the first question: %s", shows(pg))
	}
	if got := shows(page(t, p, interview.Cancel(s))); got != shows(page(t, p, done)) {
		t.Errorf("cancelling leaves %s", got)
	}
	if got := shows(page(t, p, give(t, p, interview.Edit(done, "years"), "years", "1"))); got != "wait | scheme=resident years=1 | | aid=no" {
		t.Errorf("after an edit: %s", got)
	}
	if len(done.Answers) != 3 || done.Answers[1].Value != "5" {
		t.Error("an earlier session was changed in place")
	}
}

func TestADeclinedQuestionIsNotAskedTwice(t *testing.T) {
	p := pack(t)
	s := interview.Decline(give(t, p, fresh(), "scheme", "resident", "years", "5"), "aid")
	pg := page(t, p, s)
	if pg.Question != nil || pg.Outcome.Verdict != nil || !reflect.DeepEqual(pg.Outcome.DependsOn, []string{"aid"}) || len(pg.Outcome.Candidates) != 2 {
		t.Errorf("%s, %+v", shows(pg), pg.Outcome)
	}
	if pg.Given[2].Say.ZH != "不知道" {
		t.Errorf("a declined answer reads %q", pg.Given[2].Say.ZH)
	}
}

func TestASessionSurvivesStorageAndANewPack(t *testing.T) {
	p := pack(t)
	s := interview.Edit(give(t, p, fresh(), "scheme", "resident", "years", "35", "aid", "no"), "years")
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back interview.Session
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, s) {
		t.Fatalf("%s comes back as %+v %v", data, back, err)
	}
	back.Answers = append(back.Answers, interview.Answer{Fact: "gone", Value: "1"})
	p.Facts[1].Max = 30
	pg := page(t, p, interview.Cancel(back))
	want := []interview.Notice{{Code: "value_gone", Fact: "years", Value: "35"}, {Code: "fact_gone", Fact: "gone", Value: "1"}}
	if !reflect.DeepEqual(pg.Notices, want) || pg.Question == nil || pg.Question.Fact != "years" {
		t.Errorf("%s, notices %+v", shows(pg), pg.Notices)
	}
}

func TestTypedAnswersAreUnderstoodOrExplained(t *testing.T) {
	p := pack(t)
	for _, c := range []struct{ fact, typed, want string }{
		{"years", "５", "5"}, {"years", " 007 年", "7"}, {"years", "0", "0"}, {"years", "", "!empty"}, {"years", "五", "!not_a_number"}, {"years", "2.5", "!not_a_number"},
		{"years", "-1", "!too_small"}, {"years", "41", "!too_big"}, {"years", "99999999999999999999", "!not_a_number"},
		{"ends", "2024年9月1日", "2024-09-01"}, {"ends", "2024/9/1", "2024-09-01"}, {"ends", "20240901", "2024-09-01"}, {"ends", "2024.09.01", "2024-09-01"},
		{"ends", "2024-02-30", "!not_a_day"}, {"ends", "9月1日", "!not_a_day"}, {"ends", "1990-01-01", "!too_small"},
		{"fee", "400元", "400.00"}, {"fee", "¥0,999.5", "999.50"}, {"fee", "0.005", "!not_an_amount"}, {"fee", "1000.01", "!too_big"},
		{"aid", "是", "yes"}, {"aid", "没有", "no"}, {"aid", "maybe", "!not_yes_no"}, {"scheme", "employee", "employee"}, {"scheme", "职工", "!not_an_option"},
		{"years", "?", "?"}, {"nobody", "1", "!no_such_question"},
	} {
		s, err := interview.Give(p, fresh(), c.fact, c.typed)
		got := ""
		var e *interview.InputError
		if errors.As(err, &e) {
			got = "!" + e.Code
			if e.Key != "answer."+e.Code || (e.Code == "too_big" || e.Code == "too_small") != (e.Args["max"] != "") {
				t.Errorf("%+v lacks its key or its bounds", e)
			}
		} else if err == nil {
			got = s.Answers[0].Value
		}
		if got != c.want {
			t.Errorf("%s ← %q: %s, want %s", c.fact, c.typed, got, c.want)
		}
	}
}

func TestAWrongServiceOrRegionIsAnError(t *testing.T) {
	p := pack(t)
	for _, s := range []interview.Session{{Service: "x", At: 20050}, {Service: "stop", Region: "999999", At: 20050}} {
		if _, err := interview.Replay(p, s); err == nil {
			t.Errorf("%+v is accepted", s)
		}
	}
}

func TestProgressNeverGrows(t *testing.T) {
	p := pack(t)
	values := map[string][]string{"scheme": {"resident", "employee", "?"}, "years": {"0", "9", "?"}, "ends": {"2020-01-01", "2026-01-01", "?"}, "aid": {"yes", "no", "?"}}
	var walk func(s interview.Session, left int)
	walk = func(s interview.Session, left int) {
		pg := page(t, p, s)
		if pg.Question == nil {
			return
		}
		if pg.Left > left || pg.Left < 1 {
			t.Errorf("%+v: %d left, before %d", s.Answers, pg.Left, left)
		}
		for _, v := range values[pg.Question.Fact] {
			walk(give(t, p, s, pg.Question.Fact, v), pg.Left-1)
		}
	}
	walk(fresh(), 10)
}

func FuzzCanonical(f *testing.F) {
	p := pack(f)
	f.Add("400元")
	f.Add("2024年9月1日")
	f.Fuzz(func(t *testing.T, typed string) {
		for i := range p.Facts {
			text, err := interview.Canonical(&p.Facts[i], typed)
			if err != nil {
				continue
			}
			if again, err := interview.Canonical(&p.Facts[i], text); err != nil || again != text {
				t.Fatalf("%q → %q → %q %v", typed, text, again, err)
			}
		}
	})
}
