package author

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"lixianban/app/policy"
)

// Result is what came of one scenario.
type Result struct {
	File, Name string
	Problems   []Diagnostic // empty = it passed
}

// RunScenarios compiles a folder and runs every scenarios/*.yaml in it and its regions.
// Diagnostics are those of Compile and of the scenario files themselves.
func RunScenarios(fsys fs.FS) ([]Result, []Diagnostic) {
	u := read(fsys)
	p := u.build(true)
	var out []Result
	for _, dir := range folders(fsys) {
		names, _ := fs.Glob(fsys, path.Join(dir, "scenarios/*.yaml"))
		for _, name := range names {
			for _, n := range u.s.items(readYAML(u.s, fsys, name), "a scenario file") {
				if p != nil {
					out = append(out, runScenario(p, n))
				}
			}
		}
	}
	return out, sortDiags(u.s.list)
}

// run is one scenario being checked.
type run struct {
	s       *sink
	pack    *policy.Pack
	c       policy.Case
	outcome *policy.Outcome
	values  *policy.Machine
}

func runScenario(p *policy.Pack, n *node) Result {
	r := &run{s: &sink{}, pack: p}
	res := Result{File: n.file.name, Name: n.get("name").textOr("(no name)")}
	if r.s.table(n, "a scenario", "name", "service", "region", "at", "facts", "expect", "cites", "note") != nil && r.read(n) {
		r.expect(r.s.need(n, "expect", "a scenario"))
	}
	res.Problems = r.s.list
	return res
}

func (n *node) textOr(s string) string {
	if n == nil {
		return s
	}
	return n.text
}

// read makes the case and evaluates it.
func (r *run) read(n *node) bool {
	r.s.scalar(r.s.need(n, "name", "a scenario"), "name")
	r.c = policy.Case{Service: r.s.scalar(r.s.need(n, "service", "a scenario"), "service"),
		Region: r.s.scalar(n.get("region"), "region"), At: r.s.day(r.s.need(n, "at", "a scenario"), "at"), Facts: map[string]policy.Value{}}
	if f := r.s.table(n.get("facts"), "facts"); f != nil {
		for i, k := range f.keys {
			r.fact(k, f.vals[i])
		}
	}
	if len(r.s.list) > 0 {
		return false
	}
	var err error
	if r.outcome, err = r.pack.Evaluate(r.c); err != nil {
		r.s.at(n, "", "%s", err)
		return false
	}
	return r.bind(n)
}

func (r *run) fact(k, v *node) {
	f, ok := r.pack.Fact(k.text)
	if !ok {
		var ids []string
		for i := range r.pack.Facts {
			ids = append(ids, r.pack.Facts[i].Question.Fact)
		}
		r.s.at(k, didYouMean(k.text, ids), "there is no fact %q", k.text)
		return
	}
	if v.kind == missing || v.text == "unknown" && !v.quoted {
		return
	}
	if v.text == "declined" && !v.quoted {
		r.c.Facts[k.text] = policy.Value{State: policy.Declined}
		return
	}
	text := v.text
	if f.Unit == policy.Bool {
		text = map[string]string{"true": "yes", "false": "no"}[text]
	}
	val, err := f.Parse(text)
	if err != nil {
		r.s.at(v, "", "%s: %s", k.text, err)
		return
	}
	r.c.Facts[k.text] = val
}

// bind makes a machine that needs every name, so that any def can be looked at.
func (r *run) bind(n *node) bool {
	all := policy.Rule{ID: "all-names", Kind: policy.KindNote, When: -1, Say: policy.Text{ZH: "·", EN: "·"}}
	svc, _ := r.pack.Service(r.c.Service)
	for _, s := range svc.Slots {
		if s.Param < 0 {
			all.Say.ZH += "{" + s.Name + "}"
		}
	}
	p, copied := *r.pack, *svc
	copied.Rules = []policy.Rule{all}
	p.Services = []policy.Service{copied}
	m, err := policy.NewMachine(&p, r.c.Service, r.c.Region, r.c.At)
	if err != nil {
		r.s.at(n, "", "%s", err)
		return false
	}
	for id, v := range r.c.Facts {
		m.Set(id, v)
	}
	m.Run()
	r.values = m
	return true
}

func (r *run) expect(n *node) {
	if r.s.table(n, "expect", "verdict", "settled", "findings", "depends", "not", "papers", "notPapers", "values", "ask", "dependsOn", "office", "cites", "conflict") == nil {
		return
	}
	holding, depending, required := r.sets()
	r.verdict(n.get("verdict"))
	if s := n.get("settled"); s != nil && r.s.flag(s, "settled") != r.outcome.Settled {
		r.s.at(s, r.stillOpen(), "settled is %v", r.outcome.Settled)
	}
	r.all(n.get("findings"), "a finding that holds", holding, true)
	r.all(n.get("depends"), "a finding that depends", depending, true)
	r.all(n.get("not"), "shown", append(slices.Clone(holding), depending...), false)
	r.all(n.get("papers"), "a required paper", required, true)
	r.all(n.get("notPapers"), "a required paper", required, false)
	r.all(n.get("cites"), "cited", r.cited(), true)
	r.exactly(n.get("ask"), "ask", r.outcome.Ask)
	r.exactly(n.get("dependsOn"), "dependsOn", r.outcome.DependsOn)
	r.office(n.get("office"))
	if v := r.s.table(n.get("values"), "values"); v != nil {
		for i, k := range v.keys {
			r.value(k, v.vals[i])
		}
	}
}

