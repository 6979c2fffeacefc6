package finder

import "slices"

// hash is FNV-1a, 32 bits, over the parts of a feature.
func hash(parts ...string) uint32 {
	h := uint32(2166136261)
	for _, p := range parts {
		for i := 0; i < len(p); i++ {
			h = (h ^ uint32(p[i])) * 16777619
		}
		h = (h ^ 0xff) * 16777619
	}
	return h
}

// Features are the hashes that a question lights, sorted, each once. The trainer
// and the phone must see the same, so both call this.
func Features(q string) []uint32 {
	ts := tokens(normalise(q))
	hs := concepts(ts)
	fs := []uint32{hash("bias")}
	fs = appendConcepts(fs, hs)
	fs = appendNeighbours(fs, ts)
	slices.Sort(fs)
	return slices.Compact(fs)
}

func appendConcepts(fs []uint32, hs []heard) []uint32 {
	var names []string
	for _, h := range hs {
		if h.soft {
			fs = append(fs, hash("s", h.concept))
		} else {
			fs = append(fs, hash("c", h.concept))
		}
		if !slices.Contains(names, h.concept) && len(names) < 24 {
			names = append(names, h.concept)
		}
	}
	for i, a := range names {
		for j, b := range names[i+1:] {
			fs = append(fs, hash("p", min(a, b), max(a, b)))
			if j == 0 {
				fs = append(fs, hash("o", a, b))
			}
		}
	}
	if len(names) == 1 {
		fs = append(fs, hash("only", names[0]))
	}
	return fs
}

func appendNeighbours(fs []uint32, ts []token) []uint32 {
	for i, t := range ts {
		if t.char != 0 {
			fs = append(fs, hash("u", string(t.char)))
		}
		if t.word != "" {
			fs = append(fs, hash("w", t.word))
		}
		if i == 0 {
			continue
		}
		if p := ts[i-1]; p.char != 0 && t.char != 0 {
			fs = append(fs, hash("b", string(p.char), string(t.char)))
		}
		if p := ts[i-1]; p.sound != "" && t.sound != "" {
			fs = append(fs, hash("y", p.sound, t.sound))
		}
	}
	return fs
}
