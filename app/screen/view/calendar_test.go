package view_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lixianban/app/policy"
	"lixianban/app/screen/view"
	"lixianban/app/words"
)

func day(y, m, d int) policy.Day { return policy.DayOf(y, m, d) }

func date(low, high policy.Day) policy.Amount {
	return policy.Amount{Unit: policy.Date, Low: int64(low), High: int64(high), Text: policy.Text{ZH: "早到晚", EN: "early to late"}}
}

func TestOnlySureDaysAheadAreDeadlines(t *testing.T) {
	today := day(2026, 11, 21)
	say := policy.Text{ZH: "别等最后一天。去办。", EN: "Don't wait. Go."}
	f := func(id string, kind policy.Kind, state string, as ...policy.Amount) policy.Finding {
		return policy.Finding{ID: id, Kind: kind, State: state, Say: say, Values: as}
	}
	missing := date(day(2027, 1, 1), day(2027, 1, 1))
	missing.Missing = "answer"
	o := &policy.Outcome{At: today, Findings: []policy.Finding{
		f("late", policy.KindWarning, "holds", date(day(2027, 3, 1), day(2027, 4, 1))),
		f("soon", policy.KindStep, "holds", date(day(2026, 12, 31), day(2026, 12, 31)), date(day(2026, 12, 31), day(2026, 12, 31))),
		f("past", policy.KindStep, "holds", date(day(2026, 1, 1), day(2026, 1, 1)), date(today, today)),
		f("open", policy.KindStep, "depends", date(day(2027, 1, 1), day(2027, 1, 1))),
		f("unknown", policy.KindStep, "holds", missing),
		f("case", policy.KindConsequence, "holds", date(day(2029, 5, 1), day(2029, 5, 1))),
		f("cell", policy.KindChoice, "holds", date(day(2027, 1, 1), day(2027, 1, 1))),
		f("money", policy.KindStep, "holds", policy.Amount{Unit: policy.Money, Low: 40000, High: 40000}),
	}}
	verdict := f("answer", policy.KindVerdict, "holds", date(day(2027, 1, 15), day(2027, 1, 15)))
	o.Verdict = &verdict
	var got []string
	for _, d := range view.Deadlines(o, words.ZH) {
		got = append(got, d.Rule+" "+d.Day.String()+" "+d.Say+"|"+d.More)
	}
	want := []string{
		"soon 2026-12-31 别等最后一天。|别等最后一天。去办。",
		"answer 2027-01-15 别等最后一天。|别等最后一天。去办。",
		"late 2027-03-01 别等最后一天。|早到晚。别等最后一天。去办。",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

var stamp = time.Date(2026, 11, 21, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))

func TestACalendarIsWrittenAsTheStandardSays(t *testing.T) {
	got := string(view.Calendar(words.ZH, "resume", "恢复参保", []view.Deadline{{Rule: "window", Day: day(2026, 12, 31), Say: "到年底, 别等; 最后一天", More: `a\b`}}, stamp))
	want := strings.Join([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lixianban//Deadlines//ZH", "CALSCALE:GREGORIAN",
		"BEGIN:VEVENT", "UID:resume.window.20261231@lixianban", "DTSTAMP:20261121T040000Z",
		"DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101",
		`SUMMARY:恢复参保: 到年底\, 别等\; 最后一天`,
		`DESCRIPTION:a\\b\n` + words.T(words.ZH, "ics.foot"),
		"TRANSP:TRANSPARENT", "BEGIN:VALARM", "ACTION:DISPLAY", `DESCRIPTION:恢复参保: 到年底\, 别等\; 最后一天`, "TRIGGER:-P6DT15H", "END:VALARM",
		"END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n")
	if unfold(got) != want {
		t.Errorf("got\n%s\nwant\n%s", unfold(got), want)
	}
}

// unfold undoes the folding of long lines (§3.1).
func unfold(s string) string { return strings.ReplaceAll(s, "\r\n ", "") }

// unescape undoes the escaping of a text (§3.3.11).
func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n").Replace(s)
}

func TestAnyTextComesBackFromLinesOfAtMost75Octets(t *testing.T) {
	alphabet := []rune("a,;:\\\n\" 医保停参恢复😀é\u200b")
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		text := make([]rune, 1+rng.IntN(200))
		for i := range text {
			text[i] = alphabet[rng.IntN(len(alphabet))]
		}
		file := string(view.Calendar(words.EN, "s", "t", []view.Deadline{{Rule: "r", Day: day(2027, 1, 1), Say: string(text), More: "m"}}, stamp))
		for _, l := range strings.Split(strings.TrimSuffix(file, "\r\n"), "\r\n") {
			if len(l) > 75 || !utf8.ValidString(l) || strings.ContainsAny(l, "\r\n") {
				t.Fatalf("a line of %d octets: %q", len(l), l)
			}
		}
		_, after, _ := strings.Cut(unfold(file), "\r\nSUMMARY:t: ")
		summary, _, _ := strings.Cut(after, "\r\n")
		if unescape(summary) != string(text) {
			t.Fatalf("%q came back as %q", string(text), unescape(summary))
		}
	}
}

func TestControlCharactersStayOutOfACalendar(t *testing.T) {
	file := string(view.Calendar(words.ZH, "s", "t", []view.Deadline{{Rule: "r", Day: day(2027, 1, 1), Say: "a\r\nEND:VCALENDAR\x00\x1b\xff", More: "m"}}, stamp))
	if strings.Count(file, "\r\nEND:VCALENDAR\r\n") != 1 || strings.ContainsAny(file, "\x00\x1b") || !utf8.ValidString(file) {
		t.Errorf("got %q", file)
	}
}
