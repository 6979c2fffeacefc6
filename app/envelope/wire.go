package envelope

// SID names one application for ever: 16 random bytes made with its draft.
type SID [16]byte

// Hash is a SHA-256.
type Hash [32]byte

// KeyID is the first 8 bytes of the SHA-256 of a public key's bytes.
type KeyID [8]byte

// Header is the part of an envelope that everyone can read. All of it is bound
// into HPKE's info, so any change makes opening fail (SR-08).
type Header struct {
	KEM, KDF, AEAD uint16 // RFC 9180 §7 and draft-ietf-hpke-pq registry ids
	Office         string // office id of the signed directory, ≤ 32 bytes [a-z0-9-]
	Key            KeyID  // the office's sealing key
	SID            SID
	Pack           string // pack version the answers came from, e.g. "national@3"
	Form           string // form id, e.g. "resident-stop@1"
	Capability     Hash   // SHA-256 of the secret that opens the status (SR-17, SR-18)
}

// Receipt is the server's signed word that it holds an envelope. The phone says
// 已送到 only after Verify. A replay of the same envelope gives the same bytes.
type Receipt struct {
	SID    string `json:"sid"`    // 32 hex digits
	Hash   string `json:"hash"`   // 64 hex digits: SHA-256 of the envelope's bytes
	Pack   string `json:"pack"`   // as in the header
	Number string `json:"number"` // public number "7KQD-M2XA-K": shows who to ask about, opens nothing
	Time   string `json:"time"`   // RFC 3339, UTC, whole seconds, the server's clock
	Epoch  string `json:"epoch"`  // 16 hex digits; changes when the server was restored from a backup
	Key    string `json:"key"`    // 16 hex digits: id of the receipt key
	Sig    string `json:"sig"`    // base64url without padding, Ed25519
}

// StatusState is what the office says of an application.
type StatusState string

// The states an office can set; order of rank is by Seq alone (I4).
const (
	Fetched   StatusState = "fetched"    // 窗口已取走
	NeedsInfo StatusState = "needs-info" // 要补材料
	Accepted  StatusState = "accepted"   // 已受理
	Rejected  StatusState = "rejected"   // 没通过
)

// Status is the clear content of a status event: written and signed by the office,
// sealed to the key that the phone put inside its envelope.
type Status struct {
	SID    string      `json:"sid"`
	Seq    uint32      `json:"seq"` // 1, 2, 3 … per application
	State  StatusState `json:"state"`
	Reason string      `json:"reason,omitempty"` // the clerk's words to the applicant
	Time   string      `json:"time"`             // RFC 3339
	Office string      `json:"office"`
	Key    string      `json:"key"` // id of the office's signing key
}

// Event is a status event as the server stores it: it can read Seq, nothing else.
type Event struct {
	SID    string `json:"sid"`
	Seq    uint32 `json:"seq"`
	Sealed string `json:"sealed"` // base64url: HPKE of (signature || Status JSON)
}

// SyncRequest is the body of POST /v1/sync: everything due in one round trip.
type SyncRequest struct {
	V     int         `json:"v"`     // 1
	Nonce string      `json:"nonce"` // 32 hex digits, echoed: a captive portal can't
	Put   []SyncPut   `json:"put,omitempty"`
	Watch []SyncWatch `json:"watch,omitempty"`
	Index string      `json:"index,omitempty"` // hash of the newest signed index held
}

// SyncPut offers one envelope.
type SyncPut struct {
	SID      string `json:"sid"`
	Envelope string `json:"envelope"` // base64url
	// Receipt is the server's own word that it once held these bytes: after a restore
	// lost them it takes them again, though the office's key is retired by now.
	Receipt *Receipt `json:"receipt,omitempty"`
}

// SyncWatch asks for news of one application. Secret proves the right to ask.
type SyncWatch struct {
	SID    string `json:"sid"`
	Secret string `json:"secret"` // base64url, ≥ 16 bytes
	After  uint32 `json:"after"`  // highest seq held
}

// SyncResponse answers a SyncRequest, entries in the order asked.
type SyncResponse struct {
	V     int          `json:"v"`
	Nonce string       `json:"nonce"`
	Epoch string       `json:"epoch"`
	Time  string       `json:"time"`
	Put   []PutResult  `json:"put,omitempty"`
	Watch []WatchState `json:"watch,omitempty"`
	Index string       `json:"index,omitempty"` // hash of the newest signed index, if it differs from the one held
}

// PutResult is the fate of one SyncPut: 201 stored, 200 the same bytes again
// (the same receipt), 422 other bytes under this sid, 4xx refused for good, 503 later.
type PutResult struct {
	SID     string   `json:"sid"`
	Status  int      `json:"status"`
	Receipt *Receipt `json:"receipt,omitempty"`
	Problem *Problem `json:"problem,omitempty"`
}

// WatchState is what the server knows. Known false: no such application for this
// secret (never sent, restored away, or a wrong secret: told apart by nobody, SR-18).
type WatchState struct {
	SID     string   `json:"sid"`
	Known   bool     `json:"known"`
	Receipt *Receipt `json:"receipt,omitempty"`
	Events  []Event  `json:"events,omitempty"` // Seq > After, ascending
}

// Problem is an RFC 9457 body. Code is stable, for the catalogue of words.
type Problem struct {
	Type   string `json:"type"`  // "about:blank" or "/problems/<code>"
	Title  string `json:"title"` // one English sentence that says what to do
	Status int    `json:"status"`
	Code   string `json:"code"`
}

// Directory is the signed list of offices that take applications. None for a
// region means: no submit button, the printed form instead.
type Directory struct {
	Version  uint64       `json:"version"`
	Issued   string       `json:"issued"`
	Expires  string       `json:"expires"`
	Demo     bool         `json:"demo"` // every screen says so
	Offices  []Office     `json:"offices"`
	Services []ServiceKey `json:"services"` // keys that sign receipts
}

// Office is one entry of the directory.
type Office struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	NameEN  string      `json:"nameEn"`
	Regions []string    `json:"regions"` // adcode prefixes: "4116" covers 411600…; "" entry = everywhere (demo)
	Phone   string      `json:"phone"`
	Hours   string      `json:"hours"`
	Forms   []string    `json:"forms"`
	Keys    []OfficeKey `json:"keys"` // newest first; a phone seals to the first valid one
}

// OfficeKey pairs the key that opens envelopes with the key that signs statuses.
type OfficeKey struct {
	ID   string `json:"id"`   // 16 hex digits of the sealing key
	KEM  uint16 `json:"kem"`  // of Seal
	Seal string `json:"seal"` // base64url HPKE public key
	Sign string `json:"sign"` // base64url Ed25519 public key
	From string `json:"from"` // RFC 3339
	To   string `json:"to"`   // seal to it until then; the server accepts 180 days longer
}

// ServiceKey signs receipts.
type ServiceKey struct {
	ID  string `json:"id"`
	Key string `json:"key"` // base64url Ed25519 public key
}
