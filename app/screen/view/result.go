// Package view turns outcomes, forms and queue items into what a page shows: plain
// values with every word chosen, so that pages only arrange them and tests read them
// as tables. It knows neither go-app nor a browser.
package view

import (
	"slices"
	"strconv"
	"strings"

	"lixianban/app/policy"
	"lixianban/app/words"
)

// Statement is one sentence of the pack with everything behind 为什么.
type Statement struct {
	ID, Tone  string
	Say, More string
	Depends   string // "取决于：…" when an open question or the office decides; else ""
	Dates     string // "2025年1月1日起" when the statement has dates of its own
	Sure      string // how sure, in words
	SureClass string // sure, likely, check
	Because   []string
	Flips     []string
	Sources   []Source
	National  string   // what the national rule says where a region differs
	Ways      []string // of a way in: its steps, in order; More is then empty
	Vague     bool     // its numbers wait for an answer
	Checked   string   // of a way in: when its sources were last looked at
	Months    *Months
}

// Source is a document as listed behind 为什么.
type Source struct {
	Title, Where, URL, Sure, SureClass, Dates string
}

// Result is the result page.
type Result struct {
	Verdict    *Statement  // nil: see Open and Conflict
	Conflict   string      // two rules clash: what to do
	Open       []Statement // the answers still possible
	OpenWhy    []string    // which answers of the person's would decide
	Office     []string    // what only the office can tell
	Parts      []Part      // in the order of the page
	Papers     []Paper
	Basis      string // "国家规定 · 2026年11月21日" for the head of lists and prints
	Pack       string // "national@3", for applications
	Provisonal bool
}

// Part is a group of statements with its heading.
type Part struct {
	Kind, Title string
	Statements  []Statement
}

// order of the groups on the result page and their heading's words key.
var order = []struct {
	kind policy.Kind
	key  string
}{
	{policy.KindConsequence, "result.consequences"},
	{policy.KindWarning, "result.warnings"},
	{policy.KindOption, "result.options"},
	{policy.KindStep, "result.steps"},
	{policy.KindChannel, "result.channels"},
	{policy.KindRight, "result.rights"},
	{policy.KindNote, "result.notes"},
}

// Part is the group of a kind; empty when there is none.
func (r Result) Part(kind policy.Kind) Part {
	for _, p := range r.Parts {
		if p.Kind == string(kind) {
			return p
		}
	}
	return Part{}
}

// Labels names a fact in words, for lists of what an outcome depends on.
type Labels func(fact string) policy.Text

// Outcome presents an outcome in a language; label names its facts.
func Outcome(o *policy.Outcome, lang string, label Labels) Result {
	p := presenter{lang, label}
	r := Result{
		Papers: p.papers(o.Papers),
		Pack:   PackName(o.Pack),
		Basis:  words.T(lang, "result.basis", "date", Date(lang, o.At)),
		Office: p.office(o.Office),
	}
	p.head(&r, o)
	for _, g := range order {
		if part := p.part(g.kind, g.key, o.Findings); len(part.Statements) > 0 {
			r.Parts = append(r.Parts, part)
		}
	}
	return r
}

// PackName is how an application names the pack its answers came from: "national@3".
func PackName(p policy.PackRef) string { return p.ID + "@" + words.Number(int64(p.Version)) }

type presenter struct {
	lang  string
	label Labels
}

func (p presenter) t(key string, args ...any) string { return words.T(p.lang, key, args...) }

// text picks the language of a pack's sentence.
func (p presenter) text(t policy.Text) string { return Text(p.lang, t) }

// Text picks the language of a pack's sentence.
func Text(lang string, t policy.Text) string {
	if strings.HasPrefix(lang, words.EN) {
		return t.EN
	}
	return t.ZH
}

// head fills in the answer itself, or what stands in its place.
func (p presenter) head(r *Result, o *policy.Outcome) {
	switch {
	case len(o.Conflict) > 0:
		r.Conflict = p.t("result.conflict")
	case o.Verdict != nil:
		s := p.statement(*o.Verdict)
		r.Verdict = &s
	default:
		for _, c := range o.Candidates {
			r.Open = append(r.Open, p.statement(c))
		}
	}
	r.OpenWhy = p.facts(o.DependsOn)
}

