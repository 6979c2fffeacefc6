package sources

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// at is a place where a statement is told.
type at struct{ service, when string }

// taken are national rules that a sure statement replaces in a service other than its first.
var taken = map[string]string{"resident-stop bonus-restart": "bonus-lower"}

// statement is a key whose values become sentences.
type statement struct {
	key, id string
	head    text // "等待从哪天算起"
	at      []at
	kind    string
	amount  text // "%d 元" for values that are numbers
	yearly  bool // a figure of one benefit year, which ends with it
}

var statements = []statement{
	{key: "wait.start", id: "start-local", head: text{"等待从哪天算起", "where the wait starts"}, at: []at{{"resume", "home && !free"}}},
	{key: "window.late_fee", id: "late-fee", head: text{"错过集中参保期再交，个人要交的", "paying after the window"}, at: []at{{"resume", `home && pay_for in ["this", "both"]`}}, amount: text{"%d 元", "%d yuan"}, yearly: true},
	{key: "window.rule", id: "window-rule", head: text{"集中参保期怎么定", "how the window is set"}, at: []at{{"resume", "home"}}},
	{key: "wait.late_ratio", id: "late-ratio", head: text{"集中期外交的，报销打折", "paying outside the window lowers the benefit"}, at: []at{{"resume", `home && pay_for in ["this", "both"]`}}, amount: text{"先按 %d%% 报", "%d%% at first"}},
	{key: "benefit.late", id: "late-until", head: text{"集中期外交的，管到哪天", "paid outside the window"}, at: []at{{"resume", `home && pay_for in ["this", "both"]`}}},
	{key: "fee.rule.2027", id: "fee-2027", head: text{"2027 年度的新规定", "new for 2027"}, at: []at{{"resume", "home"}, {"resident-stop", "leaving"}}, kind: "warning"},
	{key: "refund.deadline", id: "deadline-local", head: text{"这里退费的截止", "the deadline for a refund here"}, at: []at{{"refund", "goes_back"}}, kind: "warning"},
	{key: "refund.reasons", id: "reasons-local", head: text{"这里写明能退的", "grounds named here"}, at: []at{{"refund", ""}}},
	{key: "refund.channel", id: "refund-where", head: text{"退费到哪里办", "where to apply"}, at: []at{{"refund", "goes_back"}}, kind: "step"},
	{key: "refund.days", id: "refund-days", head: text{"多久退到", "the money takes"}, at: []at{{"refund", "goes_back"}}, amount: text{"%d 个工作日", "%d working days"}},
	{key: "incentive.lapse_penalty", id: "bonus-lower", head: text{"断过，大病限额降低", "a lapse lowers the catastrophic cap"}, at: []at{{"resident-stop", "staying"}}, kind: "warning", amount: text{"每断一年 %d 元", "%d yuan for each lapsed year"}},
	{key: "incentive.reset", id: "bonus-restart", head: text{"断过，奖励怎么算", "what a lapse does to the rewards"}, at: []at{{"resume", "home && lapsed >= 1"}, {"resident-stop", "staying"}}, kind: "consequence"},
	{key: "incentive.other", id: "bonus-other", head: text{"别的奖励", "another reward"}, at: []at{{"resident-stop", "staying"}}},
	{key: "incentive.cap", id: "bonus-cap", head: text{"两种奖励加起来最多", "both rewards together stop at"}, at: []at{{"resident-stop", "staying"}}, amount: text{"%d 元", "%d yuan"}},
	{key: "gap.repay", id: "gap-repay", head: text{"断了补交", "paying up a gap"}, at: []at{{"flexible-stop", ""}}},
	{key: "gap.suspend", id: "gap-suspend", head: text{"单位欠费时", "when the employer falls behind"}, at: []at{{"employee-stop", `emp_why == "debt"`}}},
	{key: "gap.first_time_wait", id: "first-wait", head: text{"头一回自己交职工医保，要等", "a first flexible enrolment waits"}, at: []at{{"switch", "to_self"}}, amount: text{"%d 个月", "%d months"}},
	{key: "sharing.scope", id: "scope-local", head: text{"能给哪些家人用", "who may use it"}, at: []at{{"unlink-gongji", ""}}},
	{key: "sharing.max", id: "max-local", head: text{"最多绑几个人", "how many may be linked"}, at: []at{{"unlink-gongji", ""}}, amount: text{"%d 人", "%d people"}},
	{key: "sharing.effective", id: "effect-local", head: text{"什么时候生效", "when it takes effect"}, at: []at{{"unlink-gongji", ""}}},
	{key: "sharing.unlink", id: "unlink-local", head: text{"怎样解", "how to end it"}, at: []at{{"unlink-gongji", `share_role != "resident"`}}},
	{key: "benefit.student", id: "student-until", head: text{"学生的医保管到哪天", "how long student cover runs"}, at: []at{{"resident-stop", `reason == "study"`}, {"leaving", "grad"}}},
	{key: "cov.end", id: "cover-end", head: text{"停了以后，待遇到哪天", "when cover ends after a stop"}, at: []at{{"resident-stop", ""}}},
}

