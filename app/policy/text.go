package policy

import "strconv"

// Text is a fact's value in canonical form: yes/no, the option's id, YYYY-MM-DD,
// plain digits, or yuan with two decimals.
func (f *Fact) Text(n int64) string {
	switch f.Unit {
	case Enum:
		if n >= 0 && n < int64(len(f.Options)) {
			return f.Options[n].ID
		}
	case Bool:
		if n != 0 {
			return "yes"
		}
		return "no"
	}
	return canonical(f.Unit, n)
}

func canonical(u Unit, n int64) string {
	switch u {
	case Date:
		return Day(n).String()
	case Money:
		return yuan(n, true)
	}
	return strconv.FormatInt(n, 10)
}

// yuan prints fen as yuan; without fen digits when there are none, unless full.
func yuan(fen int64, full bool) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	s := sign + strconv.FormatInt(fen/100, 10)
	if c := fen % 100; c != 0 || full {
		s += "." + string([]byte{byte('0' + c/10), byte('0' + c%10)})
	}
	return s
}

// Words is a fact's value for people, in both languages.
func (f *Fact) Words(n int64) Text {
	switch f.Unit {
	case Bool:
		return yesNo(n)
	case Enum:
		if n >= 0 && n < int64(len(f.Options)) {
			return f.Options[n].Say
		}
	}
	return format(defaultFormat(f.Unit), n, n)
}

func yesNo(n int64) Text {
	if n != 0 {
		return Text{"是", "yes"}
	}
	return Text{"否", "no"}
}

// NotSaid is how a declined answer reads.
func NotSaid() Text { return Text{"不知道", "don't know"} }

// Formats lists the names of the placeholder formats, for authors' tools.
func Formats() []string {
	return []string{"months", "date", "yuan", "days", "workdays", "years", "int", "year", "option", "text"}
}

func defaultFormat(u Unit) string {
	switch u {
	case Money:
		return "yuan"
	case Date:
		return "date"
	case Months:
		return "months"
	case Bool, Enum:
		return "option"
	case Phrase:
		return "text"
	}
	return "int"
}

// FormatFits tells whether a value of unit u can be printed in the format.
func FormatFits(format string, u Unit) bool {
	switch format {
	case "":
		return true
	case "date":
		return u == Date
	case "year":
		return u == Date || u == Int
	case "yuan":
		return u == Money
	case "months":
		return u == Months || u == Int
	case "days", "workdays", "years":
		return u == Int
	case "int":
		return u == Int || u == Months
	case "option":
		return u == Enum || u == Bool
	case "text":
		return u == Phrase
	}
	return false
}

// measure is how a counted format reads: the words after the number.
var measure = [...]struct{ format, zh, one, many string }{
	{"months", " 个月", " month", " months"},
	{"days", " 天", " day", " days"},
	{"workdays", " 个工作日", " working day", " working days"},
	{"years", " 年", " year", " years"},
	{"yuan", " 元", " yuan", " yuan"},
}

var monthsEN = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// format prints a value, or a range that collapses when both ends are one.
func format(name string, lo, hi int64) Text {
	switch name {
	case "date":
		return joined(dateText(lo), dateText(hi), lo == hi)
	case "year":
		return joined(yearText(lo), yearText(hi), lo == hi)
	case "option":
		return yesNo(lo)
	}
	a, b := counted(name, lo), counted(name, hi)
	t := joined(Text{a, a}, Text{b, b}, lo == hi)
	if lo != hi {
		t.ZH = a + " 到 " + b
	}
	for i := range measure {
		if w := &measure[i]; w.format == name {
			t.ZH += w.zh
			if lo == hi && hi == 1 {
				t.EN += w.one
			} else {
				t.EN += w.many
			}
		}
	}
	return t
}

func counted(format string, n int64) string {
	if format == "yuan" {
		return yuan(n, false)
	}
	return strconv.FormatInt(n, 10)
}

func joined(a, b Text, one bool) Text {
	if one {
		return a
	}
	return Text{a.ZH + "到" + b.ZH, a.EN + " to " + b.EN}
}

func dateText(n int64) Text {
	y, m, d := Day(n).Civil()
	ys, ds := strconv.Itoa(y), strconv.Itoa(d)
	return Text{ys + "年" + strconv.Itoa(m) + "月" + ds + "日", ds + " " + monthsEN[m-1] + " " + ys}
}

// yearText prints the year of a day or a plain year: no day a pack can hold is
// written with a number between 1800 and 2300 that is meant as a year, so the unit decides.
func yearText(n int64) Text {
	s := strconv.FormatInt(n, 10)
	return Text{s + "年", s}
}
