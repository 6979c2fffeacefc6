package screen

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"lixianban/app/screen/view"
	"lixianban/app/screen/widget"
)

// compare is the table of choices. Its sheet lays the cells out under or beside each other,
// which takes a table its meaning in some browsers: the roles give it back.
func (f *frame) compare(c view.Choices) app.UI {
	return widget.When(len(c.Rows) > 0, func() app.UI {
		heads := []app.UI{app.Th().Attr("scope", "col").Attr("role", "columnheader").Text(f.t("compare.what"))}
		for _, h := range c.Columns {
			heads = append(heads, app.Th().Attr("scope", "col").Attr("role", "columnheader").Text(h))
		}
		return widget.Section(f.t("compare.title"), app.Table().Class("compare").Attr("role", "table").Body(
			app.THead().Attr("role", "rowgroup").Body(app.Tr().Attr("role", "row").Body(heads...)),
			app.TBody().Attr("role", "rowgroup").Body(widget.Each(c.Rows, func(r view.ChoiceRow) app.UI { return f.compareRow(r, c.Columns) })...),
		))
	})
}

func (f *frame) compareRow(r view.ChoiceRow, columns []string) app.UI {
	row := []app.UI{app.Th().Class("compare__row").Attr("scope", "row").Attr("role", "rowheader").Body(
		app.Span().Text(r.Title),
		widget.Why(f.t("compare.sources"), f.sources(r.Sources)),
	)}
	for i, s := range r.Cells {
		row = append(row, app.Td().Class("compare__cell", "compare__cell--"+s.Tone).Attr("role", "cell").Body(
			app.Span().Class("compare__name").Attr("aria-hidden", "true").Text(columns[i]),
			f.compareCell(s),
		))
	}
	return app.Tr().Attr("role", "row").Body(row...)
}

func (f *frame) compareCell(s view.Statement) app.UI {
	if s.ID == "" {
		return app.Text("—")
	}
	return app.Div().Class("stack", "stack--tight").Body(
		app.P().Class("strong").Text(s.Say),
		widget.When(s.More != "", func() app.UI { return widget.P("soft small", s.More) }),
		widget.When(s.Depends != "", func() app.UI { return widget.P("depends", s.Depends) }),
		app.Div().Class("row").Body(f.conf(s.Sure, s.SureClass)),
	)
}
