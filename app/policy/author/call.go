package author

import (
	"slices"
	"strings"

	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"lixianban/app/policy"
)

// logic and arithmetic operators with their node operation.
var operatorOps = map[string]policy.Op{
	operators.LogicalAnd: policy.OpAnd, operators.LogicalOr: policy.OpOr, operators.LogicalNot: policy.OpNot,
	operators.Equals: policy.OpEq, operators.NotEquals: policy.OpEq,
	operators.Less: policy.OpLt, operators.Greater: policy.OpLt, operators.LessEquals: policy.OpLe, operators.GreaterEquals: policy.OpLe,
	operators.Add: policy.OpAdd, operators.Subtract: policy.OpSub, operators.Multiply: policy.OpMul,
	operators.Conditional: policy.OpIf, operators.In: policy.OpIn, operators.Negate: policy.OpSub,
}

func (l *lowering) call(p *place, e celast.Expr) typed {
	c := e.AsCall()
	name, args := c.FunctionName(), c.Args()
	if c.IsMemberFunction() {
		return l.refuse(p, e, "write "+name+"(x, …) instead of x."+name+"(…)", "functions are not called on a value here")
	}
	op, isOperator := operatorOps[name]
	switch {
	case !isOperator:
		return l.function(p, e, name, args)
	case op == policy.OpIn:
		return l.in(p, e, args)
	case op == policy.OpEq && (isText(args[0]) || isText(args[1])):
		return l.option(p, e, name, args)
	}
	ts, ok := l.lowerAll(p, args)
	if !ok {
		return typed{bad: true}
	}
	return l.operator(p, e, name, op, ts)
}

func isText(e celast.Expr) bool {
	return e.Kind() == celast.LiteralKind && e.AsLiteral().Type() == types.StringType
}

func (l *lowering) lowerAll(p *place, args []celast.Expr) ([]typed, bool) {
	ok := true
	ts := make([]typed, len(args))
	for i, a := range args {
		ts[i] = l.lower(p, a)
		ok = ok && !ts[i].bad
	}
	return ts, ok
}

func (l *lowering) operator(p *place, e celast.Expr, name string, op policy.Op, ts []typed) typed {
	switch op {
	case policy.OpAnd, policy.OpOr, policy.OpNot:
		return l.emit(op, policy.Bool, ts...)
	case policy.OpIf:
		u, ok := together(ts[1], ts[2])
		if !ok {
			return l.mixed(p, e, "the two branches of ?:", ts[1], ts[2])
		}
		return l.emit(op, u, ts...)
	case policy.OpEq, policy.OpLt, policy.OpLe:
		return l.compare(p, e, name, op, ts)
	case policy.OpMul:
		return l.multiply(p, e, ts)
	}
	if name == operators.Negate {
		ts = []typed{{node: l.constant(ts[0].unit, 0), unit: ts[0].unit, fact: -1, num: true}, ts[0]}
	}
	u, ok := together(ts[0], ts[1])
	if !ok || u == policy.Date || u == policy.Bool || u == policy.Enum {
		return l.mixed(p, e, operatorName(name), ts[0], ts[1])
	}
	return l.emit(op, u, ts...)
}

func (l *lowering) compare(p *place, e celast.Expr, name string, op policy.Op, ts []typed) typed {
	u, ok := together(ts[0], ts[1])
	if ok && u == policy.Enum && ts[0].fact != ts[1].fact {
		ok = false
	}
	if !ok || op != policy.OpEq && (u == policy.Bool || u == policy.Enum) {
		return l.mixed(p, e, operatorName(name), ts[0], ts[1])
	}
	if name == operators.Greater || name == operators.GreaterEquals {
		ts[0], ts[1] = ts[1], ts[0]
	}
	t := l.emit(op, policy.Bool, ts[0], ts[1])
	if name == operators.NotEquals {
		return l.emit(policy.OpNot, policy.Bool, t)
	}
	return t
}