func (p presenter) part(kind policy.Kind, key string, fs []policy.Finding) Part {
	part := Part{Kind: string(kind), Title: p.t(key)}
	for _, f := range fs {
		if f.Kind == kind {
			part.Statements = append(part.Statements, p.statement(f))
		}
	}
	return part
}

func (p presenter) statement(f policy.Finding) Statement {
	s := Statement{
		ID: f.ID, Tone: tone(f.Tone), Say: p.text(f.Say), More: p.text(f.More),
		Depends: p.depends(f.State, f.DependsOn, f.Office), Dates: p.dates(f.From, f.To),
		Because: p.because(f.Because), Flips: p.because(f.WouldFlip), Sources: p.sources(f.Cites),
		Months: p.months(f.Values),
	}
	s.Sure, s.SureClass = Sure(p.lang, f.Confidence)
	if f.National != nil {
		s.National = p.t("result.national", "say", p.text(f.National.Say))
	}
	s.Vague = f.State == "depends" && slices.ContainsFunc(f.Values, func(a policy.Amount) bool { return a.Missing == "answer" })
	if f.Kind == policy.KindChannel {
		s.Checked = p.checked(oldest(f.Cites))
		if s.Ways = Numbered(s.More); s.Ways != nil {
			s.More = ""
		}
	}
	return s
}

// oldest is the day on which the first of the sources was last read.
func oldest(cs []policy.Cite) (d policy.Day) {
	for _, c := range cs {
		if d == 0 || c.Checked < d {
			d = c.Checked
		}
	}
	return d
}

// Numbered splits "1. Open it. 2. Press it." into its steps; nil when it is no such list.
func Numbered(s string) (steps []string) {
	for n := 1; ; n++ {
		rest, ok := strings.CutPrefix(s, strconv.Itoa(n)+". ")
		if !ok {
			return nil
		}
		i := strings.Index(rest, strconv.Itoa(n+1)+". ")
		if i < 0 && n == 1 {
			return nil
		}
		if i < 0 {
			return append(steps, strings.TrimSpace(rest))
		}
		steps, s = append(steps, strings.TrimSpace(rest[:i])), rest[i:]
	}
}

func tone(t policy.Tone) string {
	if t == "" {
		return "info"
	}
	return string(t)
}

// depends says what an undecided statement waits for.
func (p presenter) depends(state string, facts, office []string) string {
	if state != "depends" {
		return ""
	}
	if names := p.facts(facts); len(names) > 0 {
		return p.t("result.depends", "what", strings.Join(names, p.t("shell.sep")))
	}
	if len(office) > 0 {
		return p.t("result.depends-office")
	}
	return p.t("result.depends-open")
}

