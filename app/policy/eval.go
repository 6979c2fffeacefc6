package policy

// Run computes every node once, in order, then what each statement is. It allocates nothing.
//
// The loop is long on purpose: calls are what costs in wasm, so whatever two known operands give is
// done in place, and everything rarer (unknown, not applicable, ranges) goes to rare.
func (m *Machine) Run() {
	nodes, slots := m.nodes, m.slots
	for _, i := range m.todo {
		n, out := &nodes[i], &slots[i]
		if n.Op == OpFact {
			if v := &m.facts[n.A]; n.B >= 0 {
				*out = m.gatedFact(n)
			} else if v.State == Known {
				set(out, v.N)
			} else {
				*out = slot{}
			}
			continue
		}
		a, b := &slots[n.A], &slots[n.B]
		if a.state != Known || b.state != Known {
			*out = m.rare(n)
			continue
		}
		switch n.Op {
		case OpAnd:
			set(out, a.lo&b.lo)
		case OpOr:
			set(out, a.lo|b.lo)
		case OpNot:
			set(out, 1-a.lo)
		case OpLe:
			decide(out, a.hi <= b.lo, a.lo > b.hi)
		case OpLt:
			decide(out, a.hi < b.lo, a.lo >= b.hi)
		case OpEq:
			decide(out, a.lo == b.hi && a.hi == b.lo, a.hi < b.lo || b.hi < a.lo)
		case OpIn:
			set(out, n.K>>uint64(a.lo)&1)
		case OpIf:
			*out = *b
			if a.lo == 0 {
				*out = slots[n.C]
			}
		case OpAddMonths:
			if a.lo != a.hi || b.lo != b.hi {
				*out = m.rare(n)
			} else if d := addMonths(a.lo, b.lo); isDay(d) && isDay(a.lo) {
				set(out, d)
			} else {
				*out = failed()
			}
		default:
			*out = m.rare(n)
		}
	}
	for i := range m.stmts {
		s := &m.stmts[i]
		s.holds, s.yes = m.hold(s)
	}
}

func set(s *slot, n int64) { s.state, s.lo, s.hi = Known, n, n }

func decide(s *slot, yes, no bool) {
	switch {
	case yes:
		set(s, 1)
	case no:
		set(s, 0)
	default:
		*s = slot{}
	}
}

func (m *Machine) rare(n *Node) slot {
	switch n.Op {
	case OpNot:
		return not(m.slots[n.A])
	case OpAnd:
		return and(m.slots[n.A], m.slots[n.B])
	case OpOr:
		return or(m.slots[n.A], m.slots[n.B])
	case OpIf:
		return choose(m.slots[n.A], m.slots[n.B], m.slots[n.C])
	}
	return m.strict(n)
}

// gatedFact is unknown until it is certain that the question applies, so that an answer can
// never be taken back by another answer.
func (m *Machine) gatedFact(n *Node) slot {
	switch a := m.slots[n.B]; {
	case never(a)&noTrue != 0:
		return slot{state: NotApplicable}
	case open(a):
		return slot{}
	}
	if v := m.facts[n.A]; v.State == Known {
		return point(v.N)
	}
	return slot{}
}

func point(n int64) slot  { return slot{Known, n, n} }
func open(s slot) bool    { return s.state <= Declined }
func isTrue(s slot) bool  { return s.state == Known && s.lo != 0 }
func isFalse(s slot) bool { return s.state == Known && s.lo == 0 }
func isRange(s slot) bool { return s.state == Known && s.lo != s.hi }
func failed() slot        { return slot{state: Failed} }
func same(a, b slot) bool { return a == b && !open(a) }

// An open yes-or-no slot keeps in lo what it can no longer become, because an operand does not
// apply: then nothing is asked for what cannot hold any more.
const (
	noTrue  = 1
	noFalse = 2
)

func never(a slot) int64 {
	switch {
	case open(a):
		return a.lo
	case a.state != Known:
		return noTrue | noFalse
	}
	return noTrue << (a.lo & 1)
}

func not(a slot) slot {
	switch {
	case a.state == Known:
		return point(1 - a.lo)
	case open(a):
		return slot{lo: a.lo>>1 | a.lo&1<<1}
	}
	return a
}

// and is Kleene's, with not-applicable and failed as further definite values: false
// decides; then unknown, because it may become false; then failed; then not-applicable.
func and(a, b slot) slot {
	switch {
	case isFalse(a) || isFalse(b):
		return point(0)
	case open(a) || open(b):
		x, y := never(a), never(b)
		return slot{lo: (x|y)&noTrue | x&y&noFalse}
	case a.state == Failed || b.state == Failed:
		return failed()
	case a.state == NotApplicable || b.state == NotApplicable:
		return slot{state: NotApplicable}
	}
	return point(1)
}

// or is and with true and false exchanged.
func or(a, b slot) slot {
	switch {
	case isTrue(a) || isTrue(b):
		return point(1)
	case open(a) || open(b):
		x, y := never(a), never(b)
		return slot{lo: x&y&noTrue | (x|y)&noFalse}
	case a.state == Failed || b.state == Failed:
		return failed()
	case a.state == NotApplicable || b.state == NotApplicable:
		return slot{state: NotApplicable}
	}
	return point(0)
}

func choose(c, a, b slot) slot {
	switch {
	case open(c):
		if same(a, b) {
			return a
		}
		return slot{}
	case c.state != Known:
		return slot{state: c.state}
	case isTrue(c):
		return a
	}
	return b
}

