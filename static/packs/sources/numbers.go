package sources

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// number is a key whose values become a national parameter.
type number struct {
	key, param string
	read       func(*value) (int, bool)
	nation     []int // the national value, or its two ends
	// hints: where a weak value is told, and how
	service, when string
	say           func(low, high int) text
}

var numbers = []number{
	{key: "wait.fixed_months", param: "wait_fixed", read: asNumber, nation: []int{3}, service: "resume", when: "home && !free",
		say: func(l, h int) text {
			t := several(l, h)
			return text{"固定等 " + t.zh + " 个月", "the fixed wait is " + t.en + " months"}
		}},
	{key: "wait.step_months", param: "wait_step", read: asNumber, nation: []int{1}, service: "resume", when: "home && !free",
		say: func(l, h int) text {
			t := several(l, h)
			return text{"每多断一年加 " + t.zh + " 个月", "each further lapsed year adds " + t.en + " months"}
		}},
	{key: "wait.formula", param: "wait_skip", read: asFormula, nation: []int{0, 1}, service: "resume", when: "home && !free && lapsed >= 1", say: firstYear},
	{key: "incentive.step", param: "bonus_step", read: asNumber, nation: []int{1000}, service: "resident-stop", when: "staying",
		say: func(l, h int) text {
			t := several(l, h)
			return text{"连续参保，大病限额每次提高 " + t.zh + " 元", "for years in a row the catastrophic cap rises by " + t.en + " yuan each time"}
		}},
	{key: "incentive.zero_claim", param: "bonus_zero", read: asNumber, nation: []int{1000}, service: "resident-stop", when: "staying",
		say: func(l, h int) text {
			t := several(l, h)
			return text{"一年没报销，大病限额提高 " + t.zh + " 元", "after a year without claims the catastrophic cap rises by " + t.en + " yuan"}
		}},
	{key: "gap.wait_months", param: "gap_wait", read: asNumber, nation: []int{0, 6}, service: "flexible-stop",
		say: func(l, h int) text {
			t := several(l, h)
			return text{"职工医保断超过 3 个月，要等 " + t.zh + " 个月", "after an employee gap of more than three months the wait is " + t.en + " months"}
		}},
	{key: "retire.years.male", param: "retire_years_men", read: asNumber},
	{key: "retire.years.female", param: "retire_years_women", read: asNumber},
}

// asFormula reads how many lapsed years add nothing: none in 3+n, one in 3+(n-1).
func asFormula(v *value) (int, bool) {
	switch v.Value {
	case "3+n":
		return 0, true
	case "3+(n-1)":
		return 1, true
	}
	return 0, false
}

func firstYear(low, high int) text {
	switch {
	case low == 1:
		return text{"断 1 年等 3 个月，再多断才加", "one lapsed year means three months, only further ones add to it"}
	case high == 0:
		return text{"断 1 年等 4 个月", "one lapsed year means four months"}
	}
	return text{"断 1 年等 3 个月或 4 个月，说法不一", "one lapsed year means three or four months, accounts differ"}
}

// upperBound finds values that are only the most that may be asked for.
var upperBound = regexp.MustCompile(`不超过|上限`)

// moving finds values that a place is still on its way to.
func moving(v *value) bool { return strings.Contains(v.Note, "过渡") }

func (r *region) number(n number, vs []value) {
	strong, weak := split(vs)
	low, high, ok := span(vs, n.read)
	switch {
	case !ok:
		r.fail("%s has no number", n.key)
	case len(strong) == 0:
		r.numberHint(n, weak, low, high)
	case len(strong) > 0 && moving(&strong[0]):
		r.report.count(r, n.key, "statement", len(vs)) // told with the other years
	default:
		if n.key == "gap.wait_months" && upperBound.MatchString(strong[0].Note) {
			low = 0
		}
		r.wire(n, vs, low, high)
	}
}

