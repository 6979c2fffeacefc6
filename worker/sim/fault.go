package sim

import (
	"cmp"
	"maps"
	"slices"
)

// Fault names one thing that can go wrong in the simulated world.
type Fault string

// The faults of an exchange: what the phone's or the office's network does to it.
const (
	RequestLost    Fault = "request-lost"    // F25, F37: it never arrives
	ResponseLost   Fault = "response-lost"   // F26: the server acts, nobody hears
	Copies         Fault = "copies"          // F27, L6, L7: up to 50, at once and later
	LateResponse   Fault = "late-response"   // L8: after the client gave up
	LateRequest    Fault = "late-request"    // F28: hours later, past younger ones
	PortalPage     Fault = "portal-page"     // F30, F39: 200 and HTML
	PortalRedirect Fault = "portal-redirect" // F30: refused by the transport
	CutResponse    Fault = "cut-response"    // F38
	EmptyResponse  Fault = "empty-response"  // F38
	HugeResponse   Fault = "huge-response"   // F38
	OddType        Fault = "odd-type"        // F38: the right bytes as text/html
	FlippedAnswer  Fault = "flipped-answer"  // F39
	FlippedRequest Fault = "flipped-request" // L1, F39
	EmptyRequest   Fault = "empty-request"   // L1: headers arrive, the body is gone
	CutRequest     Fault = "cut-request"     // F36
	ForgedReceipt  Fault = "forged-receipt"  // I3
	ForgedNews     Fault = "forged-news"     // I4: events changed, swapped, renumbered
	OldAnswer      Fault = "old-answer"      // a recorded answer to another question
	ServerError    Fault = "server-error"    // F29, L9: 500, 502, 504
	Busy           Fault = "busy"            // F29: 429, 503 with Retry-After
	LayerLimit     Fault = "layer-limit"     // L20: 413 of something between
	SlowLoris      Fault = "slow-loris"      // F35: a byte now and then until the time-out
	NewerServer    Fault = "newer-server"    // L25: members this phone doesn't know
	NewerPhone     Fault = "newer-phone"     // L25: members this server doesn't know
	OldBundle      Fault = "old-bundle"      // F50: an older signed directory
	BadBundle      Fault = "bad-bundle"      // F51: a changed one
	Frozen         Fault = "frozen-bundle"   // F52: the newest directory is withheld
	Outage         Fault = "outage"          // F70: the whole server can't be reached for hours
)

// The faults of a phone.
const (
	TabKilled    Fault = "tab-killed"    // F01, F03
	PowerCut     Fault = "power-cut"     // F02
	CrashBefore  Fault = "crash-before"  // F01: before a batch is written
	CrashAfter   Fault = "crash-after"   // F01: after it, the caller never hears
	LostTail     Fault = "lost-tail"     // F02, L28: the device lied about flushing
	StoreRefuses Fault = "store-refuses" // L10, L18
	StoreFull    Fault = "store-full"    // F10, L18
	NullRead     Fault = "null-read"     // F17
	Damaged      Fault = "damaged"       // F15, L22
	SecondTab    Fault = "second-tab"    // F04, F05, L24
	DoubleTap    Fault = "double-tap"    // F06
	FrozenTab    Fault = "frozen-tab"    // F07, F24
	NoLocks      Fault = "no-locks"      // F05: the lock service fails
	NoRandom     Fault = "no-random"     // L26
	ClockWrong   Fault = "clock-wrong"   // F31: by years
	ClockJump    Fault = "clock-jump"    // F32
)

// The faults of the server, its database and its office.
const (
	ServerSkew   Fault = "server-skew"    // F33
	DBBusy       Fault = "db-busy"        // F41
	DBLostSent   Fault = "db-lost-sent"   // F40: error after it happened
	DBLostUnsent Fault = "db-lost-unsent" // F40: error before
	DBFails      Fault = "db-fails"       // F42: the last statement of a batch
	Restart      Fault = "restart"        // F44: killed between commit and response
	Restore      Fault = "restore"        // F45, L13
	KeyRotated   Fault = "key-rotated"    // F60, L27: the old key in grace
	KeyRetired   Fault = "key-retired"    // F60, F61, L27: the old key out of grace
	KeyExpired   Fault = "key-expired"    // the phone's directory has no valid key
	ServiceKey   Fault = "service-key"    // receipts signed by a key the phone learns later
	Replay       Fault = "replay"         // F57: a stranger sends a recorded envelope
	OtherBytes   Fault = "other-bytes"    // F59: a stranger uses a known sid
	Guess        Fault = "guess"          // F58: a stranger asks with a wrong secret
	BadRequest   Fault = "bad-request"    // F47, F48
	TwoClerks    Fault = "two-clerks"     // L14: both answer at once
	EventAgain   Fault = "event-again"    // the office sends an event twice
	EventAhead   Fault = "event-ahead"    // L32: an event that is not the next one
)

// onTheWay lists the faults that an exchange can meet.
var onTheWay = []Fault{RequestLost, ResponseLost, Copies, LateResponse, LateRequest, PortalPage, PortalRedirect, CutResponse, EmptyResponse,
	HugeResponse, OddType, FlippedAnswer, FlippedRequest, EmptyRequest, CutRequest, ForgedReceipt, ForgedNews, OldAnswer, ServerError, Busy,
	LayerLimit, SlowLoris, NewerServer, NewerPhone, OldBundle, BadBundle, Frozen}

// elsewhere lists the others.
var elsewhere = []Fault{Outage, TabKilled, PowerCut, CrashBefore, CrashAfter, LostTail, StoreRefuses, StoreFull, NullRead, Damaged, SecondTab, DoubleTap,
	FrozenTab, NoLocks, NoRandom, ClockWrong, ClockJump, ServerSkew, DBBusy, DBLostSent, DBLostUnsent, DBFails, Restart, Restore, KeyRotated, KeyRetired,
	KeyExpired, ServiceKey, Replay, OtherBytes, Guess, BadRequest, TwoClerks, EventAgain, EventAhead}

// Faults lists every fault, for coverage.
func Faults() []Fault { return slices.Concat(onTheWay, elsewhere) }

// mix is which faults a world has and how often, in thousandths of the occasions. Each
// seed leaves many out: faults that always come together hide what each does alone.
type mix map[Fault]int

// draw picks the mix of a world.
func (e *engine) draw() mix {
	m := mix{}
	few := e.IntN(4) // a quarter of the worlds is nearly calm
	for _, f := range onTheWay {
		if e.IntN(4) < few {
			m[f] = 5 + e.IntN(60)
		}
	}
	for _, f := range elsewhere {
		if e.IntN(4) < few || e.IntN(12) == 0 {
			m[f] = 10 + e.IntN(190)
		}
	}
	return m
}

// meets says which fault of the list an occasion meets, "" for none.
func (w *world) meets(list []Fault) Fault {
	if w.healed {
		return ""
	}
	roll := w.IntN(1000)
	for _, f := range list {
		if roll -= w.mix[f]; roll < 0 {
			return f
		}
	}
	return ""
}

// happens rolls for one fault and counts it.
func (w *world) happens(f Fault) bool {
	if w.healed || !w.chance(w.mix[f]) {
		return false
	}
	w.hit(f)
	return true
}

func (w *world) hit(f Fault) {
	w.hits[f]++
	w.note("fault %s", f)
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
