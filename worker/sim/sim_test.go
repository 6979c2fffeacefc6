package sim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
	"time"
)

var (
	seedFlag  = flag.Uint64("seed", 1, "the seed that TestSeed lives; -v prints its trace")
	fromFlag  = flag.Uint64("from", 1, "first seed of TestSeeds")
	seedsFlag = flag.Int("seeds", 500, "how many seeds TestSeeds lives")
	procsFlag = flag.Int("procs", runtime.GOMAXPROCS(0), "processes that share TestSeeds")
)

func mustDisk(tb testing.TB) *Disk {
	tb.Helper()
	d, err := NewDisk()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { d.Close() })
	return d
}

// life lives a seed with all randomness taken from it, the cryptography's too.
func life(t *testing.T, d *Disk, seed uint64, opt Options) Result {
	t.Helper()
	cryptotest.SetGlobalRandom(t, seed)
	return Run(d, seed, opt)
}

// TestSeed replays one seed: go test ./worker/sim -run 'TestSeed$' -seed=N -v
func TestSeed(t *testing.T) {
	r := life(t, mustDisk(t), *seedFlag, Options{})
	t.Logf("\n%s", r.Trace)
	if r.Err != nil {
		t.Error(r.Err)
	}
}

// tally is what some lives came to. It goes from process to process as a line of JSON.
type tally struct {
	Lives, Turns, Ops, Asked, Intents, Given, Decided int
	Calm                                              int // lives with fewer than three faults
	Lived                                             time.Duration
	Hits                                              map[Fault]int
	Broken                                            []string
}

func (y *tally) add(r Result) {
	n := 0
	for f, k := range r.Hits {
		y.Hits[f] += k
		n += k
	}
	if n < 3 {
		y.Calm++
	}
	y.join(tally{Lives: 1, Turns: r.Turns, Ops: r.Ops, Asked: r.Asked, Intents: r.Intents, Given: r.Given, Decided: r.Decided, Lived: r.Lived})
	if r.Err != nil {
		y.Broken = append(y.Broken, fmt.Sprintf("seed %d: %v\nreplay: go test ./worker/sim -run 'TestSeed$' -seed=%d -v", r.Seed, r.Err, r.Seed))
	}
}

func (y *tally) join(o tally) {
	y.Lives, y.Turns, y.Ops, y.Asked, y.Calm, y.Lived = y.Lives+o.Lives, y.Turns+o.Turns, y.Ops+o.Ops, y.Asked+o.Asked, y.Calm+o.Calm, y.Lived+o.Lived
	y.Intents, y.Given, y.Decided = y.Intents+o.Intents, y.Given+o.Given, y.Decided+o.Decided
	for f, n := range o.Hits {
		y.Hits[f] += n
	}
	y.Broken = append(y.Broken, o.Broken...)
}

// tallyMark begins the line that carries a tally.
const tallyMark = "sim tally: "

// TestSeeds lives many seeds and holds each to every promise; then every fault must have
// happened often enough for that to mean something. cryptotest's randomness is the
// process's, so seeds run one by one in as many processes as there are cores.
func TestSeeds(t *testing.T) {
	begun := time.Now()
	if *procsFlag <= 1 {
		y := alone(t)
		line, err := json.Marshal(y)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(tallyMark + string(line))
		return
	}
	y := together(t)
	for _, b := range y.Broken {
		t.Error(b)
	}
	took := time.Since(begun)
	t.Logf("%d lives of %d operations and %d exchanges, %d applications, %d with receipt, %d decided; %.0f seeds/s, %.0f× time",
		y.Lives, y.Ops/y.Lives, y.Asked/y.Lives, y.Intents, y.Given, y.Decided, float64(y.Lives)/took.Seconds(), y.Lived.Seconds()/took.Seconds())
	for _, f := range Faults() {
		t.Logf("%8d %s", y.Hits[f], f)
		if want := max(1, y.Lives/100); y.Lives >= 300 && y.Hits[f] < want {
			t.Errorf("%s happened %d times in %d lives, want %d", f, y.Hits[f], y.Lives, want)
		}
	}
	if y.Calm > y.Lives/4 {
		t.Errorf("%d of %d lives met fewer than three faults", y.Calm, y.Lives)
	}
}

// alone lives its seeds in this process, up to five broken ones.
func alone(t *testing.T) *tally {
	d := mustDisk(t)
	y := &tally{Hits: map[Fault]int{}}
	for i := range uint64(*seedsFlag) {
		if y.add(life(t, d, *fromFlag+i, Options{})); len(y.Broken) == 5 {
			break
		}
	}
	return y
}

func together(t *testing.T) *tally {
	y := &tally{Hits: map[Fault]int{}}
	n, from := *procsFlag, *fromFlag
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range n {
		count := (*seedsFlag + i) / n
		part := from
		from += uint64(count)
		wg.Go(func() {
			o, err := child(t, part, count)
			mu.Lock()
			defer mu.Unlock()
			if y.join(o); err != nil {
				t.Errorf("seeds from %d on: %v", part, err)
			}
		})
	}
	wg.Wait()
	return y
}