// wire sets the parameter, unless it would only repeat the nation's value on weaker ground.
func (r *region) wire(n number, vs []value, low, high int) {
	strong, _ := split(vs)
	if low == high && len(n.nation) == 1 && low == n.nation[0] && grades[strong[0].Confidence] != "OFF-L" {
		r.report.count(r, n.key, "agrees", len(vs))
		return
	}
	if low != high && len(vs) > 1 {
		r.report.Ranges++
	}
	p := period{from: "2025-01-01", low: strconv.Itoa(low), high: strconv.Itoa(high), cites: r.citeAll(vs)}
	r.set(n.param, p)
	r.report.count(r, n.key, "wired", len(vs))
	switch n.key {
	case "wait.formula":
		r.add("resume", rule{id: "two-readings", kind: "note", tone: "info", when: n.when, say: local(prefix("照这里的算例：", "by the local example: ", n.say(low, high))), more: r.askIf(low != high), cites: p.cites})
	case "gap.wait_months":
		if more := r.more(strong...); more.zh != "" {
			r.add("flexible-stop", rule{id: "gap-local", kind: "note", tone: "info", say: local(text{"这里断缴后的等待另有写明", "this place spells out the wait after a gap"}), more: more, cites: p.cites})
		}
	}
}

func prefix(zh, en string, t text) text { return text{zh + t.zh, en + t.en} }

func (r *region) askIf(ask bool) text {
	if !ask {
		return text{}
	}
	return text{"按长的打算，先打 12393 问。", "Plan for the longer one and ask 12393 first."}
}

// numberHint tells a weak value that says something else than the nation.
func (r *region) numberHint(n number, weak []value, low, high int) {
	if n.say == nil {
		r.report.count(r, n.key, "hint", len(weak)) // told with the other years
		return
	}
	if low == high && len(n.nation) == 1 && low == n.nation[0] {
		r.report.count(r, n.key, "agrees", len(weak))
		return
	}
	if low != high {
		r.report.Ranges++
	}
	x := rule{id: "hint-" + n.param, kind: "note", tone: "info", when: n.when, say: unconfirmed(n.say(low, high)), more: r.more(weak...), cites: r.citeAll(weak)}
	r.add(n.service, x)
	r.report.count(r, n.key, "hint", len(weak))
}

// retirement tells all years in one sentence; what is sure and settled is a parameter too.
func (r *region) retirement(all map[string][]value) {
	for _, sure := range []bool{true, false} {
		var zh, en []string
		var used []value
		for _, k := range []struct{ key, zh, en string }{
			{"retire.years.male", "男 %s 年", "men %s years"}, {"retire.years.female", "女 %s 年", "women %s years"},
			{"retire.years.actual", "其中实际缴费 %s 年", "of these actually paid %s years"}} {
			strong, weak := split(all[k.key])
			vs := weak
			if sure == (len(strong) > 0) {
				if sure {
					vs = all[k.key]
				}
				if l, h, ok := span(vs, asNumber); ok {
					t := several(l, h)
					if l != h && (k.key == "retire.years.actual" || !sure) {
						r.report.Ranges++
					}
					zh, en, used = append(zh, fmt.Sprintf(k.zh, t.zh)), append(en, fmt.Sprintf(k.en, t.en)), append(used, vs...)
				}
			}
		}
		if len(used) > 0 {
			r.years(sure, text{strings.Join(zh, "、"), strings.Join(en, ", ")}, used)
		}
	}
	if vs := all["retire.years.actual"]; len(vs) > 0 {
		strong, _ := split(vs)
		r.report.count(r, "retire.years.actual", pick(len(strong) > 0, "statement", "hint"), len(vs))
	}
}

func (r *region) years(sure bool, t text, used []value) {
	x := rule{id: "hint-years", kind: "note", tone: "info", when: "worker", cites: r.citeAll(used), more: r.more(used...)}
	x.say = unconfirmed(prefix("退休要缴满 ", "to retire you need ", t))
	if sure {
		x.id, x.say = "years-local", local(prefix("这里退休要缴满 ", "here retiring takes ", t))
	}
	r.add("retire", x)
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
