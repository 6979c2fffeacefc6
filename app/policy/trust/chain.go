package trust

// rooted is a root whose form was checked, with its keys parsed.
type rooted struct {
	Root
	text string                 // hash of its text
	keys map[string][]publicKey // by role name
}

func parseRoot(signed []byte) (document, rooted, error) {
	d, err := parseDocument(KindRoot, signed)
	if err != nil {
		return d, rooted{}, err
	}
	r := rooted{text: d.textHash(), keys: map[string][]publicKey{}}
	if err := decodeCanonical("root", d.payload(), &r.Root); err != nil {
		return d, r, err
	}
	if err := r.Root.check(); err != nil {
		return d, r, err
	}
	for name, role := range r.roles() {
		if r.keys[name], err = role.parse(); err != nil {
			return d, r, err
		}
	}
	return d, r, nil
}

func (r rooted) roles() map[string]Role {
	m := map[string]Role{"root": r.Roles.Root, "index": r.Roles.Index, "directory": r.Roles.Directory}
	if !r.Roles.Timestamp.empty() {
		m["timestamp"] = r.Roles.Timestamp
	}
	return m
}

// serving lists the ratchet entries that count under this root.
func (r rooted) serving() map[string]bool {
	m := map[string]bool{}
	for role, keys := range r.keys {
		for _, k := range keys {
			m[role+" "+k.id()] = true
		}
	}
	return m
}

// openAnchor trusts a root's keys because they came with the program; it still
// asks for their threshold.
func openAnchor(signed []byte) (rooted, error) {
	d, r, err := parseRoot(signed)
	if err != nil {
		return r, err
	}
	return r, quorum(d, r)
}

// quorum holds the threshold of r's own root keys. Signatures by other keys, which
// may be its predecessor's, are left out.
func quorum(d document, r rooted) error {
	return d.signedBy(r.keys["root"]).holds(r)
}

// succession lets next follow prev: one version higher, of the same sort, signed
// by the threshold of both and by nobody else.
func succession(d document, prev, next rooted) error {
	if next.Version != prev.Version+1 {
		return refuse(BrokenChain, "root", "doesn't follow the one before it")
	}
	if next.Demo != prev.Demo {
		return refuse(BrokenChain, "root", "changes between demo and real")
	}
	if err := d.signedBy(prev.keys["root"]).holds(prev); err != nil {
		return err
	}
	if err := quorum(d, next); err != nil {
		return err
	}
	_, err := d.verify(append(prev.keys["root"][:len(prev.keys["root"]):len(prev.keys["root"])], next.keys["root"]...), 1)
	return err
}

// signedBy keeps only the signatures of keys.
func (d document) signedBy(keys []publicKey) document {
	out := document{kind: d.kind, text: d.text}
	for _, s := range d.sigs {
		for _, k := range keys {
			if k.id() == s.id() {
				out.sigs = append(out.sigs, s)
			}
		}
	}
	return out
}

func (d document) holds(r rooted) error {
	_, err := d.verify(r.keys["root"], r.Roles.Root.Threshold)
	return err
}
