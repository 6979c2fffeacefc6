package trust

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

const (
	maxVersion = 1<<53 - 1
	maxKeys    = 8
	maxPacks   = 256
	maxPack    = 1 << 20
	maxID      = 32
	stampLife  = 31 * 24 * time.Hour
)

// Role lists who may sign a kind of document and how many of them must.
type Role struct {
	Threshold int      `json:"threshold"`
	Keys      []string `json:"keys"`            // public key lines, ascending
	Since     uint64   `json:"since,omitempty"` // lowest version that counts, set when a key was stolen
}

// Root names the keys of all roles.
type Root struct {
	Version uint64 `json:"version"`
	Issued  string `json:"issued"`
	Expires string `json:"expires"`
	Demo    bool   `json:"demo,omitempty"` // every screen says so; one key may do
	Roles   Roles  `json:"roles"`
}

// Roles are the four roles. A timestamp role without keys means there is none.
type Roles struct {
	Root      Role `json:"root"`
	Timestamp Role `json:"timestamp"`
	Index     Role `json:"index"`
	Directory Role `json:"directory"`
}

// Ref pins another file: its version, its size in bytes and its SHA-256 in hex.
type Ref struct {
	Version uint64 `json:"version"`
	Size    int    `json:"size"`
	SHA256  string `json:"sha256"`
}

// Pin makes the Ref of a file.
func Pin(version uint64, file []byte) Ref { return Ref{version, len(file), Hash(file)} }

// Stamp is the online signer's word that an index is the newest.
type Stamp struct {
	Version uint64 `json:"version"`
	Issued  string `json:"issued"`
	Expires string `json:"expires"` // at most 31 days after Issued
	Index   Ref    `json:"index"`
}

// Index lists the packs and the directory that belong together.
type Index struct {
	Version   uint64 `json:"version"`
	Issued    string `json:"issued"`
	Expires   string `json:"expires"`
	Packs     []Pack `json:"packs"`               // ascending by ID
	Directory *Ref   `json:"directory,omitempty"` // of the signed directory document
}

// Pack is a rule pack's entry: ID is "national" or a region's pack id.
type Pack struct {
	ID        string `json:"id"`
	Version   uint64 `json:"version"`
	Size      int    `json:"size"`
	SHA256    string `json:"sha256"`
	MinEngine int    `json:"minEngine"` // lowest engine number that understands it
}

// DemoRoot is version 1 of a root that one key rules alone, valid from issued to expires.
func DemoRoot(public string, issued, expires time.Time) Root {
	r := Role{Threshold: 1, Keys: []string{public}}
	return Root{Version: 1, Issued: formatTime(issued), Expires: formatTime(expires), Demo: true,
		Roles: Roles{Root: r, Timestamp: r, Index: r, Directory: r}}
}

// Time prints t as documents carry it.
func Time(t time.Time) string { return formatTime(t) }

// Sign checks the root and signs it. A later root also needs the old root's signers.
func (r Root) Sign(signers ...Signer) ([]byte, error) {
	return signChecked(KindRoot, r, r.check(), signers)
}

// Sign checks the timestamp and signs it.
func (s Stamp) Sign(signers ...Signer) ([]byte, error) {
	return signChecked(KindStamp, s, s.check(), signers)
}

// Sign checks the index and signs it.
func (x Index) Sign(signers ...Signer) ([]byte, error) {
	return signChecked(KindIndex, x, x.check(), signers)
}

// SignDirectory checks the outline of a directory (package envelope's JSON) and signs it.
func SignDirectory(payload []byte, signers ...Signer) ([]byte, error) {
	if _, err := parseHead(payload); err != nil {
		return nil, err
	}
	return Sign(KindDirectory, payload, signers...)
}

func signChecked(kind Kind, v any, problem error, signers []Signer) ([]byte, error) {
	if problem != nil {
		return nil, problem
	}
	payload, err := json.Marshal(v)
	if err != nil {
		return nil, refuse(Malformed, kind.doc(), "can't be printed")
	}
	return Sign(kind, payload, signers...)
}

// Pack finds an entry by id.
func (x Index) Pack(id string) (Pack, bool) {
	i, ok := slices.BinarySearchFunc(x.Packs, id, func(p Pack, id string) int { return strings.Compare(p.ID, id) })
	if !ok {
		return Pack{}, false
	}
	return x.Packs[i], true
}

func (r Role) empty() bool { return r.Threshold == 0 && len(r.Keys) == 0 }

