package sources

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// shared are the entries that stand alike in every region; the national pack tells them.
var shared = []string{"国家医保服务平台(地方专区)", "国家医保服务平台(亲情账户)", "12393"}

var kindWords = map[string]text{
	"app": {"手机软件", "App"}, "wechat": {"微信", "WeChat"}, "alipay": {"支付宝", "Alipay"}, "web": {"网页", "Website"},
	"counter": {"窗口", "Counter"}, "bank": {"银行", "Bank"}, "hotline": {"电话", "Telephone"},
}

// way is entries that say the same, merged.
type way struct {
	entry
	kinds []string
}

// doors lists where a channel is told, by its service and name.
func (w *way) doors() []at {
	switch w.Service {
	case "resident-stop":
		return []at{{"resident-stop", ""}, {"duplicate", "two_homes || mixed"}}
	case "flexible-stop":
		return []at{{"flexible-stop", ""}}
	case "resume":
		if strings.Contains(strings.Join(w.Steps, ""), "灵活就业") {
			return []at{{"resume", `back_kind == "self"`}}
		}
		return []at{{"resume", "home"}}
	case "query-progress":
		return []at{{"status", ""}, {"resident-stop", ""}}
	case "unlink-family":
		if strings.Contains(w.Name, "亲情账户") {
			return []at{{"unlink-qinqing", ""}}
		}
		return []at{{"unlink-gongji", `share_role != "resident"`}}
	case "unlink-bank":
		return []at{{"unlink-bank", ""}}
	}
	return w.general()
}

// general finds the service of an entry that is filed under none.
func (w *way) general() []at {
	for _, g := range []struct {
		part string
		at   at
	}{{"用人单位", at{"employee-stop", ""}}, {"职保账户", at{"employee-stop", ""}}, {"社保申报", at{"employee-stop", ""}},
		{"重复参保", at{"duplicate", ""}}, {"退费", at{"refund", ""}}} {
		if strings.Contains(w.Name, g.part) {
			return []at{g.at}
		}
	}
	return []at{{"status", ""}}
}

// online are the services that say so when a region has no way in.
var online = []string{"resident-stop", "flexible-stop", "resume", "unlink-gongji", "unlink-bank"}

// channels turns a province's entries into findings; a city has none of its own.
func (r *region) channels(list []entry) {
	if len(list) == 0 {
		return
	}
	found := map[string]bool{}
	var names []way
	withSteps := false
	for _, w := range merge(list) {
		if w.Service == "general" && len(w.Steps) == 0 {
			names = append(names, w)
			continue
		}
		withSteps = withSteps || len(w.Steps) > 0
		for _, a := range w.doors() {
			found[a.service] = found[a.service] || w.Kind != "counter" && w.Service != "query-progress"
			r.add(a.service, r.channel(&w, a, r.have(a.service, "ch-")))
		}
	}
	if withSteps {
		r.report.WithSteps++
	}
	r.nameOnly(names)
	for _, s := range online {
		if !found[s] {
			r.none(s, names)
		}
	}
	for _, n := range r.data.notes[r.Code] {
		r.regionNote(n, list)
	}
}

// merge joins entries that differ only in kind (the same mini-program in WeChat and Alipay).
func merge(list []entry) (ways []way) {
	for _, e := range list {
		if slices.Contains(shared, e.Name) {
			continue
		}
		i := slices.IndexFunc(ways, func(w way) bool {
			return w.Name == e.Name && w.Service == e.Service && slices.Equal(w.Steps, e.Steps) && w.Confidence == e.Confidence
		})
		if i < 0 {
			ways = append(ways, way{entry: e, kinds: []string{e.Kind}})
		} else if !slices.Contains(ways[i].kinds, e.Kind) {
			ways[i].kinds = append(ways[i].kinds, e.Kind)
		}
	}
	return ways
}

var (
	brackets = regexp.MustCompile(`\([^()]*\)$`)
	address  = regexp.MustCompile(`\s*https?://(\S+?)/?$`)
)

// name prints kind and name: 微信“京通小程序”（仅…）.
func (r *region) name(w *way) text {
	var t text
	for i, k := range w.kinds {
		sep, and := "", ""
		if i > 0 {
			sep, and = "、", ", "
		}
		t.zh, t.en = t.zh+sep+kindWords[k].zh, t.en+and+kindWords[k].en
	}
	name := address.ReplaceAllString(w.Name, "")
	extra := brackets.FindString(name)
	bare := strings.Replace(name, extra, "", 1)
	t.zh, t.en = t.zh+"“"+bare+"”", t.en+" “"+bare+"”"
	if extra != "" && !strings.Contains(extra, "网上流传") {
		t.zh, t.en = t.zh+"（"+strings.Trim(extra, "()")+"）", t.en+" ("+r.english(extra)+")"
	}
	if m := address.FindStringSubmatch(w.Name); m != nil {
		t.zh, t.en = t.zh+" "+m[1], t.en+" "+m[1]
	}
	return t
}

