// Package interview turns answers into the next question or the outcome, always by
// replaying them against a pack: there is no stored pointer to "the current
// question", so that back, edit, resume after a kill and a new pack are all the same step.
//
// # Use
//
//	s := interview.Session{Service: "resident-stop", Region: "370200", At: today}
//	page, err := interview.Replay(pack, s)            // page.Question, or page.Outcome at the end
//	s, err = interview.Give(pack, s, fact, "2")       // answer as typed or chosen; *InputError says what is wrong
//	s = interview.Decline(s, fact)                    // 不知道: counts as answered, never asked twice
//	s = interview.Back(pack, s)                       // the question before, its answer filled in
//	s = interview.Edit(s, fact)                       // "change" in the list of answers
//	data, _ := json.Marshal(s)                        // draft; json.Unmarshal and Replay resume it
//
// Sessions are values: each function returns a new one and leaves its argument alone.
//
// # Replay
//
// Starting from no facts, the pack's best next question is taken; if the session has an
// answer for it, the answer is given to the pack and the next question is looked for; if not, that is
// the page. Answers that are never met this way have become irrelevant: they are
// kept in the session and shown as Kept, do not reach the outcome, are not asked again,
// and come back by themselves when a changed answer makes them matter. Answers for facts that a
// new pack no longer knows, or whose value it no longer allows, are left out with a Notice.
//
// # Canonical text of an answer
//
//	bool   yes | no           int, months  plain digits, minus allowed     money  yuan with two decimals, 400.00
//	enum   the option's id    date         YYYY-MM-DD                      ?      不知道
package interview

import "lixianban/app/policy"

// Declined is the canonical text of 不知道.
const Declined = "?"

// Session is everything that must be stored of an interview.
type Session struct {
	Service string     `json:"service"`
	Region  string     `json:"region,omitempty"`
	At      policy.Day `json:"at"`
	Answers []Answer   `json:"answers"`           // in the order first given, one a fact
	Editing string     `json:"editing,omitempty"` // the fact being changed; its answer stands until a new one is given
}

// Answer is one answer in canonical text.
type Answer struct {
	Fact  string `json:"fact"`
	Value string `json:"value"`
}

// Page is what to show now.
type Page struct {
	Question *policy.Question // nil when there is nothing to ask: show Outcome
	Current  string           // canonical text of the answer being changed, "" for a new question
	Number   int              // this question is the Number-th, counted from 1
	Left     int              // "最多还有 N 题", this one included; never grows while answering
	Given    []Given          // answers that count, in the order asked
	Later    []Given          // while one is changed: the answers after it, which stay unless the change makes them irrelevant
	Kept     []Given          // answers that do not matter at present
	Notices  []Notice         // answers lost to a pack update
	Outcome  *policy.Outcome  // always filled; provisional while Question is set (then without WouldFlip)
}

// Given is an answer as listed with 修改 beside it.
type Given struct {
	Fact  string
	Label policy.Text // short name of the question
	Value string      // canonical text
	Say   policy.Text // the answer in words
}

// Notice says that an answer could not be kept. Code: "fact_gone", "value_gone".
type Notice struct {
	Code, Fact, Value string
}

// InputError says what is wrong with an answer as typed. Code is one of empty,
// not_yes_no, not_a_number, not_a_day, not_an_amount, not_an_option, too_small, too_big,
// no_such_question; Key is "answer." + Code, for the catalogue; Args fill its {min} and {max}.
type InputError struct {
	Code string
	Key  string
	Args map[string]string
}

func (e *InputError) Error() string { return e.Key }