// parse checks a role: known keys, each once (also under another name), ascending.
func (r Role) parse() ([]publicKey, error) {
	if r.Threshold < 1 || r.Threshold > len(r.Keys) || len(r.Keys) > maxKeys || r.Since > maxVersion {
		return nil, refuse(Malformed, "root", "has a role whose threshold and keys don't fit")
	}
	var keys []publicKey
	for i, line := range r.Keys {
		k, err := parsePublic(line)
		if err != nil {
			return nil, err
		}
		twice := slices.ContainsFunc(keys, func(o publicKey) bool { return k.key.Equal(o.key) })
		if twice || i > 0 && r.Keys[i-1] >= line {
			return nil, refuse(Malformed, "root", "lists a key twice or out of order")
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func (r Root) check() error {
	if err := checkHead("root", head{r.Version, r.Issued, r.Expires}); err != nil {
		return err
	}
	roles := []Role{r.Roles.Root, r.Roles.Index, r.Roles.Directory}
	if !r.Roles.Timestamp.empty() {
		roles = append(roles, r.Roles.Timestamp)
	}
	for _, role := range roles {
		if _, err := role.parse(); err != nil {
			return err
		}
	}
	if r.Demo {
		return nil
	}
	return r.checkSeparation()
}

// checkSeparation holds what only a demo may break: a majority of at least 2 of 3
// root keys, and root and timestamp keys that serve nowhere else.
func (r Root) checkSeparation() error {
	t, n := r.Roles.Root.Threshold, len(r.Roles.Root.Keys)
	if t < 2 || n < 3 || 2*t <= n {
		return refuse(Malformed, "root", "must ask for a majority, at least 2 of at least 3 root keys")
	}
	if shared(r.Roles.Root, r.Roles.Timestamp, r.Roles.Index, r.Roles.Directory) ||
		shared(r.Roles.Timestamp, r.Roles.Index, r.Roles.Directory) {
		return refuse(Malformed, "root", "uses a root or timestamp key in a second role")
	}
	return nil
}

// shared compares key data, so that a second name doesn't hide a key.
func shared(a Role, others ...Role) bool {
	data := func(line string) string { return line[strings.LastIndex(line, "+")+1:] }
	for _, o := range others {
		for _, k := range o.Keys {
			if slices.ContainsFunc(a.Keys, func(l string) bool { return data(l) == data(k) }) {
				return true
			}
		}
	}
	return false
}

func (s Stamp) check() error {
	if err := checkHead("timestamp", head{s.Version, s.Issued, s.Expires}); err != nil {
		return err
	}
	issued, _ := parseTime(s.Issued)
	expires, _ := parseTime(s.Expires)
	if expires.Sub(issued) > stampLife {
		return refuse(Malformed, "timestamp", "lives longer than 31 days")
	}
	return s.Index.check("timestamp", maxSize[KindIndex])
}

func (x Index) check() error {
	if err := checkHead("index", head{x.Version, x.Issued, x.Expires}); err != nil {
		return err
	}
	if len(x.Packs) > maxPacks {
		return refuse(TooBig, "index", "lists more than 256 packs")
	}
	for i, p := range x.Packs {
		if err := p.ref().check("index", maxPack); err != nil {
			return err
		}
		if !validID(p.ID) || p.MinEngine < 0 || i > 0 && x.Packs[i-1].ID >= p.ID {
			return refuse(Malformed, "index", "lists a pack twice, out of order or with a bad id")
		}
	}
	if x.Directory == nil {
		return nil
	}
	return x.Directory.check("index", maxSize[KindDirectory])
}

func (p Pack) ref() Ref { return Ref{p.Version, p.Size, p.SHA256} }

func (r Ref) check(doc string, limit int) error {
	if r.Version < 1 || r.Version > maxVersion || r.Size < 1 || r.Size > limit || !isHex(r.SHA256, 64) {
		return refuse(Malformed, doc, "names a file with an impossible version, size or hash")
	}
	return nil
}

// holds compares a file with its pin, size first.
func (r Ref) holds(doc string, file []byte) error {
	if len(file) != r.Size || Hash(file) != r.SHA256 {
		return refuse(Mixed, doc, "is not the file that was signed for")
	}
	return nil
}

func validID(s string) bool {
	return len(s) >= 1 && len(s) <= maxID && only(s, "abcdefghijklmnopqrstuvwxyz0123456789-")
}

// head is what every payload starts from.
type head struct {
	version         uint64
	issued, expires string
}

func checkHead(doc string, h head) error {
	if h.version < 1 || h.version > maxVersion {
		return refuse(Malformed, doc, "has an impossible version")
	}
	issued, ok := parseTime(h.issued)
	expires, ok2 := parseTime(h.expires)
	if !ok || !ok2 || !issued.Before(expires) {
		return refuse(Malformed, doc, "has dates that are not RFC 3339 UTC, or expires before it is issued")
	}
	return nil
}

// parseHead reads a directory's outline; field names match exactly, not by letter case.
func parseHead(payload []byte) (head, error) {
	if err := checkTree("directory", payload); err != nil {
		return head{}, err
	}
	var top map[string]json.RawMessage
	var h head
	if json.Unmarshal(payload, &top) != nil || json.Unmarshal(top["version"], &h.version) != nil ||
		json.Unmarshal(top["issued"], &h.issued) != nil || json.Unmarshal(top["expires"], &h.expires) != nil {
		return head{}, refuse(Malformed, "directory", "lacks version, issued or expires")
	}
	return h, checkHead("directory", h)
}
