package author_test

import (
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"lixianban/app/policy"
	"lixianban/app/policy/author"
	"lixianban/static/packs"
)

// small is a pack that compiles and lints clean; tests spoil one file of it.
var small = map[string]string{
	"pack.yaml": `id: small
version: 1
title: {zh: 小, en: Small}
checked: 2026-11-21
horizon: 100
`,
	"cites.yaml": `A: {title: {zh: 甲, en: A}, confidence: OFF, checked: 2026-11-21}
B: {title: {zh: 乙, en: B}, confidence: SEC, checked: 2026-11-21}
`,
	"facts.yaml": `scheme:
  type: enum
  label: {zh: 医保, en: Scheme}
  ask: {zh: 哪种？, en: Which?}
  why: {zh: 要看, en: It matters}
  options:
    - {id: resident, say: {zh: 居民, en: Resident}}
    - {id: employee, say: {zh: 职工, en: Employee}}
  cost: 1
years:
  type: int
  label: {zh: 年数, en: Years}
  ask: {zh: 几年？, en: How many?}
  why: {zh: 要算, en: To count}
  min: 0
  max: 9
  applies: 'scheme == "resident"'
`,
	"params.yaml": `wait:
  unit: months
  title: {zh: 等待期, en: waiting period}
  overridable: true
  values:
    - {from: 2025-01-01, value: 3, cites: [B], checked: 2026-11-21}
`,
	"services/stop.yaml": `service: stop
title: {zh: 停保, en: Stop}
defs:
  months: {unit: months, cel: "p.wait + years"}
rules:
  - {id: base, kind: verdict, when: 'scheme == "employee"', say: {zh: 单位办, en: Employer}, cites: [A]}
  - {id: wait, kind: verdict, when: 'scheme == "resident"', say: {zh: "等 {months}", en: "Wait {months}"}, cites: [A], overridable: true}
  - {id: long, kind: warning, when: 'years > 4', say: {zh: 久了, en: Long}, cites: [A]}
papers:
  - {id: card, need: must, say: {zh: 身份证, en: ID}, cites: [A]}
`,
	"scenarios/stop.yaml": `- name: 两年
  service: stop
  at: 2026-11-21
  facts: {scheme: resident, years: 2}
  expect: {verdict: wait, settled: true, not: [long], papers: [card], values: {months: 5, wait: 3}, ask: [], cites: [A, B]}
`,
}

