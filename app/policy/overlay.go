package policy

import (
	"bytes"
	"crypto/sha256"
	"errors"
)

// overlayMagic opens every overlay; the digit is the format's version.
const overlayMagic = "LXO1"

// An overlay is what one province adds to the national pack, so that a phone fetches
// the nation and its own province only:
//
//	file = magic sha256(base file) id version strings body
//	body = regions cites params services
//
// strings are those that the base file lacks; they are numbered after the base's. params and
// services are lists of an index into the base and what is appended to it: values, or
// nodes, names and rules. Everything else is written as in a pack. One region has one file.

// OverlayRef is an overlay's head, for whoever publishes it.
type OverlayRef struct {
	ID      string // the province's code
	Version uint64 // that of the pack it was compiled with
	Base    [sha256.Size]byte
}

// EncodeOverlay writes what joined has beyond base. joined must be base with only
// appended parts, as a compilation of the same national sources with regions is.
func EncodeOverlay(id string, base, joined *Pack) ([]byte, error) {
	if checkRegion(id) != nil {
		return nil, checkRegion(id)
	}
	file := Encode(base)
	out := encodeOverlay(OverlayRef{id, joined.Version, sha256.Sum256(file)}, base, joined)
	back, err := Join(file, out)
	if err == nil && !bytes.Equal(Encode(back), Encode(joined)) {
		err = errors.New("the joined pack changes more than it appends; compile both from the same national sources")
	}
	return out, err
}

func encodeOverlay(ref OverlayRef, base, joined *Pack) []byte {
	e := &encoder{index: map[string]uint64{}}
	e.pack(base) // numbers the base's strings
	known := len(e.strings)
	e.out = nil
	e.overlay(base, joined)
	head := &encoder{out: append([]byte(overlayMagic), ref.Base[:]...)}
	head.out = append(head.out, ref.ID...)
	head.uint(ref.Version)
	head.count(len(e.strings) - known)
	for _, s := range e.strings[known:] {
		head.count(len(s))
		head.out = append(head.out, s...)
	}
	return append(head.out, e.out...)
}

func (e *encoder) overlay(base, joined *Pack) {
	e.strs(joined.Regions)
	encodeList(e, joined.Cites[min(len(base.Cites), len(joined.Cites)):], e.cite)
	e.count(changed(base.Params, joined.Params, func(p *Param) int { return len(p.Values) }))
	for i := range base.Params {
		if n := len(base.Params[i].Values); n < len(joined.Params[i].Values) {
			e.count(i)
			encodeList(e, joined.Params[i].Values[n:], e.value)
		}
	}
	e.count(changed(base.Services, joined.Services, func(s *Service) int { return len(s.Rules) }))
	for i := range base.Services {
		if len(base.Services[i].Rules) < len(joined.Services[i].Rules) {
			e.count(i)
			e.more(&base.Services[i], &joined.Services[i])
		}
	}
}

func changed[T any](base, joined []T, size func(*T) int) (n int) {
	for i := range base {
		n += int(bit(i < len(joined) && size(&base[i]) < size(&joined[i])))
	}
	return n
}

func (e *encoder) more(base, joined *Service) {
	e.count(len(joined.Nodes) - len(base.Nodes))
	for i := len(base.Nodes); i < len(joined.Nodes); i++ {
		e.node(&joined.Nodes[i], int32(i))
	}
	encodeList(e, joined.Slots[len(base.Slots):], e.slot)
	encodeList(e, joined.Rules[len(base.Rules):], e.rule)
}

// Join loads the national pack's file and an overlay's file as one pack. It refuses an
// overlay of other rules than base, and all that Load refuses. Errors are *Error
// with code bad_pack or pack_too_large.
func Join(base, overlay []byte) (*Pack, error) {
	nation, d, err := load(base)
	if err != nil {
		return nil, err
	}
	if len(overlay) > MaxPackBytes {
		return nil, &Error{Code: "pack_too_large", Msg: "the region's rules are larger than 4 MB and are refused; the national ones stay"}
	}
	p, err := nation.extended(d.strings, base, overlay)
	if err != nil {
		return nil, refusedOverlay(err)
	}
	return p, nil
}

func refusedOverlay(err error) error {
	return &Error{Code: "bad_pack", Msg: "the region's rules are refused (" + err.Error() + "); the national ones stay"}
}

// extended is the nation, loaded from base with these strings, with the overlay appended.
func (p *Pack) extended(strings []string, base, overlay []byte) (*Pack, error) {
	ref, d, err := openOverlay(overlay)
	if err != nil {
		return nil, err
	}
	if ref.Base != sha256.Sum256(base) || ref.Version != p.Version {
		return nil, errors.New("they belong to another edition of the national rules")
	}
	d.strings = strings
	d.texts()
	out := *p
	out.Params = append([]Param(nil), p.Params...)
	out.Services = append([]Service(nil), p.Services...)
	d.overlay(&out)
	d.end()
	if d.err == nil {
		d.err = ref.owns(out.Regions)
	}
	if d.err == nil {
		d.err = out.check()
	}
	return &out, d.err
}

// owns wants the province itself among the regions, and no other province's.
func (o OverlayRef) owns(regions []string) error {
	for _, r := range regions {
		if !covers(o.ID, r) {
			return errors.New("they speak of " + r + ", outside " + o.ID)
		}
	}
	if !contains(regions, o.ID) {
		return errors.New("they are not those of " + o.ID)
	}
	return nil
}

// ReadOverlay reads an overlay's head, without its base.
func ReadOverlay(data []byte) (OverlayRef, error) {
	ref, _, err := openOverlay(data)
	if err != nil {
		err = refusedOverlay(err)
	}
	return ref, err
}

// openOverlay reads the head and leaves the decoder behind it.
func openOverlay(data []byte) (ref OverlayRef, d *decoder, err error) {
	const id = 6
	at := len(overlayMagic) + sha256.Size
	if len(data) < at+id || string(data[:len(overlayMagic)]) != overlayMagic {
		return ref, nil, errors.New("it is no overlay of this version")
	}
	copy(ref.Base[:], data[len(overlayMagic):])
	ref.ID = string(data[at : at+id])
	d = &decoder{in: data, whole: string(data), at: at + id}
	ref.Version = d.uint()
	if d.err == nil {
		d.err = checkRegion(ref.ID)
	}
	return ref, d, d.err
}

func (d *decoder) overlay(p *Pack) {
	p.Regions = d.strings1(maxRegions)
	p.Cites = d.cites(p.Cites)
	last := -1
	for range d.upto(len(p.Params)) {
		q := &p.Params[d.next(&last, len(p.Params))]
		known := len(q.Values)
		if d.values(q, len(p.Cites)); !q.Overridable || len(q.Values) == known {
			d.fail("a parameter that no region may set, or nothing for it")
		}
	}
	last = -1
	for range d.upto(len(p.Services)) {
		s := &p.Services[d.next(&last, len(p.Services))]
		known := len(s.Rules)
		d.service(s, p)
		for i := range s.Rules[known:] {
			if s.Rules[known+i].Region == "" {
				d.fail("a national statement")
			}
		}
		if len(s.Rules) == known {
			d.fail("a service without a new statement")
		}
	}
}

// next is an index above the last one, into a list that is not empty.
func (d *decoder) next(last *int, length int) int {
	n := d.below(length)
	if n <= *last {
		d.fail("parts out of order")
	}
	*last = n
	return n
}
