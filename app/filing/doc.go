// Package filing is an application: its forms as data, what each field takes, the
// draft while it is filled in, and the canonical JSON that is sealed for the office.
//
// # Forms
//
// A Form is steps of fields, one decision a page. A field applies when its When holds
// over the other values and the derived ones (@age). Forms are versioned by name
// ("resident-stop@1"); a change in what is asked or meant is a new version, and drafts of
// an old one stay readable.
//
// # Words
//
// No text here. The catalogue of words has, for each id:
//
//	filing.field.<field>              label
//	filing.hint.<field>               hint under it (may be empty)
//	filing.option.<field>.<option>    an option of a choice
//	filing.step.<step>                heading of a page
//	filing.problem.<code>             error: what to do, with the problem's Args
//	filing.warning.<code>             warning: what to look at again
//	filing.purpose.<purpose>          why a field is asked (privacy page)
//	filing.retention.<retention>      how long it is kept (privacy page)
//
// Codes lists every code with its arguments; a test can hold the catalogue to it.
//
// # Errors and warnings
//
// A Problem must be cured before the form goes on; a Warning is shown once and the
// person may go on: an area code we don't know may still be right.
//
// # Application JSON, version 1
//
//	{"v":1,                        format
//	 "sid":"32 hex",               equal to the envelope's (checked at both ends, L22)
//	 "nonce":"32 hex",             the office finds replays under another sid by it (F57)
//	 "form":"resident-stop@1",
//	 "pack":"national@3",          the pack version the answers came from
//	 "statusKey":"base64url",      X25519: the office seals its answers to it
//	 "facts":[{"id":…,"value":…}], answers of the interview, by id
//	 "values":{…},                 the fields that apply, normalised, by name
//	 "consent":{"text":"resident-stop-consent@1","time":"RFC 3339","by":"self"},
//	 "made":"RFC 3339"}            the phone's clock, which may be wrong
//
// Members come in this order, values by name, no spaces, no HTML escapes, absent
// instead of empty: one application has one spelling, and decoding refuses another.
package filing
