package view

import (
	"strings"

	"lixianban/app/filing"
	"lixianban/app/policy"
	"lixianban/app/words"
)

// SheetPart is a part of a printed form, with its lines.
type SheetPart struct {
	Title string
	Lines []Line
}

// Line is one line of a printed form: a filled value, boxes to tick, or room to write.
type Line struct{ What, Value string }

// Sheet lays a form out on paper. With values it shows the fields that apply to them;
// without, every field, choices as boxes to tick.
func Sheet(lang string, form filing.Form, values filing.Values, options func(field string) []policy.Option) []SheetPart {
	var parts []SheetPart
	steps, values := form.Steps, form.Normalize(values)
	for _, s := range steps {
		part := SheetPart{Title: StepTitle(lang, s.ID)}
		for _, f := range s.Fields {
			if len(values) > 0 && f.When != nil && values[f.ID] == "" {
				continue
			}
			part.Lines = append(part.Lines, Line{Label(lang, f, values), sheetValue(lang, f, values[f.ID], options(f.ID))})
		}
		if len(part.Lines) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

func sheetValue(lang string, f filing.Field, v string, options []policy.Option) string {
	if v != "" {
		return Value(lang, f, v, options)
	}
	if f.Kind == filing.KindDate {
		return words.T(lang, "print.day")
	}
	var boxes []string
	for _, id := range f.Options {
		boxes = append(boxes, "□ "+Option(lang, f.ID, id))
	}
	if f.Options == nil && f.Kind == filing.KindChoice {
		for _, o := range options {
			boxes = append(boxes, "□ "+Text(lang, o.Say))
		}
	}
	return strings.Join(boxes, "\u3000")
}
