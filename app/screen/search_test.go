package screen

import (
	"context"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/outbox"
	"lixianban/app/words"
)

func askedHome(t *testing.T, d *Deps, lang, q string) *home {
	t.Helper()
	h := &home{frame: at(d, lang, "home", "")}
	h.find.asked = q
	h.look()
	return h
}

func TestAQuestionLeadsToItsAnswerAndItsInterview(t *testing.T) {
	d := mustDeps(t)
	for q, want := range map[string][2]string{
		"俺的医保想停掉咋弄": {"/answers/stop-", "/ask/resident-stop"},
		"医保交重了":     {"/answers/duplicate", "/ask/duplicate"},
		"交的钱能退不":    {"/answers/refund", "/ask/refund"},
	} {
		for lang, prefix := range map[string]string{words.ZH: "", words.EN: "/en"} {
			h := askedHome(t, d, lang, q)
			if n := len(h.find.hits); n == 0 || n > 3 {
				t.Fatalf("%s: %d lines", q, n)
			}
			doc := app.HTMLString(h.found())
			for _, w := range want {
				if !strings.Contains(doc, `href="`+prefix+w) {
					t.Errorf("%s (%s): no link to %s in %s", q, lang, w, doc)
				}
			}
			for _, hit := range h.find.hits {
				if hit.Title == "" || hit.Say == "" {
					t.Errorf("%s: a line without words: %+v", q, hit)
				}
			}
		}
	}
}

func TestAQuestionAboutSomethingElseGetsTheTelephoneNotAGuess(t *testing.T) {
	doc := app.HTMLString(askedHome(t, mustDeps(t), words.ZH, "今天晚上吃什么好").found())
	for _, want := range []string{"没听懂", "tel:12393", `role="status"`} {
		if !strings.Contains(doc, want) {
			t.Errorf("no %s in %s", want, doc)
		}
	}
	if strings.Contains(doc, "/answers/") {
		t.Errorf("a guess: %s", doc)
	}
}

func TestAQuestionIsKeptNowhere(t *testing.T) {
	d := mustDeps(t)
	before := everything(t, d)
	askedHome(t, d, words.ZH, "我王桂花的医保想停掉")
	if after := everything(t, d); after != before {
		t.Errorf("asking changed the store:\n%s\n%s", before, after)
	}
}

// everything is all that the store holds, as text.
func everything(t *testing.T, d *Deps) string {
	t.Helper()
	var b strings.Builder
	for _, table := range outbox.Tables {
		rs, err := d.Store.List(context.Background(), table, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			b.WriteString(table + " " + r.Key + " " + string(r.Value) + "\n")
		}
	}
	return b.String()
}
