package author

import (
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lixianban/app/policy"
)

// The raw types are the sources as read: values with their places, before any
// expression is looked at.

type rawPack struct {
	id, base, region string
	version          uint64
	title            policy.Text
	checked          policy.Day
	horizon          int
	at               *node
}

type rawCite struct {
	policy.Cite
	at *node
}

type rawFact struct {
	id      string
	unit    policy.Unit
	fact    policy.Fact
	applies *node
	at      *node
}

type rawParam struct {
	id          string
	unit        policy.Unit
	title       policy.Text
	overridable bool
	values      []rawValue
	at          *node
}

type rawValue struct {
	value policy.ParamValue
	cites []*node
	at    *node
}

type rawDef struct {
	name string
	unit policy.Unit
	cel  *node
	at   *node
}

type rawRule struct {
	rule      policy.Rule
	when      *node
	overrides []*node
	cites     []*node
	say, more *node
	opens     []*node
	at        *node
}

type rawService struct {
	id          string
	title       policy.Text
	verdictless bool
	defs        []rawDef
	rules       []rawRule
	at          *node
}

func (f rawFact) optionIDs() (ids []string) {
	for _, o := range f.fact.Options {
		ids = append(ids, o.ID)
	}
	return ids
}

func (s *sink) pack(n *node) rawPack {
	if s.table(n, "pack.yaml", "id", "version", "title", "checked", "horizon", "base", "region") == nil {
		return rawPack{}
	}
	return rawPack{at: n,
		id:      s.id(s.need(n, "id", "pack.yaml"), "a pack", idRE),
		version: uint64(s.whole(s.need(n, "version", "pack.yaml"), "version", 1, 1<<53)),
		title:   s.text(s.need(n, "title", "pack.yaml"), "title"),
		checked: s.day(s.need(n, "checked", "pack.yaml"), "checked"),
		horizon: int(s.whole(s.need(n, "horizon", "pack.yaml"), "horizon", 0, 36500)),
		base:    s.scalar(n.get("base"), "base"),
		region:  s.region(n.get("region")),
	}
}

func (s *sink) region(n *node) string {
	code := s.scalar(n, "region")
	if _, err := strconv.Atoi(code); n != nil && (err != nil || len(code) != 6) {
		s.at(n, "write the six digits in quotes, as \"370200\"", "%q is not a region's code", code)
	}
	return code
}

func (s *sink) cites(n *node) (out []rawCite) {
	for k, v := range s.entries(n, "cites.yaml", "a cite", idRE) {
		id := k.text
		if s.table(v, "cite "+id, "title", "docNo", "article", "url", "confidence", "from", "checked") == nil {
			continue
		}
		c := policy.Cite{ID: id, Title: s.text(s.need(v, "title", "cite "+id), "title"),
			DocNo: s.scalar(v.get("docNo"), "docNo"), Article: s.scalar(v.get("article"), "article"), URL: s.scalar(v.get("url"), "url"),
			Confidence: policy.Confidence(s.confidence(s.need(v, "confidence", "cite "+id))),
			From:       s.day(v.get("from"), "from"), Checked: s.day(s.need(v, "checked", "cite "+id), "checked")}
		out = append(out, rawCite{c, k})
	}
	return out
}

func (s *sink) confidence(n *node) string {
	return s.oneOf(n, "confidence", "OFF", "OFF-L", "SEC+", "SEC", "INFER", "CONF", "SEED")
}

// entries walks a mapping from ids to bodies; the key's text is the id.
func (s *sink) entries(n *node, what, kind string, re *regexp.Regexp) iter.Seq2[*node, *node] {
	return func(yield func(*node, *node) bool) {
		if s.table(n, what) == nil {
			return
		}
		for i, k := range n.keys {
			s.id(k, kind, re)
			if !yield(k, n.vals[i]) {
				return
			}
		}
	}
}

var units = map[string]policy.Unit{"bool": policy.Bool, "int": policy.Int, "money": policy.Money, "date": policy.Date,
	"months": policy.Months, "enum": policy.Enum, "text": policy.Phrase}

