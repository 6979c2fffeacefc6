package policy

import (
	"errors"
	"strconv"
)

// Load reads a pack's file and refuses anything Encode would not have written.
// Errors are *Error with code bad_pack or pack_too_large; nothing of a refused file is used.
func Load(data []byte) (*Pack, error) {
	p, _, err := load(data)
	return p, err
}

func load(data []byte) (*Pack, *decoder, error) {
	if len(data) > MaxPackBytes {
		return nil, nil, &Error{Code: "pack_too_large", Msg: "the rule pack is larger than 4 MB and is refused; the one in use stays"}
	}
	d := &decoder{in: data, whole: string(data)}
	p := &Pack{}
	d.magic(magic)
	d.texts()
	d.pack(p)
	d.end()
	if d.err == nil {
		d.err = p.check()
	}
	if d.err != nil {
		return nil, nil, &Error{Code: "bad_pack", Msg: "the rule pack is refused (" + d.err.Error() + "); the one in use stays"}
	}
	return p, d, nil
}

// decoder reads numbers; its first error sticks, and everything after reads as zero.
type decoder struct {
	in      []byte
	whole   string // the same bytes once more, which all texts are parts of
	at      int
	strings []string
	used    int // how many of strings were named: they come in order of first use
	err     error
}

//go:noinline
func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = errors.New(what + " at byte " + strconv.Itoa(d.at))
	}
	d.in, d.at = nil, 0
}

func (d *decoder) magic(m string) {
	if len(d.in) < len(m) || d.whole[:len(m)] != m {
		d.fail("it is no file of this version: other first bytes")
		return
	}
	d.at += len(m)
}

// end refuses what Encode would not have written: bytes after the last, texts that nothing names.
func (d *decoder) end() {
	if d.at != len(d.in) || d.used != len(d.strings) {
		d.fail("more than the pack needs")
	}
}

//go:noinline
func (d *decoder) uint() uint64 {
	if d.at < len(d.in) {
		if b := d.in[d.at]; b < 0x80 {
			d.at++
			return uint64(b)
		}
	}
	return d.long()
}

// long reads a number of several bytes, which must be the fewest.
func (d *decoder) long() (n uint64) {
	for shift := 0; d.at < len(d.in); shift += 7 {
		b := d.in[d.at]
		d.at++
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			if b == 0 || shift == 63 && b > 1 {
				break
			}
			return n
		}
		if shift == 63 {
			break
		}
	}
	d.fail("a number cut short or broken")
	return 0
}

func (d *decoder) int() int64 {
	n := d.uint()
	return int64(n>>1) ^ -int64(n&1)
}

// upto is a number of at most limit.
//
//go:noinline
func (d *decoder) upto(limit int) int {
	n := d.uint()
	if int64(n) > int64(limit) || int64(n) < 0 {
		d.fail("a number that is too large")
		return 0
	}
	return int(n)
}

// below is an index into a list of so many.
func (d *decoder) below(length int) int {
	n := d.upto(length - 1)
	if length == 0 {
		d.fail("an index into nothing")
	}
	return n
}

// length is a list's length: each element takes at least one byte, so a length beyond the
// bytes left is a lie and nothing is allocated for it.
func (d *decoder) length(limit int) int {
	n := d.upto(limit)
	if n > len(d.in)-d.at {
		d.fail("more than there are bytes")
		return 0
	}
	return n
}

// more is list with room for what the file adds to it.
func more[T any](d *decoder, list []T, limit int) []T {
	n := d.length(limit)
	if n == 0 {
		return list
	}
	out := make([]T, len(list)+n)
	copy(out, list)
	return out
}

// texts reads the strings that follow those known: each new, clean and of its length.
func (d *decoder) texts() {
	from := len(d.strings)
	d.strings, d.used = more(d, d.strings, maxStrings), from
	seen := make(map[string]struct{}, len(d.strings))
	for i := range d.strings {
		if i >= from {
			n := d.length(maxString)
			d.strings[i] = d.whole[d.at : d.at+n]
			d.at += n
		}
		s := d.strings[i]
		if i >= from && !CleanText(s) {
			d.fail("a control, bidirectional or invisible character, or broken UTF-8,")
		}
		if seen[s] = struct{}{}; d.err != nil {
			return
		}
	}
	if len(seen) != len(d.strings) {
		d.fail("a text that occurs twice")
	}
}

//go:noinline
func (d *decoder) str() string {
	i := d.uint()
	if i == uint64(d.used) {
		d.used++
	}
	if i >= uint64(d.used) || i >= uint64(len(d.strings)) {
		d.fail("a text out of order")
		return ""
	}
	return d.strings[i]
}

// strs, pairs and days read several fields in a row.
func (d *decoder) strs(fields ...*string) {
	for _, s := range fields {
		*s = d.str()
	}
}

func (d *decoder) pairs(fields ...*Text) {
	for _, t := range fields {
		d.strs(&t.ZH, &t.EN)
	}
}

func (d *decoder) days(fields ...*Day) {
	for _, x := range fields {
		n := d.int()
		if n != 0 && !isDay(n) {
			d.fail("an impossible day")
			n = 0
		}
		*x = Day(n)
	}
}

func (d *decoder) flag() bool            { return d.upto(1) == 1 }
func (d *decoder) unit() Unit            { return Unit(d.upto(int(Phrase))) }
func (d *decoder) index1(length int) int { return d.upto(length) - 1 }

func (d *decoder) strings1(limit int) []string {
	list := more[string](d, nil, limit)
	for i := range list {
		list[i] = d.str()
	}
	return list
}

func (d *decoder) dayList() []Day {
	list := more[Day](d, nil, maxDays)
	for i := range list {
		d.days(&list[i])
	}
	return list
}

