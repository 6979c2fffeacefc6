package sources

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// lastDay2026 ends every figure of benefit year 2026.
const lastDay2026 = "2026-12-31"

var (
	except = regexp.MustCompile(`（不?含[^）]*）`)
	young  = regexp.MustCompile(`学生|儿|未成年|中小学|18周岁以下|18岁以下|在校`)
	grown  = regexp.MustCompile(`成年居民|居民、|老年、|[一二]档`)
)

// adult tells whether a group's premium can be an adult resident's.
func adult(group string) bool {
	g := except.ReplaceAllString(group, "")
	return !young.MatchString(g) || grown.MatchString(g) || strings.Contains(g, "成年低档")
}

// premium sets this and next year's premium from one benefit year's figures and lists the groups.
func (r *region) premium(year int, vs []value) {
	key := fmt.Sprintf("fee.personal.%d", year)
	strong, weak := split(vs)
	if len(strong) == 0 {
		r.premiumHint(year, key, weak)
		return
	}
	var adults []value
	for _, v := range vs {
		if adult(v.Group) && (!v.hint() || sameGroup(v, strong)) {
			adults = append(adults, v)
		}
	}
	low, high, ok := span(adults, asNumber)
	if ok {
		r.setPremium(year, low, high, r.citeAll(adults), basis(len(adults) < len(strong)))
		if low != high {
			r.report.GroupRanges++
		}
	}
	if len(strong) > 1 && year == 2026 || !ok {
		r.groups(year, strong)
	}
	r.report.count(r, key, pick(ok, "wired", "statement"), len(strong))
	if len(weak) > 0 {
		r.report.leave(r, key, "a weak page beside a better source of the same year", len(weak))
	}
}

func sameGroup(v value, strong []value) bool {
	for _, s := range strong {
		if s.Group == v.Group && s.Value != v.Value {
			return true
		}
	}
	return false
}

// basis names what a printed premium is: children and students often pay another one.
func basis(others bool) text {
	if others {
		return text{"当地公布的成年人标准（没公布的按国家最低数）", "for adults as published locally, else the national minimum"}
	}
	return text{"当地公布的（没公布的按国家最低数）", "as published locally, else the national minimum"}
}

func (r *region) setPremium(year, low, high int, cites []string, say text) {
	p := period{low: strconv.Itoa(low), high: strconv.Itoa(high), cites: cites}
	p.from, p.to = fmt.Sprintf("%d-01-01", year), fmt.Sprintf("%d-12-31", year)
	r.set("fee_this", p)
	if year == 2026 {
		p.from, p.to = "2025-01-01", "2025-12-31"
		r.set("fee_next", p)
	}
	from := fmt.Sprintf("%d-01-01", year)
	if len(r.params["fee_basis"]) == 0 {
		from = "2025-01-01"
	}
	r.set("fee_basis", period{from: from, to: fmt.Sprintf("%d-12-31", year), cites: cites, say: say})
}

// groups lists what each group pays.
func (r *region) groups(year int, vs []value) {
	t := r.amounts(vs)
	x := rule{id: "fee-groups", kind: "note", tone: "info", when: "home", cites: r.citeAll(vs), more: r.more(vs...),
		say: local(text{fmt.Sprintf("%d 年度个人缴费：", year) + t.zh, fmt.Sprintf("premiums for %d: ", year) + t.en})}
	x.from, x.to = fmt.Sprintf("%d-09-01", year-1), fmt.Sprintf("%d-12-31", year)
	r.add("resume", x)
}

// amounts prints groups with their yuan.
func (r *region) amounts(vs []value) text {
	var zh, en []string
	for i := range vs {
		n, ok := vs[i].number()
		if !ok {
			r.fail("%s has no amount", vs[i].Group)
		}
		zh = append(zh, fmt.Sprintf("%s %d 元", vs[i].Group, n))
		en = append(en, fmt.Sprintf("%s %d yuan", r.english(vs[i].Group), n))
	}
	return text{strings.Join(zh, "；"), strings.Join(en, "; ")}
}

