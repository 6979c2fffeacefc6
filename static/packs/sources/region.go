package sources

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// text is a sentence in both languages.
type text struct{ zh, en string }

// rule is one statement to write.
type rule struct {
	id, kind, tone, when string
	overrides            []string
	from, to             string
	say, more            text
	cites                []string
}

// period is one dated value of a parameter.
type period struct {
	from, to, low, high string
	say                 text
	cites               []string
}

// region is one overlay being written.
type region struct {
	Place
	data     *data
	report   *Report
	cites    []cite
	params   map[string][]period
	services map[string][]rule
	errs     *[]error
}

// fail notes what a person has to mend; all problems are told at once.
func (r *region) fail(format string, args ...any) {
	*r.errs = append(*r.errs, fmt.Errorf(r.Code+": "+format, args...))
}

// english is the phrase in English, or a note that a row is missing.
func (r *region) english(zh string) string {
	en, ok := r.data.say(zh)
	if !ok {
		r.fail("english.tsv has no row for %q", zh)
	}
	return en
}

func (r *region) add(service string, x rule) {
	list := r.services[service]
	for _, o := range list {
		if o.id == x.id && (o.from == "" || x.from == "" || o.from == x.from) {
			r.fail("two statements %s in %s", x.id, service)
		}
	}
	r.services[service] = append(list, x)
}

func (r *region) set(param string, p period) { r.params[param] = append(r.params[param], p) }

// split parts what may answer from what may only hint.
func split(vs []value) (strong, weak []value) {
	for _, v := range vs {
		if v.hint() {
			weak = append(weak, v)
		} else {
			strong = append(strong, v)
		}
	}
	return strong, weak
}

// number reads a whole number.
func (v *value) number() (int, bool) {
	f, ok := v.Value.(float64)
	return int(f), ok && f == float64(int(f))
}

// span is the lowest and highest of some numbers.
func span(vs []value, read func(*value) (int, bool)) (low, high int, ok bool) {
	for i := range vs {
		n, isNumber := read(&vs[i])
		if !isNumber {
			continue
		}
		if !ok {
			low, high = n, n
		}
		low, high, ok = min(low, n), max(high, n), true
	}
	return low, high, ok
}

func asNumber(v *value) (int, bool) { return v.number() }

// several prints a range of numbers.
func several(low, high int) text {
	if low == high {
		return text{strconv.Itoa(low), strconv.Itoa(low)}
	}
	return text{fmt.Sprintf("%d 到 %d", low, high), fmt.Sprintf("%d to %d", low, high)}
}

// unconfirmed wraps a hint.
func unconfirmed(t text) text {
	return text{"网上有页面说：" + t.zh + "。没有核实，先打 12393 问。", "A web page says: " + t.en + ". Unconfirmed; ask 12393 first."}
}

// local wraps what a region's own source says.
func local(t text) text { return text{t.zh + "。", upper(t.en) + "."} }

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// more is a value's note, when it is one for readers: then english.tsv has it.
func (r *region) more(vs ...value) (t text) {
	var zh, en []string
	for _, v := range vs {
		if e, ok := r.data.say(v.Note); ok && v.Note != "" && !slices.Contains(zh, v.Note) {
			zh, en = append(zh, v.Note), append(en, upper(e))
		}
	}
	if len(zh) == 0 {
		return t
	}
	return text{strings.Join(zh, "。") + "。", strings.Join(en, ". ") + "."}
}
