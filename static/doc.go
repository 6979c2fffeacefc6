// Package static builds dist/, the site that a phone downloads, from the pages of
// app/screen, the program in wasm, the sources in static/web and the rule packs.
// It needs nothing but the Go tools, and the same sources give the same bytes.
//
// # What dist/ holds
//
//	index.html  ask/x.html  404.html     one page an address, readable with no script
//	a/NAME.HASH.EXT                      css, scripts, icons: never change, cached for ever
//	p/HASH                               the program in pieces of at most 256 KB, each under its own name
//	program.json                         which pieces make the newest program
//	sw.js                                the service worker, with the list of what it keeps
//	manifest.webmanifest                 how the app is installed (manifest.en.webmanifest too)
//	packs/national.pack                  the rules of the nation, compiled
//	packs/CODE.overlay                   what a province adds to them; fetched by whom it concerns
//	robots.txt  sitemap.xml  _headers    for crawlers and for hosts that read headers from a file
//	build.json                           every file with its size and SHA-256
//
// Files worth compressing lie beside their .br and .gz forms.
//
// # The program in pieces
//
// The program is cut before it is compressed, and each piece is compressed alone. Compressing
// first would be smaller but only as gzip: a page can undo gzip by itself
// and brotli not, and gzip of the whole is larger than brotli of the pieces
// (see pieceSize and maxWire for the figures). A piece compressed alone is undone by the
// browser in transit, checked by its SHA-256, kept, and never fetched again, so
// that a line cut every 20 seconds costs one piece each time and the download
// still ends (F18, F21).
//
// # Updates
//
// The page that runs looks at program.json, fetches the pieces it has not got, and only then
// asks the browser for the new worker. The new worker refuses to install while a piece
// is missing, or when its sequence number is lower than the installed one, so a
// phone never holds half a version (F18, F22). It then waits for the person.
//
// # Pages
//
// go-app renders each page on the host; the output is parsed again and written
// by golang.org/x/net/html, because go-app quotes attributes as Go strings,
// writes them in random order, leaves out the value of "true" and puts spaces
// between Chinese inline elements.
package static
