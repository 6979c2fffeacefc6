package author

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"lixianban/app/policy"
)

// scope is what expressions of one service may name.
type scope struct {
	facts  []rawFact
	params []rawParam
	defs   []rawDef
	env    *cel.Env
}

// lowering turns checked expressions into one vector of nodes, each written once.
type lowering struct {
	s     *sink
	scope *scope
	nodes []policy.Node
	known map[policy.Node]int32
	done  map[string]typed // defs and facts already lowered
	busy  map[string]bool  // being lowered: meeting one again is a circle
	used  map[string]bool  // names met, for the unused lint: "fact x", "param x", "def x"
}

// typed is a lowered expression with its unit; anyUnit for a plain whole number.
type typed struct {
	node int32
	unit policy.Unit
	fact int  // the enum fact it is, -1 otherwise
	num  bool // a literal number, which takes its partner's unit
	bad  bool // already reported
}

func newLowering(s *sink, sc *scope) *lowering {
	return &lowering{s: s, scope: sc, known: map[policy.Node]int32{}, done: map[string]typed{}, busy: map[string]bool{}, used: map[string]bool{}}
}

func newScope(facts []rawFact, params []rawParam, defs []rawDef, cal []policy.Year) (*scope, error) {
	opts := append(celOptions(cal), cel.Variable("today", cel.IntType))
	for _, f := range facts {
		opts = append(opts, cel.Variable(f.id, celType(f.unit)))
	}
	for _, p := range params {
		if p.unit != policy.Phrase {
			opts = append(opts, cel.Variable("p."+p.id, celType(p.unit)))
		}
	}
	for _, d := range defs {
		opts = append(opts, cel.Variable(d.name, celType(d.unit)))
	}
	env, err := cel.NewEnv(opts...)
	return &scope{facts, params, defs, env}, err
}

// expr parses, checks and lowers one expression; want is the unit it must have, 0 = any.
func (l *lowering) expr(n *node, want policy.Unit) typed {
	text := l.s.scalar(n, "an expression")
	if text == "" {
		return typed{bad: true}
	}
	ast, iss := l.scope.env.Compile(text)
	if iss != nil && iss.Err() != nil {
		for _, e := range iss.Errors() {
			l.celError(n, e.Location.Line(), e.Location.Column(), e.Message)
		}
		return typed{bad: true}
	}
	t := l.lower(&place{n, ast}, ast.NativeRep().Expr())
	if !t.bad && want != 0 && !fits(t, want) {
		l.s.at(n, "", "this must be %s, but it is %s", describe(want), describeTyped(t))
		t.bad = true
	}
	return t
}

// place finds where in the file a part of an expression stands.
type place struct {
	n   *node
	ast *cel.Ast
}

func (p *place) of(e celast.Expr) *node {
	loc := p.ast.NativeRep().SourceInfo().GetStartLocation(e.ID())
	return p.n.shifted(loc.Line(), loc.Column())
}

// shifted is the node moved to a line and column of its own text.
func (n *node) shifted(line, col int) *node {
	m := *n
	if line > 1 {
		m.line += line - 1
		m.col = 1 + indentOf(n, m.line)
	} else if n.quoted {
		m.col++
	}
	m.col += max(col, 0)
	return &m
}

func indentOf(n *node, line int) int {
	if line-1 >= len(n.file.lines) {
		return 0
	}
	l := n.file.lines[line-1]
	return len(l) - len(strings.TrimLeft(l, " "))
}

var undeclared = regexp.MustCompile(`undeclared reference to '([^']*)'`)
var overload = regexp.MustCompile(`found no matching overload for '([^']*)' applied to '([^']*)'`)

// celError puts CEL's message into our words.
func (l *lowering) celError(n *node, line, col int, msg string) {
	at := n.shifted(line, col)
	if m := undeclared.FindStringSubmatch(msg); m != nil {
		l.s.at(at, didYouMean(m[1], l.names()), "there is no fact, def, parameter or function called %q", m[1])
		return
	}
	if m := overload.FindStringSubmatch(msg); m != nil {
		l.s.at(at, "compare and combine only things of one kind; options are written in quotes", "%s does not work on %s", operatorName(m[1]), strings.Trim(m[2], "()"))
		return
	}
	msg, _, _ = strings.Cut(msg, "\n")
	l.s.at(at, "see the CEL profile in the author package's documentation", "this expression is not understood: %s", strings.TrimPrefix(msg, "Syntax error: "))
}

func operatorName(s string) string { return strings.Trim(strings.ReplaceAll(s, "_", " "), " ") }

func (l *lowering) names() (out []string) {
	for _, f := range l.scope.facts {
		out = append(out, f.id)
	}
	for _, d := range l.scope.defs {
		out = append(out, d.name)
	}
	for _, p := range l.scope.params {
		out = append(out, "p."+p.id)
	}
	for _, f := range functions {
		if !slices.Contains(out, f.name) {
			out = append(out, f.name)
		}
	}
	return append(out, "today")
}

