// Package author turns a folder of YAML into a checked rule pack. Host only: it
// links cel.dev/cel-go, which must never reach the phone.
//
// # A pack's folder
//
//	pack.yaml            id, version, title, checked (day), horizon (days a result stays fresh)
//	cites.yaml           sources: id → title, docNo, article, url, confidence, from, checked
//	facts.yaml           questions: id → type, ask, help, why, options, cost, applies
//	params.yaml          dated values: id → unit, values: [{from, to, value | low+high, cites, checked}]
//	services/<id>.yaml   one service: title, defs, rules, papers
//	scenarios/*.yaml     cases with what must come out
//	CHANGELOG.md         what changed, for which periods and regions; what is left out and why
//
// # A service
//
//	service: resident-stop
//	title: {zh: 停掉居民医保, en: Stop resident insurance}
//	defs:                                   # named expressions, for conditions and texts
//	  wait_low:  {unit: months, cel: "p.wait_fixed + max(0, lapsed_years - 1)"}
//	rules:
//	  - id: keep-aid
//	    kind: verdict                       # verdict consequence warning step right option note
//	    tone: wait                          # go wait no info
//	    when: "on_aid"                      # CEL; facts by name, parameters as p.<id>, the date as today
//	    overrides: [base]                   # this exception displaces those rules (default logic)
//	    from: 2025-01-01                    # statement's own dates, optional
//	    say:  {zh: "再参保要等 {wait_low~wait_high|months}。", en: "…"}
//	    more: {zh: …, en: …}
//	    cites: [W1, W6]
//	papers:
//	  - {id: id-card, need: must, when: "true", say: {…}, note: {…}, cites: [I2]}
//
// # CEL profile
//
// && || ! ?: == != < <= > >= + - * in, int and bool literals, string literals only
// as an option of the enum they are compared with, date("2027-01-01"),
// addMonths(d, n) (month end when the day is missing), addDays(d, n), year(d), monthsBetween(a, b),
// min, max, money(yuan). Everything is typed twice: by CEL, then by unit (a day plus
// a day, or fen plus months, is refused).
//
// Conditions may not ask whether something is known: rules are monotone in
// information, so that more answers never flip a settled result.
//
// # Logic
//
// Kleene's three values, the profile's ?: being known also when both branches agree.
// Among the rules of kind verdict the ones in no other live rule's overrides are
// final; two of them live at one level is an authoring error, at run time a
// conflict, never a guess. Text placeholders {name|format} take defs, facts and
// parameters; {a~b|format} prints a range and collapses when both ends are equal.
// Formats: months, date, yuan, days, int, year.
package author
