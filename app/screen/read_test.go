package screen

import (
	"context"
	"html"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/finder"
	"lixianban/app/words"
)

// page renders the route of a path as the prerenderer does.
func page(t *testing.T, path string) string {
	t.Helper()
	for _, r := range Routes(&Deps{Pack: mustPack(t)}) {
		if r.Path == path {
			return app.HTMLString(r.New())
		}
	}
	t.Fatalf("there is no page %s", path)
	return ""
}

func TestEveryIntentHasAPageThatAnswersAndLeadsOn(t *testing.T) {
	for _, in := range finder.Intents {
		for _, c := range []struct{ prefix, title string }{{"", in.ZH}, {"/en", in.EN}} {
			doc := page(t, c.prefix+"/answers/"+in.ID)
			for _, want := range []string{html.EscapeString(c.title), "finding__say", "class=\"cite", "conf--", c.prefix + "/ask/" + in.Service + "\"", "tel:12393"} {
				if !strings.Contains(doc, want) {
					t.Errorf("%s/answers/%s lacks %s", c.prefix, in.ID, want)
				}
			}
		}
		if !strings.Contains(page(t, "/answers"), "/answers/"+in.ID+"\"") {
			t.Errorf("the list of answers lacks %s", in.ID)
		}
	}
}

func TestTheMythsPageShowsClaimAndCorrectionTogether(t *testing.T) {
	doc := page(t, "/myths")
	if n := strings.Count(doc, "你可能看到："); n != 20 || strings.Count(doc, "finding__say") != 20 || strings.Count(doc, "finding__foot") != 20 {
		t.Errorf("%d claims", n)
	}
}

func TestServicesToReadHaveNoInterview(t *testing.T) {
	for _, r := range Routes(&Deps{Pack: mustPack(t)}) {
		for _, kind := range []string{"ask", "result", "apply", "guide", "papers", "print"} {
			if strings.HasSuffix(r.Path, "/"+kind+"/answers") || strings.HasSuffix(r.Path, "/"+kind+"/myths") {
				t.Errorf("there is a page %s", r.Path)
			}
		}
	}
}

func TestTheResultComparesTheChoicesWithWholeRows(t *testing.T) {
	for _, lang := range []string{words.ZH, words.EN} {
		d := mustDeps(t)
		answered(t, d, costly...)
		r := &result{frame: at(d, lang, "result", "resident-stop")}
		r.show(r.replayed(context.Background()), "")
		if len(r.choices.Columns) != 3 || len(r.choices.Rows) < 5 {
			t.Fatalf("%d columns, %d rows", len(r.choices.Columns), len(r.choices.Rows))
		}
		for _, row := range r.choices.Rows {
			for _, c := range row.Cells {
				if c.ID == "" || c.Say == "" || c.Sure == "" || len(row.Sources) == 0 {
					t.Errorf("%s: a cell says %q (%s)", row.Title, c.Say, c.Sure)
				}
			}
		}
		if doc := app.HTMLString(r); strings.Count(doc, "versus__cell ") != 3*len(r.choices.Rows) {
			t.Errorf("%d cells on the page", strings.Count(doc, "versus__cell "))
		}
	}
}

func TestNothingIsComparedWhereThereIsNoChoice(t *testing.T) {
	d := mustDeps(t)
	answered(t, d, "reason", "army")
	r := &result{frame: at(d, words.ZH, "result", "resident-stop")}
	r.show(r.replayed(context.Background()), "")
	if len(r.choices.Rows) > 0 || strings.Contains(app.HTMLString(r), "versus") {
		t.Errorf("%+v", r.choices)
	}
}
