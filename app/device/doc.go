// Package device is the browser behind the outbox's ports: IndexedDB as Store,
// fetch as Transport, Web Locks as Locks, and the page's life as events. It is the
// only room besides screen that touches syscall/js, and exists only for js/wasm.
//
// # Calling JavaScript
//
// An exception becomes an *Error that carries its name and never its message,
// because messages can quote data. Await turns a promise into a result; whatever
// waits must run on a goroutine of its own and never inside an event callback:
// while a callback blocks, the browser delivers no further event and the page
// hangs. Handlers given to Lifecycle, OpenStore and OpenChannel run inside such a
// callback, so they return at once and start a goroutine for longer work.
// Every js.Func is released once JavaScript can no longer call it.
//
// # Storage
//
// OpenStore keeps one IndexedDB database. Each outbox table is an object store,
// its keys are the bytes of the Go string (binary keys sort as Go strings do; text
// keys would sort by UTF-16 and merge invalid UTF-8), its values are
//
//	{v: Uint8Array, r: number}   value, revision (1, 2, 3 … below 2^53)
//
// Apply is one readwrite transaction of durability "strict" over the tables
// concerned: it reads the revisions, decides, writes, and reports success only on
// the transaction's complete event. A guard that fails aborts the transaction.
//
// The database's version number says nothing about the meaning of the data, only
// how often a table was added: it is opened at whatever version it has, and at the
// next one if a table is missing. So an older build reads what a newer one made,
// and an interrupted upgrade is finished by the next open. A page that holds the
// database up closes its handle when asked (F12), tells the app, and opens it again
// for its next write, so that nothing typed there is lost either.
//
// Browsers throw databases away. A marker in localStorage, which often outlives
// them, makes a fresh database noticeable as a lost one (Store.Lost). Its note is
// written by the app and holds no personal data: how many applications were
// unsent, and the public numbers of the receipts.
//
// # Errors
//
//	ErrFull         QuotaExceededError; AbortError, UnknownError and InvalidStateError
//	                when less than 1 MB or 5 % of the quota is free
//	ErrUnavailable  no IndexedDB, access denied, blocked by another page for 10 s, a
//	                transaction that makes no progress for 30 s, everything else
//
// After any error but ErrConflict and ErrFull the handle is dropped and the next
// call opens the database anew, since a browser near its limit leaves handles that
// answer every call with InvalidStateError.
//
// # Network
//
// Transport asks only its own origin, refuses redirects, sends no cookies and no
// referrer, neither reads nor fills the HTTP cache, and reads at most MaxBody
// bytes. Each phase has its own limit: the first byte of the answer 15 s plus the
// body at 1 KB/s, each further chunk 30 s, all of it Request.Timeout. Whatever
// goes wrong is outbox.ErrOffline: the caller cannot know whether the server acted.
package device
