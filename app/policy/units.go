package policy

// typeNodes gives each node its unit and refuses a vector whose operands don't fit:
// the evaluator may then trust every operand (an option number in a bit set, a day in a calendar).
func typeNodes(p *Pack, nodes []Node) (units []Unit, ok bool) {
	units = make([]Unit, len(nodes))
	for i := range nodes {
		if units[i], ok = unitOf(p, &nodes[i], units); !ok {
			return nil, false
		}
	}
	return units, true
}

func unitOf(p *Pack, n *Node, units []Unit) (Unit, bool) {
	var of [3]Unit
	for i, o := range [3]int32{n.A, n.B, n.C} {
		if i < int(operands[n.Op]) {
			of[i] = units[o]
		}
	}
	a, b, c := of[0], of[1], of[2]
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

func number(u Unit) bool { return u == Int || u == Months }
func amount(u Unit) bool { return number(u) || u == Money }

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
