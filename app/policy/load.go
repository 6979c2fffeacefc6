package policy

import (
	"bytes"
	"errors"
	"strconv"
)

// Load reads a pack's file and refuses anything Encode would not have written.
// Errors are *Error with code bad_pack or pack_too_large; nothing of a refused file is used.
func Load(data []byte) (*Pack, error) {
	if len(data) > MaxPackBytes {
		return nil, &Error{Code: "pack_too_large", Msg: "the rule pack is larger than 4 MB and is refused; the one in use stays"}
	}
	d := &decoder{in: data, whole: string(data)}
	p, err := d.file()
	if err == nil {
		err = p.check()
	}
	if err == nil && !bytes.Equal(encode(p, len(d.strings), len(data)), data) {
		err = errors.New("it is not in canonical form")
	}
	if err != nil {
		return nil, &Error{Code: "bad_pack", Msg: "the rule pack is refused (" + err.Error() + "); the one in use stays"}
	}
	return p, nil
}

// decoder reads numbers; its first error sticks and everything after is zero.
type decoder struct {
	in      []byte
	whole   string // the same bytes once more, which all texts are parts of
	at      int
	strings []string
	err     error
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = errors.New(what + " at byte " + strconv.Itoa(d.at))
	}
}

func (d *decoder) uint() (n uint64) {
	for shift := 0; d.err == nil; shift += 7 {
		if d.at >= len(d.in) || shift > 63 {
			d.fail("cut short or broken number")
			return 0
		}
		b := d.in[d.at]
		d.at++
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	return 0
}

func (d *decoder) int() int64 {
	n := d.uint()
	return int64(n>>1) ^ -int64(n&1)
}

// upto is a number of at most limit.
func (d *decoder) upto(limit int, what string) int {
	n := d.uint()
	if n > uint64(limit) {
		d.fail("too large a " + what)
		return 0
	}
	return int(n)
}

// length is a list's length: each element takes at least one byte, so a length beyond the
// bytes left is a lie and nothing is allocated for it.
func (d *decoder) length(limit int, what string) int {
	n := d.upto(limit, what)
	if n > len(d.in)-d.at {
		d.fail("more " + what + " than bytes")
		return 0
	}
	return n
}

func decodeList[T any](d *decoder, limit int, what string, f func(*T)) []T {
	n := d.length(limit, what)
	if n == 0 {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		if f(&list[i]); d.err != nil {
			return nil
		}
	}
	return list
}

func (d *decoder) str() string {
	i := d.uint()
	if i >= uint64(len(d.strings)) {
		d.fail("unknown string")
		return ""
	}
	return d.strings[i]
}

func (d *decoder) day() Day {
	n := d.int()
	if n != 0 && (n < int64(MinDay) || n > int64(MaxDay)) {
		d.fail("impossible day")
	}
	return Day(n)
}

func (d *decoder) flag() bool         { return d.upto(1, "flag") == 1 }
func (d *decoder) text() Text         { return Text{d.str(), d.str()} }
func (d *decoder) unit() Unit         { return Unit(d.upto(int(Phrase), "unit")) }
func (d *decoder) index1(max int) int { return d.upto(max, "index") - 1 }
func (d *decoder) strs(limit int, what string) []string {
	return decodeList(d, limit, what, func(s *string) { *s = d.str() })
}
func (d *decoder) days() []Day { return decodeList(d, maxDays, "days", func(x *Day) { *x = d.day() }) }
func (d *decoder) refs(limit int) []int {
	return decodeList(d, maxRefs, "cites", func(n *int) { *n = d.upto(limit-1, "cite") })
}

func (d *decoder) file() (*Pack, error) {
	if len(d.in) < len(magic) || string(d.in[:len(magic)]) != magic {
		return nil, errors.New("it is no rule pack of this version")
	}
	d.at = len(magic)
	d.strings = decodeList(d, maxStrings, "strings", func(s *string) { *s = d.rawString() })
	p := &Pack{ID: d.str(), Version: d.uint(), Title: d.text(), Checked: d.day(), Horizon: d.upto(36500, "horizon")}
	p.Regions = d.strs(maxRegions, "regions")
	p.Cites = decodeList(d, maxCites, "cites", d.cite)
	p.Facts = decodeList(d, maxFacts, "facts", d.fact)
	p.Params = decodeList(d, maxParams, "parameters", func(q *Param) { d.param(q, len(p.Cites)) })
	p.Calendar = decodeList(d, maxYears, "years", d.year)
	p.Services = decodeList(d, maxServices, "services", func(s *Service) { d.service(s, p) })
	if d.err == nil && d.at != len(d.in) {
		d.fail("bytes after the end")
	}
	return p, d.err
}

func (d *decoder) rawString() string {
	n := d.length(maxString, "text")
	if d.err != nil {
		return ""
	}
	s := d.whole[d.at : d.at+n]
	d.at += n
	if !CleanText(s) {
		d.fail("a control, bidirectional or invisible character, or broken UTF-8,")
	}
	return s
}

func (d *decoder) cite(c *Cite) {
	*c = Cite{ID: d.str(), Title: d.text(), Article: d.str(), DocNo: d.str(), URL: d.str(),
		Confidence: Confidence(d.str()), From: d.day(), Checked: d.day()}
}

func (d *decoder) fact(f *Fact) {
	f.Question.Fact, f.Unit = d.str(), d.unit()
	f.Label, f.Ask, f.Help, f.Why = d.text(), d.text(), d.text(), d.text()
	f.Options = decodeList(d, maxOptions, "options", func(o *Option) { *o = Option{d.str(), d.text()} })
	f.Min, f.Max, f.Cost = d.int(), d.int(), d.upto(1<<20, "cost")
}

func (d *decoder) param(p *Param, cites int) {
	p.ID, p.Unit, p.Title, p.Overridable = d.str(), d.unit(), d.text(), d.flag()
	p.Values = decodeList(d, maxValues, "values", func(v *ParamValue) { d.value(v, cites) })
}

func (d *decoder) value(v *ParamValue, cites int) {
	*v = ParamValue{Region: d.str(), From: d.day(), To: d.day(), Low: d.int(), High: d.int(),
		Say: d.text(), Projected: d.flag(), Cites: d.refs(cites), Checked: d.day()}
}

func (d *decoder) year(y *Year) {
	*y = Year{Year: d.upto(2199, "year"), Off: d.days(), Work: d.days(), LateOff: d.days(), LateWork: d.days()}
}

func (d *decoder) service(s *Service, p *Pack) {
	s.ID, s.Title = d.str(), d.text()
	at := int32(-1)
	s.Nodes = decodeList(d, maxNodes, "nodes", func(n *Node) { at++; d.node(n, at, p) })
	s.Slots = decodeList(d, maxSlots, "names", func(x *Slot) { d.slot(x, s, p) })
	s.Rules = decodeList(d, maxRules, "rules", func(r *Rule) { d.rule(r, len(s.Nodes), len(p.Cites)) })
}

func (d *decoder) slot(x *Slot, s *Service, p *Pack) {
	*x = Slot{Name: d.str(), Unit: d.unit(), Node: d.index1(len(s.Nodes)), Param: d.index1(len(p.Params)), Fact: d.index1(len(p.Facts))}
}

// node turns distances into indices; a distance of 0 or beyond the start is refused, so
// operands always precede their user.
func (d *decoder) node(n *Node, at int32, p *Pack) {
	op := d.upto(int(opEnd)-1, "operation")
	n.Op = Op(op)
	switch {
	case op == 0:
		d.fail("unknown operation")
	case n.Op == OpFact:
		n.A, n.B = int32(d.upto(len(p.Facts)-1, "fact")), -1
		if back := d.upto(int(at), "distance"); back > 0 {
			n.B = at - int32(back)
		}
	case n.Op == OpParam:
		n.A = int32(d.upto(len(p.Params)-1, "parameter"))
	}
	for i := range operands[op] {
		back := d.upto(int(at), "distance")
		if back == 0 {
			d.fail("an operand that does not precede its user")
		}
		*[]*int32{&n.A, &n.B, &n.C}[i] = at - int32(back)
	}
	if n.Op == OpConst {
		n.A = int32(d.unit())
	}
	if n.Op == OpConst || n.Op == OpIn {
		n.K = d.int()
	}
}

func (d *decoder) rule(r *Rule, nodes, cites int) {
	*r = Rule{ID: d.str(), Kind: Kind(d.str()), Tone: Tone(d.str()), Need: Need(d.str()), Region: d.str(), Overridable: d.flag(),
		When: d.index1(nodes), From: d.day(), To: d.day(), Overrides: d.strs(maxRefs, "overrides"),
		Say: d.text(), More: d.text(), Cites: d.refs(cites), Confidence: Confidence(d.str())}
	switch r.Kind {
	case KindAnswer:
		r.Ask, r.Opens = d.text(), d.strs(maxRefs, "services")
	case KindMyth:
		r.Claim, r.Opens = d.text(), d.strs(maxRefs, "services")
	case KindChoice:
		r.Column, r.Row = d.str(), d.str()
	}
}