func (l *lowering) multiply(p *place, e celast.Expr, ts []typed) typed {
	a, b := ts[0], ts[1]
	switch {
	case number(a.unit) && (number(b.unit) || b.unit == policy.Money):
		u := b.unit
		if u == policy.Int {
			u = a.unit
		}
		return l.emit(policy.OpMul, u, a, b)
	case a.unit == policy.Money && number(b.unit):
		return l.emit(policy.OpMul, policy.Money, a, b)
	}
	return l.mixed(p, e, "*", a, b)
}

// together is the unit of two operands that may meet.
func together(a, b typed) (policy.Unit, bool) {
	switch {
	case a.unit == b.unit:
		return a.unit, true
	case a.unit == policy.Int && b.unit == policy.Months, a.unit == policy.Months && b.unit == policy.Int:
		return policy.Months, true
	}
	return 0, false
}

func (l *lowering) mixed(p *place, e celast.Expr, what string, a, b typed) typed {
	next := "write amounts as money(400), days as date(\"2027-01-01\")"
	if a.unit == policy.Date || b.unit == policy.Date {
		next = "use addDays, addMonths or addWorkdays to move a day; daysBetween or monthsBetween to subtract"
	}
	return l.refuse(p, e, next, "%s can't combine %s and %s", what, describeTyped(a), describeTyped(b))
}

func (l *lowering) emit(op policy.Op, u policy.Unit, ts ...typed) typed {
	n := policy.Node{Op: op}
	for i, t := range ts {
		*[]*int32{&n.A, &n.B, &n.C}[i] = t.node
	}
	return typed{node: l.add(n), unit: u, fact: -1}
}

// option lowers fact == "option" and fact != "option".
func (l *lowering) option(p *place, e celast.Expr, name string, args []celast.Expr) typed {
	a, b := args[0], args[1]
	if isText(a) {
		a, b = b, a
	}
	t, k, ok := l.optionOf(p, a, b)
	if !ok {
		return typed{bad: true}
	}
	eq := l.emit(policy.OpEq, policy.Bool, t, typed{node: l.constant(policy.Enum, int64(k))})
	if name == operators.NotEquals {
		return l.emit(policy.OpNot, policy.Bool, eq)
	}
	return eq
}

// optionOf finds which option of the enum fact a the text b is.
func (l *lowering) optionOf(p *place, a, b celast.Expr) (t typed, option int, ok bool) {
	if isText(a) || !isText(b) {
		l.refuse(p, b, "write fact == \"option\"", "an enum fact is compared with one of its options in quotes")
		return t, 0, false
	}
	t = l.lower(p, a)
	if t.bad {
		return t, 0, false
	}
	if t.fact < 0 || t.unit != policy.Enum {
		l.refuse(p, a, "", "this is %s and has no options", describeTyped(t))
		return t, 0, false
	}
	ids := l.scope.facts[t.fact].optionIDs()
	text := string(b.AsLiteral().(types.String))
	option = slices.Index(ids, text)
	if option < 0 {
		l.s.at(p.of(b), didYouMean(text, ids), "%q is not an option of %q", text, l.scope.facts[t.fact].id)
	}
	return t, option, option >= 0
}

// in lowers fact in ["a", "b"] to a bit set, and number in [1, 2] to comparisons.
func (l *lowering) in(p *place, e celast.Expr, args []celast.Expr) typed {
	if args[1].Kind() != celast.ListKind || args[1].AsList().Size() == 0 {
		return l.refuse(p, e, "write x in [\"a\", \"b\"]", "in needs a list with something in it")
	}
	items := args[1].AsList().Elements()
	if !isText(items[0]) {
		return l.inNumbers(p, e, args[0], items)
	}
	n := policy.Node{Op: policy.OpIn}
	for _, it := range items {
		t, k, ok := l.optionOf(p, args[0], it)
		if !ok {
			return typed{bad: true}
		}
		n.A, n.K = t.node, n.K|1<<k
	}
	return typed{node: l.add(n), unit: policy.Bool, fact: -1}
}

