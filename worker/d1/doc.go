// Package d1 is the ledger's DB over a Cloudflare D1 binding, called through
// syscall/js. The workers library's own driver has neither transactions nor the
// binding's batch, so this calls batch itself: D1 runs its statements in order in
// one transaction and undoes all of them when one fails.
//
// # Values
//
//	Go        to JavaScript   back
//	string    string          string
//	int64     number          int64: a number must be whole and within ±(2^53-1), or Batch refuses it
//	[]byte    ArrayBuffer     []byte (D1 hands blobs back as arrays of numbers)
//	nil       null            nil
//
// Rows arrive as objects, so the columns of one statement need names that differ.
//
// # Errors
//
// D1 says what happened only in the error's text; [classify] sorts the texts that
// its documentation lists. Only those that are certain to have changed nothing wrap
// ledger.ErrBusy or ledger.ErrConstraint. All others ("Network connection lost",
// a timeout, a reset object, a cancelled context) are of unknown outcome: the
// statements may have run (F40). The error's text is not passed on whole, since
// SQLite quotes parts of statements in it.
package d1
