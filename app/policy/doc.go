// Package policy holds rule packs and evaluates them on the phone: pure, small,
// without allocation where it runs on every answer.
//
// # A case
//
// A Case asks one service of a pack about one person, at a date, in a region:
//
//	{
//	  "service": "resident-stop",
//	  "region":  "370200",             // six digits, or left out: national rules only
//	  "at":      "2026-11-21",         // the date asked about; rules and parameters are those of that day
//	  "facts": {
//	    "scheme":       "resident",    // enum: the option's id
//	    "paid_next":    true,          // bool
//	    "job_start":    "2026-12-01",  // date: YYYY-MM-DD
//	    "lapsed_years": 2,             // int, months: a whole number
//	    "fee":          "400.00",      // money: yuan, as text or number, at most two decimals
//	    "on_aid":       "declined",    // the person said 不知道
//	    "has_job":      null           // not asked yet; the same as "unknown" or leaving it out
//	  }
//	}
//
// ParseCase reads that form strictly: an unknown field, service, region, fact or
// option, an impossible date or a wrong type is an *Error naming the field and
// what is allowed there. Outcomes print days as YYYY-MM-DD and units as words.
//
// # Values
//
// A value has a State and, when known, a number; a range has two. Unknown
// and Declined are one thing to logic. And, or and not are Kleene's: a false operand decides
// an and, whatever the rest. ?: is known when its condition is, or when both branches agree.
// Otherwise the first of these that occurs among the operands is the result:
// not-applicable, unknown, failed. (In and/or unknown comes first, then failed, then
// not-applicable.) So a result that is not unknown never changes with more answers. An unknown
// yes-or-no also remembers what it can no longer become: a condition with a part that does
// not apply is open in principle but can't come true, and nothing is asked for it.
//
// Ranges come from parameters that sources give as a range, and from working days
// in years whose calendar is only half known. Arithmetic carries both ends; a
// comparison that the two ends don't answer alike is unknown, and the parameter is
// listed under Outcome.Office. Arithmetic beyond ±2⁵³ fails; a failed condition holds nothing.
//
// # Holding
//
// A rule takes part at dates From … To in its region; a rule of the narrowest
// region replaces those of the same id. It holds when its condition is true and no taking-part rule that
// overrides it has a true condition. The verdict is the one holding rule of kind verdict, settled
// when every other is known not to hold. Two of them are a Conflict and no verdict.
//
// # Asking
//
// Run computes the vector once. Next and Ask then walk back from the undecided verdicts, then
// findings, papers and printed values, over undecided nodes only. What a known value already
// decides is never visited, so a fact that cannot matter any more is never listed. Facts that
// bear on the verdict come first, then by authored cost. A fact whose own applies-condition is
// undecided is not listed; what decides that condition is.
//
// # Bytes
//
// A pack's file is "LXP1", then unsigned LEB128 numbers (shortest form), zigzag for
// signed ones, and a string table in order of first use, both languages. Operands are distances back
// from their user, at least 1, so that a vector cannot refer forward. Load checks every
// limit of limits.go before it allocates, refuses control, bidirectional and invisible
// characters (F56) and anything that Encode would write differently: one pack has one file.
package policy
