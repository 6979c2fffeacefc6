package author

import (
	"slices"
	"strings"
	"unicode/utf8"

	"lixianban/app/policy"
)

// assembly is one service being lowered.
type assembly struct {
	u   *unit
	l   *lowering
	raw *rawService
	out policy.Service
	all []rawRule // national, then regional, as they may appear
}

func (u *unit) service(p *policy.Pack, raw *rawService, names bool) policy.Service {
	a := &assembly{u: u, raw: raw, out: policy.Service{ID: raw.id, Title: raw.title}}
	defs := slices.Concat(u.national.defs, raw.defs)
	u.repeatedNames(defs)
	sc, err := newScope(u.national.facts, u.params, defs, p.Calendar)
	if err != nil {
		u.s.at(raw.at, "give facts, defs and parameters different names", "the names of this service clash: %s", err)
		return a.out
	}
	a.l = newLowering(u.s, sc)
	a.checkDefs(raw.defs, sc)
	a.collect()
	for i := range a.all {
		a.lowerRule(&a.all[i])
	}
	a.verdicts()
	a.slots(names)
	a.out.Nodes = a.l.nodes
	for k := range a.l.used {
		u.used[k] = true
	}
	return a.out
}

// verdicts holds that a service says so when it decides nothing.
func (a *assembly) verdicts() {
	switch none := a.out.Verdictless(); {
	case none && !a.raw.verdictless:
		a.u.s.at(a.raw.at, "add a rule of kind verdict, or verdictless: true when it is only for reading", "the service %q has no verdict", a.raw.id)
	case !none && a.raw.verdictless:
		a.u.s.at(a.raw.at.get("verdictless"), "take it out", "the service %q has a verdict", a.raw.id)
	}
}

func (u *unit) repeatedNames(defs []rawDef) {
	taken := map[string]bool{}
	for _, f := range u.national.facts {
		taken[f.id] = true
	}
	for _, d := range defs {
		if taken[d.name] {
			u.s.at(d.at, "choose another name", "%q is already the name of a fact or def", d.name)
		}
		taken[d.name] = true
	}
}

// checkDefs lowers every def of the service aside, so that an unused one is still checked.
func (a *assembly) checkDefs(defs []rawDef, sc *scope) {
	aside := newLowering(a.u.s, sc)
	for _, d := range defs {
		aside.name(d.at, d.name)
	}
}

// collect puts the regions' statements behind the national ones and checks ids.
func (a *assembly) collect() {
	a.all = slices.Clone(a.raw.rules)
	a.repeated(a.raw.rules)
	for _, r := range a.u.regions {
		for i := range r.services {
			if r.services[i].id == a.raw.id {
				a.regional(r, r.services[i].rules)
			}
		}
	}
}

func (a *assembly) repeated(rules []rawRule) {
	for i := range rules {
		for k := range rules[:i] {
			x, y := &rules[i].rule, &rules[k].rule
			if x.ID != "" && x.ID == y.ID && (overlap(x.From, x.To, y.From, y.To) || (x.Need == "") != (y.Need == "")) {
				a.u.s.at(rules[i].at, "give it another id, or dates that don't overlap", "there are two statements %q", x.ID)
			}
		}
	}
}

func (a *assembly) regional(f *folder, rules []rawRule) {
	a.repeated(rules)
	for _, r := range rules {
		r.rule.Region = f.pack.region
		for _, n := range a.raw.rules {
			if n.rule.ID == r.rule.ID && (!n.rule.Overridable || (n.rule.Need == "") != (r.rule.Need == "")) {
				a.u.s.at(r.at, "mark the national one overridable: true, or choose another id", "the national statement %q can't be replaced", r.rule.ID)
			}
		}
		a.all = append(a.all, r)
	}
}

func (a *assembly) lowerRule(r *rawRule) {
	rule := r.rule
	if rule.Tone == "" && rule.Need == "" {
		rule.Tone = "info"
	}
	rule.When = a.condition(r)
	rule.Cites = a.u.citeRefs(r.cites)
	a.confidence(r, rule.Cites)
	for _, n := range r.overrides {
		id := a.u.s.scalar(n, "overrides")
		if ids := a.ids(); id == rule.ID || !slices.Contains(ids, id) {
			a.u.s.at(n, didYouMean(id, ids), "there is no other statement %q to override", id)
		}
		rule.Overrides = append(rule.Overrides, id)
	}
	a.opens(r, &rule)
	a.texts(r)
	a.out.Rules = append(a.out.Rules, rule)
}

// opens checks that a statement leads to services which decide something.
func (a *assembly) opens(r *rawRule, rule *policy.Rule) {
	var ids []string
	for _, svc := range a.u.national.services {
		if !svc.verdictless {
			ids = append(ids, svc.id)
		}
	}
	for _, n := range r.opens {
		id := a.u.s.scalar(n, "opens")
		if !slices.Contains(ids, id) || slices.Contains(rule.Opens, id) {
			a.u.s.at(n, didYouMean(id, ids), "%q can't be opened: it is no service with a verdict, or is named twice", id)
		}
		rule.Opens = append(rule.Opens, id)
	}
}

