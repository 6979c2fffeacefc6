package policy

import (
	"errors"
	"strconv"
)

// typeNodes gives each node its unit and refuses a vector whose operands don't fit:
// the evaluator may then trust every operand (an option number in a bit set, a day in a calendar).
func typeNodes(p *Pack, nodes []Node) ([]Unit, error) {
	units := make([]Unit, len(nodes))
	for i := range nodes {
		u, ok := unitOf(p, nodes, &nodes[i], units)
		if !ok {
			return nil, errors.New("node " + strconv.Itoa(i) + " mixes units that don't go together")
		}
		units[i] = u
	}
	return units, nil
}

// anyUnit is a constant's unit: it takes that of its partner.
const anyUnit Unit = 0

func unitOf(p *Pack, nodes []Node, n *Node, units []Unit) (Unit, bool) {
	var a, b, c Unit
	k := operands[n.Op]
	if k > 0 {
		a = units[n.A]
	}
	if k > 1 {
		b = units[n.B]
	}
	if k > 2 {
		c = units[n.C]
	}
	switch n.Op {
	case OpConst:
		return anyUnit, n.K >= -maxNumber && n.K <= maxNumber
	case OpToday:
		return Date, true
	case OpFact:
		return p.Facts[n.A].Unit, n.B < 0 || alike(units[n.B], Bool)
	case OpParam:
		return p.Params[n.A].Unit, p.Params[n.A].Unit != Phrase
	case OpNot:
		return Bool, a == Bool
	case OpAnd, OpOr:
		return Bool, boolish(nodes, n.A, a) && boolish(nodes, n.B, b)
	case OpEq, OpLt, OpLe:
		return Bool, alike(a, b)
	case OpIn:
		return Bool, a == Enum
	case OpIf:
		return pick(b, c), a == Bool && alike(b, c)
	case OpLow, OpHigh:
		return a, true
	}
	return arithmetic(n.Op, a, b, c)
}

func arithmetic(op Op, a, b, c Unit) (Unit, bool) {
	number := func(u Unit) bool { return u == anyUnit || u == Int || u == Months }
	date := func(u Unit) bool { return u == Date }
	switch op {
	case OpAdd, OpSub:
		return pick(a, b), alike(a, b) && a != Date && b != Date && a != Bool && b != Bool && a != Enum && b != Enum
	case OpMin, OpMax:
		return pick(a, b), alike(a, b) && a != Bool && b != Bool && a != Enum && b != Enum
	case OpMul:
		if b == Money {
			return Money, number(a)
		}
		return pick(a, b), number(b) && (number(a) || a == Money)
	case OpAddMonths, OpAddDays, OpAddWorkdays:
		return Date, (date(a) || a == anyUnit) && number(b)
	case OpYMD:
		return Date, number(a) && number(b) && number(c)
	case OpYear, OpMonth:
		return Int, date(a) || a == anyUnit
	case OpMonthsBetween:
		return Months, (date(a) || a == anyUnit) && (date(b) || b == anyUnit)
	case OpDaysBetween:
		return Int, (date(a) || a == anyUnit) && (date(b) || b == anyUnit)
	}
	return 0, false
}

// alike tells whether two units may meet: the same, one a constant, or numbers with months.
func alike(a, b Unit) bool {
	return a == b || a == anyUnit || b == anyUnit || a == Int && b == Months || a == Months && b == Int
}

// pick is the more telling of two units that are alike.
func pick(a, b Unit) Unit {
	if a == anyUnit || a == Int && b == Months {
		return b
	}
	return a
}

// boolish lets the constants true and false stand where a condition does.
func boolish(nodes []Node, i int32, u Unit) bool {
	return u == Bool || u == anyUnit && nodes[i].Op == OpConst && (nodes[i].K == 0 || nodes[i].K == 1)
}
