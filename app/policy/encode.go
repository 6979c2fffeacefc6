package policy

// magic opens every pack; the digit is the format's version.
const magic = "LXP1"

// Encode writes a pack's one canonical file. It does not check the pack: Load does.
//
//	file    = magic strings body
//	strings = count { length bytes }            in order of first use in the body, no repeats
//	body    = id version title checked horizon regions cites facts params calendar services
//
// Text is two string numbers (zh, en), a list its length and its elements, a day and any
// signed number zigzag. A node is its operation, its operands as distances back (OpFact and
// OpParam: the index, then for facts 0 or the distance of applies), the unit for OpConst, and K for OpConst and OpIn.
// A rule of kind answer, myth or choice ends with what that kind adds.
func Encode(p *Pack) []byte { return encode(p, 64, 4096) }

// encode makes room for that many strings and bytes beforehand.
func encode(p *Pack, texts, size int) []byte {
	e := &encoder{index: make(map[string]uint64, texts), strings: make([]string, 0, texts), out: make([]byte, 0, size)}
	e.pack(p)
	head := &encoder{out: make([]byte, 0, size)}
	head.out = append(head.out, magic...)
	head.count(len(e.strings))
	for _, s := range e.strings {
		head.count(len(s))
		head.out = append(head.out, s...)
	}
	return append(head.out, e.out...)
}

type encoder struct {
	out     []byte
	strings []string
	index   map[string]uint64
}

// uint and str are kept from being inlined: they are called at every field, and a village phone
// pays for each copy.
//
//go:noinline
func (e *encoder) uint(n uint64) {
	for n >= 0x80 {
		e.out = append(e.out, byte(n)|0x80)
		n >>= 7
	}
	e.out = append(e.out, byte(n))
}

func (e *encoder) count(n int)  { e.uint(uint64(n)) }
func (e *encoder) int(n int64)  { e.uint(uint64(n)<<1 ^ uint64(n>>63)) }
func (e *encoder) day(d Day)    { e.int(int64(d)) }
func (e *encoder) flag(b bool)  { e.uint(uint64(bit(b))) }
func (e *encoder) text(t Text)  { e.str(t.ZH); e.str(t.EN) }
func (e *encoder) index1(n int) { e.count(n + 1) }

//go:noinline
func (e *encoder) str(s string) {
	i, ok := e.index[s]
	if !ok {
		i = uint64(len(e.strings))
		e.index[s] = i
		e.strings = append(e.strings, s)
	}
	e.uint(i)
}

func encodeList[T any](e *encoder, list []T, f func(*T)) {
	e.count(len(list))
	for i := range list {
		f(&list[i])
	}
}

func (e *encoder) ints(list []int) { encodeList(e, list, func(n *int) { e.count(*n) }) }
func (e *encoder) days(list []Day) { encodeList(e, list, func(d *Day) { e.day(*d) }) }
func (e *encoder) strs(l []string) { encodeList(e, l, func(s *string) { e.str(*s) }) }
func (e *encoder) options(l []Option) {
	encodeList(e, l, func(o *Option) { e.str(o.ID); e.text(o.Say) })
}

func (e *encoder) pack(p *Pack) {
	e.str(p.ID)
	e.uint(p.Version)
	e.text(p.Title)
	e.day(p.Checked)
	e.count(p.Horizon)
	e.strs(p.Regions)
	encodeList(e, p.Cites, e.cite)
	encodeList(e, p.Facts, e.fact)
	encodeList(e, p.Params, e.param)
	encodeList(e, p.Calendar, e.year)
	encodeList(e, p.Services, e.service)
}

func (e *encoder) cite(c *Cite) {
	e.str(c.ID)
	e.text(c.Title)
	e.str(c.Article)
	e.str(c.DocNo)
	e.str(c.URL)
	e.str(string(c.Confidence))
	e.day(c.From)
	e.day(c.Checked)
}

func (e *encoder) fact(f *Fact) {
	e.str(f.Question.Fact)
	e.uint(uint64(f.Unit))
	e.text(f.Label)
	e.text(f.Ask)
	e.text(f.Help)
	e.text(f.Why)
	e.options(f.Options)
	e.int(f.Min)
	e.int(f.Max)
	e.count(f.Cost)
}

func (e *encoder) param(p *Param) {
	e.str(p.ID)
	e.uint(uint64(p.Unit))
	e.text(p.Title)
	e.flag(p.Overridable)
	encodeList(e, p.Values, e.value)
}

func (e *encoder) value(v *ParamValue) {
	e.str(v.Region)
	e.day(v.From)
	e.day(v.To)
	e.int(v.Low)
	e.int(v.High)
	e.text(v.Say)
	e.flag(v.Projected)
	e.ints(v.Cites)
	e.day(v.Checked)
}

func (e *encoder) year(y *Year) {
	e.count(y.Year)
	e.days(y.Off)
	e.days(y.Work)
	e.days(y.LateOff)
	e.days(y.LateWork)
}

func (e *encoder) service(s *Service) {
	e.str(s.ID)
	e.text(s.Title)
	e.count(len(s.Nodes))
	for i := range s.Nodes {
		e.node(&s.Nodes[i], int32(i))
	}
	encodeList(e, s.Slots, e.slot)
	encodeList(e, s.Rules, e.rule)
}

func (e *encoder) node(n *Node, at int32) {
	e.uint(uint64(n.Op))
	switch n.Op {
	case OpFact:
		e.uint(uint64(n.A))
		if n.B < 0 {
			e.uint(0)
		} else {
			e.uint(uint64(at - n.B))
		}
		return
	case OpParam:
		e.uint(uint64(n.A))
		return
	}
	eachOperand(n, func(o int32) { e.uint(uint64(at - o)) })
	if n.Op == OpConst {
		e.uint(uint64(n.A))
	}
	if n.Op == OpConst || n.Op == OpIn {
		e.int(n.K)
	}
}

func (e *encoder) slot(s *Slot) {
	e.str(s.Name)
	e.uint(uint64(s.Unit))
	e.index1(s.Node)
	e.index1(s.Param)
	e.index1(s.Fact)
}

func (e *encoder) rule(r *Rule) {
	e.str(r.ID)
	e.str(string(r.Kind))
	e.str(string(r.Tone))
	e.str(string(r.Need))
	e.str(r.Region)
	e.flag(r.Overridable)
	e.index1(r.When)
	e.day(r.From)
	e.day(r.To)
	e.strs(r.Overrides)
	e.text(r.Say)
	e.text(r.More)
	e.ints(r.Cites)
	e.str(string(r.Confidence))
	switch r.Kind {
	case KindAnswer:
		e.text(r.Ask)
		e.strs(r.Opens)
	case KindMyth:
		e.text(r.Claim)
		e.strs(r.Opens)
	case KindChoice:
		e.str(r.Column)
		e.str(r.Row)
	}
}