// spoiled is small with changes: path → new text, or "old → new" replacements by pairs.
func spoiled(file, old, new string) fstest.MapFS {
	files := maps.Clone(small)
	if old == "" {
		files[file] = new
	} else {
		files[file] = strings.Replace(files[file], old, new, 1)
	}
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func report(ds []author.Diagnostic) string {
	var b strings.Builder
	for _, d := range ds {
		b.WriteString(d.String() + "\n")
	}
	return b.String()
}

func TestASmallPackCompilesLintsAndPassesItsScenario(t *testing.T) {
	fsys := spoiled("pack.yaml", "", small["pack.yaml"])
	if ds := author.Lint(fsys); len(ds) > 0 {
		t.Error(report(ds))
	}
	rs, ds := author.RunScenarios(fsys)
	if len(ds) > 0 || author.Summary(rs) != "1 scenarios, 0 failed" {
		t.Error(author.Summary(rs), report(ds), report(rs[0].Problems))
	}
}

func TestDiagnosticsShowThePlaceAndTheNextStep(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"an unknown name", "services/stop.yaml", "'years > 4'", `"yeers > 4"`, `services/stop.yaml:8:38: there is no fact, def, parameter or function called "yeers"
 |   - {id: long, kind: warning, when: "yeers > 4", say: {zh: 久了, en: Long}, cites: [A]}
 |                                      ^
 = did you mean "years"?
`},
		{"a caret behind wide characters", "services/stop.yaml", "{zh: 久了, en: Long}, cites: [A]", "{zh: 久了, en: Long}, cites: [Z]", `services/stop.yaml:8:83: there is no cite "Z"
 |   - {id: long, kind: warning, when: 'years > 4', say: {zh: 久了, en: Long}, cites: [Z]}
 |                                                                                     ^
 = use one of A, B
`},
		{"an unknown option", "services/stop.yaml", `'scheme == "employee"'`, `'scheme == "employe"'`, `services/stop.yaml:6:48: "employe" is not an option of "scheme"
 |   - {id: base, kind: verdict, when: 'scheme == "employe"', say: {zh: 单位办, en: Employer}, cites: [A]}
 |                                                ^
 = did you mean "employee"?
`},
		{"days and numbers", "services/stop.yaml", "'years > 4'", `'today + years > today'`, `services/stop.yaml:8:44: + can't combine a day (date) and a plain number (int)
 |   - {id: long, kind: warning, when: 'today + years > today', say: {zh: 久了, en: Long}, cites: [A]}
 |                                            ^
 = use addDays, addMonths or addWorkdays to move a day; daysBetween or monthsBetween to subtract
`},
		{"a repeated key", "facts.yaml", "  min: 0", "  min: 0\n  min: 1", `facts.yaml:16:3: "min" is given twice
 |   min: 1
 |   ^
 = keep one of them
`},
		{"a misspelt key", "services/stop.yaml", "kind: warning", "knd: warning", `services/stop.yaml:8:6: a rule "long" has no kind
 |   - {id: long, knd: warning, when: 'years > 4', say: {zh: 久了, en: Long}, cites: [A]}
 |      ^
 = add kind: …
services/stop.yaml:8:16: a rule has no key "knd"
 |   - {id: long, knd: warning, when: 'years > 4', say: {zh: 久了, en: Long}, cites: [A]}
 |                ^
 = did you mean "kind"?
`},
		{"other placeholders in English", "services/stop.yaml", `en: "Wait {months}"`, `en: "Wait {years}"`, `services/stop.yaml:7:85: the Chinese text lacks {years}
 |   - {id: wait, kind: verdict, when: 'scheme == "resident"', say: {zh: "等 {months}", en: "Wait {years}"}, cites: [A], overridable: true}
 |                                                                       ^
 = use the same placeholders in both languages
`},
		{"a def that is another unit", "services/stop.yaml", "{unit: months, cel:", "{unit: date, cel:", `services/stop.yaml:4:29: "months" is declared as a day (date), but it is months
 |   months: {unit: date, cel: "p.wait + years"}
 |                             ^
 = correct its unit, or the expression
`},
		{"a circle", "services/stop.yaml", `"p.wait + years"`, `"p.wait + months"`, `services/stop.yaml:4:41: "months" is defined through itself
 |   months: {unit: months, cel: "p.wait + months"}
 |                                         ^
 = take one of them out of the other
`},
		{"asking whether something is known", "services/stop.yaml", "'years > 4'", "'has(years.x)'", ""},
		{"a stronger confidence than the source", "services/stop.yaml", "kind: warning", "kind: warning, confidence: OFF, more: {zh: a, en: b}", ""},
	} {
		p, ds := author.Compile(spoiled(c.file, c.old, c.new))
		got := report(ds)
		if strings.Contains(c.want, "lacks") && !strings.Contains(got, "lacks {months}") {
			t.Errorf("%s: the other language's side is not named:\n%s", c.name, got)
		} else if c.want != "" && !strings.Contains(c.want, "lacks") && got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
		if (p == nil) != author.Failed(ds) {
			t.Errorf("%s: a pack comes with errors, or none without", c.name)
		}
	}
}

