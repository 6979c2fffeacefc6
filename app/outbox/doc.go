// Package outbox keeps drafts and sealed applications on the phone and delivers
// them. It promises I1–I4 and I8 of the reliability requirements over four ports
// (Store, Transport, Clock, Locks) and a source of randomness:
//
//	no loss       a draft or an item is either fully stored or the call failed
//	once          one sid, one envelope; every retry offers the same bytes
//	no false word 「已送到」 only with a receipt verified here
//	forward only  what is shown follows the highest event number
//	bounded       backoff, budgets and triggers all have a ceiling
//
// # Life of an application
//
//	Edit, Save …        TableDraft, guarded by revision: the second page is told
//	Submit              one batch: put the item, delete the draft (same sid)
//	Step                offers envelopes, verifies receipts, takes events
//	Remove              only after a receipt, or after the person exported the envelope
//
// An Item holds the envelope until the office has fetched it, because a server may be
// restored from an older copy and must get it again (F45). Until the receipt it also
// holds the application's clear JSON: an office key may be retired while the phone is
// offline, and sealing again needs the content (L27). The JSON is as exposed as the
// draft was a moment before; a device store may encrypt all values at rest.
//
// # What is shown
//
// State computes the one word on the screen from the stored facts and the clock; no
// state is stored, so none can contradict them.
//
// # Sending
//
// Step runs under the lock "send", so two pages don't both send. It makes one POST
// /v1/sync with the items that fit the budget and the watches that are due, then
// at most one PUT for an item too big for it. A decided application is asked for only
// when the person comes back, in case the office corrected itself. The budget starts at 32 KB, doubles to
// 256 KB on success and halves on failure. An answer counts only if it is what this
// server would say: content type, size, nonce echo, the same entries in the same order,
// a receipt signed by a directory key. Everything else is "no answer" and the item
// stays queued (F30, F38).
//
//	200, 201 + valid receipt   received; the clear JSON is dropped
//	410 key_retired            sealed again to the office's present key, same sid; until the
//	                           directory has one, the newest index is asked for like news
//	400 digest                 damaged on the way: tried again
//	400, 413, 422 … of ours    kept, shown as stuck with its code, not sent by itself
//	413 not of ours            smaller budget; at one item shown as stuck, still sent
//	429, 503                   waits as told, at most 15 minutes
//	anything else              queued, exponential backoff with full jitter
//
// "Of ours" is an RFC 9457 body with a code. Backoff lives in memory on the monotonic
// clock: 2 s to 15 min; opening the app, going online, coming back to the page or a tap
// ends it early, at most a few times a minute.
package outbox
