package trust

import (
	"strings"
	"time"
)

// check is one verification under way; its fields replace the Verifier's at the end.
type check struct {
	root  rooted
	state State
	out   Trusted
}

func (c *check) run(now time.Time, b Bundle) error {
	if err := c.walkRoots(b.Roots); err != nil {
		return err
	}
	before := c.state.clone()
	for _, step := range []func(Bundle) error{c.stamp, c.index, c.directory} {
		if err := step(b); err != nil {
			return err
		}
	}
	serving := c.root.serving()
	c.state.prune(serving)
	c.out.Root = c.root.Root
	c.judgeAge(now, c.state.newest(serving))
	return c.refuseNewsUnderOldRoot(before)
}

// walkRoots goes from the trusted root to the bundle's newest. The run may start
// before the trusted root, since one bundle serves phones of every age.
func (c *check) walkRoots(docs [][]byte) error {
	if len(docs) > maxRoots {
		return refuse(TooBig, "bundle", "has more than 64 roots")
	}
	prev := c.root
	for i, signed := range docs {
		d, r, err := parseRoot(signed)
		if err != nil {
			return err
		}
		if i == 0 && r.Version <= c.root.Version {
			err = quorum(d, r)
		} else {
			err = succession(d, prev, r)
		}
		if err != nil {
			return err
		}
		if r.Version == c.root.Version && r.text != c.root.text {
			return refuse(Forked, "root", "has the same version as the trusted one but says something else")
		}
		prev = r
	}
	return c.arrive(prev)
}

// arrive takes the end of the chain as the trusted root, unless a newer one was seen.
func (c *check) arrive(r rooted) error {
	seen := Seen{Version: r.Version, Text: r.text, Issued: r.Issued}
	if r.Version < c.root.Version {
		return refuse(Rollback, "root", "chain ends before the trusted root")
	}
	if err := c.state.Root.admit("root", seen, 0); err != nil {
		return err
	}
	c.root, c.state.Root = r, seen
	return nil
}

func (c *check) stamp(b Bundle) error {
	if c.root.Roles.Timestamp.empty() {
		if len(b.Timestamp) > 0 {
			return refuse(Stranger, "timestamp", "has no role under this root")
		}
		return nil
	}
	c.out.Stamp = new(Stamp)
	return c.admit(KindStamp, b.Timestamp, func(payload []byte) (Seen, error) {
		s := c.out.Stamp
		if err := decodeCanonical("timestamp", payload, s); err != nil {
			return Seen{}, err
		}
		return Seen{Version: s.Version, Issued: s.Issued, Parts: map[string]uint64{"index": s.Index.Version}}, s.check()
	})
}

func (c *check) index(b Bundle) error {
	if s := c.out.Stamp; s != nil && len(b.Index) > 0 {
		if err := s.Index.holds("index", b.Index); err != nil {
			return err
		}
	}
	err := c.admit(KindIndex, b.Index, func(payload []byte) (Seen, error) {
		x := &c.out.Index
		if err := decodeCanonical("index", payload, x); err != nil {
			return Seen{}, err
		}
		return Seen{Version: x.Version, Issued: x.Issued, Parts: x.parts()}, x.check()
	})
	if err != nil {
		return err
	}
	c.out.IndexHash = Hash(b.Index)
	if s := c.out.Stamp; s != nil && s.Index.Version != c.out.Index.Version {
		return refuse(Mixed, "index", "has another version than its timestamp says")
	}
	return nil
}

func (x Index) parts() map[string]uint64 {
	m := map[string]uint64{}
	for _, p := range x.Packs {
		m["pack "+p.ID] = p.Version
	}
	if x.Directory != nil {
		m["directory"] = x.Directory.Version
	}
	return m
}

func (c *check) directory(b Bundle) error {
	pin := c.out.Index.Directory
	switch {
	case len(b.Directory) == 0:
		return nil
	case pin == nil:
		return refuse(Mixed, "directory", "is not in the index")
	}
	if err := pin.holds("directory", b.Directory); err != nil {
		return err
	}
	return c.admit(KindDirectory, b.Directory, func(payload []byte) (Seen, error) {
		h, err := parseHead(payload)
		if err == nil && h.version != pin.Version {
			err = refuse(Mixed, "directory", "has another version than the index says")
		}
		c.out.Directory = payload
		c.lapse("directory", h.expires)
		return Seen{Version: h.version, Issued: h.issued}, err
	})
}

// admit opens a document of the role that bears its kind's name, reads it, holds
// it against the ratchet and moves the ratchet of those who signed.
func (c *check) admit(kind Kind, signed []byte, read func(payload []byte) (Seen, error)) error {
	name := kind.doc()
	role, keys := c.root.roles()[name], c.root.keys[name]
	d, err := parseDocument(kind, signed)
	if err != nil {
		return err
	}
	signers, err := d.verify(keys, role.Threshold)
	if err != nil {
		return err
	}
	n, err := read(d.payload())
	if err != nil {
		return err
	}
	n.Text = d.textHash()
	if err := c.state.floor(name, keys).admit(name, n, role.Since); err != nil {
		return err
	}
	c.state.record(name, signers, n)
	return nil
}

// lapse notes a document's date; judgeAge drops those still ahead.
func (c *check) lapse(doc, expires string) {
	t, _ := parseTime(expires)
	c.out.Lapsed = append(c.out.Lapsed, Lapse{doc, t})
}

// judgeAge takes the later of the clock and the newest signed issue time.
func (c *check) judgeAge(now, newest time.Time) {
	c.out.ClockBehind = newest.Sub(now) > clockSlip
	if newest.After(now) {
		now = newest
	}
	c.lapse("root", c.root.Expires)
	c.lapse("index", c.out.Index.Expires)
	if c.out.Stamp != nil {
		c.lapse("timestamp", c.out.Stamp.Expires)
	}
	var past []Lapse
	for _, l := range c.out.Lapsed {
		if !now.Before(l.Since) {
			past = append(past, l)
		}
	}
	c.out.Lapsed = past
}

// refuseNewsUnderOldRoot: the keys of an expired root may have been withdrawn since,
// so a device that holds something keeps it. One that holds nothing takes what it gets.
func (c *check) refuseNewsUnderOldRoot(before State) error {
	if _, old := c.out.lapse("root"); !old {
		return nil
	}
	for _, role := range []string{"index", "directory"} {
		if held, known := before.texts(role); known && !c.state.within(role, held) {
			return refuse(RootLapsed, role, "is news under an expired root")
		}
	}
	return nil
}

// texts lists what was seen in a role by any key.
func (s State) texts(role string) (held map[string]bool, known bool) {
	held = map[string]bool{}
	for id, seen := range s.Keys {
		if strings.HasPrefix(id, role+" ") {
			held[seen.Text] = true
		}
	}
	return held, len(held) > 0
}

// within reports whether every text of a role is among held.
func (s State) within(role string, held map[string]bool) bool {
	texts, _ := s.texts(role)
	for t := range texts {
		if !held[t] {
			return false
		}
	}
	return true
}