func (s *sink) unit(n *node, what string, allowed ...string) policy.Unit {
	return units[s.oneOf(n, what, allowed...)]
}

// reserved words of CEL can't name anything, nor can the profile's own names.
var reserved = strings.Fields("as break const continue else false for function if import in let loop package namespace null return true var void while p today int uint double bool string bytes list map type dyn")

func (s *sink) name(k *node) {
	if slices.Contains(reserved, k.text) {
		s.at(k, "choose another name", "%q is a word of the expression language", k.text)
	}
}

func (s *sink) facts(n *node) (out []rawFact) {
	for k, v := range s.entries(n, "facts.yaml", "a fact", nameRE) {
		s.name(k)
		what := "fact " + k.text
		if s.table(v, what, "type", "label", "ask", "help", "why", "options", "min", "max", "cost", "applies") == nil {
			continue
		}
		f := rawFact{id: k.text, at: k, applies: v.get("applies"),
			unit: s.unit(s.need(v, "type", what), "type", "bool", "int", "money", "date", "months", "enum")}
		f.fact = policy.Fact{Question: policy.Question{Fact: k.text, Unit: f.unit,
			Label: s.text(s.need(v, "label", what), "label"), Ask: s.text(s.need(v, "ask", what), "ask"),
			Help: s.text(v.get("help"), "help"), Why: s.text(s.need(v, "why", what), "why"), Options: s.choices(v, what, f.unit)},
			Cost: int(s.whole(orDefault(v.get("cost"), "50"), "cost", 0, 1<<20))}
		f.fact.Min, f.fact.Max = s.bounds(v, what, f.unit)
		out = append(out, f)
	}
	return out
}

func orDefault(n *node, text string) *node {
	if n != nil {
		return n
	}
	return &node{kind: scalar, text: text, file: &source{}}
}

func (s *sink) choices(v *node, what string, u policy.Unit) (out []policy.Option) {
	n := v.get("options")
	if u != policy.Enum {
		if n != nil {
			s.at(n, "only enum facts have options", "%s has options but is no enum", what)
		}
		return nil
	}
	for _, it := range s.items(s.need(v, "options", what), "options") {
		if s.table(it, "an option", "id", "say") == nil {
			continue
		}
		o := policy.Option{ID: s.id(s.need(it, "id", "an option"), "an option", idRE), Say: s.text(s.need(it, "say", "an option"), "say")}
		if slices.ContainsFunc(out, func(p policy.Option) bool { return p.ID == o.ID }) || o.ID == "unknown" || o.ID == "declined" {
			s.at(it, "give each option its own id; unknown and declined are taken", "option %q can't be used here", o.ID)
		}
		out = append(out, o)
	}
	if len(out) > 64 {
		s.at(n, "ask in two steps", "%s has more than 64 options", what)
	}
	return out
}

// bounds are a number's ends: given, or the unit's own where it has natural ones.
func (s *sink) bounds(v *node, what string, u policy.Unit) (lo, hi int64) {
	n, m := v.get("min"), v.get("max")
	switch u {
	case policy.Int, policy.Months:
		n, m = s.need(v, "min", what), s.need(v, "max", what)
	case policy.Money:
		n, m = orDefault(n, "0"), orDefault(m, "10000000")
	case policy.Date:
		n, m = orDefault(n, "1900-01-01"), orDefault(m, "2100-12-31")
	default:
		if n != nil || m != nil {
			s.at(v, "", "%s has min or max but is no number or day", what)
		}
		return 0, 0
	}
	lo, hi = s.value(n, "min", u), s.value(m, "max", u)
	if lo > hi {
		s.at(m, "", "max of %s is below its min", what)
	}
	return lo, hi
}

func (s *sink) params(n *node) (out []rawParam) {
	for k, v := range s.entries(n, "params.yaml", "a parameter", nameRE) {
		what := "parameter " + k.text
		if s.table(v, what, "unit", "title", "overridable", "values") == nil {
			continue
		}
		p := rawParam{id: k.text, at: k, title: s.text(v.get("title"), "title"), overridable: s.flag(v.get("overridable"), "overridable"),
			unit: s.unit(v.get("unit"), "unit", "bool", "int", "money", "date", "months", "text")}
		out = append(out, p)
		for _, it := range s.items(v.get("values"), "values") {
			out[len(out)-1].values = append(out[len(out)-1].values, rawValue{at: it})
		}
	}
	return out
}

