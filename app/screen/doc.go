// Package screen is what a person sees and touches: pages, their addresses and
// the small rules they share. It is the only room that knows go-app, and it knows
// no browser: everything that keeps, sends or reads comes in through Deps.
//
// # How a page is made
//
//	presenter (screen/view)   outcome, form, item, words → plain structs   table-tested, no go-app
//	widget (screen/widget)    one look each, attributes set by Attr alone   no state
//	page (this package)       one file each: loads in OnNav, renders, hands edits to the store
//
// # Addresses
//
// Chinese pages live at /…, the others at /en/…; the address decides the language, so a
// link that is shared opens as it was seen. A page's steps are fragments
// (/ask/resident-stop#3): the browser's own Back works and no answer is ever in an address.
//
// # Rules every page keeps
//
//   - Prerendered on the host with empty Deps: what needs the program says so and offers the
//     guide, the checklist and the telephone meanwhile. No input is prerendered but the
//     search box, since the program replaces the page's content when it starts and would lose
//     what was typed: the boot script lends that box out and hands its words over.
//   - State lives in the store, never in a component alone; each change is written at once.
//   - Handlers carry app.EventScope, since go-app compares closures by their code.
//   - No inline style, no attribute from a format string, no text outside app/words and the pack.
//   - The words for where an application stands come from outbox states alone.
package screen
