package main

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"

	"lixianban/app/finder"
)

const (
	perTemplate = 10
	epochs      = 20
	rate        = 0.25
	decay       = 1e-5  // L2, applied when a feature is touched
	sparse      = 0.006 // L1
	prune       = 3     // quantised weights smaller than this are dropped
	rare        = 40    // features lit by fewer questions are noise
)

// Model trains on corpus.txt and returns model.bin.
func Model() ([]byte, error) {
	c, err := readCorpus(corpusText + "\n" + phrasesText)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(20261121, 1))
	return encode(c.intents, train(c.samples(perTemplate, r), len(c.intents), r)), nil
}

// train fits a multinomial logistic regression by AdaGrad.
func train(ss []sample, classes int, r *rand.Rand) map[uint32][]float64 {
	fs := make([][]uint32, len(ss))
	seen := map[uint32]int{}
	for i, s := range ss {
		fs[i] = finder.Features(s.text)
		for _, h := range fs[i] {
			seen[h]++
		}
	}
	for i := range fs {
		fs[i] = slices.DeleteFunc(fs[i], func(h uint32) bool { return seen[h] < rare })
	}
	m := &fit{w: map[uint32][]float64{}, g: map[uint32][]float64{}, classes: classes}
	for range epochs {
		for _, i := range r.Perm(len(ss)) {
			m.step(fs[i], ss[i].intent, ss[i].weight)
		}
	}
	return m.w
}

type fit struct {
	w, g    map[uint32][]float64
	classes int
}

func (m *fit) row(h uint32) (w, g []float64) {
	if m.w[h] == nil {
		m.w[h], m.g[h] = make([]float64, m.classes), make([]float64, m.classes)
	}
	return m.w[h], m.g[h]
}

func (m *fit) step(fs []uint32, want int, weight float64) {
	p := m.shares(fs)
	for _, h := range fs {
		w, g := m.row(h)
		for k := range w {
			d := p[k]
			if k == want {
				d--
			}
			d = d*weight + decay*w[k]
			g[k] += d * d
			pace := rate / (math.Sqrt(g[k]) + 1e-6) * damp(len(fs))
			w[k] = shrink(w[k]-pace*d, pace*sparse)
		}
	}
}

// shrink pulls a weight to zero (L1): what carries little is left out of the file.
func shrink(w, by float64) float64 {
	return math.Copysign(max(0, math.Abs(w)-by), w)
}

// damp keeps long questions from moving the weights further than short ones.
func damp(n int) float64 { return 1 / math.Sqrt(float64(n)) }

func (m *fit) shares(fs []uint32) []float64 {
	p := make([]float64, m.classes)
	for _, h := range fs {
		for k, w := range m.w[h] {
			p[k] += w
		}
	}
	top, total := slices.Max(p), 0.0
	for k := range p {
		p[k] = math.Exp(p[k] - top)
		total += p[k]
	}
	for k := range p {
		p[k] /= total
	}
	return p
}

// encode quantises to int8 and writes the format of app/finder's package comment.
func encode(intents []string, w map[uint32][]float64) []byte {
	top := 0.0
	for _, row := range w {
		for _, v := range row {
			top = max(top, math.Abs(v))
		}
	}
	scale := math.Ceil(top/127*1000) / 1000
	b := append([]byte("LXF1"), binary.AppendUvarint(nil, uint64(len(intents)))...)
	for _, name := range intents {
		b = append(binary.AppendUvarint(b, uint64(len(name))), name...)
	}
	b = binary.AppendUvarint(b, uint64(math.Round(scale*1000)))
	return appendFeatures(b, w, scale)
}

func appendFeatures(b []byte, w map[uint32][]float64, scale float64) []byte {
	var body []byte
	n, last := uint64(0), uint32(0)
	for _, h := range sortedHashes(w) {
		row := quantised(w[h], scale)
		if len(row) == 0 {
			continue
		}
		body = binary.AppendUvarint(body, uint64(h-last))
		body = binary.AppendUvarint(body, uint64(len(row)/2))
		body = append(body, row...)
		n, last = n+1, h
	}
	return append(binary.AppendUvarint(b, n), body...)
}

func quantised(row []float64, scale float64) []byte {
	var out []byte
	for k, v := range row {
		if q := int(math.Round(v / scale)); q >= prune || q <= -prune {
			out = append(out, byte(k), byte(int8(q)))
		}
	}
	return out
}

func sortedHashes(w map[uint32][]float64) []uint32 {
	hs := make([]uint32, 0, len(w))
	for h := range w {
		hs = append(hs, h)
	}
	slices.Sort(hs)
	return hs
}
