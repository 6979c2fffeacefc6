// Package e2e runs the edge for tests: the real worker in workerd, with D1 in a
// folder of the test's own, started through miniflare (npm, pinned in
// worker/package-lock.json and installed when missing).
//
// A test can make D1 fail in the ways of reliability's F40 to F44 with [Edge.Break]
// and count rows with [Edge.Count]; both go through an entry that only tests load.
package e2e