// errors are spoilings that must be refused, with a piece of what is said.
func TestWhatAPackMayNotSayIsRefused(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"not YAML", "facts.yaml", "scheme:", "scheme: [", "not valid YAML"},
		{"an anchor", "pack.yaml", "title: {zh: 小, en: Small}", "title: &t {zh: 小, en: Small}", "anchors"},
		{"one language", "services/stop.yaml", "{zh: 久了, en: Long}", "{zh: 久了}", "has no en"},
		{"uncited", "services/stop.yaml", "{zh: 久了, en: Long}, cites: [A]", "{zh: 久了, en: Long}, cites: []", "cites nothing"},
		{"bidirectional text", "services/stop.yaml", "久了", "\"久\u202e了\"", "bidirectional"},
		{"an impossible day", "pack.yaml", "2026-11-21", "2026-02-30", "not a day"},
		{"overlapping values", "params.yaml", "values:", "values:\n    - {from: 2026-01-01, value: 4, cites: [B], checked: 2026-11-21}", "hold on one day"},
		{"no such function", "services/stop.yaml", "'years > 4'", "'size(\"a\") > 4'", "part of the profile"},
		{"a macro", "services/stop.yaml", "'years > 4'", "'[1].exists(x, x > 0)'", "no fact, def"},
		{"division", "services/stop.yaml", "'years > 4'", "'years / 2 > 4'", "part of the profile"},
		{"a double", "services/stop.yaml", "'years > 4'", "'4.0 > 4.5'", "part of the profile"},
		{"a number for a condition", "services/stop.yaml", "'years > 4'", "'years + 4'", "must be yes or no"},
		{"an enum without options beside text", "services/stop.yaml", "'years > 4'", `'"a" == "b"'`, "compared with one of its options"},
		{"overriding nothing", "services/stop.yaml", "id: long,", "id: long, overrides: [lng],", "no other statement"},
		{"the same id twice", "services/stop.yaml", "id: long", "id: wait", "two statements"},
		{"an unknown format", "services/stop.yaml", "等 {months}", "等 {months|moons}", "no format"},
		{"a wrong format", "services/stop.yaml", "等 {months}", "等 {months|date}", "does not print"},
		{"an open brace", "services/stop.yaml", "等 {months}", "等 {months", "not closed"},
		{"a reserved name", "facts.yaml", "years:", "today:", "word of the expression language"},
		{"min above max", "facts.yaml", "min: 0", "min: 10", "below its min"},
		{"a service in another file", "services/stop.yaml", "service: stop", "service: halt", "is in a file called"},
		{"a range upside down", "params.yaml", "value: 3", "low: 4, high: 3", "low is above high"},
		{"no verdict", "services/stop.yaml", small["services/stop.yaml"], "service: stop\ntitle: {zh: 停保, en: Stop}\nrules:\n  - {id: a, kind: note, say: {zh: 甲, en: A}, cites: [A]}\n", "has no verdict"},
		{"a verdict where none is meant", "services/stop.yaml", "service: stop", "service: stop\nverdictless: true", "has a verdict"},
		{"an answer that asks nothing back", "services/stop.yaml", "kind: warning", "kind: answer, opens: [stop]", "has no ask"},
		{"an answer to nowhere", "services/stop.yaml", "kind: warning", "kind: answer, ask: {zh: 哪种, en: Which}, opens: [halt]", "can't be opened"},
		{"a myth that computes", "services/stop.yaml", "kind: warning", "kind: myth, claim: {zh: \"{months}\", en: \"{months}\"}, opens: [stop]", "placeholder can't stand here"},
		{"a choice outside the table", "services/stop.yaml", "kind: warning", "kind: choice, column: run, row: wait", "stop, lapse, switch"},
		{"a place in the table for a warning", "services/stop.yaml", "kind: warning", "kind: warning, row: wait", "which has no row"},
		{"claiming more than the source", "services/stop.yaml", "{id: card, need: must,", "{id: card, need: must, confidence: OFF, note: {zh: a, en: b},", ""},
	} {
		p, ds := author.Compile(spoiled(c.file, c.old, c.new))
		if c.want != "" && (p != nil || !strings.Contains(report(ds), c.want)) {
			t.Errorf("%s: want %q in\n%s", c.name, c.want, report(ds))
		}
	}
}

// reading is small with a service that only holds answers and myths.
func reading(extra string) fstest.MapFS {
	fsys := spoiled("pack.yaml", "", small["pack.yaml"])
	fsys["services/read.yaml"] = &fstest.MapFile{Data: []byte(`service: read
title: {zh: 读, en: Read}
verdictless: true
rules:
  - {id: refund, kind: answer, to: 2026-12-31, say: {zh: "先等 {p.wait}", en: "First {p.wait}"}, ask: {zh: 哪种, en: Which}, opens: [stop], cites: [A]}
  - {id: refund, kind: answer, from: 2027-01-01, say: {zh: 不退, en: No}, ask: {zh: 哪种, en: Which}, opens: [stop], cites: [A]}
  - {id: c1, kind: myth, claim: {zh: 听说, en: They say}, say: {zh: 不对, en: No}, opens: [stop], cites: [B]}
` + extra)}
	return fsys
}

