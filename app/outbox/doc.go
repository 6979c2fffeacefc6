// Package outbox keeps drafts and sealed applications on the phone and delivers them.
package outbox
