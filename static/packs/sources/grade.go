package sources

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// checkedOn is the day the collection was closed; every value and source carries it.
const checkedOn = "2026-11-21"

var grades = map[string]string{
	"official-text-seen": "OFF-L", "official-local-reprint": "OFF-L", "reputable-secondary": "SEC",
	"weak-secondary": "CONF", "name-only": "SEED", "seed-only": "SEED",
}

// hint tells whether a value may only stand beside 12393.
func (v *value) hint() bool {
	g := grades[v.Confidence]
	return g != "OFF-L" && g != "SEC" || strings.Contains(v.Note, "不等于全省统一") || strings.Contains(v.Note, "征求意见稿")
}

// linkable tells whether a page may be linked: known, not a mirror, not weak.
func (v *value) linkable() bool {
	g := grades[v.Confidence]
	u, err := url.Parse(v.Source)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" &&
		(v.LinkOK == nil || *v.LinkOK) && v.MirrorOf == "" && (g == "OFF-L" || g == "SEC")
}

// cite is one source in a region's cites.yaml.
type cite struct {
	id, zh, en, docNo, url, grade string
}

var docNo = regexp.MustCompile(`\p{Han}{2,12}〔20\d\d〕\d+号`)

// site is the host of an address, without its mobile prefix; "" when it is none.
func site(source string) string {
	u, err := url.Parse(source)
	if err != nil || u.Scheme == "" {
		return ""
	}
	return strings.TrimPrefix(strings.TrimPrefix(u.Hostname(), "www."), "m.")
}

// title names a source by its document, else by where it stood.
func (v *value) title() string {
	t := v.Document
	switch {
	case t != "":
	case site(v.Source) != "" && v.LinkOK == nil:
		t = "没有题目的网页，" + site(v.Source)
	case v.LinkOK == nil && strings.ContainsFunc(v.Source, func(r rune) bool { return r > 0x2e80 }):
		t = v.Source
	default:
		t = "没有题目的网页"
	}
	if v.Date != "" && !strings.Contains(t, v.Date) {
		t += "（" + v.Date + "）"
	}
	return t
}

var gradeEN = map[string]string{"OFF-L": "Local official text", "SEC": "Report or reprint", "CONF": "Unconfirmed page", "SEED": "Only a name"}

// cite gives the id of a value's source in this region, added when new.
func (r *region) cite(v *value) string {
	g := grades[v.Confidence]
	if g == "SEC" && v.hint() {
		g = "CONF"
	}
	c := cite{zh: v.title(), grade: g, docNo: docNo.FindString(v.Document)}
	c.en = gradeEN[g] + ": “" + c.zh + "”"
	if v.linkable() && !v.hint() {
		c.url = v.Source
	} else if site(v.Source) != "" || v.LinkOK != nil {
		r.report.withheld[v.Source] = true
	}
	return r.addCite(c)
}

func (r *region) addCite(c cite) string {
	i := slices.IndexFunc(r.cites, func(o cite) bool { return o.zh == c.zh && o.grade == c.grade && o.url == c.url })
	if i < 0 {
		c.id = r.Code + "-" + strconv.Itoa(len(r.cites)+1)
		r.cites = append(r.cites, c)
		i = len(r.cites) - 1
	}
	return r.cites[i].id
}

func (r *region) citeAll(vs []value) (ids []string) {
	for i := range vs {
		if id := r.cite(&vs[i]); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
