// Package packs carries the sources of the rule packs into the host's tools. The
// phone never links it: it gets the built pack.
package packs

import "embed"

// FS is this folder: national/, and a folder a region under regions/.
//
//go:embed national regions
var FS embed.FS
