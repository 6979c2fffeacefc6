// Package browser drives Chromium in tests so that they read as what a person does:
// open, see, tap, fill. It finds things by role and accessible name, as a screen
// reader does, taps with real pointer events, and waits for conditions, never for
// time to pass.
//
// A Browser is one Chromium with a profile of its own; a Phone is one set of storage
// in it (a browser context); a Tab is a page of a phone. Crash ends a tab the hard
// way and keeps the phone's storage; Browser.Kill ends the whole process and Restart
// comes back with the same profile.
//
// A tab fails its test on an uncaught exception, a console.error and whatever the
// browser logs about security (a breach of the policy, a header it can't read), unless Expect named it. Other console lines go to the log.
//
// GoTest runs the tests of a package inside Chromium, compiled for js/wasm: what the
// host can't run (IndexedDB, fetch, locks), and what must hold on both.
//
// $CHROME_BIN names the browser; else /usr/bin/chromium and the like are tried. Without
// one the test fails and says how to get it. $E2E_SHOTS names a folder for screenshots.
package browser