// paramValue reads one dated value once the unit is known (a region's comes from national).
func (s *sink) paramValue(v *rawValue, what string, u policy.Unit, region string) {
	n := v.at
	if s.table(n, "a value of "+what, "from", "to", "value", "low", "high", "cites", "checked", "status") == nil {
		return
	}
	v.value = policy.ParamValue{Region: region, From: s.day(n.get("from"), "from"), To: s.day(n.get("to"), "to"),
		Checked:   s.day(s.need(n, "checked", "a value of "+what), "checked"),
		Projected: s.oneOf(n.get("status"), "status", "enacted", "projected") == "projected"}
	v.cites = s.items(s.need(n, "cites", "a value of "+what), "cites")
	low, high, one := n.get("low"), n.get("high"), n.get("value")
	switch {
	case u == policy.Phrase:
		v.value.Say = s.text(s.need(n, "value", "a value of "+what), "value")
	case one != nil && low == nil && high == nil:
		v.value.Low = s.value(one, what, u)
		v.value.High = v.value.Low
	case one == nil && low != nil && high != nil && u != policy.Bool:
		v.value.Low, v.value.High = s.value(low, what, u), s.value(high, what, u)
		if v.value.Low > v.value.High {
			s.at(low, "swap them", "low is above high")
		}
	default:
		s.at(n, "write either value, or low and high", "a value of %s needs one number or a range", what)
	}
	if v.value.To != 0 && v.value.To < v.value.From {
		s.at(n, "", "this period of %s ends before it begins", what)
	}
}

func (s *sink) defs(n *node, what string) (out []rawDef) {
	for k, v := range s.entries(n, what, "a def", nameRE) {
		s.name(k)
		if s.table(v, "def "+k.text, "unit", "cel") == nil {
			continue
		}
		d := rawDef{name: k.text, at: k, cel: s.need(v, "cel", "def "+k.text),
			unit: s.unit(s.need(v, "unit", "def "+k.text), "unit", "bool", "int", "money", "date", "months")}
		if d.cel != nil && d.unit != 0 {
			out = append(out, d)
		}
	}
	return out
}

func (s *sink) calendar(n *node) (out []policy.Year) {
	for k, v := range s.entries(n, "calendar.yaml", "a year", regexp.MustCompile(`^(19|20|21)[0-9][0-9]$`)) {
		if s.table(v, "a year", "status", "off", "work", "late", "cites") == nil {
			continue
		}
		y := policy.Year{Year: int(s.whole(k, "a year", 1900, 2199)), Off: s.dayList(v.get("off"), k), Work: s.dayList(v.get("work"), k)}
		status := s.oneOf(s.need(v, "status", "a year"), "status", "official", "statutory")
		if late := s.table(v.get("late"), "late", "off", "work"); late != nil {
			y.LateOff, y.LateWork = s.dayList(late.get("off"), k), s.dayList(late.get("work"), k)
		} else if status == "statutory" {
			s.at(v, "add late: {off: […]}, the estimated arrangement", "only the statutory days of %s are known, and there is no late end", k.text)
		}
		out = append(out, y)
	}
	slices.SortFunc(out, func(a, b policy.Year) int { return a.Year - b.Year })
	return out
}

func (s *sink) dayList(n, year *node) (out []policy.Day) {
	for _, it := range s.items(n, "a list of days") {
		d := s.day(it, "a day")
		if d.String()[:4] != year.text {
			s.at(it, "move it", "%s is not in %s", d, year.text)
		}
		out = append(out, d)
	}
	return out
}

