package screen

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"golang.org/x/net/html"

	"lixianban/app/envelope"
	"lixianban/app/filing"
	"lixianban/app/interview"
	"lixianban/app/outbox"
	"lixianban/app/outbox/memstore"
	"lixianban/app/policy"
	"lixianban/app/policy/author"
	"lixianban/app/screen/view"
	"lixianban/app/words"
	"lixianban/static/packs"
)

var noon = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

// nationalPack compiles the shipped rules once.
var nationalPack = sync.OnceValues(func() (*policy.Pack, error) {
	p, found := author.Compile(packs.FS)
	if author.Failed(found) {
		return nil, fmt.Errorf("the shipped pack doesn't compile: %v", found)
	}
	return p, nil
})

func mustPack(tb testing.TB) *policy.Pack {
	tb.Helper()
	p, err := nationalPack()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

type stillClock struct{}

func (stillClock) Now() time.Time      { return noon }
func (stillClock) Mono() time.Duration { return time.Minute }

type noNet struct{}

func (noNet) Do(context.Context, outbox.Request) (outbox.Response, error) {
	return outbox.Response{}, outbox.ErrOffline
}

// mustDeps is a phone with memory for a store, no network, and one office for the
// province 41 (Henan).
func mustDeps(tb testing.TB) *Deps {
	tb.Helper()
	secret, err := envelope.NewOfficeSecret(envelope.KEMX25519, rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	dir := envelope.Directory{
		Version: 1, Issued: "2026-11-01T00:00:00Z", Expires: "2027-11-01T00:00:00Z",
		Offices: []envelope.Office{{ID: "zhoukou", Name: "周口市医保中心", NameEN: "Zhoukou office", Regions: []string{"41"}, Phone: "03940000000", Hours: "9–17",
			Forms: []string{"resident-stop@1"}, Keys: []envelope.OfficeKey{secret.Key(noon.AddDate(0, 0, -1), noon.AddDate(1, 0, 0))}}},
	}
	store := memstore.New()
	d := &Deps{Pack: mustPack(tb), Now: func() time.Time { return noon }, Store: store, Directory: func() envelope.Directory { return dir }}
	d.Box = outbox.New(outbox.Config{Store: store, Net: noNet{}, Clock: stillClock{}, Locks: &memstore.Locks{}, Rand: rand.Reader, Directory: d.Directory})
	if err := d.Box.Open(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return d
}

// at is a page's frame on a phone.
func at(d *Deps, lang, kind, service string) frame {
	f := frame{deps: d, kind: kind, lang: lang, service: service, path: "/" + kind}
	if lang == words.EN {
		f.prefix = "/en"
	}
	return f
}

// answered gives the interview of resident-stop with these answers.
func answered(tb testing.TB, d *Deps, answers ...string) interview.Session {
	tb.Helper()
	s := interview.Session{Service: "resident-stop", At: d.today()}
	for i := 0; i+1 < len(answers); i += 2 {
		var err error
		if s, err = interview.Give(d.Pack, s, answers[i], answers[i+1]); err != nil {
			tb.Fatalf("%s = %s: %v", answers[i], answers[i+1], err)
		}
	}
	if err := d.saveSession(context.Background(), s); err != nil {
		tb.Fatal(err)
	}
	return s
}

var costly = []string{"reason", "costly", "aid", "none", "paid", "both", "gap_years", "3"}

// values fill the form of resident-stop.
var filled = filing.Values{"acting": "self", "wish": "pause", "reason": "costly", "refund": "no", "region": "410000", "name": "王桂花", "id": "11010519491231002X", "phone": "13800138000"}

// mustApply opens the application page on a new draft with these values.
func mustApply(tb testing.TB, d *Deps, lang, step string, v filing.Values) *apply {
	tb.Helper()
	ctx := context.Background()
	a := &apply{frame: at(d, lang, "apply", "resident-stop"), read: true}
	a.form, _ = formOf("resident-stop")
	id, err := d.Box.NewSID()
	if err != nil {
		tb.Fatal(err)
	}
	draft := view.NewDraft(a.form, hex.EncodeToString(id[:]), "national@1", "", nil, noon)
	for k, x := range v {
		draft = draft.Set(k, x, noon.Format(time.RFC3339))
	}
	data, err := draft.Encode()
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := d.Box.SaveDraft(ctx, outbox.Draft{SID: id, Data: data}); err != nil {
		tb.Fatal(err)
	}
	a.edit(ctx, id)
	if a.editor == nil {
		tb.Fatal("the draft didn't open")
	}
	tb.Cleanup(func() { a.saver.wait(); a.editor.Close() })
	a.turn(step)
	a.saver.wait()
	return a
}

// stories are the pages in their main states, on a phone.
func stories(tb testing.TB, lang string) map[string]app.Composer {
	tb.Helper()
	s := map[string]app.Composer{}
	d := mustDeps(tb)
	session := answered(tb, d, costly...)
	front := &home{frame: at(d, lang, "home", ""), summary: outbox.Summary{Drafts: 1, Waiting: 3, NeedsInfo: 1, Delivered: 1, Decided: 2, Damaged: 1}, ready: ready, install: true, place: place{Region: "410000"}}
	s["home"] = front
	for name, q := range map[string]string{"home-found": "俺的医保想停掉咋弄", "home-nothing-found": "今天晚上吃什么好"} {
		asked := &home{frame: at(d, lang, "home", "")}
		asked.find.asked = q
		asked.look()
		s[name] = asked
	}
	for _, kind := range []string{"guide", "papers", "print"} {
		for _, r := range Routes(d) {
			if r.Lang == lang && strings.HasSuffix(r.Path, "/"+kind+"/resident-stop") {
				s[kind] = r.New()
			}
		}
	}
	s["settings"] = &settings{frame: at(d, lang, "settings", ""), read: true, kept: true, place: place{"410000", "扶沟县"}}
	s["ask-first"] = askAt(tb, d, lang, interview.Session{Service: "resident-stop", At: d.today()})
	s["ask-number-refused"] = refusedAsk(tb, d, lang)
	s["ask-edit"] = askAt(tb, d, lang, interview.Edit(session, "reason"))
	s["ask-broken"] = &ask{frame: at(d, lang, "ask", "resident-stop"), broken: true}
	r := &result{frame: at(d, lang, "result", "resident-stop")}
	r.show(r.replayed(context.Background()), "410000")
	s["result"] = r
	p := &papers{frame: at(d, lang, "papers", "resident-stop"), ticks: map[string]bool{}}
	p.result = p.answered(context.Background())
	s["papers-mine"] = p
	s["apply-start"] = &apply{frame: at(d, lang, "apply", "resident-stop"), read: true, form: residentForm(tb)}
	s["apply-nowhere"] = &apply{frame: at(&Deps{Pack: d.Pack, Now: d.Now}, lang, "apply", "resident-stop"), read: true, form: residentForm(tb)}
	for _, step := range mustApply(tb, d, lang, "acting", filled).steps() {
		s["apply-"+step] = mustApply(tb, d, lang, step, filled)
	}
	s["apply-refused"] = refusedApply(tb, d, lang)
	locked := mustApply(tb, d, lang, "applicant", filled)
	locked.locked = true
	s["apply-locked"] = locked
	elsewhere := mustApply(tb, d, lang, stepCheck, filing.Values{"acting": "proxy", "region": "110000"})
	elsewhere.failed = view.Refusal(lang, &outbox.Error{Code: outbox.CodeFull})
	s["apply-check-elsewhere"] = elsewhere
	for name, it := range items() {
		v := &item{frame: at(d, lang, "view", "")}
		v.show(&it)
		s["view-"+name] = v
	}
	s["view-missing"] = &item{frame: at(d, lang, "view", ""), read: true}
	m := &mine{frame: at(d, lang, "mine", "")}
	m.drafts, m.items, m.damaged = m.rows(context.Background())
	m.read = true
	for _, it := range items() {
		m.items = append(m.items, m.item(it))
	}
	s["mine"] = m
	doomed := &mine{frame: at(d, lang, "mine", ""), read: true, drafts: m.drafts, doomed: hex.EncodeToString(m.drafts[0].draft.SID[:])}
	s["mine-doomed"] = doomed
	for name, sure := range map[string]string{"stored": "", "stored-sure": "stored.drafts"} {
		s[name] = &stored{frame: at(d, lang, "stored", ""), read: true, have: d.holdings(context.Background()), sure: sure}
	}
	s["mine-empty"] = &mine{frame: at(&Deps{Pack: d.Pack, Now: d.Now}, lang, "mine", ""), read: true}
	full := mustDeps(tb)
	full.Demo, full.Volatile = true, true
	_ = full.keep(context.Background(), func(context.Context) error { return outbox.ErrFull })
	s["trouble"] = &phones{frame: at(full, lang, "phones", "")}
	return s
}

func residentForm(tb testing.TB) filing.Form {
	tb.Helper()
	form, ok := formOf("resident-stop")
	if !ok {
		tb.Fatal("no form")
	}
	return form
}

func askAt(tb testing.TB, d *Deps, lang string, s interview.Session) *ask {
	tb.Helper()
	a := &ask{frame: at(d, lang, "ask", "resident-stop"), session: s}
	page, err := a.replay(s)
	if err != nil || page.Question == nil {
		tb.Fatalf("no question: %v", err)
	}
	a.shown = page
	return a
}

func refusedAsk(tb testing.TB, d *Deps, lang string) *ask {
	tb.Helper()
	s := interview.Session{Service: "resident-stop", At: d.today()}
	for i := 0; i < 6; i += 2 {
		s, _ = interview.Give(d.Pack, s, costly[i], costly[i+1])
	}
	a := askAt(tb, d, lang, s)
	a.typed, a.refused = "x", &interview.InputError{Code: "too_big", Key: "answer.too_big", Args: map[string]string{"min": "1 年", "max": "40 年", "min_en": "1 year", "max_en": "40 years"}}
	return a
}

func refusedApply(tb testing.TB, d *Deps, lang string) *apply {
	tb.Helper()
	a := mustApply(tb, d, lang, "applicant", filing.Values{"acting": "self", "id": "110105"})
	a.report, a.title = a.check("applicant"), a.t("errors.title")
	return a
}

// items are one application in every state.
func items() map[string]outbox.Item {
	base := outbox.Item{V: 1, SID: strings.Repeat("0a", 16), Office: "zhoukou", Form: "resident-stop@1", Pack: "national@1", Created: noon.Add(-time.Hour), Clear: []byte("{}")}
	with := func(change func(*outbox.Item)) outbox.Item { it := base; change(&it); return it }
	receipt := &envelope.Receipt{Number: "7KQD-M2XA-K", Time: "2026-11-21T04:00:00Z"}
	event := func(s envelope.StatusState, reason string) func(*outbox.Item) {
		return func(it *outbox.Item) {
			it.Receipt, it.Clear = receipt, nil
			it.Events = []envelope.Status{{Seq: 1, State: s, Reason: reason, Time: "2026-11-22T04:00:00Z"}}
		}
	}
	return map[string]outbox.Item{
		"queued":     base,
		"sending":    with(func(it *outbox.Item) { it.Sending = true }),
		"stuck":      with(func(it *outbox.Item) { it.Created = noon.Add(-80 * time.Hour) }),
		"refused":    with(func(it *outbox.Item) { it.Fault = &outbox.Fault{Code: "too_large", Status: 413, Time: noon} }),
		"received":   with(func(it *outbox.Item) { it.Receipt = receipt }),
		"fetched":    with(event(envelope.Fetched, "")),
		"needs-info": with(event(envelope.NeedsInfo, "请补户口簿")),
		"accepted":   with(event(envelope.Accepted, "12 月起停")),
		"rejected":   with(event(envelope.Rejected, "已在享受待遇期")),
	}
}

func TestEveryPageInEveryStateKeepsTheRulesOfMarkup(t *testing.T) {
	for _, lang := range []string{words.ZH, words.EN} {
		for name, page := range stories(t, lang) {
			t.Run(lang+"/"+name, func(t *testing.T) { checkMarkup(t, app.HTMLString(page)) })
		}
	}
}

func TestEveryRoutePrerendersWithoutInputsOrDeadButtons(t *testing.T) {
	for _, r := range Routes(&Deps{Pack: mustPack(t)}) {
		t.Run(r.Path, func(t *testing.T) {
			doc := app.HTMLString(r.New())
			checkMarkup(t, doc)
			// The search box is there, switched off: the boot script lends it out.
			rest := regexp.MustCompile(`<input[^>]* disabled[^>]* id="question"[^>]*>|<input[^>]* id="question"[^>]* disabled[^>]*>`).ReplaceAllString(doc, "")
			for _, tag := range []string{"<input", "<textarea", "<select", "<button", "<form"} {
				if strings.Contains(rest, tag) {
					t.Errorf("the prerendered page holds %s>, which does nothing before the program is here", tag)
				}
			}
			if !strings.Contains(doc, "tel:12393") && !strings.Contains(doc, "/phones") {
				t.Error("no telephone number and no way to one")
			}
			if r.Title == "" || r.About == "" || strings.Contains(r.Title+r.About, "{") {
				t.Errorf("title %q, description %q", r.Title, r.About)
			}
		})
	}
}

// checkMarkup holds a page to what every page keeps.
func checkMarkup(t *testing.T, doc string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	c := markup{t: t, ids: map[string]int{}}
	c.walk(root)
	if c.h1 != 1 {
		t.Errorf("%d headings of the first level, want 1", c.h1)
	}
	for id, n := range c.ids {
		if n > 1 {
			t.Errorf("id %q is there %d times", id, n)
		}
	}
	for _, ref := range c.refs {
		if c.ids[ref] == 0 {
			t.Errorf("something refers to id %q, which isn't there", ref)
		}
	}
	for _, left := range c.left {
		t.Errorf("a place or a key was left in the text: %q", left)
	}
}

type markup struct {
	t    *testing.T
	h1   int
	ids  map[string]int
	refs []string
	left []string
}

func (c *markup) walk(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		if s := strings.TrimSpace(n.Data); words.Has(s) || strings.ContainsAny(s, "{}") {
			c.left = append(c.left, s)
		}
	case html.ElementNode:
		c.element(n)
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		c.walk(k)
	}
}

func (c *markup) element(n *html.Node) {
	attrs := map[string]string{}
	for _, a := range n.Attr {
		attrs[a.Key] = a.Val
	}
	if _, styled := attrs["style"]; styled {
		c.t.Errorf("<%s> has a style of its own", n.Data)
	}
	if id := attrs["id"]; id != "" {
		c.ids[id]++
	}
	c.refs = append(c.refs, strings.Fields(attrs["aria-describedby"]+" "+attrs["aria-labelledby"])...)
	switch n.Data {
	case "h1":
		c.h1++
	case "button", "a":
		if text(n) == "" && attrs["aria-label"] == "" {
			c.t.Errorf("a <%s> has no name", n.Data)
		}
	case "label":
		c.refs = append(c.refs, attrs["for"])
	case "input", "select", "textarea":
		if attrs["id"] == "" {
			c.t.Errorf("an <%s> has no id, so no label", n.Data)
		}
	}
	if n.Data == "a" && strings.HasPrefix(attrs["href"], "#") {
		c.refs = append(c.refs, strings.TrimPrefix(attrs["href"], "#"))
	}
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return strings.TrimSpace(n.Data)
	}
	var s string
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		s += text(k)
	}
	return s
}
