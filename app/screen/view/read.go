package view

import (
	"slices"
	"strings"

	"lixianban/app/policy"
	"lixianban/app/words"
)

// Reading is an answer or a myth as a page shows it.
type Reading struct {
	Statement
	Ask   string   // of an answer: what to be clear about first
	Claim string   // of a myth: what people read
	Opens []string // services that go on from here, best first
}

// Readings presents what a service to read says.
func Readings(o *policy.Outcome, lang string) (rs []Reading) {
	p := presenter{lang, func(string) policy.Text { return policy.Text{} }}
	for _, f := range o.Findings {
		rs = append(rs, Reading{Statement: p.statement(f), Ask: p.text(f.Ask), Claim: p.text(f.Claim), Opens: f.Opens})
	}
	return rs
}

// Choices is the table that compares stopping now, not paying again and other cover.
// The zero one has no rows: there is nothing to choose.
type Choices struct {
	Columns []string // headings
	Rows    []ChoiceRow
}

// ChoiceRow is one thing compared, with a cell for each column. A cell without an
// ID is empty: nothing can be said there.
type ChoiceRow struct {
	Title   string
	Cells   []Statement
	Sources []Source // of all its cells, each once
}

// Compared lays out the cells of an outcome.
func Compared(o *policy.Outcome, lang string, label Labels) (c Choices) {
	p := presenter{lang, label}
	for _, row := range policy.Rows {
		r := ChoiceRow{Title: p.t("compare.row." + row)}
		found := false
		for _, column := range policy.Columns {
			s := p.cell(o, column, row)
			r.Cells, found = append(r.Cells, s), found || s.ID != ""
			r.add(s.Sources)
		}
		if found {
			c.Rows = append(c.Rows, r)
		}
	}
	if len(c.Rows) > 0 {
		for _, column := range policy.Columns {
			c.Columns = append(c.Columns, p.t("compare.col."+column))
		}
	}
	return c
}

// Titles lists what rows compare.
func Titles(lang string, rows []ChoiceRow) string {
	var titles []string
	for _, r := range rows {
		titles = append(titles, r.Title)
	}
	return strings.Join(titles, words.T(lang, "shell.sep"))
}

// cell is the statement of a place: one that holds, else one that still depends.
func (p presenter) cell(o *policy.Outcome, column, row string) (s Statement) {
	for _, f := range o.Findings {
		if f.Column == column && f.Row == row && (s.ID == "" || f.State == "holds") {
			s = p.statement(f)
		}
	}
	return s
}

func (r *ChoiceRow) add(ss []Source) {
	for _, s := range ss {
		if !slices.Contains(r.Sources, s) {
			r.Sources = append(r.Sources, s)
		}
	}
}
