package screen

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// verdict is the answer, first on the result page; its sentence is the page's heading.
func (f *frame) verdict(s view.Statement) app.UI {
	return app.Section().Class("verdict", "verdict--"+s.Tone).Body(
		app.Div().Class("verdict__mark").Body(widget.Icon(toneIcons[s.Tone]), app.Span().Text(f.t("verdict."+s.Tone))),
		app.H1().Class("verdict__say").Attr("id", "title").Attr("tabindex", "-1").Text(s.Say),
		widget.When(s.More != "", func() app.UI { return app.P().Class("verdict__more").Text(s.More) }),
		app.Div().Class("row").Body(f.conf(s.Sure, s.SureClass)),
		f.why(s),
	)
}

var toneIcons = map[string]string{"go": "done", "wait": "wait", "no": "no", "info": "info"}

// finding is one statement with its tone, picture, sureness and reasons.
func (f *frame) finding(s view.Statement) app.UI {
	return app.Li().Class("finding", "finding--"+s.Tone).Body(
		app.P().Class("finding__say").Text(s.Say),
		widget.When(s.More != "", func() app.UI { return app.P().Class("finding__more").Text(s.More) }),
		widget.When(len(s.Ways) > 0, func() app.UI {
			return app.Ol().Body(widget.Each(s.Ways, func(w string) app.UI { return app.Li().Text(w) })...)
		}),
		widget.When(s.Depends != "", func() app.UI { return app.P().Class("depends").Text(s.Depends) }),
		widget.When(s.Months != nil, func() app.UI { return f.months(*s.Months) }),
		app.Div().Class("finding__foot").Body(f.conf(s.Sure, s.SureClass),
			widget.When(s.Checked != "", func() app.UI { return app.Span().Class("small", "soft").Text(s.Checked) })),
		f.why(s),
	)
}

// findings is a list of statements.
func (f *frame) findings(ss []view.Statement) app.UI {
	return app.Ul().Class("findings").Body(widget.Each(ss, f.finding)...)
}

// short is a list that shows its first lines; the others, and those whose numbers wait
// for an answer, are one press away.
func (f *frame) short(ss []view.Statement, most int) app.UI {
	open, rest := view.Fold(ss, most)
	return app.Div().Class("stack", "stack--tight").Body(
		widget.When(len(open) > 0, func() app.UI { return f.findings(open) }),
		widget.When(len(rest) > 0, func() app.UI { return widget.Why(f.t("result.more", "n", len(rest)), f.findings(rest)) }),
	)
}

// channels tell where it is done: the region's ways in, or that none is known here.
func (f *frame) channels(r view.Result, region string) app.UI {
	part := r.Part(policy.KindChannel)
	none := len(part.Statements) == 0
	return widget.Section(f.t("result.channels"),
		widget.When(!none, func() app.UI { return f.findings(part.Statements) }),
		widget.When(none && region == "", func() app.UI { return widget.P("", f.t("result.channels-where")) }),
		widget.When(none && region != "", func() app.UI {
			return widget.P("", f.t("result.channels-none", "region", view.PlaceName(f.lang, region)))
		}),
		widget.When(region == "", func() app.UI { return widget.Link("", f.href("/settings"), app.Text(f.t("result.channels-pick"))) }),
		widget.Call("12393", f.t("shell.call", "number", "12393"), f.t("phones.12393")))
}

func (f *frame) conf(word, class string) app.UI {
	return app.Span().Class("conf", "conf--"+class).Text(word)
}

// why opens the reasoning: the answers that decided, the sources, what would change it.
func (f *frame) why(s view.Statement) app.UI {
	return widget.Why(f.t("result.why"),
		f.reasons("result.because", s.Because),
		widget.When(s.Dates != "", func() app.UI { return widget.P("small soft", s.Dates) }),
		widget.When(s.National != "", func() app.UI { return widget.P("small", s.National) }),
		f.sources(s.Sources),
		f.reasons("result.flips", s.Flips),
	)
}

func (f *frame) reasons(key string, says []string) app.UI {
	return widget.When(len(says) > 0, func() app.UI {
		return app.Div().Body(
			widget.P("strong", f.t(key)),
			widget.List("because", widget.Each(says, func(s string) app.UI { return app.Text(s) })...),
		)
	})
}

func (f *frame) sources(ss []view.Source) app.UI {
	return widget.When(len(ss) > 0, func() app.UI {
		return app.Ul().Class("cites").Body(widget.Each(ss, f.source)...)
	})
}

func (f *frame) source(s view.Source) app.UI {
	title := app.UI(app.Span().Class("cite__title").Text(s.Title))
	if s.URL != "" {
		title = app.A().Class("cite__title").Attr("href", s.URL).Attr("target", "_blank").Attr("rel", "noopener noreferrer").Text(s.Title)
	}
	return app.Li().Class("cite").Body(
		title,
		widget.When(s.Where != "", func() app.UI { return app.Span().Class("cite__no").Text(s.Where) }),
		app.Span().Class("cite__no").Text(s.Sure),
		widget.When(s.Dates != "", func() app.UI { return app.Span().Class("cite__no").Text(s.Dates) }),
	)
}

// months is the picture of a waiting time, with its words for the ear.
func (f *frame) months(m view.Months) app.UI {
	boxes := make([]app.UI, 12)
	for i := range boxes {
		kind := "cover"
		switch {
		case i < m.Pay:
			kind = "pay"
		case i < m.Pay+m.Maybe:
			kind = "maybe"
		}
		boxes[i] = app.Span().Class("month", "month--"+kind)
	}
	keys := []string{"pay", "cover"}
	if m.Maybe > 0 {
		keys = []string{"pay", "maybe", "cover"}
	}
	return app.Div().Class("stack", "stack--tight").Body(
		app.Div().Class("months").Attr("role", "img").Attr("aria-label", m.Words).Body(boxes...),
		app.Ul().Class("months__keys").Attr("aria-hidden", "true").Body(widget.Each(keys, func(k string) app.UI {
			return app.Li().Class("months__key", "months__key--"+k).Text(f.t("months." + k))
		})...),
	)
}

// hotlines are the numbers that are always there to ask.
func (f *frame) hotlines() app.UI {
	return app.Div().Class("stack", "stack--tight").Body(widget.Each([]string{"12393", "12345"}, func(n string) app.UI {
		return widget.Call(n, f.t("shell.call", "number", n), f.t("phones."+n))
	})...)
}
