package static_test

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"pgregory.net/rapid"

	"lixianban/static"
)

func TestNormaliseSaysWhatTheTreeSays(t *testing.T) {
	for name, tc := range map[string]struct {
		ui   app.UI
		want string
	}{
		"spaces go from between Chinese runs": {
			app.P().Body(app.Text("要"), app.B().Text("等"), app.Text("三个月")), `<p>要<b>等</b>三个月</p>`},
		"spaces of a text stay": {
			app.P().Body(app.Text("see "), app.B().Text("this"), app.Text(" now")), `<p>see <b>this</b> now</p>`},
		"a quote can't end an attribute": {
			app.Div().Attr("title", `x"><script>1</script>`), `<div title="x&#34;&gt;&lt;script&gt;1&lt;/script&gt;"></div>`},
		"a backslash and a line break arrive": {
			app.Div().Attr("title", "a\\b\nc"), "<div title=\"a\\b\nc\"></div>"},
		"true is a value where it is one": {
			app.Div().Attr("aria-hidden", "true").Attr("hidden", true), `<div aria-hidden="true" hidden=""></div>`},
		"attributes are sorted": {
			app.A().Attr("title", "t").Attr("href", "/x").Attr("class", "c").Attr("id", "i"), `<a class="c" href="/x" id="i" title="t"></a>`},
		"a textarea holds its text": {
			app.Textarea().Text("一<二"), `<textarea disabled="">一&lt;二</textarea>`},
		"controls wait for the program": {
			app.Div().Body(app.Button().Text("好"), app.Input().Type("radio")), `<div><button disabled="">好</button><input disabled="" type="radio"/></div>`},
		"text is escaped once": {
			app.P().Text(`<b>&amp;"`), `<p>&lt;b&gt;&amp;amp;&#34;</p>`},
		"empty and nested": {
			app.Ul().Body(app.Li(), app.Li().Body(app.Br(), app.Hr())), `<ul><li></li><li><br/><hr/></li></ul>`},
		"texts side by side": {
			app.P().Body(app.Text("甲"), app.Text("乙"), app.Span().Text("丙")), `<p>甲乙<span>丙</span></p>`},
	} {
		got, err := static.Normalise(app.HTMLString(tc.ui))
		if err != nil || got != tc.want {
			t.Errorf("%s:\n got %s (%v)\nwant %s", name, got, err, tc.want)
		}
	}
}

func TestNormaliseRefusesWhatThePolicyWouldIgnore(t *testing.T) {
	for _, ui := range []app.UI{
		app.Div().Attr("style", "color:red"), app.Div().Attr("onclick", "x()"),
		app.A().Attr("href", "javascript:x()"), app.Div().Body(app.Script().Text("1")), app.Style().Text("p{}"),
	} {
		if got, err := static.Normalise(app.HTMLString(ui)); err == nil {
			t.Errorf("%s passed", got)
		}
	}
}

func TestNormaliseEndsOnAnyInput(t *testing.T) {
	for _, src := range []string{"<", "<p", "<p>", "</p>", "<p a=", `<p a="`, "<p></b>", "x</p>", "<p a=\"\\\">", "<>"} {
		if got, err := static.Normalise(src); err == nil {
			t.Errorf("%q became %q", src, got)
		}
	}
}

func TestAnyTextAndAnyAttributeArriveAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringMatching(`[^\x00-\x20\x7f\x{fffd}][^\x00\r]{0,12}[^\x00-\x20\x7f]`)
		text, value := words.Draw(t, "text"), words.Draw(t, "value")
		got, err := static.Normalise(app.HTMLString(app.Div().Body(app.I().Attr("title", value), app.Text(text))))
		if err != nil {
			t.Fatal(err)
		}
		root := parseBody(t, got)
		i := root.FirstChild.FirstChild
		if want := strings.TrimSpace(value); attr(i, "title") != want && value != "true" {
			t.Fatalf("title %q became %q", want, attr(i, "title"))
		}
		if i.NextSibling == nil || i.NextSibling.Data != text {
			t.Fatalf("text %q became %s", text, got)
		}
	})
}
