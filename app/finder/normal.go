package finder

import "unicode"

// maxRunes bounds a question: people paste whole stories, the phone stays quick.
const maxRunes = 400

// simplified maps the traditional characters that turn up in pasted questions.
var simplified = pairs("醫医療疗險险參参繳缴費费農农單单職职帳账戶户電电話话點点關关銀银綁绑斷断續续補补離离動动轉转號号碼码親亲濟济個个國国險险嗎吗麼么樣样誰谁過过還还開开時时間间會会來来錢钱買买賣卖這这裡里裏里給给讓让說说對对後后網网從从東东車车長长學学業业畢毕暫暂終终結结銷销")

func pairs(s string) map[rune]rune {
	m, r := map[rune]rune{}, []rune(s)
	for i := 0; i+1 < len(r); i += 2 {
		m[r[i]] = r[i+1]
	}
	return m
}

// normalise folds what people type into one form; every break becomes a space.
func normalise(q string) []rune {
	out := make([]rune, 0, 64)
	for _, r := range q {
		if len(out) == maxRunes {
			break
		}
		out = append(out, fold(r))
	}
	return out
}

func fold(r rune) rune {
	if r >= '！' && r <= '～' {
		r -= '！' - '!'
	}
	if s, ok := simplified[r]; ok {
		return s
	}
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return ' '
	}
	return unicode.ToLower(r)
}

func isHan(r rune) bool { return r >= 0x3400 && r <= 0x9fff }

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }

// token is one heard unit. Exactly one of char and word is set, except for typed
// pinyin, which has a sound only. A break has none of the three.
type token struct {
	char  rune
	word  string
	sound string
}

func (t token) isBreak() bool { return t.char == 0 && t.word == "" && t.sound == "" }

// tokens cuts a normalised question into heard units.
func tokens(q []rune) []token {
	var out []token
	for i := 0; i < len(q); {
		switch r := q[i]; {
		case isHan(r):
			out = append(out, token{char: r, sound: soundOf(r)})
			i++
		case isLatin(r):
			j := runEnd(q, i, isLatin)
			out = append(out, hearLatin(string(q[i:j]))...)
			i = j
		case unicode.IsDigit(r):
			j := runEnd(q, i, unicode.IsDigit)
			out = append(out, token{word: string(q[i:j])})
			i = j
		default:
			out = append(out, token{})
			i++
		}
	}
	return out
}

func runEnd(q []rune, i int, in func(rune) bool) int {
	for i < len(q) && in(q[i]) {
		i++
	}
	return i
}

// initials are the abbreviations people type for the commonest words.
var initials = map[string]string{
	"tb": "停保", "yb": "医保", "ybtb": "医保停保", "xnh": "新农合", "nh": "农合", "nhtb": "农合停保",
	"lhjy": "灵活就业", "lh": "灵活就业", "jm": "居民", "jmyb": "居民医保", "zg": "职工", "zgyb": "职工医保",
	"cxjm": "城乡居民", "hzyl": "合作医疗", "tf": "退费", "zy": "转移", "bj": "补缴", "gj": "共济", "jtgj": "家庭共济",
	"qqzh": "亲情账户", "jb": "解绑", "cfcb": "重复参保", "ddq": "等待期", "dk": "代扣", "dxs": "大学生",
	"ybm": "医保码", "ybdh": "医保电话", "zm": "怎么", "zmb": "怎么办",
}

// hearLatin decides what a run of letters is: an English word, initials, or pinyin.
func hearLatin(s string) []token {
	if _, ok := words().english[s]; ok {
		return []token{{word: s}}
	}
	if full, ok := initials[s]; ok {
		return tokens([]rune(full))
	}
	if syllables := spell(s); syllables != nil {
		out := make([]token, len(syllables))
		for i, y := range syllables {
			out[i] = token{sound: merge(y)}
		}
		return out
	}
	return []token{{word: s}}
}
