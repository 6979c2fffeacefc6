//go:build js && wasm

package main

import (
	"context"
	"net/http"
	"time"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"
	"github.com/syumai/workers/cloudflare/cron"

	"lixianban/app/envelope"
	"lixianban/worker/d1"
	"lixianban/worker/desk"
	"lixianban/worker/ledger"
)

// The edge: the counter's handler over D1. worker/edge/edge.mjs starts this program,
// hands it one request at a time and keeps it for the next; it may be forgotten at any
// moment, so nothing is kept here and nothing done that a request doesn't ask for.
//
//	DB              D1 binding
//	SERVICE_SECRET  secret: the receipt-signing key's line
//	EPOCH           16 hex digits, new after each restore from a backup
//	DIRECTORY       the directory's JSON   } verified when the edge was built
//	BUNDLE, INDEX   the signed documents and the index's hash } and deployed with it
func main() {
	cron.ScheduleTaskNonBlock(tidy)
	workers.ServeNonBlock(http.HandlerFunc(serve))
	workers.Ready()
	select {} // workers.Serve would end with the first answer
}

func serve(w http.ResponseWriter, r *http.Request) {
	conf, err := config()
	if err != nil {
		println("edge:", err.Error())
		desk.Wrap(http.HandlerFunc(unready), time.Now, nil).ServeHTTP(w, r)
		return
	}
	desk.New(conf).ServeHTTP(w, r)
}

// unready answers when the worker's configuration lacks something: the phone keeps
// its envelope and comes back.
func unready(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Retry-After", "60")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(`{"type":"/problems/busy","title":"The counter is not set up: see the worker's log.","status":503,"code":"busy"}` + "\n"))
}

func config() (desk.Config, error) {
	db, err := d1.Open(cloudflare.GetBinding("DB"))
	if err != nil {
		return desk.Config{}, err
	}
	service, err := envelope.ParseServiceSecret(cloudflare.Getenv("SERVICE_SECRET"))
	if err != nil {
		return desk.Config{}, err
	}
	conf := desk.Config{Ledger: ledger.New(db), Service: service, Epoch: cloudflare.Getenv("EPOCH"),
		Directory: directory, Now: time.Now, Log: log}
	if cloudflare.Getenv("BUNDLE") != "" {
		conf.Index = index
	}
	return conf, nil
}

// directory reads the offices that this deployment serves; its signature was
// verified by the builder, and who could change it here could change the program.
func directory(context.Context) (d envelope.Directory, err error) {
	err = envelope.DecodeTolerant([]byte(cloudflare.Getenv("DIRECTORY")), 1<<20, &d)
	return d, err
}

func index(context.Context) (desk.Index, error) {
	return desk.Index{Hash: cloudflare.Getenv("INDEX"), Body: []byte(cloudflare.Getenv("BUNDLE"))}, nil
}

// log writes one line to the worker's console; a Line holds no personal data.
func log(l desk.Line) {
	println("edge:", l.Method, l.Route, l.Status, l.Code, l.Bytes, l.Took.Milliseconds(), "ms")
}

const (
	retention = 30 * 24 * time.Hour // sealed bytes stay that long after the office confirmed them (SR-30)
	atOnce    = 100                 // rows an invocation touches, within D1's limits
)

// tidy runs on the cron trigger: it chains the audit and erases what is past its
// time. An error is only logged: the library would end the program on it, and the
// next run does what is left.
func tidy(ctx context.Context) error {
	db, err := d1.Open(cloudflare.GetBinding("DB"))
	if err == nil {
		now := time.Now().UTC()
		l := ledger.New(db)
		if _, err = l.Sweep(ctx, envelope.Timestamp(now.Add(-retention)), envelope.Timestamp(now), atOnce); err == nil {
			_, err = l.Seal(ctx, 10*atOnce)
		}
	}
	if err != nil {
		println("edge: tidy:", err.Error())
	}
	return nil
}
