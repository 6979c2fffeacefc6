package view

import (
	"strings"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/outbox"
	"lixianban/app/words"
)

// Counts says in words what the queue holds; nothing for what is not there.
func Counts(lang string, s outbox.Summary) []string {
	var says []string
	for _, c := range []struct {
		n   int
		key string
	}{
		{s.Drafts, "home.count-drafts"}, {s.Waiting, "home.count-waiting"}, {s.NeedsInfo, "home.count-needs"},
		{s.Delivered, "home.count-delivered"}, {s.Decided, "home.count-decided"}, {s.Damaged, "home.count-damaged"},
	} {
		if c.n > 0 {
			says = append(says, words.T(lang, c.key, "n", c.n))
		}
	}
	return says
}

// Status is where an application is, in the vocabulary of the states.
type Status struct {
	State     outbox.State
	Say, Line string // the state, and the line under it
	Tone      string
}

// tones of the states: never the only signal, the words say the same.
var tones = map[outbox.State]string{
	outbox.StateDraft: "info", outbox.StateQueued: "wait", outbox.StateSending: "wait",
	outbox.StateReceived: "go", outbox.StateFetched: "go", outbox.StateAccepted: "go",
	outbox.StateNeedsInfo: "wait", outbox.StateRejected: "no", outbox.StateStuck: "no",
}

// StatusOf presents an item as it stands at now.
func StatusOf(lang string, it outbox.Item, now time.Time) Status {
	s := outbox.StateOf(it, now)
	st := Status{State: s, Tone: tones[s], Say: words.T(lang, "status."+string(s), "n", it.Attempts+1, "number", number(it), "days", days(it, now))}
	st.Line = words.T(lang, "status."+string(s)+".line")
	if last := it.Last(); last != nil && last.Reason != "" {
		st.Line = last.Reason
	}
	if s == outbox.StateStuck && it.Fault != nil {
		st.Say, st.Line = words.T(lang, "status.refused"), Fault(lang, it.Fault.Code)
	}
	return st
}

// Fault is the sentence for a lasting refusal: what to do next.
func Fault(lang, code string) string { return sentence(lang, "outbox.", code, "outbox.other") }

// sentence finds the words of another room's code, or a general sentence that names the code.
func sentence(lang, prefix, code, general string) string {
	if words.Has(prefix + code) {
		return words.T(lang, prefix+code)
	}
	return words.T(lang, general, "code", code)
}

func number(it outbox.Item) string {
	if it.Receipt == nil {
		return ""
	}
	return it.Receipt.Number
}

func days(it outbox.Item, now time.Time) int { return max(1, int(now.Sub(it.Created).Hours()/24)) }

// Step is one line of an application's timeline.
type Step struct {
	Kind      string // done, now, bad, todo
	Say, When string
}

// Timeline tells an application's life so far and the next thing to wait for.
func Timeline(lang string, it outbox.Item, now time.Time) []Step {
	state := outbox.StateOf(it, now)
	steps := []Step{{"done", words.T(lang, "timeline.sealed"), Moment(lang, it.Created)}}
	if it.Receipt != nil {
		steps = append(steps, Step{"done", words.T(lang, "timeline.received", "number", it.Receipt.Number), When(lang, it.Receipt.Time)})
	}
	for _, e := range it.Events {
		steps = append(steps, Step{eventKind(e.State), eventSay(lang, e), When(lang, e.Time)})
	}
	if next, ok := nextKey[state]; ok {
		steps = append(steps, Step{next.kind, words.T(lang, next.key), ""})
	}
	return steps
}

// Slip is an application's state as plain text, to keep or to send to a relative: what,
// where it goes, how it stands (with the office's own words), the number, what next.
func Slip(lang, service string, office *envelope.Office, it outbox.Item, now time.Time) string {
	st := StatusOf(lang, it, now)
	lines := []string{words.T(lang, "app.name") + " · " + service, st.Say, st.Line}
	if office != nil {
		lines = append(lines, words.T(lang, "check.to", "office", OfficeName(lang, *office)))
	}
	for _, s := range Timeline(lang, it, now) {
		if s.When != "" {
			lines = append(lines, s.When+" "+s.Say)
		}
	}
	lines = append(lines, words.T(lang, "view.next."+string(st.State)), words.T(lang, "shell.call", "number", "12393"), words.T(lang, "view.sid", "sid", it.SID))
	return strings.Join(lines, "\n")
}

// nextKey is the line after the last thing that happened.
var nextKey = map[outbox.State]struct{ kind, key string }{
	outbox.StateQueued:    {"now", "timeline.next-send"},
	outbox.StateSending:   {"now", "timeline.next-sending"},
	outbox.StateStuck:     {"bad", "timeline.next-stuck"},
	outbox.StateReceived:  {"now", "timeline.next-fetch"},
	outbox.StateFetched:   {"now", "timeline.next-answer"},
	outbox.StateNeedsInfo: {"now", "timeline.next-papers"},
}

func eventKind(s envelope.StatusState) string {
	if s == envelope.Rejected {
		return "bad"
	}
	return "done"
}

func eventSay(lang string, e envelope.Status) string {
	say := words.T(lang, "status."+string(e.State))
	if e.Reason != "" {
		say = words.T(lang, "timeline.reason", "state", say, "reason", e.Reason)
	}
	return say
}

// When writes an RFC 3339 time for people; nothing when it can't be read.
func When(lang, rfc string) string {
	t, err := time.Parse(time.RFC3339, rfc)
	if err != nil {
		return ""
	}
	return Moment(lang, t)
}

// china has no daylight saving, so that no zone tables are needed.
var china = time.FixedZone("CST", 8*60*60)

// Moment writes a time for people, in China's time.
func Moment(lang string, t time.Time) string {
	t = t.In(china)
	_, m, d := t.Date()
	return words.T(lang, "shell.time", "m", int(m), "d", d, "hm", t.Format("15:04"))
}
