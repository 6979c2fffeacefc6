// Package envelope is what crosses the network: sealing, receipts, status events, sync messages.
package envelope
