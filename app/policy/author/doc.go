// Package author turns a folder of YAML into a checked rule pack. Host only: it
// links cel.dev/cel-go, which must never reach the phone.
//
// # A pack's folder
//
//	pack.yaml            the pack itself
//	cites.yaml           sources
//	facts.yaml           questions
//	params.yaml          dated values
//	defs.yaml            named expressions shared by all services (optional)
//	calendar.yaml        days off and make-up days, by year (optional)
//	services/<id>.yaml   one service: title, defs, rules, papers
//	scenarios/*.yaml     cases with what must come out
//	CHANGELOG.md         what changed, for which periods and regions; what is left out and why
//
// Files are mappings; the order in a file is the order on the page. An unknown or
// repeated key is an error. Ids of facts, parameters and defs are names of the
// expression language, [a-z][a-z0-9_]*; ids of cites, services, rules, papers and
// options are [A-Za-z0-9][A-Za-z0-9_.+-]*. A text is {zh: …, en: …}, both filled,
// without control or bidirectional characters. Days are 2026-11-21 (quoted or not).
//
// # pack.yaml
//
//	id: national
//	version: 1                 # whole number, only ever grows
//	title: {zh: 全国规则, en: National rules}
//	checked: 2026-11-21        # the day the sources were last read
//	horizon: 120               # days a result stays fresh after checked; then a banner says so
//
// A regional pack adds `base: national` and `region: "320000"` (see Regions).
//
// # cites.yaml
//
//	W1:
//	  title: {zh: 国务院办公厅关于健全基本医疗保险参保长效机制的指导意见, en: …}
//	  docNo: 国办发〔2024〕38号   # optional
//	  article: 第二部分（三）      # optional, as printed
//	  url: https://www.gov.cn/…   # optional; https or http, left out when it may not be linked
//	  confidence: SEC+            # OFF OFF-L SEC+ SEC INFER CONF SEED, strongest first
//	  from: 2024-08-01            # in force from, optional
//	  checked: 2026-11-21
//
// # facts.yaml
//
//	scheme:
//	  type: enum                  # bool int money date months enum
//	  label: {zh: 参加的医保, en: Your scheme}     # short, for the list of answers and for reasons
//	  ask:   {zh: 您现在参加的是哪种医保？, en: …}
//	  help:  {zh: …, en: …}       # optional
//	  why:   {zh: …, en: …}       # why the answer matters
//	  options:                    # enum only, at most 64
//	    - {id: resident, say: {zh: 居民医保, en: Resident scheme}}
//	  cost: 10                    # asked in this order among what still matters; default 50
//	lapsed_years:
//	  type: int
//	  min: 0                      # int, months, money (yuan), date: both ends needed for int and months;
//	  max: 40                     # defaults: money 0 … 10000000, date 1900-01-01 … 2100-12-31
//	  applies: 'scheme == "resident"'   # otherwise the question does not apply (state not-applicable)
//	  …
//
// A bool is answered 是/否. "不知道" is always offered, never listed as an option. A fact whose
// applies is not yet decided counts as unknown, whatever was answered, and the deciding
// question comes first. A comparison with a fact that does not apply is itself
// not-applicable, and a rule whose condition is not-applicable does not hold:
// `has_job && job_start > today` is right without further guards.
//
// # params.yaml
//
//	wait_fixed:
//	  unit: months                # bool int money date months text
//	  title: {zh: 固定等待期, en: fixed waiting period}   # how "ask 12393 about …" names it
//	  overridable: true           # a region may give its own values; default false
//	  values:                     # any order; periods of one parameter may not overlap
//	    - {from: 2025-01-01, value: 3, cites: [W1], checked: 2026-11-21}
//	    - {from: 2027-01-01, to: 2027-12-31, low: 3, high: 4, cites: [W6], checked: 2026-11-21, status: projected}
//
// value is a number (yuan for money, as 400 or 400.50), a day, true/false, or for unit text
// a {zh, en}. low + high give a range. status is enacted (default) or projected. At a date
// without a value the parameter has none: what needs it is undecided, prints "问 12393" and
// names the parameter as something for the office. Nothing is rolled forward.
//
// # calendar.yaml
//
//	"2026": {status: official, off: [2026-01-01, …], work: [2026-01-04, …]}
//	"2027":
//	  status: statutory           # only the statutory days are known
//	  off: [2027-01-01, 2027-02-05, …]
//	  late: {off: [2027-01-01, …], work: []}    # the estimated arrangement, for the late end
//
// off are days off besides Saturday and Sunday, work are Saturdays and Sundays worked.
// addWorkdays counts with off/work for its low end and with late for its high end. In a
// year that is not listed it has no value.
//
// # A service
//
//	service: resident-stop
//	title: {zh: 停掉居民医保, en: Stop resident insurance}
//	defs:                                   # named expressions, for conditions and texts
//	  in_window: {unit: bool, cel: 'today <= p.window_end'}
//	  wait_low:  {unit: months, cel: "p.wait_fixed + max(0, lapsed_years - 1)"}
//	  wait_high: {unit: months, cel: "p.wait_fixed + lapsed_years"}
//	  first_day: {unit: date, cel: "addMonths(ymd(year(today) + 1, 1, 1), wait_low)"}
//	rules:
//	  - id: keep-aid
//	    kind: verdict                       # verdict consequence warning step right option note channel answer myth choice
//	    tone: wait                          # go wait no info
//	    when: "on_aid"                      # CEL, must be bool; left out = always
//	    overrides: [base]                   # this exception displaces those rules (default logic)
//	    from: 2025-01-01                    # statement's own dates, inclusive, optional:
//	    to: 2026-12-31                      # two rules with meeting dates = one rule that changed
//	    say:  {zh: "再参保要等 {wait_low~wait_high|months}。", en: "…"}
//	    more: {zh: …, en: …}                # optional detail
//	    cites: [W1, W6]                     # at least one
//	    confidence: INFER                   # optional, may only weaken what the cites give
//	    overridable: true                   # a region may replace it; default false
//	papers:
//	  - {id: id-card, need: must, when: "true", say: {…}, note: {…}, cites: [I2]}   # need: must if maybe
//
// A rule's own id is unique in its service, for rules and papers together, except that
// one id may be used again for another period (from … to) that doesn't overlap. A def's unit is
// declared and checked. Defs may use each other in any order, never in a circle. Each
// service that isn't verdictless has at least one verdict, and for each case exactly one final verdict.
//
// Three kinds carry more:
//
//	answer   ask: {zh, en}, opens: [resident-stop, …]   what a question to the finder is told at once: its id is
//	         the intent's, ask is the question to ask back, opens the services that go on, best first
//	myth     claim: {zh, en}, opens: […]                claim is what people read, say what holds
//	choice   column: stop|lapse|switch                  a cell of the table that compares stopping now, not paying
//	         row: cover-end|wait|first-day|money|years|reward|law     again and other cover; at most one holds in a cell
//
// ask and claim are plain: nothing is computed in them. A service of answers or myths
// decides no case: it says `verdictless: true`, has no rule of kind verdict, and can't be opened.
//
// # CEL profile
//
// && || ! ?: == != < <= > >= + - * in, int and bool literals, string literals only
// as an option of the enum they are compared with (scheme == "resident", scheme in ["a", "b"]).
// Facts and defs by name, parameters as p.<id>, the date asked about as today.
//
//	date("2027-01-01")          that day
//	money(400), money("0.50")   yuan to fen
//	addMonths(d, n)             n months on; the month's last day when the day is missing (31 Jan + 1 = 28 or 29 Feb)
//	addDays(d, n)               n days on
//	addWorkdays(d, n)           the n-th working day after d, d itself not counted (n ≥ 0)
//	ymd(y, m, d)                a day from numbers, month end when missing: ymd(year(today) + 1, 1, 1)
//	year(d), month(d)           whole numbers
//	monthsBetween(a, b)         whole months from a to b, so that addMonths(a, n) ≤ b; negative when b is before a
//	daysBetween(a, b)           b − a
//	min(a, b, …), max(a, b, …)
//	low(x), high(x)             one end of a range: a deadline the person must keep takes low,
//	                            an office's promise takes high
//
// Everything is typed twice: by CEL, then by unit. Same units add, subtract, compare and
// take min and max; a plain int also mixes with months; int times anything but a date or bool
// keeps the unit; date with date only compares (daysBetween and monthsBetween subtract),
// date with int only through addDays, addMonths, addWorkdays. Only bools go to && || ! and ?:'s condition.
//
// Conditions may not ask whether something is known: rules are monotone in
// information, so that more answers never flip a settled result.
//
// # Logic
//
// Kleene's three values, the profile's ?: being known also when both branches agree.
// A rule holds when its dates include the case's, its condition is true and no rule that
// lists it under overrides holds by its own dates and condition (an exception displaces
// also when it is itself displaced). Among the rules of kind verdict exactly one may hold; two
// are an authoring error with a witness, at run time a conflict, never a guess.
//
// A range (parameter with low and high, addWorkdays late in a half-known year) is carried
// through arithmetic end by end; a comparison that both ends don't answer alike is
// undecided, and no question is asked for it: the outcome lists the parameter for the office.
//
// # Texts
//
// {name|format} prints a def, a fact or p.<parameter>; {a~b|format} prints the range from the
// smaller to the larger and collapses when both ends are equal. A single name whose value is
// a range prints as a range. {{ and }} print braces. Formats and what they print:
//
//	months   3 个月 / 3 months; a range 3 到 4 个月 / 3 to 4 months
//	date     2027年5月1日 / 1 May 2027
//	yuan     400 元 / 400 yuan (fen only when not zero)
//	days     10 天 / 10 days           workdays  10 个工作日 / 10 working days
//	years    2 年 / 2 years            int       2
//	year     2027年 / 2027 (of a date or an int)
//	option   the chosen option's say, 是/否 for a bool
//	text     a text parameter
//
// Without a format: months, date, yuan, int, option or text by unit. What is not answered yet
// prints （未定） / (not yet known), a parameter without a value （问 12393） / (ask 12393). Both languages
// of a text must use the same placeholders. The cites of a parameter value that a text
// prints are added to the statement's own.
//
// # Regions
//
// A regional folder lies beside national, has its own pack.yaml with base and region, and
// any of cites.yaml, params.yaml (only ids that national declares overridable: true; their values
// replace the national ones wherever the regional periods cover the date), services/<id>.yaml (`service`
// and any of rules and papers: an id of national's must be overridable there and is replaced
// in this region, a new id is added) and scenarios/. Conditions see national's facts, defs and parameters.
// Compile of the folder above joins all of them to one pack; in a six-digit county the rules of its
// prefecture (xxxx00) and province (xx0000) also hold, the narrowest wins.
//
// # Scenarios
//
//   - name: S19 断保两年再参保
//     service: resident-stop
//     region: "370200"            # optional
//     at: 2026-11-21
//     facts: {scheme: resident, lapsed_years: 2, start_job: 2026-12-01, fee: 400.00, on_aid: unknown, x: declined}
//     expect:                     # any of:
//     verdict: wait-out         # rule id; "none" when it is not settled
//     settled: true
//     findings: [cost-wait]     # hold, others may too
//     depends: [cost-cap]       # shown as depending on an open question
//     not: [refund-yes]         # neither hold nor depend
//     papers: [id-card]         # required
//     notPapers: [job-proof]
//     values: {wait_low: 4, first_day: "2027-05-01", wait: 4..5}   # defs and parameters; months, int, yuan, days
//     ask: [on_aid]             # exactly the facts still asked, best first; [] = nothing
//     cites: [W1]               # among the cites of the verdict and the findings that hold
//
// A file is a list of scenarios. Facts left out are unknown.
//
// # Diagnostics
//
// One a problem, many a run, in file order, each `file:line:col: sentence`, the source line, a
// caret under the place (wide characters counted as two columns) and what to do next:
//
//	services/resident-stop.yaml:14:18: there is no fact, def or parameter called "on_aids"
//	 |     when: "on_aids && lapsed_years > 2"
//	 |            ^
//	 = did you mean "on_aid"?
//
// Errors leave no pack. Lint adds what is legal but wrong: as errors gaps and conflicts of verdicts, two choices in one cell and
// statements that can never hold, each with a witness; as warnings unused ids, long texts, statements past their
// dates, conditions that always hold, questions that cannot matter.
package author
