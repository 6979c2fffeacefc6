package screen

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// compare is the table of choices. It is made of div with the roles of a table: the sheet
// lays the cells out under or beside each other, which takes a real table its meaning in some
// browsers, and each further element type of go-app costs the program some 20 KB.
func (f *frame) compare(c view.Choices) app.UI {
	return widget.When(len(c.Rows) > 0, func() app.UI {
		first := min(openRows, len(c.Rows))
		return widget.Section(f.t("compare.title"),
			f.versus(c.Columns, c.Rows[:first]),
			widget.When(first < len(c.Rows), func() app.UI {
				return widget.Why(f.t("compare.more", "what", view.Titles(f.lang, c.Rows[first:])), f.versus(c.Columns, c.Rows[first:]))
			}))
	})
}

// openRows are compared at once; on a phone each row is a screen long.
const openRows = 2

func (f *frame) versus(columns []string, rows []view.ChoiceRow) app.UI {
	heads := []app.UI{part("columnheader", "").Text(f.t("compare.what"))}
	for _, h := range columns {
		heads = append(heads, part("columnheader", "").Text(h))
	}
	lines := []app.UI{part("row", "sr-only").Body(heads...)}
	for _, r := range rows {
		lines = append(lines, f.compareRow(r, columns))
	}
	return part("table", "versus").Attr("aria-label", f.t("compare.title")).Body(lines...)
}

func part(role string, classes ...string) app.HTMLDiv {
	return app.Div().Class(classes...).Attr("role", role)
}

func (f *frame) compareRow(r view.ChoiceRow, columns []string) app.UI {
	row := []app.UI{part("rowheader", "versus__head").Body(
		app.P().Class("strong").Text(r.Title),
		widget.Why(f.t("compare.sources"), f.sources(r.Sources)),
	)}
	for i, s := range r.Cells {
		row = append(row, part("cell", "versus__cell", "versus__cell--"+s.Tone).Body(
			app.P().Class("versus__name").Attr("aria-hidden", "true").Text(columns[i]),
			f.compareCell(s),
		))
	}
	return part("row", "versus__row").Body(row...)
}

func (f *frame) compareCell(s view.Statement) app.UI {
	if s.ID == "" {
		return widget.P("", "—")
	}
	return app.Div().Class("stack", "stack--tight").Body(
		app.P().Class("strong").Text(s.Say),
		widget.When(s.More != "", func() app.UI { return widget.P("soft small", s.More) }),
		widget.When(s.Depends != "", func() app.UI { return widget.P("depends", s.Depends) }),
		app.Div().Class("row").Body(f.conf(s.Sure, s.SureClass)),
	)
}