func (r *run) sets() (holding, depending, required []string) {
	for _, f := range r.outcome.Findings {
		if f.State == "holds" {
			holding = append(holding, f.ID)
		} else {
			depending = append(depending, f.ID)
		}
	}
	for _, p := range r.outcome.Papers {
		if p.State == "required" {
			required = append(required, p.ID)
		}
	}
	return holding, depending, required
}

func (r *run) verdict(n *node) {
	if n == nil {
		return
	}
	got := "none"
	if r.outcome.Verdict != nil {
		got = r.outcome.Verdict.ID
	}
	if want := r.s.scalar(n, "verdict"); want != got {
		next := r.stillOpen()
		if len(r.outcome.Conflict) > 0 {
			next = "these hold together: " + strings.Join(r.outcome.Conflict, ", ")
		}
		r.s.at(n, next, "the verdict is %s", got)
	}
}

func (r *run) stillOpen() string {
	if len(r.outcome.Ask)+len(r.outcome.DependsOn)+len(r.outcome.Office) == 0 {
		return ""
	}
	next := "still to ask: " + strings.Join(r.outcome.Ask, ", ") + "; declined: " + strings.Join(r.outcome.DependsOn, ", ")
	for _, o := range r.outcome.Office {
		next += "; for the office: " + o.Param
	}
	return next
}

func (r *run) all(n *node, what string, got []string, want bool) {
	for _, it := range r.s.items(n, "a list of ids") {
		id := r.s.scalar(it, "an id")
		if slices.Contains(got, id) == want {
			continue
		}
		not := "is not"
		if !want {
			not = "is"
		}
		r.s.at(it, "these are: "+strings.Join(got, ", "), "%q %s %s", id, not, what)
	}
}

func (r *run) cited() (ids []string) {
	add := func(cites []policy.Cite) {
		for _, c := range cites {
			ids = append(ids, c.ID)
		}
	}
	if r.outcome.Verdict != nil {
		add(r.outcome.Verdict.Cites)
	}
	for _, f := range r.outcome.Findings {
		if f.State == "holds" {
			add(f.Cites)
		}
	}
	return ids
}

func (r *run) exactly(n *node, what string, got []string) {
	if n == nil {
		return
	}
	var want []string
	for _, it := range r.s.items(n, what) {
		want = append(want, r.s.scalar(it, what))
	}
	if !slices.Equal(want, got) {
		r.s.at(n, "", "%s is [%s]", what, strings.Join(got, ", "))
	}
}

func (r *run) office(n *node) {
	var ids []string
	for _, o := range r.outcome.Office {
		ids = append(ids, o.Param)
	}
	r.all(n, "for the office", ids, true)
}

// value compares a def, a fact or p.<parameter> with one value, low..high, or unknown.
func (r *run) value(k, v *node) {
	name := k.text
	svc, _ := r.pack.Service(r.c.Service)
	s := svc.Slot(name)
	if s == nil {
		s = svc.Slot("p." + name)
	}
	if s == nil || s.Param >= 0 {
		r.s.at(k, "", "there is no def or parameter %q in this service", name)
		return
	}
	lo, hi, _ := r.values.Lookup(s.Name)
	got := show(s.Unit, lo, hi)
	if want := normal(s.Unit, v.text); want != got {
		r.s.at(v, "", "%s is %s", name, got)
	}
}

// normal writes an expected value the way show does.
func normal(u policy.Unit, text string) string {
	low, high, ranged := strings.Cut(text, "..")
	a, okA := parseValue(u, strings.TrimSpace(low))
	b, okB := parseValue(u, strings.TrimSpace(high))
	switch {
	case ranged && okA && okB:
		return show(u, policy.Value{State: policy.Known, N: a}, policy.Value{State: policy.Known, N: b})
	case !ranged && okA:
		return show(u, policy.Value{State: policy.Known, N: a}, policy.Value{State: policy.Known, N: a})
	}
	return text
}

var stateWords = map[policy.State]string{policy.Unknown: "unknown", policy.Declined: "unknown", policy.NotApplicable: "not-applicable", policy.Failed: "failed"}

func show(u policy.Unit, lo, hi policy.Value) string {
	if w, ok := stateWords[lo.State]; ok {
		return w
	}
	f := policy.Fact{Question: policy.Question{Unit: u}}
	if lo == hi {
		return f.Text(lo.N)
	}
	return f.Text(lo.N) + ".." + f.Text(hi.N)
}

// Summary counts a run in one line.
func Summary(rs []Result) string {
	failed := 0
	for _, r := range rs {
		failed += b2i(len(r.Problems) > 0)
	}
	return fmt.Sprintf("%d scenarios, %d failed", len(rs), failed)
}