func (r *region) premiumHint(year int, key string, weak []value) {
	if year != 2026 {
		r.report.leave(r, key, "a weak page about a year that is over", len(weak))
		return
	}
	t := r.amounts(weak)
	r.add("resume", rule{id: "hint-fee", kind: "note", tone: "info", when: "home", from: "2025-09-01", to: lastDay2026, cites: r.citeAll(weak),
		say: unconfirmed(text{"2026 年度个人缴费：" + t.zh, "premiums for 2026: " + t.en})})
	r.report.count(r, key, "hint", len(weak))
}

// aid lists what people on aid pay themselves.
func (r *region) aid(vs []value) {
	strong, weak := split(vs)
	for _, part := range []struct {
		id   string
		vs   []value
		wrap func(text) text
		as   string
	}{{"aid-local", strong, local, "statement"}, {"hint-aid", weak, unconfirmed, "hint"}} {
		if len(part.vs) == 0 {
			continue
		}
		t := r.amounts(part.vs)
		r.add("aid", rule{id: part.id, kind: "consequence", tone: "go", from: "2025-09-01", to: lastDay2026, cites: r.citeAll(part.vs),
			say: part.wrap(text{"2026 年度困难群众个人交的：" + t.zh, "people on aid paid for 2026: " + t.en})})
		r.report.count(r, "fee.aid.2026", part.as, len(part.vs))
	}
}

// window tells the enrolment window of benefit year 2026 while it runs and, to the end of the
// year, that it was the last one.
func (r *region) window(vs []value) {
	strong, weak := split(vs)
	if len(strong) == 0 {
		r.windowHint(weak)
		return
	}
	cites := r.citeAll(vs)
	begin, begins := days(vs, func(v *value) string { return v.From })
	end, _ := days(vs, func(v *value) string { return v.To })
	if begin[0] != begin[1] || end[0] != end[1] {
		r.report.Ranges++
	}
	if begins {
		r.set("window_from", period{from: "2025-09-01", to: lastDay2026, low: begin[0], high: begin[1], cites: cites})
	}
	r.set("window_to", period{from: "2025-09-01", to: lastDay2026, low: end[0], high: end[1], cites: cites})
	span := text{"到{p.window_to|date}为止", "until {p.window_to|date}"}
	if begins {
		span = text{"{p.window_from|date}到{p.window_to|date}", "{p.window_from|date} to {p.window_to|date}"}
	}
	x := rule{id: "window", kind: "note", tone: "wait", when: "home", cites: cites, more: r.more(strong...)}
	x.from, x.to, x.say = "2025-09-01", end[1], text{"2026 年度的集中参保期：" + span.zh + "。别等最后一天。", "Enrolment window for 2026: " + span.en + ". Don't wait for the last day."}
	r.add("resume", x)
	x.from, x.to, x.more = next(end[1]), lastDay2026, text{}
	x.say = text{"上一次（2026 年度）的集中参保期：" + span.zh + "。今年的还没查到，打 12393 问。", "The last window (for 2026): " + span.en + ". This year's is not known here; ask 12393."}
	r.add("resume", x)
	r.report.count(r, "window.2026", "wired", len(vs))
}

func (r *region) windowHint(weak []value) {
	end, _ := days(weak, func(v *value) string { return v.To })
	t := text{"2026 年度的集中参保期到 " + end[1] + " 为止", "the window for 2026 ended on " + end[1]}
	r.add("resume", rule{id: "hint-window", kind: "note", tone: "info", when: "home", from: "2025-09-01", to: lastDay2026, say: unconfirmed(t), cites: r.citeAll(weak)})
	r.report.count(r, "window.2026", "hint", len(weak))
}

// days is the first and last of some days; ISO days sort as text.
func days(vs []value, read func(*value) string) (ends [2]string, ok bool) {
	for i := range vs {
		d := read(&vs[i])
		if d == "" {
			continue
		}
		if !ok {
			ends = [2]string{d, d}
		}
		ends, ok = [2]string{min(ends[0], d), max(ends[1], d)}, true
	}
	return ends, ok
}
