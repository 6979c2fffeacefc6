package command

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"lixianban/app/filing"
	"lixianban/app/words"
	"lixianban/worker/office"
)

// printApplication shows an application in the form's order, in Chinese. Values come
// from outside: control and bidi characters are taken out, so that no text can
// rewrite the terminal.
func printApplication(w io.Writer, o office.Opened) error {
	a := o.Application
	var b strings.Builder
	line := func(label, value string) { fmt.Fprintf(&b, "%s：%s\n", plain(label), plain(value)) }
	line("受理编号", o.Item.Number)
	line("收到时间", o.Item.Time)
	line("表格", a.Form)
	line("规则包", a.Pack)
	line("sid", o.Item.SID)
	b.WriteString("\n")
	for _, name := range fieldOrder(a) {
		line(labelOf(name), optionOf(name, a.Values[name]))
	}
	if len(a.Facts) > 0 {
		b.WriteString("\n办理前的问答\n")
		for _, f := range a.Facts {
			line("  "+f.ID, f.Value)
		}
	}
	b.WriteString("\n")
	line("同意书", a.Consent.Text+"，"+a.Consent.By+"，"+a.Consent.Time)
	line("填写时间（手机时钟，可能不准）", a.Made)
	_, err := io.WriteString(w, b.String())
	return err
}

// fieldOrder lists the values in the form's order, then those the form doesn't know.
func fieldOrder(a filing.Application) []string {
	var names []string
	if form, ok := filing.FormByID(a.Form); ok {
		for _, s := range form.Steps {
			for _, f := range s.Fields {
				if a.Values[f.ID] != "" {
					names = append(names, f.ID)
				}
			}
		}
	}
	var more []string
	for name := range a.Values {
		if !slices.Contains(names, name) {
			more = append(more, name)
		}
	}
	slices.Sort(more)
	return append(names, more...)
}

func labelOf(field string) string {
	if key := "filing.field." + field; words.Has(key) {
		return words.T(words.ZH, key)
	}
	return field
}

func optionOf(field, value string) string {
	if key := "filing.option." + field + "." + value; words.Has(key) {
		return words.T(words.ZH, key)
	}
	return value
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}

// exporters write applications in clear, by format.
var exporters = map[string]func(io.Writer, []office.Opened) error{"json": exportJSON, "csv": exportCSV}

// exported is one line of the JSON export.
type exported struct {
	Number      string             `json:"number"`
	Received    string             `json:"received"`
	State       string             `json:"state"`
	Answers     uint32             `json:"answers"`
	Application filing.Application `json:"application"`
}

func exportJSON(w io.Writer, all []office.Opened) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, o := range all {
		if err := enc.Encode(exported{o.Item.Number, o.Item.Time, o.Item.State, o.Item.Seq, o.Application}); err != nil {
			return err
		}
	}
	return nil
}

func exportCSV(w io.Writer, all []office.Opened) error {
	var names []string
	for _, o := range all {
		for _, n := range fieldOrder(o.Application) {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	out := csv.NewWriter(w)
	header := []string{"受理编号", "收到时间", "表格", "状态", "sid"}
	for _, n := range names {
		header = append(header, labelOf(n))
	}
	_ = out.Write(header)
	for _, o := range all {
		row := []string{o.Item.Number, o.Item.Time, o.Application.Form, o.Item.State, o.Item.SID}
		for _, n := range names {
			row = append(row, cell(optionOf(n, o.Application.Values[n])))
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}

// cell keeps a spreadsheet from running a value as a formula.
func cell(s string) string {
	s = plain(s)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