func (s *sink) service(n *node, regional bool) rawService {
	keys := []string{"service", "title", "verdictless", "defs", "rules", "papers"}
	if n == nil || s.table(n, "a service", keys...) == nil {
		return rawService{}
	}
	out := rawService{at: n, id: s.id(s.need(n, "service", "a service"), "a service", idRE)}
	if !regional {
		out.title = s.text(s.need(n, "title", "a service"), "title")
	}
	out.verdictless = s.flag(n.get("verdictless"), "verdictless")
	out.defs = s.defs(n.get("defs"), "defs")
	for _, it := range s.items(n.get("rules"), "rules") {
		out.rules = append(out.rules, s.rule(it, false))
	}
	for _, it := range s.items(n.get("papers"), "papers") {
		out.rules = append(out.rules, s.rule(it, true))
	}
	return out
}

func (s *sink) rule(n *node, paper bool) rawRule {
	what, more := "a rule", "more"
	keys := []string{"id", "kind", "tone", "when", "overrides", "from", "to", "say", "more", "cites", "confidence", "overridable",
		"ask", "claim", "opens", "column", "row"}
	if paper {
		what, more = "a paper", "note"
		keys = []string{"id", "need", "when", "overrides", "from", "to", "say", "note", "cites", "confidence", "overridable"}
	}
	r := rawRule{at: n}
	if s.table(n, what, keys...) == nil {
		return r
	}
	id := s.id(s.need(n, "id", what), what, idRE)
	what += " " + strconv.Quote(id)
	r.rule = policy.Rule{ID: id, When: -1, From: s.day(n.get("from"), "from"), To: s.day(n.get("to"), "to"),
		Overridable: s.flag(n.get("overridable"), "overridable"), Confidence: policy.Confidence(s.confidence(n.get("confidence")))}
	if paper {
		r.rule.Need = policy.Need(s.oneOf(s.need(n, "need", what), "need", "must", "if", "maybe"))
	} else {
		r.rule.Kind = policy.Kind(s.oneOf(s.need(n, "kind", what), "kind", "verdict", "consequence", "warning", "step", "right", "option", "note", "channel", "answer", "myth", "choice"))
		s.extra(n, what, &r)
		r.rule.Tone = policy.Tone(s.oneOf(n.get("tone"), "tone", "go", "wait", "no", "info"))
	}
	r.say, r.more = s.need(n, "say", what), n.get(more)
	r.rule.Say, r.rule.More = s.text(r.say, what), s.text(r.more, what)
	r.when = n.get("when")
	r.overrides = s.items(n.get("overrides"), "overrides")
	r.cites = s.items(s.need(n, "cites", what), "cites")
	if n.get("cites") != nil && len(r.cites) == 0 {
		s.at(n.get("cites"), "name the source it comes from", "%s cites nothing", what)
	}
	if r.rule.To != 0 && r.rule.To < r.rule.From {
		s.at(n.get("to"), "", "%s ends before it begins", what)
	}
	return r
}

// extras are the keys that only some kinds have; each of those kinds needs all of its own.
var extras = map[policy.Kind][]string{policy.KindAnswer: {"ask", "opens"}, policy.KindMyth: {"claim", "opens"}, policy.KindChoice: {"column", "row"}}

func (s *sink) extra(n *node, what string, r *rawRule) {
	own := extras[r.rule.Kind]
	for _, key := range []string{"ask", "claim", "opens", "column", "row"} {
		switch {
		case slices.Contains(own, key):
			s.need(n, key, what)
		case n.get(key) != nil:
			s.at(n.get(key), "take it out, or correct the kind", "%s is of kind %s, which has no %s", what, r.rule.Kind, key)
		}
	}
	r.rule.Ask, r.rule.Claim = s.plain(n.get("ask"), what), s.plain(n.get("claim"), what)
	r.rule.Column = s.oneOf(n.get("column"), "column", policy.Columns...)
	r.rule.Row = s.oneOf(n.get("row"), "row", policy.Rows...)
	if r.opens = s.items(n.get("opens"), "opens"); n.get("opens") != nil && len(r.opens) == 0 {
		s.at(n.get("opens"), "name the service to go on with", "%s leads nowhere", what)
	}
}

// plain is a text in which nothing is computed.
func (s *sink) plain(n *node, what string) policy.Text {
	t := s.text(n, what)
	if strings.ContainsAny(t.ZH+t.EN, "{}") {
		s.at(n, "write it out, or move it to say", "a placeholder can't stand here")
	}
	return t
}
