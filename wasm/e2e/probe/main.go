//go:build js && wasm

// Probe is a page program for tests that need two pages, a crash or a full disk: it
// opens the store, the locks and nothing else, and does what the test calls. Each
// function of window.probe returns a promise of a string, "ok" or the error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"syscall/js"

	"lixianban/app/device"
	"lixianban/app/outbox"
)

type probe struct {
	store  *device.Store
	locks  outbox.Locks
	events []string
	hold   map[string]chan struct{}
}

func main() {
	p := &probe{hold: map[string]chan struct{}{}}
	commands := map[string]func(arg string) (string, error){
		"open": p.open, "count": p.count, "submit": p.submit, "draft": p.draft, "read": p.read, "state": p.state, "fill": p.fill,
		"lock": p.lock, "unlock": p.unlock, "events": p.seen, "lost": p.lost, "mark": p.mark, "wipe": p.wipe,
	}
	object := map[string]any{}
	for name, f := range commands {
		object[name] = promise(f)
	}
	js.Global().Set("probe", object)
	select {}
}

// promise makes a JavaScript function of a command; the command runs on its own
// goroutine, since it waits for events. Probe keeps its callbacks for good.
func promise(f func(string) (string, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		arg := ""
		if len(args) > 0 {
			arg = args[0].String()
		}
		return js.Global().Get("Promise").New(js.FuncOf(func(_ js.Value, settle []js.Value) any {
			resolve := settle[0]
			go func() {
				out, err := f(arg)
				if err != nil {
					out = name(err)
				}
				resolve.Invoke(out)
			}()
			return nil
		}))
	})
}

// name tells the port's errors apart.
func name(err error) string {
	for word, target := range map[string]error{"conflict": outbox.ErrConflict, "full": outbox.ErrFull, "unavailable": outbox.ErrUnavailable, "missing": outbox.ErrNotFound} {
		if errors.Is(err, target) {
			return word
		}
	}
	return "error: " + err.Error()
}

func (p *probe) open(db string) (string, error) {
	s, err := device.OpenStore(context.Background(), db, func(e device.StoreEvent) { p.events = append(p.events, string(e)) })
	if err != nil {
		return "", err
	}
	p.store, p.locks = s, device.Locks(s, device.Clock())
	return "ok", nil
}

// count writes 1, 2, 3 … into three tables, each number in one batch, until the page
// dies. After each batch it tells the test through told().
func (p *probe) count(from string) (string, error) {
	var n int
	fmt.Sscan(from, &n)
	for {
		n++
		v := []byte(fmt.Sprint(n, strings.Repeat(" ", 6000))) // as long as an envelope
		err := p.store.Apply(context.Background(), outbox.Batch{
			{Table: outbox.TableDraft, Key: "n", Value: v, Rev: outbox.AnyRev},
			{Table: outbox.TableOutbox, Key: "n", Value: v, Rev: outbox.AnyRev},
			{Table: outbox.TableLog, Key: fmt.Sprintf("%06d", n), Value: v, Rev: 0},
		})
		if err != nil {
			return "", err
		}
		js.Global().Call("told", fmt.Sprint(n))
	}
}

// state is what count left: the numbers in the draft, in the outbox, of log rows.
func (p *probe) state(string) (string, error) {
	var got [2]int
	for i, table := range []string{outbox.TableDraft, outbox.TableOutbox} {
		r, err := p.store.Get(context.Background(), table, "n")
		if err != nil && !errors.Is(err, outbox.ErrNotFound) {
			return "", err
		}
		fmt.Sscan(string(r.Value), &got[i])
	}
	rows, err := p.store.List(context.Background(), outbox.TableLog, "", 0)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal([]int{got[0], got[1], len(rows)})
	return string(b), err
}

func (p *probe) draft(value string) (string, error) {
	return "ok", p.store.Apply(context.Background(), outbox.Batch{{Table: outbox.TableDraft, Key: "d", Value: []byte(value), Rev: outbox.AnyRev}})
}

func (p *probe) read(key string) (string, error) {
	r, err := p.store.Get(context.Background(), outbox.TableDraft, key)
	return string(r.Value), err
}

// submit swaps the draft for an envelope, in one batch.
func (p *probe) submit(value string) (string, error) {
	return "ok", p.store.Apply(context.Background(), outbox.Batch{
		{Table: outbox.TableOutbox, Key: "d", Value: []byte(value), Rev: 0},
		{Table: outbox.TableDraft, Key: "d", Rev: 1},
	})
}

// fill writes rows of 100 KB until the store refuses, and tells why and how many fit.
func (p *probe) fill(string) (string, error) {
	row := make([]byte, 100<<10)
	device.Rand().Read(row)
	for n := range 1000 {
		err := p.store.Apply(context.Background(), outbox.Batch{{Table: outbox.TableOutbox, Key: fmt.Sprintf("fill/%d", n), Value: row}})
		if err != nil {
			return fmt.Sprintf("%s after %d", name(err), n), nil
		}
	}
	return "never full", nil
}

// lock takes a lock and keeps it until unlock.
func (p *probe) lock(lock string) (string, error) {
	answer := make(chan string, 1)
	release := make(chan struct{})
	go func() {
		ok, err := p.locks.TryDo(context.Background(), lock, func(context.Context) error {
			p.hold[lock] = release
			answer <- "held"
			<-release
			return nil
		})
		if err != nil {
			answer <- name(err)
		} else if !ok {
			answer <- "refused"
		}
	}()
	return <-answer, nil
}

func (p *probe) unlock(lock string) (string, error) {
	close(p.hold[lock])
	return "ok", nil
}

func (p *probe) seen(string) (string, error) { return strings.Join(p.events, ","), nil }

func (p *probe) lost(string) (string, error) {
	note, lost := p.store.Lost()
	return fmt.Sprint(lost, " ", note), nil
}

func (p *probe) mark(note string) (string, error) { p.store.Mark(note); return "ok", nil }

func (p *probe) wipe(string) (string, error) { return "ok", p.store.Wipe(context.Background()) }