func (l *lowering) inNumbers(p *place, e celast.Expr, x celast.Expr, items []celast.Expr) typed {
	ts, ok := l.lowerAll(p, append([]celast.Expr{x}, items...))
	if !ok {
		return typed{bad: true}
	}
	var out typed
	for i, t := range ts[1:] {
		eq := l.compare(p, e, operators.Equals, policy.OpEq, []typed{ts[0], t})
		if eq.bad {
			return eq
		}
		if i > 0 {
			eq = l.emit(policy.OpOr, policy.Bool, out, eq)
		}
		out = eq
	}
	return out
}

// signature is a function's unit rule: what each argument must be, and the result.
type signature struct {
	op     policy.Op
	args   []policy.Unit // Months stands for months or a plain number
	result policy.Unit
}

var signatures = map[string]signature{
	"addMonths":     {policy.OpAddMonths, []policy.Unit{policy.Date, policy.Months}, policy.Date},
	"addDays":       {policy.OpAddDays, []policy.Unit{policy.Date, policy.Int}, policy.Date},
	"addWorkdays":   {policy.OpAddWorkdays, []policy.Unit{policy.Date, policy.Int}, policy.Date},
	"ymd":           {policy.OpYMD, []policy.Unit{policy.Int, policy.Int, policy.Int}, policy.Date},
	"year":          {policy.OpYear, []policy.Unit{policy.Date}, policy.Int},
	"month":         {policy.OpMonth, []policy.Unit{policy.Date}, policy.Int},
	"monthsBetween": {policy.OpMonthsBetween, []policy.Unit{policy.Date, policy.Date}, policy.Months},
	"daysBetween":   {policy.OpDaysBetween, []policy.Unit{policy.Date, policy.Date}, policy.Int},
}

func (l *lowering) function(p *place, e celast.Expr, name string, args []celast.Expr) typed {
	sig, ok := signatures[name]
	switch {
	case name == "date" || name == "money":
		return l.literalCall(p, e, name, args[0])
	case !ok && !slices.Contains(unitless, name):
		return l.refuse(p, e, "use the functions listed in the author package's documentation", "%q is not part of the profile", strings.Trim(name, "_"))
	}
	ts, good := l.lowerAll(p, args)
	switch {
	case !good:
		return typed{bad: true}
	case name == "min" || name == "max":
		return l.extreme(p, e, name, ts)
	case name == "low":
		return l.emit(policy.OpLow, ts[0].unit, ts...)
	case name == "high":
		return l.emit(policy.OpHigh, ts[0].unit, ts...)
	}
	for i, t := range ts {
		if !fits(t, sig.args[i]) || sig.args[i] == policy.Int && t.unit == policy.Months && sig.op != policy.OpYMD {
			return l.refuse(p, args[i], "", "%s needs %s here, but this is %s", name, describe(sig.args[i]), describeTyped(t))
		}
	}
	return l.emit(sig.op, sig.result, ts...)
}

// unitless functions give back the unit they get.
var unitless = []string{"min", "max", "low", "high"}

func (l *lowering) extreme(p *place, e celast.Expr, name string, ts []typed) typed {
	op := policy.OpMin
	if name == "max" {
		op = policy.OpMax
	}
	out := ts[0]
	for _, t := range ts[1:] {
		u, ok := together(out, t)
		if !ok || u == policy.Bool || u == policy.Enum {
			return l.mixed(p, e, name, out, t)
		}
		out = l.emit(op, u, out, t)
	}
	return out
}

// literalCall lowers date("…"), money("…") and money(n) to a constant.
func (l *lowering) literalCall(p *place, e celast.Expr, name string, arg celast.Expr) typed {
	u := policy.Date
	if name == "money" {
		u = policy.Money
	}
	if arg.Kind() != celast.LiteralKind {
		return l.refuse(p, arg, "", "%s takes a literal", name)
	}
	text, ok := "", false
	var k int64
	switch v := arg.AsLiteral().(type) {
	case types.String:
		text = string(v)
		k, ok = parseValue(u, text)
	case types.Int:
		k, ok = int64(v)*100, v > -1<<40 && v < 1<<40
	}
	if !ok {
		return l.refuse(p, arg, "write "+valueForm[u], "%s(%q) is not %s", name, text, valueForm[u])
	}
	return typed{node: l.constant(u, k), unit: u, fact: -1}
}