func (l *lowering) add(n policy.Node) int32 {
	if i, ok := l.known[n]; ok {
		return i
	}
	i := int32(len(l.nodes))
	l.nodes = append(l.nodes, n)
	l.known[n] = i
	return i
}

func (l *lowering) constant(u policy.Unit, k int64) int32 {
	return l.add(policy.Node{Op: policy.OpConst, A: int32(u), K: k})
}

func (l *lowering) lower(p *place, e celast.Expr) typed {
	switch e.Kind() {
	case celast.LiteralKind:
		return l.literal(p, e)
	case celast.IdentKind:
		return l.name(p.of(e), e.AsIdent())
	case celast.CallKind:
		return l.call(p, e)
	}
	return l.refuse(p, e, "packs use plain names, comparisons and the functions of the profile", "this form is not part of the profile")
}

func (l *lowering) refuse(p *place, e celast.Expr, next, format string, args ...any) typed {
	l.s.at(p.of(e), next, format, args...)
	return typed{bad: true}
}

func (l *lowering) literal(p *place, e celast.Expr) typed {
	switch v := e.AsLiteral().(type) {
	case types.Int:
		if v > 1<<53 || v < -1<<53 {
			return l.refuse(p, e, "", "this number is too large")
		}
		return typed{node: l.constant(policy.Int, int64(v)), unit: policy.Int, fact: -1, num: true}
	case types.Bool:
		return typed{node: l.constant(policy.Bool, int64(b2i(bool(v)))), unit: policy.Bool, fact: -1}
	case types.String:
		return l.refuse(p, e, "write fact == \"option\" or fact in [\"a\", \"b\"]", "text in quotes stands only beside the enum fact it is an option of")
	}
	return l.refuse(p, e, "use whole numbers; money(\"0.50\") for amounts", "this kind of literal is not part of the profile")
}

// name lowers a fact, a def, a parameter or today.
func (l *lowering) name(at *node, name string) typed {
	if name == "today" {
		return typed{node: l.add(policy.Node{Op: policy.OpToday}), unit: policy.Date, fact: -1}
	}
	if t, ok := l.done[name]; ok {
		return t
	}
	if l.busy[name] {
		l.s.at(at, "take one of them out of the other", "%q is defined through itself", name)
		return typed{bad: true}
	}
	l.busy[name] = true
	t := l.named(at, name)
	l.busy[name] = false
	l.done[name] = t
	return t
}

func (l *lowering) named(at *node, name string) typed {
	if id, ok := strings.CutPrefix(name, "p."); ok {
		i := slices.IndexFunc(l.scope.params, func(p rawParam) bool { return p.id == id })
		l.used["param "+id] = true
		return typed{node: l.add(policy.Node{Op: policy.OpParam, A: int32(i)}), unit: l.scope.params[i].unit, fact: -1}
	}
	if i := slices.IndexFunc(l.scope.facts, func(f rawFact) bool { return f.id == name }); i >= 0 {
		return l.fact(i)
	}
	i := slices.IndexFunc(l.scope.defs, func(d rawDef) bool { return d.name == name })
	if i < 0 {
		l.s.at(at, didYouMean(name, l.names()), "there is no fact, def or parameter called %q", name)
		return typed{bad: true}
	}
	d := l.scope.defs[i]
	l.used["def "+name] = true
	t := l.expr(d.cel, 0)
	if !t.bad && !fits(t, d.unit) {
		l.s.at(d.cel, "correct its unit, or the expression", "%q is declared as %s, but it is %s", name, describe(d.unit), describeTyped(t))
		return typed{bad: true}
	}
	t.unit, t.num = d.unit, false
	return t
}

func (l *lowering) fact(i int) typed {
	f := l.scope.facts[i]
	l.used["fact "+f.id] = true
	n := policy.Node{Op: policy.OpFact, A: int32(i), B: -1}
	if f.applies != nil {
		t := l.expr(f.applies, policy.Bool)
		if t.bad {
			return typed{bad: true}
		}
		n.B = t.node
	}
	return typed{node: l.add(n), unit: f.unit, fact: i}
}

func fits(t typed, want policy.Unit) bool {
	return t.unit == want || t.num && (want == policy.Months || want == policy.Int) || number(t.unit) && number(want)
}

func number(u policy.Unit) bool { return u == policy.Int || u == policy.Months }

var unitWords = map[policy.Unit]string{policy.Bool: "yes or no (bool)", policy.Int: "a plain number (int)", policy.Money: "an amount (money)",
	policy.Date: "a day (date)", policy.Months: "months", policy.Enum: "an option (enum)", policy.Phrase: "a text"}

func describe(u policy.Unit) string { return unitWords[u] }

func describeTyped(t typed) string { return unitWords[t.unit] }