// strict operations need all operands: not-applicable, then unknown, then failed passes through.
func (m *Machine) strict(n *Node) slot {
	a := &m.slots[n.A]
	b, c := a, a
	if k := operands[n.Op]; k > 1 {
		b = &m.slots[n.B]
		if k > 2 {
			c = &m.slots[n.C]
		}
	}
	switch {
	case a.state == Known && b.state == Known && c.state == Known:
		return m.compute(n, a, b, c)
	case a.state == NotApplicable || b.state == NotApplicable || c.state == NotApplicable:
		return slot{state: NotApplicable}
	case a.state <= Declined || b.state <= Declined || c.state <= Declined:
		return slot{}
	}
	return failed()
}

// compute works on both ends; every operation is monotone in each operand, or says otherwise.
func (m *Machine) compute(n *Node, a, b, c *slot) slot {
	switch n.Op {
	case OpAdd:
		return bounded(a.lo+b.lo, a.hi+b.hi)
	case OpSub:
		return bounded(a.lo-b.hi, a.hi-b.lo)
	case OpMul:
		return mul(a, b)
	case OpMin:
		return slot{Known, min(a.lo, b.lo), min(a.hi, b.hi)}
	case OpMax:
		return slot{Known, max(a.lo, b.lo), max(a.hi, b.hi)}
	case OpLow:
		return point(a.lo)
	case OpHigh:
		return point(a.hi)
	}
	return m.calendar(n, a, b, c)
}

func (m *Machine) calendar(n *Node, a, b, c *slot) slot {
	if n.Op != OpYMD && !inCalendar(a) || (n.Op == OpMonthsBetween || n.Op == OpDaysBetween) && !inCalendar(b) {
		return failed()
	}
	switch n.Op {
	case OpAddMonths:
		lo := addMonths(a.lo, b.lo)
		if a.lo == a.hi && b.lo == b.hi {
			return days(bounded(lo, lo))
		}
		return days(bounded(lo, addMonths(a.hi, b.hi)))
	case OpAddDays:
		return days(bounded(a.lo+b.lo, a.hi+b.hi))
	case OpAddWorkdays:
		return m.workdays(a, b)
	case OpYMD:
		return days(bounded(ymd(a.lo, b.lo, c.lo), ymd(a.hi, b.hi, c.hi)))
	case OpYear:
		return slot{Known, yearNo(a.lo), yearNo(a.hi)}
	case OpMonth:
		return monthOf(a)
	case OpMonthsBetween:
		return slot{Known, int64(MonthsBetween(Day(a.hi), Day(b.lo))), int64(MonthsBetween(Day(a.lo), Day(b.hi)))}
	case OpDaysBetween:
		return bounded(b.lo-a.hi, b.hi-a.lo)
	}
	return failed()
}

func bounded(lo, hi int64) slot {
	if lo < -maxNumber || hi > maxNumber {
		return failed()
	}
	return slot{Known, lo, hi}
}

// mul keeps both factors within 2³¹, so that no product overflows before it is judged.
func mul(a, b *slot) slot {
	const side = 1 << 31
	if max(-a.lo, a.hi, -b.lo, b.hi) > side {
		return failed()
	}
	w, x, y, z := a.lo*b.lo, a.lo*b.hi, a.hi*b.lo, a.hi*b.hi
	return bounded(min(w, x, y, z), max(w, x, y, z))
}

func inCalendar(s *slot) bool { return isDay(s.lo) && isDay(s.hi) }

func isDay(n int64) bool { return n >= int64(MinDay) && n <= int64(MaxDay) }

func days(s slot) slot {
	if s.state != Known || !inCalendar(&s) {
		return failed()
	}
	return s
}

const noDay = maxNumber + 1

func addMonths(d, n int64) int64 {
	if n < -4800 || n > 4800 {
		return noDay
	}
	return int64(AddMonths(Day(d), int(n)))
}

func ymd(y, m, d int64) int64 {
	if y < 1800 || y > 2300 || m < 1 || m > 12 || d < 1 || d > 31 {
		return noDay
	}
	return int64(clampYMD(int(y), int(m), int(d)))
}

func (m *Machine) workdays(a, b *slot) slot {
	if b.lo < 0 || b.hi > 1000 {
		return failed()
	}
	lo, _, ok := AddWorkdays(m.pack.Calendar, Day(a.lo), int(b.lo))
	_, hi, ok2 := AddWorkdays(m.pack.Calendar, Day(a.hi), int(b.hi))
	if !ok || !ok2 {
		return slot{}
	}
	return days(slot{Known, int64(lo), int64(hi)})
}

func yearNo(d int64) int64 {
	y, _, _ := Day(d).Civil()
	return int64(y)
}

// monthOf is not monotone: a range that crosses a year's end is any month.
func monthOf(a *slot) slot {
	yl, ml, _ := Day(a.lo).Civil()
	yh, mh, _ := Day(a.hi).Civil()
	if yl != yh {
		return slot{Known, 1, 12}
	}
	return slot{Known, int64(ml), int64(mh)}
}

// hold is a statement's own three values: its condition, and none of those that override it.
func (m *Machine) hold(s *stmt) (State, bool) {
	v := m.when(s)
	if never(v)&noTrue != 0 {
		return Known, false
	}
	undecided := open(v)
	for _, k := range s.over {
		switch o := m.when(&m.stmts[k]); {
		case isTrue(o):
			return Known, false
		case never(o)&noTrue == 0:
			undecided = true
		}
	}
	if undecided {
		return Unknown, false
	}
	return Known, true
}

func (m *Machine) when(s *stmt) slot {
	if s.when < 0 {
		return point(1)
	}
	return m.slots[s.when]
}
