package sim

import (
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"lixianban/app/envelope"
	"lixianban/worker/ledger"
)

// Result is one world's life.
type Result struct {
	Seed    uint64
	Err     error // the first broken promise, nil when all held
	Trace   []byte
	Hits    map[Fault]int
	Turns   int           // of processes
	Ops     int           // what people, pages, clerks and strangers did
	Lived   time.Duration // virtual
	Asked   int           // exchanges
	Intents int
	Given   int // intents with a receipt at the end
	Decided int // intents whose last decision the phone shows at the end
}

// Sabotage breaks the world on purpose, so that a test can see a promise broken.
type Sabotage struct {
	ForgetWrite  bool // a phone's storage says yes and writes nothing, now and then
	ForgetCommit bool // the server's database says yes and writes nothing, now and then
	TrustAnybody bool // the phone's directory holds the forger's key
	TellName     bool // the pack's name, which is in clear, holds a person's
	NeverHeal    bool // the network stays away
	TamperAudit  bool // an audit entry is changed past the triggers
	LoseReceipt  bool // a phone's record falls back to before its receipt
	FirstTwice   bool // the server says 201 for what it holds
	NoBackoff    bool // a page calls Step in new Boxes without waiting
}

// Options make a world other than its seed's: for tests of the simulator itself.
type Options struct {
	Bad  Sabotage
	Only Fault // no other fault happens, and this one often
}

// companions are the faults without which another can't happen.
var companions = map[Fault]Fault{LostTail: PowerCut}

// start is the true time at which every world begins.
var start = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

// Form and pack of every application here.
const (
	form = "resident-stop@1"
	pack = "national@3"
)

// broken is a promise that did not hold.
type broken struct {
	what string
	at   time.Duration
}

func (b *broken) Error() string { return fmt.Sprintf("after %v: %s", b.at, b.what) }

// world is all of it.
type world struct {
	*engine
	seed    uint64
	bad     Sabotage
	disk    *Disk
	mix     mix
	healed  bool
	hits    map[Fault]int
	ops     int
	asked   int
	failed  error
	pub     *publisher
	server  *server
	office  *bureau
	net     *owner
	phones  []*phone
	wire    wire
	history history
	facts   facts
}

// facts is what truly happened, kept beside the programs to hold their words against.
type facts struct {
	sent   map[string]bool            // sids ever offered on the wire
	held   map[string]map[string]bool // sid → hashes ever committed by the server
	issued map[string]map[decision]bool
}

// decision is what a clerk said.
type decision struct {
	seq    uint32
	state  envelope.StatusState
	reason string
}

// Run lives one world. The disk is emptied first; two calls with one seed do the same.
func Run(disk *Disk, seed uint64, opt Options) Result {
	w := &world{engine: &engine{Rand: rand.New(rand.NewPCG(seed, 0x6c697869616e6261))}, seed: seed, bad: opt.Bad, disk: disk, hits: map[Fault]int{},
		facts: facts{sent: map[string]bool{}, held: map[string]map[string]bool{}, issued: map[string]map[decision]bool{}}}
	defer w.over()
	if w.mix = w.draw(); opt.Only != "" {
		w.mix = mix{opt.Only: 250, companions[opt.Only]: 250}
	}
	if err := w.build(); err != nil {
		w.failed = err
	} else {
		w.live()
	}
	r := Result{Seed: seed, Err: w.failed, Trace: w.trace.Bytes(), Hits: w.hits, Turns: w.turns, Ops: w.ops, Lived: w.now, Asked: w.asked}
	for _, p := range w.phones {
		p.count(&r)
	}
	return r
}

// over closes what a world leaves open, so that nothing of it stays in memory.
func (w *world) over() {
	for _, p := range w.phones {
		for len(p.tabs) > 0 {
			p.tabs[0].close()
		}
	}
	w.end()
}

func (w *world) build() error {
	w.net = w.owner("net")
	if err := reset(w.disk); err != nil {
		return err
	}
	w.pub = newPublisher(w)
	w.server = newServer(w)
	w.office = newBureau(w)
	for i := range 1 + w.IntN(3) {
		w.phones = append(w.phones, newPhone(w, i))
	}
	w.spawn(w.owner("stranger"), "stranger", w.gap(), w.stranger)
	w.note("world %d: %d phones, mix %v", w.seed, len(w.phones), w.mix)
	return nil
}

// reset gives the ledger's empty, migrated schema; the first time it makes it.
func reset(d *Disk) error {
	if d.images["clean"] != nil {
		return d.Back("clean")
	}
	if err := ledger.New(d).Migrate(ctx); err != nil {
		return err
	}
	return d.Save("clean")
}

// live is trouble, then healing, then the reckoning.
func (w *world) live() {
	w.until(w.between(time.Hour, 9*time.Hour))
	if w.failed == nil {
		w.heal()
	}
	if w.failed == nil {
		w.reckon()
	}
}

// until runs the world up to a time, or to the first broken promise.
func (w *world) until(t time.Duration) {
	for w.failed == nil && w.turns < maxTurns && w.step(t) {
	}
	if w.turns >= maxTurns {
		w.breaks("I8: %d turns without an end: something loops", w.turns)
	}
	w.now = max(w.now, t)
}

// maxTurns is far above what any world needs.
const maxTurns = 400_000

// breaks records the first broken promise.
func (w *world) breaks(format string, args ...any) {
	if w.failed == nil {
		w.failed = &broken{fmt.Sprintf(format, args...), w.now}
		w.note("BROKEN %v", w.failed)
	}
}

// gap is how long somebody waits before doing something: seconds, minutes or hours.
func (w *world) gap() time.Duration {
	switch w.IntN(12) {
	case 0, 1:
		return w.between(10*time.Millisecond, 2*time.Second)
	case 2, 3, 4, 5, 6:
		return w.between(2*time.Second, 2*time.Minute)
	case 7, 8, 9, 10:
		return w.between(2*time.Minute, 20*time.Minute)
	}
	return w.between(20*time.Minute, 2*time.Hour)
}

// Read gives random bytes from the seed, for what takes randomness as an argument.
func (w *world) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(w.Uint32())
	}
	return len(b), nil
}

var _ io.Reader = (*world)(nil)

func must[T any](v T, err error) T {
	if err != nil {
		panic("sim: " + err.Error())
	}
	return v
}
