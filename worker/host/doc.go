// Package host is the embedded server: one process, one folder, no other service.
// It joins the counter (worker/desk), the ledger over SQLite and the built site.
//
// # The folder
//
//	lixianban.db        the ledger; with -wal and -shm while it runs
//	epoch.json          the epoch and the highest audit entry seen under it
//	service.key         signs receipts (LIXIANBAN-SERVICE-SECRET-1:…)
//	documents/root      the signed root that phones are built with
//	documents/bundle    the newest signed timestamp, index and directory (trust.Bundle)
//	demo/publish.key    demo only: the one key behind the demo root
//	demo/office.key     demo only: the demo office's key file (worker/office.KeyFile)
//
// Everything is readable by its owner only. What is absent is made, whole or not at
// all, and never replaced. Back up the folder with the server stopped, or the
// database with SQLite's own backup; after a restore the epoch is new.
//
// # Epoch
//
// A server restored from yesterday's backup has forgotten today's applications while
// phones hold receipts for them. The epoch tells the phones to ask again (F45). It is
// renewed when the database's audit ends before the entry noted in epoch.json, which
// is what a restored database beside a newer folder looks like. When the whole folder
// was restored nothing in it can know that: run "lixianban keys epoch".
//
// # Documents
//
// The server publishes what is in documents/ after verifying it like a phone does, and
// takes applications for the offices it names. It looks for newer documents once a
// minute. Without documents there is no office, and every application is refused with
// no_office. With Demo it signs its own: a demo root, whose phones say so on every
// screen, one office for everywhere, and the packs found in the site.
package host