func (r *region) channel(w *way, a at, n int) rule {
	t := r.name(w)
	c := caution(w)
	x := rule{id: "ch-" + strconv.Itoa(n+1), kind: "channel", tone: "info", when: a.when, cites: []string{r.entryCite(&w.entry)}}
	x.say = text{t.zh + "：" + c.zh, t.en + ": " + c.en}
	var zh, en strings.Builder
	for i, s := range w.Steps {
		fmt.Fprintf(&zh, "%d. %s。", i+1, s)
		fmt.Fprintf(&en, "%d. %s. ", i+1, r.english(s))
	}
	x.more = text{zh.String(), strings.TrimSpace(en.String())}
	return x
}

// caution is what must be known before a channel is tried.
func caution(w *way) text {
	switch g := grades[w.Confidence]; {
	case g == "SEED" && len(w.Steps) > 0:
		return text{"只有网上流传的文章这样写，先打 12393 核实。", "only an article going round says so; check with 12393 first."}
	case g == "SEED":
		return text{"只见到名字，先打 12393 核实。", "only the name was seen; check with 12393 first."}
	case g == "CONF" && w.Kind == "counter" && len(w.Steps) == 0:
		return text{"网上说在这里办，先打 12393 核实。", "the web says it is done here; check with 12393 first."}
	case g == "CONF" && len(w.Steps) == 0:
		return text{"网上说能办，没见到菜单，先打 12393 核实。", "the web says it works there, no menu was seen; check with 12393 first."}
	case g == "CONF":
		return text{"网上转载的路径，菜单会变，先打 12393 核实。", "a path reprinted on the web; menus change, check with 12393 first."}
	}
	return text{"转载的办法，菜单会变。办不了就打 12393。", "as reprinted; menus change. If it fails, ask 12393."}
}

// entryCite names where a way in was seen.
func (r *region) entryCite(e *entry) string {
	first, _, _ := strings.Cut(e.Source, "; ")
	g := grades[e.Confidence]
	v := value{Source: first, Confidence: e.Confidence}
	c := cite{grade: g}
	switch s := site(first); {
	case s != "" && v.linkable():
		c.zh, c.url = "网页："+s, first
	case s != "":
		c.zh = "网页转载：" + s
		r.report.withheld[first] = true
	default:
		c.zh = first
	}
	c.en = gradeEN[g] + ": “" + c.zh + "”"
	return r.addCite(c)
}

// nameOnly lists what is known by name, with the bureau's own site, in the status service.
func (r *region) nameOnly(names []way) {
	if len(names) == 0 {
		return
	}
	t, cites := r.listed(names)
	r.add("status", rule{id: "ch-names", kind: "channel", tone: "info", cites: cites,
		say:  text{"这里的线上渠道，只见到名字，没有试过。", "Ways in online here: only the names were seen, none was tried."},
		more: t})
}

func (r *region) listed(names []way) (t text, cites []string) {
	var zh, en []string
	for i := range names {
		n := r.name(&names[i])
		zh, en = append(zh, n.zh), append(en, n.en)
		if id := r.entryCite(&names[i].entry); !slices.Contains(cites, id) {
			cites = append(cites, id)
		}
	}
	return text{strings.Join(zh, "；") + "。", strings.Join(en, "; ") + "."}, cites
}

// none says that a service has no way in online.
func (r *region) none(service string, names []way) {
	x := rule{id: "ch-none", kind: "channel", tone: "wait", cites: []string{"H12393"},
		say: text{"没找到这里的线上办法，到窗口或打 12393。", "No way in online was found for this place. Go to a counter or call 12393."}}
	if len(names) > 0 && service != "unlink-bank" {
		t, cites := r.listed(names)
		x.more = text{"可以看看（只见到名字）：" + t.zh, "You may look at (names only): " + t.en}
		x.cites = append(x.cites, cites...)
	}
	r.add(service, x)
	r.report.NoChannel++
}

// regionNote adds what the pages of a region say besides.
func (r *region) regionNote(n note, list []entry) {
	i := slices.IndexFunc(list, func(e entry) bool {
		return grades[e.Confidence] == "CONF" && site(e.Source) != "" && !slices.Contains(shared, e.Name)
	})
	var source string
	if i >= 0 {
		source = r.entryCite(&list[i])
	} else {
		source = r.addCite(cite{zh: "网页转载（汇总）", en: "Web reprints, summed up", grade: "CONF"})
	}
	r.add(n.service, rule{id: numbered("hint-region", r.have(n.service, "hint-region")), kind: "note", tone: "info", cites: []string{source},
		say: text{"网上的说法，没有核实：" + n.zh, "From the web, unconfirmed: " + n.en}, more: text{"先打 12393 问。", "Ask 12393 first."}})
	r.report.Notes++
}

func (r *region) have(service, id string) (n int) {
	for _, x := range r.services[service] {
		if strings.HasPrefix(x.id, id) {
			n++
		}
	}
	return n
}
