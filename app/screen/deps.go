package screen

import (
	"context"
	"errors"
	"sync"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/interview"
	"lixianban/app/outbox"
	"lixianban/app/policy"
)

// Deps is the world as the pages see it. With a pack alone it is a page before the
// program: what the prerenderer uses. wasm/main.go fills the rest in.
type Deps struct {
	Pack *policy.Pack     // nil: the pages say that the rules are not here yet
	Now  func() time.Time // nil: the day the pack was checked

	Store     outbox.Store              // nil: nothing can be kept (host)
	Box       *outbox.Box               // nil: nothing can be sent (host)
	Directory func() envelope.Directory // newest verified; nil or empty: no office takes applications
	Unheard   func() bool               // the list of offices has never come to this phone, and may yet; nil: it has
	Wake      func(why outbox.Why)      // asks the scheduler for a step
	Demo      bool                      // the build says demo; the directory may say so too
	Volatile  bool                      // Store is memory only: every screen says so
	Lost      bool                      // the browser threw the stored data away since the last visit
	LostNote  string                    // the last note given to Mark before that
	Mark      func(note string)         // leaves a note that outlives the storage, and ends Lost; nil: nowhere to leave it
	Moved     func(context.Context)     // the person chose another region: its rules may be fetched

	Wipe func(context.Context) error          // deletes everything kept on this phone, for good; nil: nothing is kept
	Used func(context.Context) (int64, error) // bytes kept on this phone; nil: not known

	Changes Changes // wakes the open page when something it shows has changed

	unsaved map[string]interview.Session // answers given while the storage refused
	asked   string                       // what stands in the search box, as long as the program runs
	visits  int                          // pages shown so far: the first one keeps scroll and focus
	trouble trouble
}

// trouble is the last thing that could not be kept, until it is.
type trouble struct {
	mu    sync.Mutex
	code  outbox.Code
	again func(context.Context) error
}

// today is the civil day the pages ask the pack about, in China's time: the rules
// change at midnight there, wherever the phone thinks it is.
func (d *Deps) today() policy.Day {
	if d.Now == nil {
		return d.Pack.Checked
	}
	y, m, day := d.Now().In(china).Date()
	return policy.DayOf(y, int(m), day)
}

// china has no daylight saving, so that the phone needs no zone tables.
var china = time.FixedZone("CST", 8*60*60)

// directory is the newest verified directory; the zero one lists no office.
func (d *Deps) directory() envelope.Directory {
	if d.Directory == nil {
		return envelope.Directory{}
	}
	return d.Directory()
}

// demo tells that this is a demonstration: the build or the directory says so.
func (d *Deps) demo() bool { return d.Demo || d.directory().Demo }

// wake asks for a step of the queue.
func (d *Deps) wake(why outbox.Why) {
	if d.Wake != nil {
		d.Wake(why)
	}
}

// now is the phone's time.
func (d *Deps) now() time.Time {
	if d.Now == nil {
		return time.Time{}
	}
	return d.Now()
}

// keep runs a write and remembers a failure of the storage, so that every page
// shows it until the same write has succeeded. It never hides the error.
func (d *Deps) keep(ctx context.Context, write func(context.Context) error) error {
	err := write(ctx)
	code := storageCode(err)
	if err != nil && code == "" {
		return err
	}
	d.trouble.mu.Lock()
	changed := d.trouble.code != code
	d.trouble.code, d.trouble.again = code, nil
	if code != "" {
		d.trouble.again = write
	}
	d.trouble.mu.Unlock()
	if changed {
		d.Changes.Notify()
	}
	return err
}

// keepAgain repeats the write that failed.
func (d *Deps) keepAgain(ctx context.Context) error {
	d.trouble.mu.Lock()
	again := d.trouble.again
	d.trouble.mu.Unlock()
	if again == nil {
		return nil
	}
	return d.keep(ctx, again)
}

// storageTrouble is the code of the last failed write, "" when all is kept.
func (d *Deps) storageTrouble() outbox.Code {
	d.trouble.mu.Lock()
	defer d.trouble.mu.Unlock()
	return d.trouble.code
}

// storageCode tells a failure of the storage from other errors: full or storage, else "".
func storageCode(err error) outbox.Code {
	var e *outbox.Error
	switch {
	case errors.As(err, &e) && (e.Code == outbox.CodeFull || e.Code == outbox.CodeStorage):
		return e.Code
	case errors.Is(err, outbox.ErrFull):
		return outbox.CodeFull
	case errors.Is(err, outbox.ErrUnavailable):
		return outbox.CodeStorage
	}
	return ""
}

// Changes lets the scheduler, the storage and the service worker wake the page
// that is open. The zero value is ready.
type Changes struct {
	mu   sync.Mutex
	next int
	subs map[int]func()
}

// Subscribe calls f after each Notify until the returned function is called.
func (c *Changes) Subscribe(f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.subs == nil {
		c.subs = map[int]func(){}
	}
	c.next++
	id := c.next
	c.subs[id] = f
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.subs, id)
	}
}

// Notify wakes every subscriber. It is safe from any goroutine.
func (c *Changes) Notify() {
	c.mu.Lock()
	fs := make([]func(), 0, len(c.subs))
	for _, f := range c.subs {
		fs = append(fs, f)
	}
	c.mu.Unlock()
	for _, f := range fs {
		f()
	}
}
