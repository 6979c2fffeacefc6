package policy

// Run computes every node once, in order, then what each statement is. It allocates nothing.
//
// The loop is long on purpose: calls are what costs in wasm, so whatever two known operands give is
// done in place, and everything rarer (unknown, not applicable, ranges) goes to rare.
func (m *Machine) Run() {
	nodes, slots := m.nodes, m.slots
	for i := int(m.first); i < len(nodes); i++ {
		n, out := &nodes[i], &slots[i]
		if n.op >= opAll {
			m.runList(n, out)
			continue
		}
		if n.op == OpFact {
			*out = m.gatedFact(n)
			continue
		}
		a, b := &slots[n.a], &slots[n.b]
		if a.state != Known || b.state != Known {
			*out = m.rare(n)
			continue
		}
		switch n.op {
		case OpNot:
			set(out, 1-a.lo)
		case OpLe:
			decide(out, a.hi <= b.lo, a.lo > b.hi)
		case OpLt:
			decide(out, a.hi < b.lo, a.lo >= b.hi)
		case OpEq:
			decide(out, a.lo == b.hi && a.hi == b.lo, a.hi < b.lo || b.hi < a.lo)
		case OpIn:
			set(out, n.k>>uint64(a.lo)&1)
		case OpIf:
			*out = *b
			if a.lo == 0 {
				*out = slots[n.c]
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
		m.hold(&m.stmts[i])
	}
}

// runList is Kleene's and (or), with not-applicable and failed as further definite values: the first
// false (true) decides; then unknown, because it may become false; then failed; then not-applicable.
func (m *Machine) runList(n *bound, out *slot) {
	decisive := int64(n.op - opAll)
	worst, some, every := Known, int64(0), int64(noTrue|noFalse)
	for _, o := range m.args[n.a:n.b] {
		switch s := &m.slots[o]; {
		case s.state == Known:
			if s.lo == decisive {
				set(out, decisive)
				return
			}
		case s.state <= Declined:
			worst, some, every = Unknown, some|s.lo, every&s.lo
		case worst == Known || worst == NotApplicable:
			worst, some = s.state, noTrue|noFalse
		default:
			some = noTrue | noFalse
		}
	}
	switch {
	case worst == Known:
		set(out, 1-decisive)
	case worst != Unknown:
		*out = slot{state: worst}
	case decisive == 0:
		*out = slot{lo: some&noTrue | every&noFalse}
	default:
		*out = slot{lo: some&noFalse | every&noTrue}
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

func (m *Machine) rare(n *bound) slot {
	switch n.op {
	case OpNot:
		return not(m.slots[n.a])
	case OpIf:
		return choose(m.slots[n.a], m.slots[n.b], m.slots[n.c])
	}
	return m.strict(n)
}

// gatedFact is unknown until it is certain that the question applies, so that an answer can
// never be taken back by another answer.
func (m *Machine) gatedFact(n *bound) slot {
	if n.b >= 0 {
		switch a := m.slots[n.b]; {
		case never(a)&noTrue != 0:
			return slot{state: NotApplicable}
		case open(a):
			return slot{}
		}
	}
	return answered(m.facts[n.a])
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
func (m *Machine) strict(n *bound) slot {
	worst := Known
	for _, o := range m.operands(n) {
		worst = stricter(worst, m.slots[o].state)
	}
	switch worst {
	case Known:
		return m.compute(n, &m.slots[n.a], &m.slots[n.b], &m.slots[n.c])
	case Unknown, Declined:
		return slot{}
	}
	return slot{state: worst}
}

func stricter(a, b State) State {
	for _, s := range [...]State{NotApplicable, Unknown, Declined, Failed} {
		if a == s || b == s {
			return s
		}
	}
	return a
}

// compute works on both ends; every operation is monotone in each operand, or says otherwise.
func (m *Machine) compute(n *bound, a, b, c *slot) slot {
	switch n.op {
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

func (m *Machine) calendar(n *bound, a, b, c *slot) slot {
	if n.op != OpYMD && !inCalendar(a) || (n.op == OpMonthsBetween || n.op == OpDaysBetween) && !inCalendar(b) {
		return failed()
	}
	switch n.op {
	case OpAddMonths:
		return days(bounded(addMonths(a.lo, b.lo), addMonths(a.hi, b.hi)))
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

// hold finds a statement's own three values: its condition, and none of those that override it.
func (m *Machine) hold(s *stmt) {
	v := &m.slots[s.when]
	s.holds, s.yes = Known, false
	if never(*v)&noTrue != 0 {
		return
	}
	undecided := open(*v)
	for _, k := range s.over {
		o := &m.slots[m.stmts[k].when]
		if isTrue(*o) {
			return
		}
		undecided = undecided || never(*o)&noTrue == 0
	}
	if undecided {
		s.holds = Unknown
		return
	}
	s.yes = true
}
