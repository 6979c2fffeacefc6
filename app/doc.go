// Package app is the map of the house. It holds no code: read this page first,
// then open the room you need.
//
// # What runs where
//
//	phone (wasm)   interview, application, queue, screens     wasm/main.go joins them
//	server (host)  HTTP, SQLite, the site, the tools          worker/main_host.go
//	server (edge)  the same HTTP handler over D1              worker/main_js.go
//
// # Rooms
//
//	policy/          a rule pack: types, canonical bytes, three-valued evaluation, trace, citations
//	  author/        YAML + CEL → checked pack: diagnostics, lint, scenario tests       (host only)
//	  trust/         signed index and directory, key rotation, version ratchet, expiry
//	interview/       answers → the next question or the outcome, always by replay
//	finder/          a question in a person's own words → the intent it means
//	filing/          an application: fields, validation, canonical form
//	envelope/        what crosses the network: sealing, receipts, status events, sync messages
//	outbox/          drafts, queue, retry and sync over the ports Store, Transport, Clock, Locks
//	device/          the browser behind those ports                                      (js only)
//	words/           catalogues zh-CN and en for everything that is not policy text
//	screen/          pages and widgets; the only room that knows go-app
//
// # Arrows
//
// Imports point down only and app/arch_test.go holds them:
//
//	screen    → interview finder filing outbox carry words policy envelope
//	interview → policy
//	filing    → envelope (strict JSON, ids)
//	outbox    → envelope
//	carry     → envelope
//	trust     → (nothing of ours)
//	author    → policy
//	device    → outbox (implements its ports)
//
// policy, interview, finder, filing, envelope, outbox, carry and words are pure:
// time, randomness, storage and network come in as arguments. They never import
// os, net/http, database/sql, syscall/js, and never call time.Now.
//
// # Terms
//
// One Chinese term, one English name, used everywhere in code and words:
//
//	居民医保 (城乡居民基本医疗保险)   resident scheme      scheme "resident"
//	职工医保 (职工基本医疗保险)       employee scheme      scheme "employee"
//	灵活就业参保                      flexible enrolment   scheme "flexible"
//	参保 / 停保                       enrolment / stopping
//	暂停参保                          pause
//	终止参保                          terminate
//	断保                              lapse
//	等待期 (固定 / 变动)              waiting period (fixed / added)
//	待遇享受期                        benefit period
//	集中参保期                        enrolment window
//	重复参保                          duplicate enrolment
//	转移接续                          transfer
//	退费                              refund
//	修复 (补缴断保年度)               repair
//	大病保险限额                      catastrophic cap
//	家庭共济                          family mutual aid
//	亲情账户                          family display account
//	委托扣款协议 (税银协议)           withholding agreement
//	资助参保                          assisted enrolment
//	经办机构 / 窗口                   office / counter
//	监护人 / 代办人                   guardian / proxy
//	回执                              receipt
//	规则包                            rule pack
package app