func (d *decoder) refs(cites int) []int {
	list := more[int](d, nil, maxRefs)
	for i := range list {
		list[i] = d.below(cites)
	}
	return list
}

func (d *decoder) pack(p *Pack) {
	p.ID, p.Version = d.str(), d.uint()
	d.pairs(&p.Title)
	d.days(&p.Checked)
	p.Horizon = d.upto(36500)
	p.Regions = d.strings1(maxRegions)
	p.Cites = d.cites(nil)
	p.Facts = more[Fact](d, nil, maxFacts)
	for i := range p.Facts {
		d.fact(&p.Facts[i])
	}
	p.Params = more[Param](d, nil, maxParams)
	for i := range p.Params {
		q := &p.Params[i]
		q.ID, q.Unit = d.str(), d.unit()
		d.pairs(&q.Title)
		q.Overridable = d.flag()
		d.values(q, len(p.Cites))
	}
	p.Calendar = more[Year](d, nil, maxYears)
	for i := range p.Calendar {
		y := &p.Calendar[i]
		y.Year, y.Off, y.Work, y.LateOff, y.LateWork = d.upto(2199), d.dayList(), d.dayList(), d.dayList(), d.dayList()
	}
	p.Services = more[Service](d, nil, maxServices)
	for i := range p.Services {
		s := &p.Services[i]
		s.ID = d.str()
		d.pairs(&s.Title)
		d.service(s, p)
	}
}

// cites are list with those that follow.
func (d *decoder) cites(list []Cite) []Cite {
	known := len(list)
	list = more(d, list, maxCites)
	for i := known; i < len(list); i++ {
		c := &list[i]
		d.strs(&c.ID, &c.Title.ZH, &c.Title.EN, &c.Article, &c.DocNo, &c.URL, (*string)(&c.Confidence))
		d.days(&c.From, &c.Checked)
	}
	return list
}

func (d *decoder) fact(f *Fact) {
	f.Question.Fact, f.Unit = d.str(), d.unit()
	d.pairs(&f.Label, &f.Ask, &f.Help, &f.Why)
	f.Options = more[Option](d, nil, maxOptions)
	for i := range f.Options {
		o := &f.Options[i]
		d.strs(&o.ID, &o.Say.ZH, &o.Say.EN)
	}
	f.Min, f.Max, f.Cost = d.int(), d.int(), d.upto(1<<20)
}

// values appends to a parameter's.
func (d *decoder) values(q *Param, cites int) {
	known := len(q.Values)
	q.Values = more(d, q.Values, maxValues)
	for i := known; i < len(q.Values); i++ {
		v := &q.Values[i]
		v.Region = d.str()
		d.days(&v.From, &v.To)
		v.Low, v.High = d.int(), d.int()
		d.pairs(&v.Say)
		v.Projected, v.Cites = d.flag(), d.refs(cites)
		d.days(&v.Checked)
	}
}

// service appends to a service's nodes, names and rules.
func (d *decoder) service(s *Service, p *Pack) {
	known := len(s.Nodes)
	s.Nodes = more(d, s.Nodes, maxNodes)
	for i := known; i < len(s.Nodes); i++ {
		d.node(&s.Nodes[i], i, p)
	}
	known = len(s.Slots)
	s.Slots = more(d, s.Slots, maxSlots)
	for i := known; i < len(s.Slots); i++ {
		x := &s.Slots[i]
		x.Name, x.Unit, x.Node, x.Param, x.Fact = d.str(), d.unit(), d.index1(len(s.Nodes)), d.index1(len(p.Params)), d.index1(len(p.Facts))
	}
	known = len(s.Rules)
	s.Rules = more(d, s.Rules, maxRules)
	for i := known; i < len(s.Rules); i++ {
		d.rule(&s.Rules[i], len(s.Nodes), len(p.Cites))
	}
}

// node turns distances into indices; a distance of 0 or beyond the start is refused, so
// operands always precede their user.
func (d *decoder) node(n *Node, at int, p *Pack) {
	n.Op = Op(d.below(int(opEnd)))
	switch n.Op {
	case 0:
		d.fail("an unknown operation")
	case OpFact:
		n.A = int32(d.below(len(p.Facts)))
		if n.B = int32(at - d.upto(at)); int(n.B) == at {
			n.B = -1
		}
	case OpParam:
		n.A = int32(d.below(len(p.Params)))
	}
	for i, o := range [3]*int32{&n.A, &n.B, &n.C} {
		if i < int(operands[n.Op]) {
			if *o = int32(at - d.upto(at)); int(*o) == at {
				d.fail("an operand that does not precede its user")
			}
		}
	}
	if n.Op == OpConst {
		n.A = int32(d.unit())
	}
	if n.Op == OpConst || n.Op == OpIn {
		n.K = d.int()
	}
}

func (d *decoder) rule(r *Rule, nodes, cites int) {
	d.strs(&r.ID, (*string)(&r.Kind), (*string)(&r.Tone), (*string)(&r.Need), &r.Region)
	r.Overridable, r.When = d.flag(), d.index1(nodes)
	d.days(&r.From, &r.To)
	r.Overrides = d.strings1(maxRefs)
	d.pairs(&r.Say, &r.More)
	r.Cites = d.refs(cites)
	r.Confidence = Confidence(d.str())
	switch r.Kind {
	case KindAnswer:
		d.pairs(&r.Ask)
		r.Opens = d.strings1(maxRefs)
	case KindMyth:
		d.pairs(&r.Claim)
		r.Opens = d.strings1(maxRefs)
	case KindChoice:
		d.strs(&r.Column, &r.Row)
	}
}
