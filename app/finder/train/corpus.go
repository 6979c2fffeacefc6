package main

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

//go:embed corpus.txt
var corpusText string

// phrasesText holds whole questions by intent, as many people would type them.
//
//go:embed phrases.txt
var phrasesText string

// corpus is corpus.txt read: slots and, by intent in file order, templates.
type corpus struct {
	slots     map[string][]string
	intents   []string
	templates map[string][]string
}

func readCorpus(text string) (*corpus, error) {
	c := &corpus{slots: map[string][]string{}, templates: map[string][]string{}}
	intent := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "//"):
		case strings.HasPrefix(line, "= "):
			name, alts, ok := strings.Cut(line[2:], " ")
			if !ok {
				return nil, fmt.Errorf("corpus: slot %q has no words; write `= name a|b`", line)
			}
			c.slots[name] = strings.Split(alts, "|")
		case strings.HasPrefix(line, "# "):
			intent = strings.TrimSpace(line[2:])
			if !slices.Contains(c.intents, intent) {
				c.intents = append(c.intents, intent)
			}
		default:
			c.templates[intent] = append(c.templates[intent], line)
		}
	}
	return c, nil
}

// fill puts a random word into each slot of a template.
func (c *corpus) fill(t string, r *rand.Rand) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(t, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		alts, known := c.slots[name]
		if !known {
			panic("corpus: no slot named " + name)
		}
		b.WriteString(alts[r.IntN(len(alts))])
		t = after
	}
}

// sample is one training question.
type sample struct {
	text   string
	intent int
	weight float64
}

// rambles go before or after a question; they carry no intent.
var rambles = []string{
	"是这样的，我们家在农村，", "我今年五十多了，不太懂，", "你好我问个事，", "我一直在外面，也没时间，", "前几天听邻居说，",
	"同志你好，麻烦帮我看看，", "俺不识字，", "急急急，", "，谢谢", "，在线等", "，求告诉", "啊", "呢", "哦", "，有没有人知道", "，我是周口的", "，我在广东打工",
}

// samples expands the corpus: n per template, a part of them damaged the way
// people type (homophones, a lost or doubled character, rambling around it).
func (c *corpus) samples(n int, r *rand.Rand) []sample {
	var out []sample
	for i, intent := range c.intents {
		for _, t := range c.templates[intent] {
			out = append(out, sample{c.fill(t, r), i, 1})
			for k := 1; k < copies(t, n); k++ {
				out = append(out, sample{damage(c.fill(t, r), r), i, 1})
			}
		}
	}
	return out
}

// copies is how many questions a template makes: whole questions fewer than those with slots.
func copies(t string, n int) int {
	if strings.Contains(t, "{") {
		return n
	}
	return 4
}

func damage(s string, r *rand.Rand) string {
	q := []rune(s)
	switch r.IntN(8) {
	case 0:
		q = homophone(q, r)
	case 1:
		q = homophone(homophone(q, r), r)
	case 2:
		if len(q) > 5 {
			i := r.IntN(len(q))
			q = append(q[:i:i], q[i+1:]...)
		}
	case 3:
		ramble := []rune(rambles[r.IntN(len(rambles))])
		if ramble[0] == '，' || len(ramble) == 1 {
			q = append(q, ramble...)
		} else {
			q = append(ramble, q...)
		}
	}
	return string(q)
}

var groups = func() map[rune][]rune {
	m := map[rune][]rune{}
	for line := range strings.Lines(string(Sounds())) {
		_, chars, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, c := range chars {
			m[c] = []rune(chars)
		}
	}
	return m
}()

func homophone(q []rune, r *rand.Rand) []rune {
	i := r.IntN(len(q))
	if g := groups[q[i]]; len(g) > 0 {
		q[i] = g[r.IntN(len(g))]
	}
	return q
}