func TestAServiceToReadNeedsNoVerdict(t *testing.T) {
	fsys := reading("")
	if ds := author.Lint(fsys); len(ds) > 0 {
		t.Error(report(ds))
	}
	p, _ := author.Compile(fsys)
	for at, want := range map[string]string{"2026-12-31": "先等 3 个月", "2027-01-01": "不退"} {
		d, _ := policy.ParseDay(at)
		o, err := p.Evaluate(policy.Case{Service: "read", At: d})
		if err != nil {
			t.Fatal(err)
		}
		if !o.Settled || o.Verdict != nil || len(o.Ask) > 0 || len(o.Findings) != 2 || o.Findings[0].Say.ZH != want ||
			o.Findings[0].Ask.ZH != "哪种" || o.Findings[0].Opens[0] != "stop" || o.Findings[1].Claim.EN != "They say" {
			t.Errorf("%s: %+v", at, o)
		}
	}
	for name, extra := range map[string]string{
		"an answer that opens a page to read": "  - {id: x, kind: answer, say: {zh: 甲, en: A}, ask: {zh: 乙, en: B}, opens: [read], cites: [A]}\n",
		"a service opened twice":              "  - {id: x, kind: answer, say: {zh: 甲, en: A}, ask: {zh: 乙, en: B}, opens: [stop, stop], cites: [A]}\n",
	} {
		if p, _ := author.Compile(reading(extra)); p != nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestLintFindsWhatIsLegalButWrong(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"a gap", "services/stop.yaml", `when: 'scheme == "employee"'`, `when: 'scheme == "employee" && today < date("2027-01-01")'`, "for example at 2027-01-01, {scheme: employee}"},
		{"a conflict", "services/stop.yaml", `when: 'scheme == "employee"'`, `when: 'scheme == "employee" || years == 7'`, "for example at 2026-11-21, {scheme: resident, years: 7}"},
		{"a statement that can't hold", "services/stop.yaml", "'years > 4'", "'years > 4 && scheme == \"employee\"'", `no case was found in which "long" holds`},
		{"beyond the bounds", "services/stop.yaml", "'years > 4'", "'years > 9'", `no case was found in which "long" holds`},
		{"a condition that always holds", "services/stop.yaml", `say: {zh: 身份证`, `when: 'years > 4 || !(years > 4) || scheme == "employee"', say: {zh: 身份证`, `"card" holds in every case`},
		{"a question that cannot matter", "services/stop.yaml", `when: 'scheme == "employee"'`, `when: '(scheme == "employee" && idle) || (scheme == "employee" && !idle)'`, `the answer to "idle" was never found`},
		{"an unused source", "cites.yaml", "B: {", "C: {title: {zh: 丙, en: C}, confidence: OFF, checked: 2026-11-21}\nB: {", `the cite "C" is used by no statement`},
		{"a long label", "facts.yaml", "{zh: 年数,", "{zh: 一二三四五六七八九十一二三四五六七八九十,", "a text (label) has 20 characters"},
		{"two choices in one cell", "services/stop.yaml", "papers:", "  - {id: now, kind: choice, column: stop, row: wait, when: 'years > 2', say: {zh: 等, en: W}, cites: [A]}\n" +
			"  - {id: later, kind: choice, column: stop, row: wait, when: 'years < 5', say: {zh: 久, en: L}, cites: [A]}\npapers:", "fill one cell together"},
		{"an old statement", "services/stop.yaml", "kind: warning,", "kind: warning, to: 2020-01-01,", "ended more than a year before"},
	} {
		fsys := spoiled(c.file, c.old, c.new)
		if strings.Contains(c.new, "idle") {
			facts := small["facts.yaml"] + "idle: {type: bool, label: {zh: 闲, en: Idle}, ask: {zh: 闲？, en: Idle?}, why: {zh: 问, en: So}}\n"
			fsys["facts.yaml"] = &fstest.MapFile{Data: []byte(facts)}
		}
		if got := report(author.Lint(fsys)); !strings.Contains(got, c.want) {
			t.Errorf("%s: want %q in\n%s", c.name, c.want, got)
		}
	}
}

