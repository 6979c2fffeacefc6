package envelope

import (
	"crypto/sha256"
	"strings"
)

// crockford is Crockford's base32: no I, L, O, U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Number is the public number of an application, "XXXX-XXXX-C": 40 bits of a hash
// of the sid and a check character. It shows whom to ask about and opens nothing
// (SR-17); it doesn't reveal the sid.
func Number(sid SID) string {
	sum := sha256.Sum256(append([]byte("lixianban/number/1\x00"), sid[:]...))
	var n uint64
	for _, b := range sum[:5] {
		n = n<<8 | uint64(b)
	}
	var digits [8]byte
	for i := range digits {
		digits[i] = byte(n >> (35 - 5*i) & 31)
	}
	return formatNumber(digits)
}

// ParseNumber reads a number as people write it: any case, spaces and dashes
// anywhere, o for 0, i or l for 1. It gives the canonical form or says that a
// character is wrong.
func ParseNumber(text string) (string, error) {
	var got []byte
	for _, c := range strings.ToUpper(text) {
		switch c = forgive(c); c {
		case ' ', '-', '\u3000', '－', '—':
			continue
		}
		d := strings.IndexRune(crockford, c)
		if d < 0 || len(got) == 9 {
			return "", badNumber
		}
		got = append(got, byte(d))
	}
	if len(got) != 9 || got[8] != checkOf([8]byte(got[:8])) {
		return "", badNumber
	}
	return formatNumber([8]byte(got[:8])), nil
}

var badNumber = fail(CodeMalformed, "the number is like 7KQD-M2XA-K, with its last character; compare it with the receipt")

func forgive(c rune) rune {
	if c >= '０' && c <= '９' || c >= 'Ａ' && c <= 'Ｚ' {
		c -= '０' - '0'
	}
	switch c {
	case 'O':
		return '0'
	case 'I', 'L':
		return '1'
	}
	return c
}

func formatNumber(d [8]byte) string {
	var s [8]byte
	for i := range d {
		s[i] = crockford[d[i]]
	}
	return string(s[:4]) + "-" + string(s[4:]) + "-" + string(crockford[checkOf(d)])
}

// checkOf is Σ α^(i+1)·dᵢ in GF(32) with α a root of x⁵+x²+1. All weights differ
// and none is 0 or 1, so every wrong character and every swap of two is noticed.
func checkOf(d [8]byte) byte {
	var sum byte
	for i := len(d) - 1; i >= 0; i-- {
		sum = timesAlpha(sum ^ d[i])
	}
	return sum
}

func timesAlpha(x byte) byte {
	x <<= 1
	if x&32 != 0 {
		x ^= 0b100101
	}
	return x
}
