package trust

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

const maxState = 64 << 10

// State is the ratchet. The zero State has seen nothing. It holds no secret and is
// not signed: keep copies where a cleared cache doesn't reach them, and Merge them.
type State struct {
	Root Seen            `json:"root"`
	Keys map[string]Seen `json:"keys,omitempty"` // "role name+hash" → the newest that key signed
}

// Seen is the newest document of one role by one key.
type Seen struct {
	Version uint64            `json:"version"`
	Text    string            `json:"text"`            // SHA-256 of its text, hex
	Issued  string            `json:"issued"`          // its issue time
	Parts   map[string]uint64 `json:"parts,omitempty"` // highest version of each file that the key named
}

// ParseState reads what Bytes wrote. Empty bytes are the zero State; anything
// damaged is an error, after which the caller goes on with another copy or the zero State.
func ParseState(b []byte) (State, error) {
	var s State
	if len(b) == 0 {
		return s, nil
	}
	if len(b) > maxState {
		return s, refuse(TooBig, "state", "is longer than allowed")
	}
	if err := decodeCanonical("state", b, &s); err != nil {
		return State{}, err
	}
	return s, nil
}

// Bytes is the canonical form: equal states give equal bytes.
func (s State) Bytes() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic("trust: a State always prints: " + err.Error())
	}
	return b
}

// Merge takes the higher of both for every entry; order doesn't matter.
func (s State) Merge(o State) State {
	m := State{Root: s.Root.higher(o.Root), Keys: maps.Clone(s.Keys)}
	for id, seen := range o.Keys {
		m.put(id, m.Keys[id].higher(seen))
	}
	return m
}

func (s *State) put(id string, seen Seen) {
	if s.Keys == nil {
		s.Keys = map[string]Seen{}
	}
	s.Keys[id] = seen
}

// higher keeps the higher version; two texts of one version are settled by their
// hash, so that merging is the same in any order.
func (s Seen) higher(o Seen) Seen {
	win, lose := s, o
	if o.Version > s.Version || o.Version == s.Version && o.Text > s.Text {
		win, lose = o, s
	}
	if len(lose.Parts) == 0 {
		return win
	}
	parts := maps.Clone(lose.Parts)
	for id, v := range win.Parts {
		parts[id] = max(parts[id], v)
	}
	win.Parts = parts
	return win
}

// floor joins what the serving keys of a role have signed.
func (s State) floor(role string, keys []publicKey) Seen {
	var f Seen
	for _, k := range keys {
		f = f.higher(s.Keys[role+" "+k.id()])
	}
	return f
}

// admit refuses what lies below the floor.
func (s Seen) admit(doc string, n Seen, since uint64) error {
	switch {
	case n.Version < max(s.Version, since):
		return refuse(Rollback, doc, "is older than the newest seen")
	case n.Version == s.Version && n.Text != s.Text:
		return refuse(Forked, doc, "has the same version as the one seen but says something else")
	}
	for id, v := range n.Parts {
		if v < s.Parts[id] {
			return refuse(Rollback, doc, "names an older "+id+" than the newest seen")
		}
	}
	return nil
}

// record moves the ratchet of each signer.
func (s *State) record(role string, signers []string, n Seen) {
	for _, id := range signers {
		s.put(role+" "+id, s.Keys[role+" "+id].higher(n))
	}
}

// prune forgets keys that serve no more, so that the state stays small.
func (s *State) prune(serving map[string]bool) {
	maps.DeleteFunc(s.Keys, func(id string, _ Seen) bool { return !serving[id] })
}

// newest is the latest issue time that a serving key signed.
func (s State) newest(serving map[string]bool) time.Time {
	var latest string
	for _, id := range slices.Sorted(maps.Keys(s.Keys)) {
		if serving[id] && strings.Compare(s.Keys[id].Issued, latest) > 0 {
			latest = s.Keys[id].Issued
		}
	}
	t, _ := parseTime(latest)
	return t
}

func (s State) clone() State {
	return State{Root: s.Root, Keys: maps.Clone(s.Keys)}
}