// child lives a part in a process of its own.
func child(t *testing.T, from uint64, count int) (tally, error) {
	var o tally
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSeeds$", "-test.timeout=0", "-procs=1", fmt.Sprint("-from=", from), fmt.Sprint("-seeds=", count))
	cmd.Env = append(os.Environ(), "GOGC=400", "GODEBUG=asyncpreemptoff=1")
	out, err := cmd.CombinedOutput()
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if line, ok := strings.CutPrefix(lines.Text(), tallyMark); ok {
			return o, json.Unmarshal([]byte(line), &o)
		}
	}
	return o, fmt.Errorf("no tally (%v): %.2000s", err, out)
}

func TestASeedReplaysByteForByte(t *testing.T) {
	d, again := mustDisk(t), mustDisk(t)
	for seed := uint64(1); seed <= 40; seed++ {
		a, b := life(t, d, seed, Options{}), life(t, again, seed, Options{})
		if !bytes.Equal(a.Trace, b.Trace) || !maps.Equal(a.Hits, b.Hits) {
			t.Fatalf("seed %d lived in two ways; they part at\n%s", seed, parting(a.Trace, b.Trace))
		}
	}
}

// A world that is over leaves no process and no goroutine behind.
func TestAWorldLeavesNothingBehind(t *testing.T) {
	d := mustDisk(t)
	life(t, d, 1, Options{})
	before := runtime.NumGoroutine()
	for seed := uint64(1); seed <= 40; seed++ {
		life(t, d, seed, Options{})
	}
	for range 100 { // goroutines of closed pages end in their own time
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// parting shows where two traces differ first.
func parting(a, b []byte) string {
	as, bs := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(as), len(bs)) {
		if !bytes.Equal(as[i], bs[i]) {
			return fmt.Sprintf("%s\n%s", as[i], bs[i])
		}
	}
	return "the end of the shorter one"
}

// TestEachFaultAlone gives each fault a world of its own, in which it happens often and
// nothing else does: the table of the package's page names these.
func TestEachFaultAlone(t *testing.T) {
	d := mustDisk(t)
	for _, f := range Faults() {
		t.Run(string(f), func(t *testing.T) {
			hits := 0
			for seed := uint64(1); seed <= 12 && (seed <= 3 || hits == 0); seed++ {
				r := life(t, d, seed, Options{Only: f})
				if hits += r.Hits[f]; r.Err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, r.Err, last(r.Trace, 40))
				}
			}
			if hits == 0 {
				t.Error("it never happened")
			}
		})
	}
}

// last is the end of a trace.
func last(trace []byte, n int) []byte {
	lines := bytes.Split(trace, []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-n):], []byte("\n"))
}

// TestEveryPromiseCanBeSeenBroken breaks the world in one way each and expects the
// promise that this breaks to be named.
func TestEveryPromiseCanBeSeenBroken(t *testing.T) {
	for _, c := range []struct {
		name    string
		bad     Sabotage
		promise string
	}{
		{"a storage that says yes and writes nothing", Sabotage{ForgetWrite: true}, "I1"},
		{"a database that says yes and writes nothing", Sabotage{ForgetCommit: true}, "I3"},
		{"a directory with a forger's key", Sabotage{TrustAnybody: true}, "I3"},
		{"a name in the clear part", Sabotage{TellName: true}, "I5"},
		{"a network that stays away", Sabotage{NeverHeal: true}, "I10"},
		{"an audit entry changed past the triggers", Sabotage{TamperAudit: true}, "I11"},
		{"a record that falls back to before its receipt", Sabotage{LoseReceipt: true}, "I4"},
		{"a server that answers twice for the first time", Sabotage{FirstTwice: true}, "I12"},
		{"a program without a backoff", Sabotage{NoBackoff: true}, "I8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustDisk(t)
			for seed := uint64(1); seed <= 60; seed++ {
				if r := life(t, d, seed, Options{Bad: c.bad}); r.Err != nil {
					if !strings.Contains(r.Err.Error(), c.promise+":") {
						t.Errorf("seed %d: %v, want %s", seed, r.Err, c.promise)
					}
					return
				}
			}
			t.Error("60 lives and nobody noticed")
		})
	}
}

func BenchmarkLife(b *testing.B) {
	d := mustDisk(b)
	y := tally{Hits: map[Fault]int{}}
	for seed := uint64(1); b.Loop(); seed++ {
		y.add(Run(d, seed, Options{}))
	}
	for name, x := range map[string]int{"turns": y.Turns, "ops": y.Ops, "exchanges": y.Asked} {
		b.ReportMetric(float64(x)/float64(y.Lives), name+"/life")
	}
}
