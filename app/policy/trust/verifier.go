package trust

import (
	"encoding/json"
	"time"
)

const (
	maxRoots  = 64
	maxBundle = 4 << 20
	clockSlip = 24 * time.Hour
)

// Bundle is one set of signed documents as fetched or kept, all untrusted.
type Bundle struct {
	Roots     [][]byte // ascending run of versions; may be empty when the program's root is the newest
	Timestamp []byte
	Index     []byte
	Directory []byte // may be nil: then Trusted.Directory is nil
}

// bundleJSON is a Bundle on the wire: documents are text.
type bundleJSON struct {
	Roots     []string `json:"roots,omitempty"`
	Timestamp string   `json:"timestamp,omitempty"`
	Index     string   `json:"index"`
	Directory string   `json:"directory,omitempty"`
}

// Bytes prints the bundle as one JSON object, for GET /v1/packs and for storage.
func (b Bundle) Bytes() []byte {
	j := bundleJSON{Timestamp: string(b.Timestamp), Index: string(b.Index), Directory: string(b.Directory)}
	for _, r := range b.Roots {
		j.Roots = append(j.Roots, string(r))
	}
	out, err := json.Marshal(j)
	if err != nil {
		panic("trust: strings always print: " + err.Error())
	}
	return out
}

// ParseBundle reads what Bytes printed. Nothing in it is trusted yet.
func ParseBundle(b []byte) (Bundle, error) {
	if len(b) > maxBundle {
		return Bundle{}, refuse(TooBig, "bundle", "is longer than allowed")
	}
	var j bundleJSON
	if err := decodeCanonical("bundle", b, &j); err != nil {
		return Bundle{}, err
	}
	out := Bundle{Timestamp: []byte(j.Timestamp), Index: []byte(j.Index), Directory: []byte(j.Directory)}
	for _, r := range j.Roots {
		out.Roots = append(out.Roots, []byte(r))
	}
	return out, nil
}

// Trusted is what a bundle is worth.
type Trusted struct {
	Root      Root
	Stamp     *Stamp // nil when the root has no timestamp role
	Index     Index
	IndexHash string  // of the signed index: what SyncRequest.Index carries
	Directory []byte  // verified payload, nil when the bundle brought none
	Lapsed    []Lapse // expired documents: show "规则可能过期（date）"
	// ClockBehind: the caller's clock is over a day before a signed issue time;
	// say "手机日期可能不对" and don't compute deadlines from it (F31).
	ClockBehind bool
}

// Lapse is a document past its date. Doc is "root", "timestamp", "index" or "directory".
type Lapse struct {
	Doc   string
	Since time.Time
}

// Stale reports since when the rules themselves are past their date.
func (t Trusted) Stale() (since time.Time, stale bool) { return t.lapse("index") }

// Silent reports since when the publisher has not confirmed the index: an expired
// timestamp alone means no fresh word, not old rules.
func (t Trusted) Silent() (since time.Time, silent bool) { return t.lapse("timestamp") }

func (t Trusted) lapse(doc string) (time.Time, bool) {
	for _, l := range t.Lapsed {
		if l.Doc == doc {
			return l.Since, true
		}
	}
	return time.Time{}, false
}

// CheckPack admits a pack's bytes if the index names them and this engine's number
// is high enough to understand them.
func (t Trusted) CheckPack(id string, file []byte, engine int) (Pack, error) {
	p, ok := t.Index.Pack(id)
	switch {
	case !ok:
		return Pack{}, refuse(Mixed, "pack "+id, "is not in the index")
	case p.MinEngine > engine:
		return Pack{}, refuse(OldEngine, "pack "+id, "needs a newer program")
	}
	return p, p.ref().holds("pack "+id, file)
}

// Verifier holds the newest root and the ratchet. It is not safe for concurrent use.
type Verifier struct {
	root  rooted
	state State
}

// NewVerifier starts from the signed root that came with the program and what the
// device remembers. A state that has seen a newer root is fine: Verify then asks
// the bundle for the way there.
func NewVerifier(anchor []byte, state State) (*Verifier, error) {
	r, err := openAnchor(anchor)
	if err != nil {
		return nil, err
	}
	return &Verifier{root: r, state: state.clone()}, nil
}

// State is the ratchet to keep, after each successful Verify, before its result is used.
func (v *Verifier) State() State { return v.state.clone() }

// Verify admits a bundle at the time now. On an error nothing has changed.
func (v *Verifier) Verify(now time.Time, b Bundle) (Trusted, error) {
	c := check{root: v.root, state: v.state.clone()}
	if err := c.run(now, b); err != nil {
		return Trusted{}, err
	}
	v.root, v.state = c.root, c.state
	return c.out, nil
}
