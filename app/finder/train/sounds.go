package main

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Sounds lists the 3,755 commonest characters (GB 2312 level 1, the rows 16–55)
// by syllable: one line each, the syllable and then its characters.
func Sounds() []byte {
	by := map[string][]rune{}
	for _, r := range commonCharacters() {
		p := pinyin.SinglePinyin(r, pinyin.NewArgs())
		if len(p) == 0 {
			continue
		}
		s := strings.ReplaceAll(p[0], "ü", "v")
		by[s] = append(by[s], r)
	}
	var b bytes.Buffer
	for _, s := range sortedKeys(by) {
		b.WriteString(s + " " + string(by[s]) + "\n")
	}
	return b.Bytes()
}

func commonCharacters() []rune {
	var out []rune
	dec := simplifiedchinese.GBK.NewDecoder()
	for row := 0xB0; row <= 0xD7; row++ {
		for col := 0xA1; col <= 0xFE; col++ {
			s, err := dec.Bytes([]byte{byte(row), byte(col)})
			if r, n := utf8.DecodeRune(s); err == nil && n == len(s) && r != utf8.RuneError {
				out = append(out, r)
			}
		}
	}
	return append(out, []rune("囡伢嘛咋啥俺爹娘姥嫁衩缴瘫痪辞")...)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
