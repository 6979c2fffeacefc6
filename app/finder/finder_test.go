package finder_test

import (
	"strings"
	"testing"

	"lixianban/app/finder"
)

func mustFinder(tb testing.TB) *finder.Finder {
	tb.Helper()
	f, err := finder.New()
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func TestEverydayQuestionsFindTheirIntent(t *testing.T) {
	f := mustFinder(t)
	for _, c := range []struct{ why, q, want string }{
		{"dialect", "俺的医保想停掉咋弄", "stop-generic"},
		{"a homophone in the key word", "医宝停宝", "stop-generic"},
		{"homophones in a long word", "合作医聊怎么停保", "stop-resident"},
		{"typed pinyin", "xinnonghe tingbao", "stop-resident"},
		{"initials", "xnh tb", "stop-resident"},
		{"full width and spaces", "新农合　ｔｂ", "stop-resident"},
		{"traditional characters", "農村醫保怎麼停", "stop-resident"},
		{"word order mixed up", "共济 取消 家庭 怎么", "unlink-gongji"},
		{"a rambling story", "同志你好，我是周口农村的，今年五十八了，去年冬天村里收了四百块，我现在跟儿子在郑州住，我老伴上个月走了，她那个医保要不要去停，明年的钱已经交了", "death"},
	} {
		t.Run(c.why, func(t *testing.T) {
			got := f.Ask(c.q, 5)
			if len(got) == 0 || got[0].Intent != c.want {
				t.Errorf("Ask(%q) = %v, want %s first", c.q, got, c.want)
			}
		})
	}
}

func TestQuestionsAboutOtherThingsGetNoAnswer(t *testing.T) {
	f := mustFinder(t)
	for _, q := range []string{"", " ", "？？？", "今天天气怎么样", "猪肉多少钱一斤", "车险到期了", "abc", "🙂🙂", strings.Repeat("哈", 5000)} {
		if got := f.Ask(q, 5); len(got) != 0 {
			t.Errorf("Ask(%.20q) = %v, want none", q, got)
		}
	}
}

func TestEveryIntentHasATitleAndEveryModelClassIsAnIntent(t *testing.T) {
	seen := map[string]bool{}
	for _, in := range finder.Intents {
		if in.ZH == "" || in.EN == "" || seen[in.ID] {
			t.Errorf("intent %q: a title is missing or the id stands twice", in.ID)
		}
		seen[in.ID] = true
	}
	for _, id := range finder.Classes(mustFinder(t)) {
		if id != finder.None && !seen[id] {
			t.Errorf("the model knows %q, the list of intents doesn't", id)
		}
	}
}

func TestSharesFallAndStayWithinOne(t *testing.T) {
	ms := mustFinder(t).Ask("医保停了钱退吗", 5)
	sum := 0.0
	for i, m := range ms {
		sum += m.Score
		if i > 0 && m.Score > ms[i-1].Score {
			t.Errorf("match %d has a greater share than the one before", i)
		}
	}
	if sum > 1.0001 {
		t.Errorf("shares add up to %v", sum)
	}
}

func TestADamagedModelIsRefused(t *testing.T) {
	b := finder.ModelBytes()
	for _, n := range []int{0, 3, 4, 20, len(b) / 2, len(b) - 1} {
		if _, err := finder.Load(b[:n]); err == nil {
			t.Errorf("a model cut to %d bytes was taken", n)
		}
	}
	if _, err := finder.Load(append(b[:len(b):len(b)], 0)); err == nil {
		t.Error("a model with a byte too many was taken")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(finder.ModelBytes()[:2000])
	f.Add([]byte("LXF1\x01\x04none\x01\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := finder.Load(b); err == nil {
			m.Ask("停保", 5)
		}
	})
}

func FuzzAsk(f *testing.F) {
	for _, s := range []string{"停保", "tingbao", "１２３ＡＢ", "\xff\xfe", "医保医保医保"} {
		f.Add(s)
	}
	m := mustFinder(f)
	f.Fuzz(func(t *testing.T, q string) {
		if n := len(m.Ask(q, 3)); n > 3 {
			t.Errorf("asked for 3, got %d", n)
		}
	})
}

func BenchmarkAsk(b *testing.B) {
	m := mustFinder(b)
	for b.Loop() {
		m.Ask("我在外地打工老家的农合想停掉怎么弄", 5)
	}
}
