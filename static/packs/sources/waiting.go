package sources

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// counting replaces the national "most places count from 2025" where the place says so.
func (r *region) counting(vs []value) {
	strong, weak := split(vs)
	if len(strong) > 0 {
		say := text{"这里断了几年，从 2025 年度数起。", "Here lapsed years count from 2025."}
		cites := r.citeAll(strong)
		r.add("resume", rule{id: "count-from", kind: "note", tone: "info", when: "home && !free && lapsed >= 1", say: say, more: r.more(strong...), cites: cites})
		r.add("resident-stop", rule{id: "wait-count", kind: "note", tone: "info", when: "staying && gap_years >= 2", say: say, more: r.more(strong...), cites: cites})
		r.report.count(r, "wait.count_from", "statement", len(strong))
	}
	r.report.count(r, "wait.count_from", "agrees", len(weak))
}

// inWindow says that a lapsed person waits even when paying in the window.
func (r *region) inWindow(vs, starts []value) {
	strong, weak := split(vs)
	if len(strong) > 0 {
		x := rule{id: "start-window", kind: "note", tone: "info", when: `home && !free && pay_for == "next"`, cites: r.citeAll(strong),
			say: text{"断过的人，这里在集中期交也要等。", "Here those who lapsed wait even when they pay in the window."}, more: r.more(strong...)}
		sure, _ := split(starts)
		if i := slices.IndexFunc(sure, func(v value) bool { return strings.Contains(fmt.Sprint(v.Value), "1月1日起算") }); i >= 0 {
			x.say = text{"断过的人，这里在集中期交也要等，从那年 1 月 1 日算起。", "Here those who lapsed wait even when they pay in the window, from 1 January of that year."}
			x.cites = r.citeAll(append(slices.Clone(strong), sure[i]))
		}
		r.add("resume", x)
		r.report.count(r, "wait.in_window_lapsed", "statement", len(strong))
	}
	r.report.count(r, "wait.in_window_lapsed", "agrees", len(weak))
	r.dayLater(starts)
}

// dayLater finds places whose own example begins a day after ours.
func (r *region) dayLater(starts []value) {
	sure, _ := split(starts)
	for i := range sure {
		if strings.Contains(sure[i].Note, "晚1天") {
			r.set("wait_late", period{from: "2025-01-01", low: "1", high: "1", cites: r.citeAll(sure[i : i+1])})
			r.report.Derived++
		}
	}
}

// exemption is one group that need not wait, with its time limit.
type exemption struct{ group, limit, effect string }

func (v *value) exemptions() (list []exemption) {
	items, _ := v.Value.([]any)
	for _, it := range items {
		m, _ := it.(map[string]any)
		get := func(k string) string { s, _ := m[k].(string); return s }
		list = append(list, exemption{get("group"), get("limit"), get("effect")})
	}
	return list
}

// answers pairs the options of the question about special cases with the groups they are.
var answers = []struct {
	option string
	group  *regexp.Regexp
}{
	{"soldier", regexp.MustCompile(`退役军人(?:$|及|返)|退出现役|退役士兵`)},
	{"released", regexp.MustCompile(`刑满释放|服刑期满释放`)},
	{"graduate", regexp.MustCompile(`毕业`)},
	{"moved_in", regexp.MustCompile(`户籍迁入|户口新?迁`)},
}

// exempt lists the groups that need not wait, and answers for those the national pack sends to 12393.
func (r *region) exempt(vs []value) {
	strong, weak := split(vs)
	r.exemptNote("exempt-local", strong, local)
	r.exemptNote("hint-exempt", weak, unconfirmed)
	r.report.count(r, "wait.exempt", "statement", len(strong))
	r.report.count(r, "wait.exempt", "hint", len(weak))
	for i := range strong {
		if !strings.Contains(strong[i].Note, "允许补参保") {
			r.exemptVerdict(&strong[i])
		}
	}
}

func (r *region) exemptNote(id string, vs []value, wrap func(text) text) {
	for i := range vs {
		all := vs[i].exemptions()
		x := rule{id: numbered(id, i), kind: "note", tone: "info", when: "home", cites: r.citeAll(vs[i : i+1]), more: r.more(vs[i])}
		t := r.list(all)
		x.say = wrap(text{"这里的特殊人群：" + t.zh, "special cases here: " + t.en})
		if len(x.say.en) > longest {
			x.say, x.more = wrap(text{"这里另定了特殊人群", "this place names special cases"}), text{t.zh + "。", upper(t.en) + "."}
		}
		r.add("resume", x)
		var babies []exemption
		for _, e := range all {
			if strings.HasPrefix(e.group, "新生儿") && !strings.Contains(e.group, "、") && e.limit+e.effect != "" {
				babies = append(babies, e)
			}
		}
		if len(babies) > 0 {
			t := r.list(babies)
			x.when, x.more, x.say = "baby", text{}, wrap(text{"这里的规定：" + t.zh, "the rule here: " + t.en})
			r.add("newborn-child", x)
		}
	}
}

func numbered(id string, i int) string {
	if i == 0 {
		return id
	}
	return id + "-" + strconv.Itoa(i+1)
}

// longest is what an English sentence may have before its list moves into the detail.
const longest = 400

// list prints groups with limit and effect, which are said once when they are all the same.
func (r *region) list(all []exemption) text {
	var zh, en []string
	alike := len(all) > 1 && !slices.ContainsFunc(all, func(e exemption) bool { return e.limit != all[0].limit || e.effect != all[0].effect })
	for i, e := range all {
		if alike && i < len(all)-1 {
			e.limit, e.effect = "", ""
		}
		z, n := e.group, r.english(e.group)
		for _, part := range []string{e.limit, e.effect} {
			if part != "" {
				z, n = z+"，"+part, n+", "+r.english(part)
			}
		}
		zh, en = append(zh, z), append(en, n)
	}
	return text{strings.Join(zh, "；"), strings.Join(en, "; ")}
}

// exemptVerdict says "no wait" to the groups that a place names itself.
func (r *region) exemptVerdict(v *value) {
	var options []string
	var groups []exemption
	for _, e := range v.exemptions() {
		if e.effect == "不受集中期限制" {
			continue
		}
		for _, a := range answers {
			if a.group.MatchString(e.group) {
				if !slices.Contains(options, `"`+a.option+`"`) {
					options = append(options, `"`+a.option+`"`)
				}
				if !slices.Contains(groups, e) {
					groups = append(groups, e)
				}
			}
		}
	}
	if len(groups) == 0 {
		return
	}
	t := r.list(groups)
	r.add("resume", rule{id: "exempt-here", kind: "verdict", tone: "go", when: "home && maybe_free && exempt in [" + strings.Join(options, ", ") + "]",
		overrides: []string{"wait-out", "ask-wait"}, cites: r.citeAll([]value{*v}),
		say:  text{"可以参保。这里写明不用等的有：" + t.zh + "。在期限内去办。", "You can join. This place names who need not wait: " + t.en + ". Go within the time limit."},
		more: text{"过了期限，按等 {wait|months}打算。拿不准打 12393。", "After the limit plan for {wait|months}. When unsure, ask 12393."}})
}
