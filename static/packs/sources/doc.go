// Package sources turns the regions' collected facts into overlay packs: one folder
// static/packs/regions/<adcode> for each of the 32 provinces (the Xinjiang corps among
// them) and 63 cities. Host only; go run ./static/packs/import writes what Generate gives.
//
// # What becomes of a value
//
// Every value of parameters.json ends in exactly one of five ways, and Report counts them:
//
//	wired      a dated value of a national parameter that is marked overridable
//	statement  a sentence of its own, where no parameter fits
//	hint       a sentence beside 12393: "a web page says …, unconfirmed"
//	agrees     it says what the national pack says already, on weaker ground
//	left out   with a reason, listed in regions/CHANGELOG.md
//
// # Trust
//
// Grades: official-text-seen and official-local-reprint are OFF-L, reputable-secondary is SEC,
// weak-secondary CONF, name-only and seed-only SEED. CONF and SEED never give an
// answer: they are hints, whatever they say. So are drafts (征求意见稿), and one
// unnamed city's notice filed under its province (不等于全省统一).
//
// Values of one region that differ become a range from the lowest to the highest; a
// weak value may widen a range and never makes one narrower. Statements that differ
// stand side by side.
//
// An address is shown only for OFF-L and SEC, and never when link_ok is false or the
// page is a mirror; otherwise the title stands alone.
//
// # Dates
//
// A figure of benefit year 2026 ends on 2026-12-31, a window's sentence changes on its
// last day. Nothing is carried into 2027: there the national pack says "ask 12393".
//
// # Groups
//
// The premium parameter speaks of an adult resident: groups of children and students are
// left out of it, several adult groups give a range. All groups stand in a note.
//
// # Ways in
//
// The entries of regions.json become findings of kind channel in the services they serve,
// with numbered steps. What is weak says so and sends to 12393 first. A service with no
// way in online says that, and names what might be looked at. Entries that are the
// same in every region belong to the national pack.
package sources
