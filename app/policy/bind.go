package policy

// bound is a node of a machine: operands are own nodes. opAll and opAny join chains of and and or;
// their operands are args[a:b].
//
// Why only stops at joints: nodes whose answer can hang on fewer operands than they have, and
// what is above those. Any other node hangs on all its facts: leaf has a bit for each
// of the first 64 of asks, and a later fact is a joint.
type bound struct {
	op      Op
	joint   bool
	a, b, c int32
	k       int64
	leaf    uint64
}

const (
	opAll = opEnd + iota
	opAny
)

// deepest bounds how many ands (ors) are joined below one another, and so the work for a hostile chain.
const deepest = 32

// binding is what is known of the service's nodes while they are bound.
type binding struct {
	*Machine
	src  []Node
	uses []int32 // how often each is needed; 0 = left out
	room []int8  // of a joined and (or): how many more may be joined below it
}

// bind keeps the nodes that a statement or its texts need. Constants, parameters and
// facts that always apply come first, since Run has nothing to compute for them.
func (m *Machine) bind() {
	src := m.svc.Nodes
	b := &binding{m, src, make([]int32, len(src)), make([]int8, len(src))}
	m.names, m.nodeO = make([]int32, len(src)), make([]int32, len(m.facts))
	for i := range m.nodeO {
		m.nodeO[i] = -1
	}
	b.count()
	m.nodes = append(make([]bound, 0, len(src)+1), bound{op: OpConst, a: int32(Bool), k: 1})
	for i := range src {
		if m.names[i] = -1; b.uses[i] > 0 && b.given(&src[i]) {
			b.add(i)
		}
	}
	m.first = int32(len(m.nodes))
	for i := range src {
		if b.uses[i] > 0 && m.names[i] < 0 {
			b.add(i)
		}
	}
	m.slots, m.need = make([]slot, len(m.nodes)), make([]need, len(m.nodes))
	m.asked = make([]int32, 0, len(m.facts))
	m.top = -1
	m.bindStatements()
	m.fixed()
}

// count finds what is needed, from the statements down, and what can be joined: an and that
// only another and needs, and that has no name.
func (b *binding) count() {
	for i := range b.stmts {
		s := &b.stmts[i]
		if w := s.rule.When; w >= 0 {
			b.uses[w]++
		}
		s.prints = b.printed(s.rule)
		for _, n := range s.prints {
			b.uses[n]++
		}
	}
	named := make([]bool, len(b.src))
	for i := range b.svc.Slots {
		if n := b.svc.Slots[i].Node; n >= 0 {
			named[n] = true
		}
	}
	for i := len(b.src) - 1; i >= 0; i-- {
		n := &b.src[i]
		if b.uses[i] == 0 {
			continue
		}
		if n.Op == OpAnd || n.Op == OpOr {
			b.offer(i, n.A, named)
			b.offer(i, n.B, named)
		}
		eachOperand(n, func(o int32) { b.uses[o]++ })
	}
	for i := range b.room {
		if b.uses[i] > 1 {
			b.room[i] = 0
		}
	}
}

// offer lets operand o be joined into node i, if nothing else comes to need it.
func (b *binding) offer(i int, o int32, named []bool) {
	if b.uses[o] > 0 || named[o] || b.src[o].Op != b.src[i].Op || b.src[i].A == b.src[i].B {
		return
	}
	b.room[o] = deepest
	if b.uses[i] == 1 && b.room[i] > 0 {
		b.room[o] = b.room[i] - 1
	}
}

// given tells whether a node needs no computing.
func (b *binding) given(n *Node) bool {
	return n.Op == OpConst || n.Op == OpToday || n.Op == OpParam || n.Op == OpFact && n.B < 0 && b.nodeO[n.A] < 0
}

// add binds node i; one that is joined into another leaves only its operands.
func (b *binding) add(i int) {
	n := &b.src[i]
	own := bound{op: n.Op, a: n.A, b: n.B, c: n.C, k: n.K}
	switch k := operands[n.Op]; {
	case n.Op == OpAnd || n.Op == OpOr:
		from := int32(len(b.args))
		b.join(n.A)
		b.join(n.B)
		own.op, own.a, own.b = opAll+n.Op-OpAnd, from, int32(len(b.args))
		if b.room[i] > 0 {
			b.names[i] = -2 - int32(len(b.args)) // until its user comes: where its operands end
			b.args = append(b.args, own.a)
			return
		}
	case n.Op == OpFact:
		if b.nodeO[n.A] = int32(len(b.nodes)); n.B >= 0 {
			own.b = b.names[n.B]
		}
	case k > 0:
		own.a = b.names[n.A]
		own.b, own.c = own.a, own.a // so that nobody needs to ask how many there are
		if k > 1 {
			own.b = b.names[n.B]
		}
		if k > 2 {
			own.c = b.names[n.C]
		}
	}
	b.names[i] = int32(len(b.nodes))
	b.nodes = append(b.nodes, own)
	b.leaves(b.names[i])
}

// leaves notes the facts below a new node, or that it is a joint.
func (b *binding) leaves(i int32) {
	n := &b.nodes[i]
	n.joint = n.op >= opAll || n.op == OpIf
	if n.op == OpFact {
		k := len(b.asks)
		n.joint, n.leaf = n.b >= 0 || k >= 64, 1<<k // 0 from the 64th on
		b.asks = append(b.asks, i)
	} else if !n.joint {
		for _, o := range b.operands(n) {
			n.joint = n.joint || b.nodes[o].joint
			n.leaf |= b.nodes[o].leaf
		}
	}
	if n.joint {
		b.joints = append(b.joints, i)
	}
}

// join adds operand o, or the operands of what is joined here.
func (b *binding) join(o int32) {
	n := b.names[o]
	if n >= -1 {
		b.args = append(b.args, n)
		return
	}
	end := -2 - n
	b.args = append(b.args, b.args[b.args[end]:end]...)
	b.names[o] = -1
}

func (m *Machine) bindStatements() {
	for i := range m.stmts {
		s := &m.stmts[i]
		if w := s.rule.When; w >= 0 {
			s.when = m.names[w]
		}
		for k, n := range s.prints {
			s.prints[k] = m.names[n]
		}
	}
}

// fixed fills what no answer changes: constants, the date, parameters.
func (m *Machine) fixed() {
	for i := range m.nodes[:m.first] {
		switch n := &m.nodes[i]; n.op {
		case OpConst:
			m.slots[i] = point(n.k)
		case OpToday:
			m.slots[i] = point(int64(m.at))
		case OpParam:
			if v := m.pack.Params[n.a].at(m.at, m.region); v != nil {
				m.slots[i] = slot{Known, v.Low, v.High}
			}
		}
	}
}

// operands lists the nodes that n reads, the condition of a fact included. The slice
// is good until the next call.
func (m *Machine) operands(n *bound) []int32 {
	switch n.op {
	case opAll, opAny:
		return m.args[n.a:n.b]
	case OpFact:
		if m.few[0] = n.b; n.b >= 0 {
			return m.few[:1]
		}
		return nil
	}
	m.few = [3]int32{n.a, n.b, n.c}
	return m.few[:operands[n.op]]
}

// Operands calls f for each node that n reads, the condition of a fact included.
func (n *Node) Operands(f func(int32)) { eachOperand(n, f) }

func eachOperand(n *Node, f func(int32)) {
	if n.Op == OpFact {
		if n.B >= 0 {
			f(n.B)
		}
		return
	}
	all := [3]int32{n.A, n.B, n.C}
	for _, o := range all[:operands[n.Op]] {
		f(o)
	}
}
