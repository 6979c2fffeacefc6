// Package trust says which rule packs and which office directory a phone may
// believe, and how fresh they are. It signs on the host and verifies everywhere;
// it needs only the standard library and takes the time as an argument.
//
// # Signed documents
//
// A signed document is UTF-8 text: a kind line, one line of payload, an empty
// line, then one signature line for each signer, in ascending order of key:
//
//	lixianban/index/v1
//	{"version":7,"issued":"2026-11-21T00:00:00Z",…}
//
//	— rules.example/2026 8wrRb6f5CgCr…
//
// This is byte for byte the note format of golang.org/x/mod/sumdb/note, of which
// ours is a strict subset. A signature line is an em dash (U+2014), a space, the
// key's name, a space and the padded base64 of the key's 4-byte hash followed by
// an Ed25519 signature (RFC 8032) of the text: everything up to and including the
// newline before the empty line. The kind line keeps a signature made for one
// kind from ever counting for another.
//
// [Open] reads untrusted bytes in this order: size, count of lines, strict UTF-8
// without control, bidi or invisible characters, strict base64, key order (which
// also finds a key that signs twice), then signatures. Each signature must come
// from a key of the role and must hold: one bad or unknown line refuses the whole
// document, so that no byte can be changed without notice. Nothing of a document
// is returned before its threshold is met.
//
// # Keys
//
// A key is a line of text that says what it is:
//
//	rules.example/2026+f30ad16f+AepKbG…             public: name+hash+base64(1 || 32 bytes)
//	PRIVATE+KEY+rules.example/2026+f30ad16f+AQcHBw… secret: the same over the seed
//
// A name is 1 to 64 bytes of a-z 0-9 . - / _ and the hash the first 4 bytes of
// SHA-256(name || "\n" || 1 || public key). The hash finds keys; trust rests on the whole key.
//
// # Payloads
//
// The payloads of root, timestamp and index are exactly what [json.Marshal] prints
// for [Root], [Stamp] and [Index]: other spacing, order, number forms, unknown or
// repeated fields are refused. The directory's payload belongs to its owner
// (package envelope); here it is one line of JSON with version, issued and expires at its
// top level, no repeated field at any depth (in any letter case) and no depth over 16.
// Versions run from 1 to 2^53-1. Times are RFC 3339 in UTC with whole seconds.
//
// # Roles
//
//	root        2 of 3 (a majority, at least 2 of at least 3), offline: names the keys of all roles
//	timestamp   online, lives at most 31 days: "index 7 with this hash is the newest"
//	index       names packs and the directory by version, size and SHA-256
//	directory   the offices that take applications, and their keys
//
// Root keys and timestamp keys serve in no other role. A root with "demo": true may
// have one key for everything; a chain of roots never goes from or to demo.
// A root may leave out the timestamp role (a site with no online signer): then only
// the index's own expiry tells of silence.
//
// # Verification
//
// A [Verifier] starts from the root that came with the program and the [State] it
// kept. [Verifier.Verify] takes a [Bundle] and
//
//  1. walks the roots: each is one version higher, signed by the threshold of its
//     predecessor and by its own; the last must not be older than the newest seen;
//  2. opens the timestamp, then the index that it names by version, size and hash,
//     then the directory that the index names: hashes in one place, no mixing (F54);
//  3. compares every version with the ratchet, then moves the ratchet, whole or not at all.
//
// [Trusted.CheckPack] then admits a pack's bytes.
//
// # Ratchet
//
// State remembers for each role and key the highest version that the key signed,
// the hash of its text, its issue time, and the highest version of each part that
// it named. Lower is refused (F50); so is the same version with another text, and
// a newer index that lists an older pack. A floor counts only while its key serves
// in that role: a root that replaces a stolen key thereby lifts the floor that the
// thief pushed to 2^53-1 (F53), and the root's own "since" can set a floor in its place.
// States kept in several places are joined by [State.Merge] (SR-20).
//
// # Expiry
//
// Expiry never takes answers away: a village phone may be offline for a year, and
// clocks are wrong. An expired document is used and reported in [Trusted.Lapsed]
// with its date (F52), whether the phone has just received it or held it all along;
// it never makes an older one acceptable. Only under an expired root is anything newer
// than what is held refused, since its keys may have been withdrawn.
// The time used is the later of the caller's clock and the newest issue time that a
// serving key has signed, so a clock set back doesn't make old rules look current.
//
// # Limits
//
//	root, timestamp 16 KB · index 64 KB · directory 1 MB · pack 1 MB
//	16 signatures · 8 keys a role · 256 packs · 64 roots in a bundle · state 64 KB
package trust
