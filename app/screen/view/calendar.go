package view

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lixianban/app/policy"
	"lixianban/app/words"
)

// Deadline is a day that a result names, to be put into the phone's calendar.
type Deadline struct {
	Rule string     // what says so
	Day  policy.Day // of a range the first day: early is safe
	Say  string     // the statement's first sentence
	More string     // the range, when it is one; then the rest of the statement
}

// dated are the kinds of statement whose days are to be met. A consequence's days are those
// of a case ("stop two years and …"), and none of them is an appointment.
var dated = []policy.Kind{policy.KindVerdict, policy.KindWarning, policy.KindStep, policy.KindOption, policy.KindNote}

// Deadlines lists the days ahead that an outcome is sure to name, earliest first, each day
// of a statement once.
func Deadlines(o *policy.Outcome, lang string) (ds []Deadline) {
	all := o.Findings
	if o.Verdict != nil {
		all = append([]policy.Finding{*o.Verdict}, all...)
	}
	for _, f := range all {
		if f.State == "holds" && slices.Contains(dated, f.Kind) {
			ds = append(ds, deadlinesOf(f, o.At, lang)...)
		}
	}
	slices.SortStableFunc(ds, func(a, b Deadline) int { return int(a.Day - b.Day) })
	return ds
}

func deadlinesOf(f policy.Finding, today policy.Day, lang string) (ds []Deadline) {
	for _, a := range f.Values {
		day := policy.Day(a.Low)
		if a.Unit != policy.Date || a.Missing != "" || day <= today || slices.ContainsFunc(ds, func(d Deadline) bool { return d.Day == day }) {
			continue
		}
		d := Deadline{Rule: f.ID, Day: day, Say: FirstSentence(Text(lang, f.Say)), More: strings.TrimSpace(Text(lang, f.Say) + " " + Text(lang, f.More))}
		if a.Low != a.High {
			d.More = Text(lang, a.Text) + words.T(lang, "shell.stop") + d.More
		}
		ds = append(ds, d)
	}
	return ds
}

// Calendar writes days as iCalendar (RFC 5545): one all-day event each, with a reminder at
// nine in the morning a week before. An event's UID is the service, the rule and the day, so
// that saving again changes what is there instead of doubling it; it holds no answer of the
// person's. stamp is the time of writing.
func Calendar(lang, service, title string, ds []Deadline, stamp time.Time) []byte {
	var c ics
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Lixianban//Deadlines//"+strings.ToUpper(lang[:2]))
	c.line("CALSCALE", "GREGORIAN")
	for _, d := range ds {
		c.event(service, title, d, stamp, words.T(lang, "ics.foot"))
	}
	c.line("END", "VCALENDAR")
	return []byte(c.b.String())
}

type ics struct{ b strings.Builder }

func (c *ics) event(service, title string, d Deadline, stamp time.Time, foot string) {
	day, next := basic(d.Day), basic(d.Day+1)
	summary := title + ": " + d.Say
	for _, p := range [][2]string{
		{"BEGIN", "VEVENT"}, {"UID", service + "." + d.Rule + "." + day + "@lixianban"}, {"DTSTAMP", stamp.UTC().Format("20060102T150405Z")},
		{"DTSTART;VALUE=DATE", day}, {"DTEND;VALUE=DATE", next}, {"SUMMARY", escape(summary)}, {"DESCRIPTION", escape(d.More + "\n" + foot)},
		{"TRANSP", "TRANSPARENT"},
		{"BEGIN", "VALARM"}, {"ACTION", "DISPLAY"}, {"DESCRIPTION", escape(summary)}, {"TRIGGER", "-P6DT15H"}, {"END", "VALARM"},
		{"END", "VEVENT"},
	} {
		c.line(p[0], p[1])
	}
}

// basic is a day as 20261231.
func basic(d policy.Day) string { return strings.ReplaceAll(d.String(), "-", "") }

// maxLine is the octets of a line without its CRLF (§3.1).
const maxLine = 75

// line writes a property, folded between characters.
func (c *ics) line(name, value string) {
	rest, room := name+":"+value, maxLine
	for len(rest) > room {
		cut := room
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		c.b.WriteString(rest[:cut] + "\r\n ")
		rest, room = rest[cut:], maxLine-1
	}
	c.b.WriteString(rest + "\r\n")
}

// escape writes a TEXT value (§3.3.11); control characters have no place in one.
func escape(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		if r != '\n' && (r < ' ' || r == 0x7f) {
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}
