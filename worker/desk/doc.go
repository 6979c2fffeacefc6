// Package desk is the counter: one http.Handler that takes sealed applications,
// gives signed receipts, hands envelopes to the office and its answers back.
// It runs embedded (worker/main_host.go), at the edge (worker/main_js.go) and,
// over PostgreSQL, as many copies. It cannot read what it holds.
//
// # Protocol, version 1
//
//	GET  /v1/ping?n=HEX            200 {"n":HEX,"time":…,"epoch":…}; n is 0 to 64 of 0-9 a-f
//	PUT  /v1/submissions/{sid}     body: envelope bytes, application/octet-stream, Content-Digest: sha-256=:…:
//	                               201 receipt · 200 same receipt, same bytes · 422 other bytes under this sid
//	                               410 office key out of grace (seal again) · 400 404 413 415 · 503 + Retry-After
//	POST /v1/sync                  envelope.SyncRequest → envelope.SyncResponse (also carries envelopes and status)
//	POST /v1/status                a SyncRequest without Put
//	GET  /v1/packs                 the newest signed bundle (trust.Bundle), the index's hash as ETag
//	POST /v1/office/pull           envelope.PullRequest → PullResponse, signed by the office (envelope.RequestHeader)
//	POST /v1/office/events         envelope.EventsRequest → EventsResponse, signed likewise; Seq must be next
//
// GET is also answered as HEAD; OPTIONS tells the methods of an address and 405
// carries them in Allow, one header line each.
//
// # Limits
//
//	a sync     32 envelopes, 64 watches, 512 KB; a watch returns at most 64 events, ask again from the last
//	an office  200 items a page, 16 envelopes, 200 acks, 32 events; an event has at most 32 KB
//
// The office's clock may be 5 minutes off; each signed request counts once.
//
// # Receipts
//
// A receipt is signed before the envelope is stored and stored with it. Who sends the
// same bytes again, a hundred times or in two years, after a key rotation or when
// the bytes are long erased, gets that receipt, byte for byte. So an envelope that
// is already held is answered before the directory is asked whether its key is
// still in use; only what is new can be refused with key_retired. What a restore lost
// is new again: a phone that offers it with the receipt it once got is not refused.
//
// # Refusals
//
// Errors are RFC 9457 problem+json; [Problems] is the table of codes. A request with
// a Content-Encoding is refused (415) before its body is read; bodies stop at 512 KB
// and envelopes at 256 KB; JSON is read by envelope.Decode: no unknown, repeated or
// null members, no depth over 16, nothing after the value (SR-29).
//
// A wrong secret and an unknown sid get the same answer after the same reads (SR-18).
// A full queue or a busy database is 503 with Retry-After, in no case a time-out.
//
// # What is logged
//
// One [Line] a request, of fields that are named there: a route's pattern, never a
// path; a code, never a message; no query, header, body, sid or secret (SR-28).
package desk