func (p presenter) facts(ids []string) []string {
	var names []string
	for _, id := range ids {
		if n := p.text(p.label(id)); n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

func (p presenter) office(items []policy.OfficeItem) []string {
	var says []string
	for _, i := range items {
		says = append(says, p.text(i.Say))
	}
	return says
}

func (p presenter) because(bs []policy.Because) []string {
	var says []string
	for _, b := range bs {
		if s := p.text(b.Say); s != "" {
			says = append(says, s)
		}
	}
	return says
}

func (p presenter) sources(cs []policy.Cite) []Source {
	var ss []Source
	for _, c := range cs {
		s := Source{Title: p.text(c.Title), URL: c.URL, Where: join(p.t("shell.sep"), c.DocNo, c.Article)}
		s.Sure, s.SureClass = Sure(p.lang, c.Confidence)
		s.Dates = join(p.t("result.clause"), p.dates(c.From, 0), p.checked(c.Checked))
		ss = append(ss, s)
	}
	return ss
}

func (p presenter) checked(d policy.Day) string {
	if d == 0 {
		return ""
	}
	return p.t("result.checked", "date", Date(p.lang, d))
}

func (p presenter) dates(from, to policy.Day) string {
	switch {
	case from != 0 && to != 0:
		return p.t("result.from-to", "from", Date(p.lang, from), "to", Date(p.lang, to))
	case from != 0:
		return p.t("result.from", "from", Date(p.lang, from))
	case to != 0:
		return p.t("result.to", "to", Date(p.lang, to))
	}
	return ""
}

func join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}

// sureClasses maps a confidence to the look of its badge; anything unknown is "check".
var sureClasses = map[policy.Confidence]string{
	"OFF": "sure", "OFF-L": "sure", "SEC+": "likely", "INFER": "likely",
	"SEC": "check", "CONF": "check", "SEED": "check",
}

// Sure says in words how sure a source is, and the class of its badge.
func Sure(lang string, c policy.Confidence) (word, class string) {
	class, ok := sureClasses[c]
	if !ok {
		return words.T(lang, "sure.unknown"), "check"
	}
	key := strings.ToLower(strings.ReplaceAll(string(c), "+", "-plus"))
	return words.T(lang, "sure."+key), class
}

// Date writes a day as people say it in a language.
func Date(lang string, d policy.Day) string {
	y, m, day := d.Civil()
	if strings.HasPrefix(lang, words.EN) {
		return d.String()
	}
	return words.T(lang, "shell.date", "y", y, "m", m, "d", day)
}

// Paper is one line of the list of what to bring.
type Paper struct {
	ID, Say, Note, Need, NeedWord string
	Depends                       string
	Sources                       []Source
	Sure, SureClass               string
	Because                       []string
}

func (p presenter) papers(ps []policy.Paper) []Paper {
	var out []Paper
	for _, q := range ps {
		out = append(out, p.paper(q))
	}
	slices.SortStableFunc(out, func(a, b Paper) int { return needRank[a.Need] - needRank[b.Need] })
	return out
}

// paper presents one line. A paper that hangs on an open question is not called a must
// yet: nobody shall run for what the case doesn't need.
func (p presenter) paper(q policy.Paper) Paper {
	v := Paper{
		ID: q.ID, Say: p.text(q.Say), Note: p.text(q.Note), Need: string(q.Need),
		Depends: p.depends(q.State, q.DependsOn, q.Office), Sources: p.sources(q.Cites), Because: p.because(q.Because),
	}
	if v.Depends != "" {
		v.Need = needDepends
	}
	v.NeedWord = p.t("need." + v.Need)
	v.Sure, v.SureClass = Sure(p.lang, q.Confidence)
	return v
}

// needDepends is the need of a paper that an open question decides.
const needDepends = "depends"

var needRank = map[string]int{string(policy.Must): 0, string(policy.If): 1, string(policy.Maybe): 2, needDepends: 3}

// SplitPapers parts what is to bring from what hangs on an open question.
func SplitPapers(ps []Paper) (bring, open []Paper) {
	for _, p := range ps {
		if p.Need == needDepends {
			open = append(open, p)
		} else {
			bring = append(bring, p)
		}
	}
	return bring, open
}

// Months is the picture of a waiting time: twelve months from the day of paying
// again, Pay of them surely at one's own cost, Maybe more of them possibly.
type Months struct {
	Pay, Maybe int
	Words      string // the same in words, for the ear
}

// months draws the first waiting time among a statement's values: an amount of
// months whose name has "wait" in it, cut at a year.
func (p presenter) months(as []policy.Amount) *Months {
	for _, a := range as {
		if a.Unit == policy.Months && a.Missing == "" && strings.Contains(a.Name, "wait") && a.High > 0 {
			low, high := int(min(a.Low, 12)), int(min(a.High, 12))
			return &Months{Pay: low, Maybe: high - low, Words: p.t("result.months", "n", p.text(a.Text))}
		}
	}
	return nil
}

// Fold parts a list for a page that would be too long: at most most stand open, the sure
// ones before those that depend on something. One more than most is not worth folding; a
// statement without its numbers is no help and never stands open.
func Fold(ss []Statement, most int) (open, rest []Statement) {
	rank := func(s Statement) int {
		switch {
		case s.Vague:
			return 2
		case s.Depends != "":
			return 1
		}
		return 0
	}
	ss = slices.Clone(ss)
	slices.SortStableFunc(ss, func(a, b Statement) int { return rank(a) - rank(b) })
	n := slices.IndexFunc(ss, func(s Statement) bool { return s.Vague })
	if n < 0 {
		n = len(ss)
	}
	if n > most+1 || n > most && n < len(ss) {
		n = most
	}
	return ss[:n], ss[n:]
}

// Brief splits a general result for the porch: what holds for everyone, and what
// hangs on the person's answers. The ways in are a part of their own: see Part.
func Brief(r Result) (fixed, open []Statement) {
	for _, part := range r.Parts {
		if part.Kind == string(policy.KindChannel) {
			continue
		}
		for _, s := range part.Statements {
			if s.Depends == "" {
				fixed = append(fixed, s)
			} else {
				open = append(open, s)
			}
		}
	}
	return fixed, open
}
