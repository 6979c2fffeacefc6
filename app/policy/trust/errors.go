package trust

// Code is stable: the screen's catalogue and the tools translate it.
type Code string

// The reasons for which a document is refused.
const (
	Malformed   Code = "malformed"    // not the format above
	TooBig      Code = "too-big"      // past a limit
	BadKey      Code = "bad-key"      // a key string that isn't one
	BadSig      Code = "bad-sig"      // a signature that doesn't hold
	Stranger    Code = "stranger"     // signed by a key that has no say here
	TooFew      Code = "too-few"      // fewer signatures than the role asks for
	Rollback    Code = "rollback"     // older than what was seen
	Forked      Code = "forked"       // same version, other text
	Mixed       Code = "mixed"        // not the file that the index or timestamp names
	BrokenChain Code = "broken-chain" // roots that don't follow one another
	RootLapsed  Code = "root-lapsed"  // news under an expired root
	OldEngine   Code = "old-engine"   // the pack needs a newer program
	Missing     Code = "missing"      // the bundle lacks a document
)

// next says what to do about a refusal.
var next = map[Code]string{
	Malformed:   "fetch it again; if it stays so, publish it again with the pack tool",
	TooBig:      "fetch it again; if it stays so, split it",
	BadKey:      "copy the whole key line again",
	BadSig:      "fetch it again and keep what is in use",
	Stranger:    "fetch the newest roots and keep what is in use",
	TooFew:      "have another key holder sign it",
	Rollback:    "keep the newer one in use",
	Forked:      "publish under a new version",
	Mixed:       "fetch the whole bundle again",
	BrokenChain: "fetch every root since the program's own",
	RootLapsed:  "fetch the newest roots or update the program",
	OldEngine:   "update the program first",
	Missing:     "fetch the whole bundle again",
}

// Error is a refusal. Doc names what was refused: "root", "index", "pack henan" …
type Error struct {
	Code Code
	Doc  string
	Why  string
}

func (e *Error) Error() string {
	return "trust: " + e.Doc + " " + e.Why + "; " + next[e.Code]
}

// Is matches errors of the same code: errors.Is(err, trust.Refused(trust.Rollback)).
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Refused is the errors.Is target for a code.
func Refused(c Code) error { return &Error{Code: c} }

func refuse(c Code, doc, why string) error { return &Error{c, doc, why} }
