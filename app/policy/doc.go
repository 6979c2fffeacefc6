// Package policy holds rule packs and evaluates them on the phone.
package policy