func (a *assembly) condition(r *rawRule) int {
	if r.when == nil {
		return -1
	}
	t := a.l.expr(r.when, policy.Bool)
	if t.bad {
		return -1
	}
	if n := a.l.nodes[t.node]; n.Op == policy.OpConst {
		if n.K == 0 {
			a.u.s.at(r.when, "take the statement out", "%q can never hold", r.rule.ID)
		}
		return -1
	}
	return int(t.node)
}

func (a *assembly) confidence(r *rawRule, cites []int) {
	weakest := policy.Confidence("OFF")
	for _, c := range cites {
		if g := a.u.cites[c].Confidence; policy.Weaker(g, weakest) {
			weakest = g
		}
	}
	if c := r.rule.Confidence; c != "" && policy.Weaker(weakest, c) {
		a.u.s.at(r.at.get("confidence"), "leave it out", "%q claims %s, but its sources only give %s", r.rule.ID, c, weakest)
	}
}

func (a *assembly) ids() (ids []string) {
	for i := range a.all {
		ids = append(ids, a.all[i].rule.ID)
	}
	return ids
}

// texts checks the placeholders of a statement: the same in both languages, known, of a unit
// the format prints.
func (a *assembly) texts(r *rawRule) {
	for _, n := range []*node{r.say, r.more} {
		if n == nil || n.kind != table {
			continue
		}
		zh, en := a.holes(n.get("zh")), a.holes(n.get("en"))
		if missing := lacking(zh, en); missing != "" {
			a.u.s.at(n.get("en"), "use the same placeholders in both languages", "the English text lacks {%s}", missing)
		}
		if missing := lacking(en, zh); missing != "" {
			a.u.s.at(n.get("zh"), "use the same placeholders in both languages", "the Chinese text lacks {%s}", missing)
		}
	}
}

func lacking(a, b []policy.Hole) string {
	for _, h := range a {
		if !slices.ContainsFunc(b, func(o policy.Hole) bool { return o.Name == h.Name && o.To == h.To }) {
			if h.To != "" {
				return h.Name + "~" + h.To
			}
			return h.Name
		}
	}
	return ""
}

func (a *assembly) holes(n *node) []policy.Hole {
	if n == nil || n.kind != scalar {
		return nil
	}
	_, holes, ok := policy.Parts(strings.TrimSpace(n.text))
	if !ok {
		a.u.s.at(n, "write {name}, {name|format} or {a~b|format}; {{ for a brace", "a placeholder of this text is not closed or empty")
		return nil
	}
	for _, h := range holes {
		a.hole(n.find("{"+h.Name), h)
	}
	return holes
}

// find is the node moved to where s stands in its text, when that is on its first line.
func (n *node) find(s string) *node {
	i := strings.Index(n.text, s)
	if i < 0 || strings.Contains(n.text[:i], "\n") || n.line > len(n.file.lines) {
		return n
	}
	return n.shifted(1, utf8.RuneCountInString(n.text[:i]))
}

func (a *assembly) hole(at *node, h policy.Hole) {
	s := a.slot(at, h.Name)
	if s == nil {
		return
	}
	if h.Format != "" && !slices.Contains(policy.Formats(), h.Format) {
		a.u.s.at(at, didYouMean(h.Format, policy.Formats()), "there is no format %q", h.Format)
		return
	}
	if !policy.FormatFits(h.Format, s.Unit) {
		a.u.s.at(at, "", "the format %q does not print %s", h.Format, describe(s.Unit))
	}
	if h.To == "" {
		return
	}
	if t := a.slot(at, h.To); t != nil && (t.Unit != s.Unit || s.Unit == policy.Phrase || s.Unit == policy.Bool || s.Unit == policy.Enum) {
		a.u.s.at(at, "give both the same unit", "{%s~%s} is no range", h.Name, h.To)
	}
}

// slot makes a name printable, once.
func (a *assembly) slot(at *node, name string) *policy.Slot {
	if s := a.out.Slot(name); s != nil {
		return s
	}
	s := policy.Slot{Name: name, Node: -1, Param: -1, Fact: -1}
	if id, ok := strings.CutPrefix(name, "p."); ok {
		i := slices.IndexFunc(a.u.params, func(p rawParam) bool { return p.id == id })
		if i < 0 {
			a.u.s.at(at, didYouMean(name, a.l.names()), "there is no parameter %q to print", id)
			return nil
		}
		a.l.used["param "+id] = true
		if s.Unit = a.u.params[i].unit; s.Unit == policy.Phrase {
			s.Param = i
			a.out.Slots = append(a.out.Slots, s)
			return &a.out.Slots[len(a.out.Slots)-1]
		}
	}
	t := a.l.name(at, name)
	if t.bad {
		return nil
	}
	s.Node, s.Unit = int(t.node), t.unit
	if i := slices.IndexFunc(a.u.national.facts, func(f rawFact) bool { return f.id == name }); i >= 0 {
		s.Fact = i
	}
	a.out.Slots = append(a.out.Slots, s)
	return &a.out.Slots[len(a.out.Slots)-1]
}

// slots keeps every def and parameter printable when scenarios want to look at them.
func (a *assembly) slots(names bool) {
	if !names {
		return
	}
	for _, d := range a.l.scope.defs {
		a.slot(d.at, d.name)
	}
	for _, p := range a.l.scope.params {
		a.slot(p.at, "p."+p.id)
	}
}