func TestLintFindsTheDayOnWhichAConditionOfDaysTurns(t *testing.T) {
	for _, when := range []string{"addMonths(born, 12) <= today", "daysBetween(born, today) >= 200", "monthsBetween(born, today) in_range", "addDays(born, 90) == today",
		"born <= moved && moved <= addMonths(born, 1)", "addMonths(addDays(born, 3), 12) <= today && addMonths(born, 13) > today"} {
		when = strings.Replace(when, "in_range", "== 17", 1)
		fsys := spoiled("services/stop.yaml", "when: 'years > 4'", "when: '"+when+"'")
		facts := small["facts.yaml"]
		for _, id := range []string{"born", "moved"} {
			facts += id + ": {type: date, label: {zh: 生, en: B}, ask: {zh: 哪天？, en: When?}, why: {zh: 问, en: So}}\n"
		}
		fsys["facts.yaml"] = &fstest.MapFile{Data: []byte(facts)}
		ds, covered := author.Survey(fsys)
		if got := report(ds); strings.Contains(got, "no case was found") || strings.Contains(got, "every case") {
			t.Errorf("%s:\n%s", when, got)
		}
		if len(covered) != 1 || !covered[0].Complete || len(covered[0].Sampled) > 0 {
			t.Errorf("%s: %v", when, covered)
		}
	}
}

func TestAScenarioSaysWhatCameInstead(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"verdict: wait", "verdict: base", "the verdict is wait"},
		{"months: 5", "months: 6", "months is 5"},
		{"months: 5", "months: 5..6", "months is 5"},
		{"not: [long]", "findings: [long]", `"long" is not a finding that holds`},
		{"papers: [card]", "notPapers: [card]", `"card" is a required paper`},
		{"years: 2", "yaers: 2", `did you mean "years"?`},
		{"years: 2", "years: 12", "must be from 0 to 9"},
		{"years: 2", "years: unknown", "ask is [years]"},
		{"cites: [A, B]", "cites: [C]", `"C" is not cited`},
		{"service: stop", "service: halt", "there is no service"},
		{"settled: true", "setled: true", `did you mean "settled"?`},
	} {
		rs, _ := author.RunScenarios(spoiled("scenarios/stop.yaml", c.old, c.new))
		if got := report(rs[0].Problems); !strings.Contains(got, c.want) {
			t.Errorf("%s → %s: want %q in\n%s", c.old, c.new, c.want, got)
		}
	}
}

