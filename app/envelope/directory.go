package envelope

import (
	"slices"
	"strings"
	"time"
)

// Grace is how long the server still takes envelopes for a key after its To: a
// phone may come back after months without a network (L27).
const Grace = 180 * 24 * time.Hour

// SealableAt tells whether a phone may seal to the key at t.
func (k OfficeKey) SealableAt(t time.Time) bool { return k.within(t, 0) }

// AcceptedAt tells whether the server takes envelopes for the key at t.
func (k OfficeKey) AcceptedAt(t time.Time) bool { return k.within(t, Grace) }

func (k OfficeKey) within(t time.Time, grace time.Duration) bool {
	from, err1 := ParseTimestamp(k.From)
	to, err2 := ParseTimestamp(k.To)
	return err1 == nil && err2 == nil && !t.Before(from) && t.Before(to.Add(grace))
}

// SealingKey decodes the key and checks that its id is its own.
func (k OfficeKey) SealingKey() (PublicKey, error) {
	b, err := DecodeBytes(k.Seal)
	if err != nil {
		return PublicKey{}, err
	}
	pub, err := ParsePublicKey(k.KEM, b)
	if err != nil {
		return PublicKey{}, err
	}
	if pub.ID().String() != k.ID {
		return PublicKey{}, fail(CodeMismatch, "the office's key doesn't carry its own id; fetch the directory again")
	}
	return pub, nil
}

// Office finds an office by id.
func (d Directory) Office(id string) (Office, bool) {
	i := slices.IndexFunc(d.Offices, func(o Office) bool { return o.ID == id })
	if i < 0 {
		return Office{}, false
	}
	return d.Offices[i], true
}

// OfficeFor finds the office that takes form for region, a 6-digit adcode: the one
// with the longest matching prefix, the first listed among equals. region "" matches
// only an office for everywhere.
func (d Directory) OfficeFor(region, form string) (Office, error) {
	best, longest := -1, -1
	for i, o := range d.Offices {
		if !slices.Contains(o.Forms, form) {
			continue
		}
		for _, prefix := range o.Regions {
			if strings.HasPrefix(region, prefix) && len(prefix) > longest {
				best, longest = i, len(prefix)
			}
		}
	}
	if best < 0 {
		return Office{}, fail(CodeNoOffice, "no office takes this form here yet; print it and take it to the counter, or call 12393")
	}
	return d.Offices[best], nil
}

// KeyAt picks the key a phone seals to: the first that is valid at now. A phone whose
// clock is behind the directory's own issue date counts from that date (F31).
func (d Directory) KeyAt(o Office, now time.Time) (OfficeKey, error) {
	if issued, err := ParseTimestamp(d.Issued); err == nil && now.Before(issued) {
		now = issued
	}
	for _, k := range o.Keys {
		if k.SealableAt(now) {
			return k, nil
		}
	}
	return OfficeKey{}, fail(CodeNoKey, "the office's keys are not valid on the phone's date; check the date, or go online to update")
}

// Accepts is the server's rule for a new envelope: a listed office, a key of it that
// is valid or in grace, a form it takes. It fails with no_office or key_retired.
// An envelope already held is answered before this is asked.
func (d Directory) Accepts(h Header, now time.Time) error {
	o, ok := d.Office(h.Office)
	if !ok || !slices.Contains(o.Forms, h.Form) {
		return fail(CodeNoOffice, "no office of that name takes this form; update the app and choose again")
	}
	for _, k := range o.Keys {
		if k.ID == h.Key.String() && k.KEM == h.KEM && k.AcceptedAt(now) {
			return nil
		}
	}
	return fail(CodeRetired, "the key of this envelope is no longer in use; update and seal it again")
}

// Check refuses a directory whose entries could not be used as they stand.
func (d Directory) Check() error {
	for _, t := range []string{d.Issued, d.Expires} {
		if _, err := ParseTimestamp(t); err != nil {
			return err
		}
	}
	seen := map[string]bool{}
	for _, o := range d.Offices {
		if o.ID == "" || len(o.ID) > 32 || strings.Trim(o.ID, lower+"-") != "" || seen[o.ID] {
			return fail(CodeMalformed, "each office needs an id of its own: 1 to 32 of a–z 0–9 -")
		}
		seen[o.ID] = true
		if err := o.check(); err != nil {
			return err
		}
	}
	return checkServices(d.Services)
}

func (o Office) check() error {
	for _, r := range o.Regions {
		if len(r) > 6 || strings.Trim(r, "0123456789") != "" {
			return fail(CodeMalformed, "office %s: a region is a prefix of a 6-digit adcode", o.ID)
		}
	}
	for _, k := range o.Keys {
		if _, err := k.SealingKey(); err != nil {
			return err
		}
		sign, err := DecodeBytes(k.Sign)
		if err != nil || len(sign) != 32 {
			return fail(CodeMalformed, "office %s: a signing key has 32 bytes", o.ID)
		}
		from, err1 := ParseTimestamp(k.From)
		to, err2 := ParseTimestamp(k.To)
		if err1 != nil || err2 != nil || !from.Before(to) {
			return fail(CodeMalformed, "office %s: a key is valid from a time to a later one", o.ID)
		}
	}
	return nil
}

func checkServices(keys []ServiceKey) error {
	for _, k := range keys {
		pub, err := DecodeBytes(k.Key)
		if err != nil || len(pub) != 32 || KeyIDOf(pub).String() != k.ID {
			return fail(CodeMalformed, "a service key has 32 bytes and its own id")
		}
	}
	return nil
}