// left names keys and values that no sentence is made of, with the reason.
var left = map[string]string{
	"wait.legacy":     "a rule of 2022, before the national rule of 2025; whether it still holds was not seen",
	"wait.rule_doc":   "names a document only; the text was not read",
	"refund.rule_doc": "names a document only",
	"window.2025":     "a window that closed more than a year before the pack was checked",
	"fee.aid.2025":    "amounts of a year that is over",
}

func (r *region) statement(s statement, vs []value) {
	strong, weak := split(vs)
	strong, weak = r.over(s.key, strong), r.over(s.key, weak)
	if s.key == "incentive.cap" {
		strong, weak = r.sameCap(strong), r.sameCap(weak)
	}
	r.tell(s, strong, false)
	r.tell(s, weak, true)
}

// over drops what names a year that is long past.
func (r *region) over(key string, vs []value) (keep []value) {
	for _, v := range vs {
		if text, ok := v.Value.(string); ok && strings.Contains(text, "2024年度") {
			r.report.leave(r, key, "an extension for 2024 only", 1)
			continue
		}
		keep = append(keep, v)
	}
	return keep
}

// sameCap drops the national 20 %.
func (r *region) sameCap(vs []value) (keep []value) {
	for _, v := range vs {
		if v.Unit == "%" {
			r.report.count(r, "incentive.cap", "agrees", 1)
			continue
		}
		keep = append(keep, v)
	}
	return keep
}

// tell writes the sentences of one strength, one a value.
func (r *region) tell(s statement, vs []value, hint bool) {
	for i := range vs {
		v := &vs[i]
		x := rule{id: s.id, kind: pick(s.kind != "" && !hint, s.kind, "note"), tone: "info", cites: r.citeAll(vs[i : i+1]), more: r.more(*v)}
		body := r.body(s, v)
		say := text{s.head.zh + "：" + body.zh, s.head.en + ": " + body.en}
		if x.say = local(say); hint {
			x.id, x.say = "hint-"+s.id, unconfirmed(say)
		}
		if i > 0 {
			x.id += "-" + strconv.Itoa(i+1)
		}
		x.from, x.to = s.dates(v)
		for _, a := range s.at {
			y := x
			y.when = a.when
			if id, ok := taken[a.service+" "+x.id]; ok {
				y.id = id
			}
			r.add(a.service, y)
		}
	}
	r.report.count(r, s.key, pick(hint, "hint", "statement"), len(vs))
}

// dates bounds what speaks of one benefit year.
func (s statement) dates(v *value) (from, to string) {
	switch {
	case s.key == "fee.rule.2027":
		return "2025-12-01", "2027-12-31"
	case s.yearly:
		y := v.year()
		return fmt.Sprintf("%d-01-01", y), fmt.Sprintf("%d-12-31", y)
	}
	return "", ""
}

var yearOf = regexp.MustCompile(`(20\d\d)年度`)

// year is the benefit year a figure belongs to: named, or that of the autumn it was published in.
func (v *value) year() int {
	if m := yearOf.FindStringSubmatch(v.Note); m != nil {
		y, _ := strconv.Atoi(m[1])
		return y
	}
	if len(v.Date) >= 7 && v.Date[5:7] < "09" {
		y, _ := strconv.Atoi(v.Date[:4])
		return y
	}
	return 2026
}

func (r *region) body(s statement, v *value) text {
	switch x := v.Value.(type) {
	case float64:
		if s.amount.zh == "" {
			r.fail("%s is a number, and there is no unit for it", s.key)
			return text{}
		}
		return text{fmt.Sprintf(s.amount.zh, int(x)), fmt.Sprintf(s.amount.en, int(x))}
	case string:
		return text{x, r.english(x)}
	case []any:
		var zh, en []string
		for _, e := range x {
			zh, en = append(zh, fmt.Sprint(e)), append(en, r.english(fmt.Sprint(e)))
		}
		return text{strings.Join(zh, "、"), strings.Join(en, ", ")}
	}
	r.fail("%s has a value of no known kind", s.key)
	return text{}
}

// next is the day after an ISO day.
func next(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.AddDate(0, 0, 1).Format(time.DateOnly)
}