// regional is small with a region that has its own wait and its own words.
func regional(params, service string) fs.FS {
	out := fstest.MapFS{}
	for name, text := range small {
		out["national/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	dir := "national/regions/370200/"
	out[dir+"pack.yaml"] = &fstest.MapFile{Data: []byte("id: qingdao\nbase: small\nregion: \"370200\"\nversion: 1\ntitle: {zh: 青岛, en: Qingdao}\nchecked: 2026-11-21\nhorizon: 100\n")}
	out[dir+"cites.yaml"] = &fstest.MapFile{Data: []byte("Q: {title: {zh: 青岛, en: Q}, confidence: OFF-L, checked: 2026-11-21}\n")}
	out[dir+"params.yaml"] = &fstest.MapFile{Data: []byte(params)}
	out[dir+"services/stop.yaml"] = &fstest.MapFile{Data: []byte(service)}
	out[dir+"scenarios/q.yaml"] = &fstest.MapFile{Data: []byte("- name: 青岛\n  service: stop\n  region: \"370200\"\n  at: 2026-11-21\n  facts: {scheme: resident, years: 2}\n  expect: {verdict: wait, findings: [channel], values: {months: 6..7, wait: 4..5}, cites: [Q]}\n")}
	return out
}

const (
	qingdaoWait = "wait:\n  values:\n    - {from: 2026-01-01, low: 4, high: 5, cites: [Q], checked: 2026-11-21}\n"
	qingdaoStop = "service: stop\nrules:\n  - {id: wait, kind: verdict, when: 'scheme == \"resident\"', say: {zh: \"青岛等 {months}\", en: \"Qingdao {months}\"}, cites: [Q]}\n" +
		"  - {id: channel, kind: step, say: {zh: 去这里, en: Go here}, cites: [Q]}\n"
)

func TestARegionReplacesOnlyWhatItMay(t *testing.T) {
	fsys := regional(qingdaoWait, qingdaoStop)
	rs, ds := author.RunScenarios(fsys)
	if len(ds) > 0 || author.Summary(rs) != "2 scenarios, 0 failed" {
		t.Fatal(report(ds), report(rs[len(rs)-1].Problems))
	}
	p, _ := author.Compile(fsys)
	facts := map[string]policy.Value{"scheme": {State: policy.Known, N: 0}, "years": {State: policy.Known, N: 2}}
	o, err := p.Evaluate(policy.Case{Service: "stop", Region: "370200", At: p.Checked, Facts: facts})
	if err != nil {
		t.Fatal(err)
	}
	if o.Verdict.Say.ZH != "青岛等 6 到 7 个月" || o.Verdict.Region != "370200" || o.Verdict.National == nil || o.Verdict.National.Say.ZH != "等 6 到 7 个月" {
		t.Errorf("%+v", o.Verdict)
	}
	for name, fsys := range map[string]fs.FS{
		"a parameter that is not there":          regional("wiat: {values: []}\n", qingdaoStop),
		"a statement that may not be replaced":   regional(qingdaoWait, strings.Replace(qingdaoStop, "id: channel, kind: step", "id: base, kind: verdict", 1)),
		"a service that the nation doesn't have": regional(qingdaoWait, strings.Replace(qingdaoStop, "service: stop", "service: go", 1)),
	} {
		if p, _ := author.Compile(fsys); p != nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestADifferenceReadsAsASentence(t *testing.T) {
	from, _ := author.Compile(spoiled("pack.yaml", "", small["pack.yaml"]))
	for _, c := range []struct{ file, old, new, want string }{
		{"params.yaml", "value: 3", "value: 4", "parameter wait: 3 → 4, for dates 2025-01-01 … open"},
		{"services/stop.yaml", "'years > 4'", "'years > 5'", "statement stop/long, for dates always … open: holds when “(5 < years)”, before “(4 < years)”"},
		{"services/stop.yaml", "久了", "太久", "says “太久 / Long”, before “久了 / Long”"},
		{"services/stop.yaml", "id: card", "id: cards", "statement stop/card is gone"},
		{"pack.yaml", "version: 1", "version: 2", "version 1 → 2"},
	} {
		to, ds := author.Compile(spoiled(c.file, c.old, c.new))
		if to == nil {
			t.Fatal(report(ds))
		}
		if got := strings.Join(author.Diff(from, to), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("want %q in\n%s", c.want, got)
		}
	}
	if got := author.Diff(from, from); len(got) > 0 {
		t.Errorf("a pack differs from itself: %v", got)
	}
}

func TestFormattingIsStableAndChangesNoWord(t *testing.T) {
	in := "\ufeffa: 1  \r\n\r\n\r\n\r\nb: |\n\tx\n\n\n"
	out := author.Format([]byte(in))
	if string(out) != "a: 1\n\nb: |\n  x\n" || string(author.Format(out)) != string(out) {
		t.Errorf("%q", out)
	}
}

func TestShippedPacksLintWithoutErrorsAndPassTheirScenarios(t *testing.T) {
	for _, d := range author.Lint(packs.FS) {
		if !d.Warning {
			t.Error(d)
		}
	}
	rs, ds := author.RunScenarios(packs.FS)
	if author.Failed(ds) || len(rs) < 12 {
		t.Errorf("%d scenarios\n%s", len(rs), report(ds))
	}
	for _, r := range rs {
		if len(r.Problems) > 0 {
			t.Errorf("%s: %s\n%s", r.File, r.Name, report(r.Problems))
		}
	}
}

// BenchmarkService runs each shipped service whole, with its next question: all rules, papers and printed values.
func BenchmarkService(b *testing.B) {
	p, _ := author.Compile(packs.FS)
	if p == nil {
		b.Fatal("the shipped packs don't compile")
	}
	for i := range p.Services {
		b.Run(p.Services[i].ID, func(b *testing.B) {
			m, err := policy.NewMachine(p, p.Services[i].ID, "", p.Checked)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				m.Run()
				m.Next()
			}
		})
	}
}

func BenchmarkLoadShipped(b *testing.B) {
	p, _ := author.Compile(packs.FS)
	data := policy.Encode(p)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := policy.Load(data); err != nil {
			b.Fatal(err)
		}
	}
}
