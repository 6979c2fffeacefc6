package sim

import (
	"bytes"
	"flag"
	"testing"
	"testing/cryptotest"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "replay this one seed, with its trace when -v is given")
	seedsFlag = flag.Int("seeds", 500, "how many seeds TestSeeds runs, from 1 on")
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

// life runs a seed with all randomness taken from it.
func life(t *testing.T, d *Disk, seed uint64, bad Sabotage) Result {
	t.Helper()
	cryptotest.SetGlobalRandom(t, seed)
	return Run(d, seed, bad)
}

func TestSeed(t *testing.T) {
	r := life(t, mustDisk(t), *seedFlag, Sabotage{})
	t.Logf("%s", r.Trace)
	if r.Err != nil {
		t.Error(r.Err)
	}
}

func TestSeeds(t *testing.T) {
	d := mustDisk(t)
	bad := 0
	for seed := uint64(1); seed <= uint64(*seedsFlag) && bad < 5; seed++ {
		if r := life(t, d, seed, Sabotage{}); r.Err != nil {
			bad++
			t.Errorf("seed %d: %v\nreplay: go test ./worker/sim -run 'TestSeed$' -seed=%d -v", seed, r.Err, seed)
		}
	}
}

func TestASeedReplaysByteForByte(t *testing.T) {
	d := mustDisk(t)
	for seed := uint64(1); seed <= 30; seed++ {
		a, b := life(t, d, seed, Sabotage{}), life(t, d, seed, Sabotage{})
		if !bytes.Equal(a.Trace, b.Trace) {
			t.Fatalf("seed %d lives twice in two ways", seed)
		}
	}
}

func BenchmarkLife(b *testing.B) {
	d := mustDisk(b)
	var turns, ops, asked, faults, n int
	for b.Loop() {
		n++
		r := Run(d, uint64(n), Sabotage{})
		turns, ops, asked = turns+r.Turns, ops+r.Ops, asked+r.Asked
		for _, k := range r.Hits {
			faults += k
		}
	}
	for name, x := range map[string]int{"turns": turns, "ops": ops, "exchanges": asked, "faults": faults} {
		b.ReportMetric(float64(x)/float64(n), name+"/life")
	}
}
