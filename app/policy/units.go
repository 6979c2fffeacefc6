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
		u, ok := unitOf(p, &nodes[i], units)
		if !ok {
			return nil, errors.New("node " + strconv.Itoa(i) + " mixes units that don't go together")
		}
		units[i] = u
	}
	return units, nil
}

func unitOf(p *Pack, n *Node, units []Unit) (Unit, bool) {
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
		return Unit(n.A), constantFits(Unit(n.A), n.K)
	case OpToday:
		return Date, true
	case OpFact:
		return p.Facts[n.A].Unit, n.B < 0 || units[n.B] == Bool
	case OpParam:
		return p.Params[n.A].Unit, p.Params[n.A].Unit != Phrase
	case OpNot:
		return Bool, a == Bool
	case OpAnd, OpOr:
		return Bool, a == Bool && b == Bool
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
	number := func(u Unit) bool { return u == Int || u == Months }
	amount := func(u Unit) bool { return number(u) || u == Money }
	switch op {
	case OpAdd, OpSub:
		return pick(a, b), alike(a, b) && amount(a)
	case OpMin, OpMax:
		return pick(a, b), alike(a, b) && (amount(a) || a == Date)
	case OpMul:
		if b == Money {
			return Money, number(a)
		}
		return pick(a, b), amount(a) && number(b)
	case OpAddMonths, OpAddDays, OpAddWorkdays:
		return Date, a == Date && number(b)
	case OpYMD:
		return Date, number(a) && number(b) && number(c)
	case OpYear, OpMonth:
		return Int, a == Date
	case OpMonthsBetween:
		return Months, a == Date && b == Date
	case OpDaysBetween:
		return Int, a == Date && b == Date
	}
	return 0, false
}

// constantFits holds a constant to what its unit can be.
func constantFits(u Unit, k int64) bool {
	switch u {
	case Bool:
		return k == 0 || k == 1
	case Enum:
		return k >= 0 && k < maxOptions
	case Date:
		return k >= int64(MinDay) && k <= int64(MaxDay)
	case Int, Money, Months:
		return k >= -maxNumber && k <= maxNumber
	}
	return false
}

// alike tells whether two units may meet: the same, or numbers with months.
func alike(a, b Unit) bool { return a == b || a == Int && b == Months || a == Months && b == Int }

// pick is the more telling of two units that are alike.
func pick(a, b Unit) Unit {
	if a == Int && b == Months {
		return b
	}
	return a
}
