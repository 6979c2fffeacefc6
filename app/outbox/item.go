package outbox

import (
	"fmt"
	"time"

	"lixianban/app/envelope"
)

// Item is one sealed application, as stored in TableOutbox under its sid, with the
// verified events of TableEvent.
type Item struct {
	V         int               `json:"v"` // 1
	SID       string            `json:"sid"`
	Office    string            `json:"office"`
	OfficeKey string            `json:"officeKey"`
	Region    string            `json:"region"`
	Pack      string            `json:"pack"`
	Form      string            `json:"form"`
	Hash      string            `json:"hash"`               // of Envelope
	Envelope  []byte            `json:"envelope,omitempty"` // until fetched
	Clear     []byte            `json:"clear,omitempty"`    // the application's JSON, until the receipt
	Secret    []byte            `json:"secret"`             // capability: asks for the status
	StatusKey []byte            `json:"statusKey"`          // X25519 private: opens the status
	Created   time.Time         `json:"created"`            // phone's clock, never before the directory's issue
	Attempts  int               `json:"attempts"`           // finished tries to send
	Receipt   *envelope.Receipt `json:"receipt,omitempty"`  // verified
	Fault     *Fault            `json:"fault,omitempty"`    // why it doesn't get through
	Reoffer   bool              `json:"reoffer,omitempty"`  // the server lost it after the receipt
	Exported  bool              `json:"exported,omitempty"` // the person saved the envelope elsewhere
	LogCount  int               `json:"logCount,omitempty"` // entries ever written to TableLog
	Epoch     string            `json:"epoch,omitempty"`    // of the server that gave the last word
	Cursor    uint32            `json:"cursor,omitempty"`   // highest event number that this epoch gave

	Events  []envelope.Status `json:"-"` // ascending Seq
	Sending bool              `json:"-"` // in flight in this page
	rev     uint64
}

// Format shows which item it is: no fmt verb prints its content (SR-28).
func (it Item) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "item %.8s…", it.SID) }

// Fault is a lasting refusal. Code is the server's (RFC 9457 code) or one of ours.
type Fault struct {
	Code   string    `json:"code"`
	Status int       `json:"status"`
	Time   time.Time `json:"time"`
	Again  bool      `json:"again,omitempty"` // still tried by itself, for example on another network
}

// State is the one word the screen shows for an application.
type State string

// The states, in the order of a normal life. Draft is that of a Draft, not of an Item.
const (
	StateDraft     State = "draft"
	StateQueued    State = "queued"
	StateSending   State = "sending"
	StateReceived  State = "received"
	StateFetched   State = "fetched"
	StateNeedsInfo State = "needs-info"
	StateAccepted  State = "accepted"
	StateRejected  State = "rejected"
	StateStuck     State = "stuck"
)

// StuckAfter is how long an unsent item waits before the screen offers other ways.
const StuckAfter = 72 * time.Hour

// StateOf derives the state of an item at now. A decision outranks the receipt, the
// receipt outranks everything about sending.
func StateOf(it Item, now time.Time) State {
	switch last := it.Last(); {
	case last != nil:
		return State(last.State)
	case it.Receipt != nil:
		return StateReceived
	case it.Sending:
		return StateSending
	case it.Fault != nil, now.Sub(it.Created) > StuckAfter:
		return StateStuck
	}
	return StateQueued
}

// Last is the event with the highest number, nil when the office said nothing yet.
func (it Item) Last() *envelope.Status {
	if len(it.Events) == 0 {
		return nil
	}
	return &it.Events[len(it.Events)-1]
}

// Draft is an application being filled in. Data is a JSON object with a member "id"
// equal to the sid: a mix-up of records is refused at load and save (L22).
type Draft struct {
	SID  envelope.SID
	Rev  uint64 // 0 = not stored yet
	Data []byte
}

// Format shows no content (SR-28).
func (d Draft) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "draft %.8s… at rev %d", d.SID, d.Rev) }

// Submission turns a draft into an item.
type Submission struct {
	Draft  Draft  // as stored when the check-answers page was shown
	Region string // 6-digit adcode; picks the office
	Pack   string // pack version of the answers, "national@3"
	Form   string // "resident-stop@1"
	// Build gives the canonical application: a JSON object with member "sid". statusKey
	// is the X25519 public key (base64url) for the office's answers.
	Build func(statusKey string) ([]byte, error)
}

// Summary counts what the home screen shows. Everything comes from the store.
type Summary struct {
	Drafts    int
	Waiting   int // queued, sending and stuck: 「3 份等着送出」
	Stuck     int // of these
	Delivered int // received and fetched, not decided
	NeedsInfo int
	Decided   int // accepted and rejected
	Damaged   int // records that can't be read; kept, not shown as items
}

// Why says what woke the sender.
type Why string

// The reasons. All but Timer end a backoff early, within a bound.
const (
	WhyOpen    Why = "open"
	WhyOnline  Why = "online"
	WhyVisible Why = "visible"
	WhyTap     Why = "tap"
	WhyTimer   Why = "timer"
)

// Report says what one Step did.
type Report struct {
	Busy     bool           // another page is sending
	Waited   bool           // nothing sent: not due yet
	Received []envelope.SID // newly received, receipt verified
	News     []envelope.SID // with new events
	Failed   error          // why an exchange gave nothing, for the log and the support page
	Index    string         // hash of a newer signed index at the server, "" = none
	Next     time.Duration  // call Step again after this; 0 = nothing to do until a trigger
	Up, Down int            // bytes of bodies
}

// Entry is one line of an item's history: no personal data (SR-28).
type Entry struct {
	N      int       `json:"n"`
	Time   time.Time `json:"time"` // the phone's clock
	What   string    `json:"what"` // one of the What constants
	Code   string    `json:"code,omitempty"`
	Status int       `json:"status,omitempty"`
	Seq    uint32    `json:"seq,omitempty"`
}
