package finder

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"sort"
)

// None is the intent of a question that is about something else.
const None = "none"

// MinShare is the least share of 1 that the best intent must reach to be shown.
const MinShare = 0.22

// minShown is the least share for an intent after the first.
const minShown = 0.03

//go:embed model.bin
var modelBytes []byte

// Match is one intent a question may mean. Score is its share of 1.
type Match struct {
	Intent string
	Score  float64
}

// Finder answers questions from one model.
type Finder struct {
	intents []string
	scale   float64
	hashes  []uint32 // sorted
	start   []int32  // weights of hashes[i] are weights[start[i]:start[i+1]]
	weights []weight
}

type weight struct {
	intent uint8
	value  int8
}

// New reads the built-in model.
func New() (*Finder, error) { return Load(modelBytes) }

// ErrModel says that the model's bytes are not what the trainer writes.
var ErrModel = errors.New("finder: the search model is damaged; load the app again")

// Load reads model.bin's format; any damage is ErrModel.
func Load(b []byte) (*Finder, error) {
	r := reader{b: b}
	if string(r.bytes(4)) != "LXF1" {
		return nil, ErrModel
	}
	f := &Finder{}
	for range r.count(256) {
		f.intents = append(f.intents, string(r.bytes(r.count(64))))
	}
	f.scale = float64(r.uvarint()) / 1000
	f.readFeatures(&r)
	if r.bad || len(r.b) != 0 || len(f.intents) == 0 {
		return nil, ErrModel
	}
	return f, nil
}

func (f *Finder) readFeatures(r *reader) {
	n, at := r.count(1<<17), uint64(0)
	f.start = append(f.start, 0)
	for range n {
		at += r.uvarint()
		for range r.count(len(f.intents)) {
			w := r.bytes(2)
			if r.bad || int(w[0]) >= len(f.intents) {
				r.bad = true
				return
			}
			f.weights = append(f.weights, weight{w[0], int8(w[1])})
		}
		f.hashes = append(f.hashes, uint32(at))
		f.start = append(f.start, int32(len(f.weights)))
	}
}

// Ask names the intents a question may mean, best first, at most n; none when the
// question seems to be about something else.
func (f *Finder) Ask(q string, n int) []Match {
	all := f.shares(Features(q))
	sort.SliceStable(all, func(i, j int) bool { return all[i].Score > all[j].Score })
	if all[0].Intent == None || all[0].Score < MinShare {
		return nil
	}
	all = slices.DeleteFunc(all, func(m Match) bool { return m.Intent == None || m.Score < minShown })
	return all[:min(n, len(all))]
}

// shares is the softmax of the sums of the weights that fs light.
func (f *Finder) shares(fs []uint32) []Match {
	sum := make([]float64, len(f.intents))
	for _, h := range fs {
		i, ok := slices.BinarySearch(f.hashes, h)
		if !ok {
			continue
		}
		for _, w := range f.weights[f.start[i]:f.start[i+1]] {
			sum[w.intent] += float64(w.value) * f.scale
		}
	}
	return softmax(f.intents, sum)
}

func softmax(names []string, sum []float64) []Match {
	top, total := slices.Max(sum), 0.0
	out := make([]Match, len(sum))
	for i, s := range sum {
		out[i] = Match{names[i], math.Exp(s - top)}
		total += out[i].Score
	}
	for i := range out {
		out[i].Score /= total
	}
	return out
}

// reader takes bytes off the front; bad stays set after the first shortage.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return make([]byte, n)
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads a length no greater than limit.
func (r *reader) count(limit int) int {
	v := r.uvarint()
	if v > uint64(limit) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(v)
}
