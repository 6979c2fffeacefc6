// Package desk is the counter: one http.Handler that takes sealed applications,
// gives signed receipts, hands envelopes to the office and its answers back.
// It runs embedded (worker/main_host.go), at the edge (worker/main_js.go) and,
// over PostgreSQL, as many copies. It cannot read what it holds.
//
// # Protocol, version 1
//
//	GET  /v1/ping?n=HEX            200 {"n":HEX,"time":…,"epoch":…}
//	PUT  /v1/submissions/{sid}     body: envelope bytes, application/octet-stream, Content-Digest: sha-256=:…:
//	                               201 receipt · 200 same receipt, same bytes · 422 other bytes under this sid
//	                               410 office key out of grace (seal again) · 400 413 415 · 503 + Retry-After
//	POST /v1/sync                  envelope.SyncRequest → envelope.SyncResponse (also carries envelopes and status)
//	POST /v1/status                a SyncRequest without Put
//	GET  /v1/packs                 the newest signed index, with its hash as ETag
//	POST /v1/office/pull           signed by the office: list or fetch envelopes
//	POST /v1/office/events         signed by the office: status events, Seq must be next
//
// Errors are RFC 9457 problem+json with a stable code. A request with a
// Content-Encoding is refused (415); bodies stop at 512 KB; unknown JSON fields,
// duplicate keys and depth over 16 are refused. The handler never logs a body, a
// secret or a query.
package desk
