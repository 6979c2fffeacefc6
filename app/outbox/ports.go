package outbox

import (
	"context"
	"errors"
	"time"
)

// Record is one stored value. Rev grows by one with each write of the key.
type Record struct {
	Key   string
	Value []byte
	Rev   uint64
}

// Op is one change of a Batch.
type Op struct {
	Table string
	Key   string
	Value []byte // nil deletes the key
	// Guard: the write happens only if the stored revision equals Rev.
	// 0 means "must not exist"; AnyRev means no condition.
	Rev uint64
}

// AnyRev in Op.Rev writes without a condition.
const AnyRev = ^uint64(0)

// Batch is applied whole or not at all.
type Batch []Op

// Store keeps the phone's data. Implementations: memory (tests, private mode)
// and IndexedDB; both pass storetest.Run.
//
// Apply is atomic and strictly durable: when it returns nil the change survives
// a power cut (IndexedDB: durability "strict", transaction complete event seen).
// It returns ErrConflict when a guard fails, ErrFull on quota, ErrUnavailable
// when the database can't be used; in each case nothing was written.
// Any error may also be an unknown outcome after a crash: callers re-read.
type Store interface {
	Get(ctx context.Context, table, key string) (Record, error) // ErrNotFound
	// List returns at most n records with Key > after, in key order. n ≤ 0 means all.
	List(ctx context.Context, table, after string, n int) ([]Record, error)
	Apply(ctx context.Context, b Batch) error
}

// The tables of the phone's store. Their layout version lives in TableMeta.
const (
	TableMeta      = "meta"      // settings, ratchets, markers
	TableInterview = "interview" // answers in progress, by service
	TableDraft     = "draft"     // applications being filled in, by draft id
	TableOutbox    = "outbox"    // sealed applications, by sid; never deleted without a receipt
	TableEvent     = "event"     // verified status events, by sid/seq
	TableLog       = "log"       // what happened to an item; no personal data
)

// Tables lists every table; a Store creates them all.
var Tables = []string{TableMeta, TableInterview, TableDraft, TableOutbox, TableEvent, TableLog}

// Store errors, compared with errors.Is.
var (
	ErrNotFound    = errors.New("outbox: no such record")
	ErrConflict    = errors.New("outbox: the record changed in another page")
	ErrFull        = errors.New("outbox: the device has no room left")
	ErrUnavailable = errors.New("outbox: the device's storage can't be used")
)

// Request is one exchange with the server. Path starts with "/v1/".
type Request struct {
	Method  string
	Path    string
	Header  map[string]string
	Body    []byte
	Timeout time.Duration
	MaxBody int // the response is cut off and refused past this many bytes
}

// Response is what came back; Final URL must be same-origin or Do returns ErrOffline.
type Response struct {
	Status int
	Header map[string]string // lower-case names; only those the outbox reads
	Body   []byte
}

// Transport carries one request. ErrOffline means nothing useful came back
// (no network, redirect, time-out, cut); whether the server acted is unknown.
type Transport interface {
	Do(ctx context.Context, r Request) (Response, error)
}

// ErrOffline: see Transport.
var ErrOffline = errors.New("outbox: no usable answer from the network")

// Clock gives both times: Now may jump; Mono never goes back while the page lives.
type Clock interface {
	Now() time.Time
	Mono() time.Duration
}

// Locks lets one page at a time do named work (Web Locks, or a lease row).
// TryDo runs f and returns true, or returns false at once if another holds the name.
type Locks interface {
	TryDo(ctx context.Context, name string, f func(context.Context) error) (bool, error)
}

// Rand fills b with unpredictable bytes or fails; it never returns short.
type Rand interface {
	Read(b []byte) (int, error)
}
