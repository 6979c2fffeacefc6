//go:build js && wasm

package device

// Live is how many callbacks JavaScript can still call.
func Live() int { return live }

var (
	Revisions = revisions
	Deferred  = deferred
)
