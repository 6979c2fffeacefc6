package sim

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lixianban/app/envelope"
	"lixianban/worker/desk"
	"lixianban/worker/ledger"
)

// server is the counter's program over its database, with an operator who restarts it,
// restores backups and changes keys.
type server struct {
	w       *world
	me      *owner // of the running program
	handler http.Handler
	ledger  *ledger.Ledger
	skew    time.Duration
	epoch   int
	down    bool
	marks   []mark
	log     []desk.Line
	heads   []ledger.Checkpoint // kept elsewhere since the last restore
	lost    map[string]uint32   // highest event of a sid that a restore took away
	rolled  bool                // a restore took something away
	wrong   bool                // its clock was off before it was put right
}

// mark is a backup.
type mark struct {
	name string
	at   time.Duration
}

func newServer(w *world) *server {
	s := &server{w: w, lost: map[string]uint32{}}
	if w.chance(3 * w.mix[ServerSkew]) {
		w.hit(ServerSkew)
		s.wrong = true
		s.skew = w.between(-30*time.Hour, 30*time.Hour)
	}
	s.begin()
	w.spawn(w.owner("operator"), "operator", w.gap(), s.operate)
	return s
}

// begin starts the program.
func (s *server) begin() {
	s.me = s.w.owner(fmt.Sprintf("server-%d", s.epoch))
	s.ledger = ledger.New(port{s})
	s.handler = desk.New(desk.Config{
		Ledger: s.ledger, Service: s.w.pub.service(), Epoch: fmt.Sprintf("%016x", s.w.seed<<8+uint64(s.epoch)), Now: s.now,
		Directory: func(context.Context) (envelope.Directory, error) { return s.w.pub.dir, nil },
		Index: func(context.Context) (desk.Index, error) {
			return desk.Index{Hash: s.w.pub.hash, Body: s.w.pub.bundle()}, nil
		},
		Log: func(l desk.Line) { s.log = append(s.log, l) },
	})
	s.down = false
}

func (s *server) now() time.Time { return s.w.clock().Add(s.skew) }

// operate is the operator's day.
func (s *server) operate(p *proc) {
	for {
		p.sleep(s.w.gap())
		if s.w.healed {
			return
		}
		s.w.ops++
		s.act(p)
	}
}

func (s *server) act(p *proc) {
	w := s.w
	switch w.IntN(7) {
	case 0:
		s.backup()
	case 1:
		if w.happens(Restart) {
			s.restart(p)
		}
	case 2:
		if w.happens(Restore) {
			s.restore(p)
		}
	case 3:
		if w.happens(KeyRotated) {
			w.pub.rotate(w.IntN(6), 0)
		}
	case 4:
		if w.happens(KeyRetired) {
			w.pub.rotate(w.IntN(6), envelope.Grace+time.Hour)
		}
	case 5:
		if w.pub.services < len(keys().services) && w.happens(ServiceKey) {
			w.pub.services++
			w.pub.publish()
			s.restart(p)
		}
	default:
		if w.IntN(3) == 0 {
			s.verify()
		}
	}
}

// restart kills the program in whatever it does.
func (s *server) restart(p *proc) {
	s.w.note("server stops")
	s.w.kill(s.me)
	s.down = true
	p.sleep(s.w.between(time.Second, 5*time.Minute))
	s.begin()
	s.w.note("server starts")
}

func (s *server) backup() {
	m := mark{fmt.Sprintf("backup%d", len(s.marks)), s.w.now}
	if err := s.w.disk.Save(m.name); err != nil {
		s.w.breaks("backup: %v", err)
	}
	s.marks = append(s.marks, m)
}

// restore brings a backup back, at least half an hour old if there is one; the epoch
// changes, as the host does when the ledger has forgotten.
func (s *server) restore(p *proc) {
	if len(s.marks) == 0 {
		return
	}
	n := s.w.IntN(len(s.marks))
	s.w.kill(s.me)
	before := s.events()
	if err := s.w.disk.Back(s.marks[n].name); err != nil {
		s.w.breaks("restore: %v", err)
	}
	s.note(before)
	s.w.note("server restored from %v ago", s.w.now-s.marks[n].at)
	s.marks, s.heads, s.rolled = s.marks[:n+1], nil, true
	if err := s.w.history.restart(s.w.disk); err != nil {
		s.w.breaks("restore: %v", err)
	}
	s.epoch++
	s.restart(p)
}

// events is the highest event by sid.
func (s *server) events() map[string]uint32 {
	res, err := s.w.disk.Batch(ctx, []ledger.Stmt{{SQL: `SELECT sid, MAX(seq) FROM events GROUP BY sid`}})
	if err != nil {
		s.w.breaks("events: %v", err)
		return nil
	}
	out := map[string]uint32{}
	for _, r := range res[0] {
		out[r[0].(string)] = uint32(r[1].(int64))
	}
	return out
}

// note remembers which events a restore took away.
func (s *server) note(before map[string]uint32) {
	after := s.events()
	for _, sid := range sorted(before) {
		if before[sid] > after[sid] {
			s.lost[sid] = max(s.lost[sid], before[sid])
		}
	}
}

// verify is the auditor: the chain must hold, and hold what was seen before.
func (s *server) verify() {
	l := ledger.New(s.w.disk)
	if s.w.bad.TamperAudit {
		s.tamper()
	}
	head, err := l.Seal(ctx, 1<<20)
	if err == nil {
		_, err = l.Verify(ctx, s.heads...)
	}
	if err != nil {
		s.w.breaks("I11: %v", err)
		return
	}
	s.heads = append(s.heads, head)
}

// tamper is the sabotage of one who gets past the triggers.
func (s *server) tamper() {
	for _, sql := range []string{`DROP TRIGGER IF EXISTS audit_no_update`, `UPDATE audit SET note = 'x' WHERE seq = 1`} {
		must(s.w.disk.Batch(ctx, []ledger.Stmt{{SQL: sql}}))
	}
}

// port is the database as the program sees it.
type port struct{ s *server }

var dbFaults = []Fault{DBBusy, DBLostSent, DBLostUnsent, DBFails}

var errLost = errors.New("the connection to the database was lost")

// Batch implements ledger.DB.
func (d port) Batch(ctx context.Context, stmts []ledger.Stmt) ([][]ledger.Row, error) {
	w := d.s.w
	p := w.cur
	p.sleep(w.between(0, 3*time.Millisecond))
	f := w.meetsRarely(dbFaults)
	if f != "" {
		w.hit(f)
	}
	switch f {
	case DBBusy:
		return nil, ledger.ErrBusy
	case DBLostUnsent:
		return nil, errLost
	case DBFails:
		_, err := w.disk.Batch(ctx, append(stmts[:len(stmts):len(stmts)], ledger.Stmt{SQL: `INSERT INTO meta (name, value) VALUES ('schema', NULL)`}))
		return nil, err
	}
	rows, err := d.commit(ctx, stmts)
	p.sleep(w.between(0, 3*time.Millisecond))
	if f == DBLostSent {
		return nil, errLost
	}
	return rows, err
}

// meetsRarely is meets at a tenth of the rate: a request makes many calls.
func (w *world) meetsRarely(list []Fault) Fault {
	if w.IntN(10) > 0 {
		return ""
	}
	return w.meets(list)
}

// commit runs the batch and remembers what the server then truly holds.
func (d port) commit(ctx context.Context, stmts []ledger.Stmt) ([][]ledger.Row, error) {
	w := d.s.w
	if w.bad.ForgetCommit && w.chance(300) && writes(stmts) {
		must(0, w.disk.Save("sabotage"))
		defer w.disk.Back("sabotage")
	}
	rows, err := w.disk.Batch(ctx, stmts)
	for i, s := range stmts {
		if err == nil && strings.HasPrefix(s.SQL, "INSERT INTO submissions") && len(rows[i]) > 0 && !w.bad.ForgetCommit {
			w.held(s.Args[0].(string), hex.EncodeToString(s.Args[7].([]byte)))
		}
	}
	return rows, err
}

func (w *world) held(sid, hash string) {
	if w.facts.held[sid] == nil {
		w.facts.held[sid] = map[string]bool{}
	}
	w.facts.held[sid][hash] = true
	w.note("server holds %.8s as %.8s", sid, hash)
}

// message is a request on its way.
type message struct {
	method, path string
	header       map[string]string
	body         []byte
	cut          int // bytes that arrive before the line dies; 0 = all
}

// reply is an answer on its way; err means that none came.
type reply struct {
	status int
	header map[string]string // lower-case names
	body   []byte
	err    error
}

// serve hands a message to the program and its answer to done, unless the program
// dies meanwhile: then nobody answers.
func (s *server) serve(m message, done func(reply)) {
	if s.down {
		done(reply{err: errRefused})
		return
	}
	answered := s.w.history.begin(m)
	s.w.spawn(s.me, "request", 0, func(p *proc) {
		rec := &recorder{header: http.Header{}}
		s.handler.ServeHTTP(rec, requestOf(m))
		p.alive()
		r := rec.reply()
		if s.w.bad.FirstTwice {
			r.body = bytes.ReplaceAll(r.body, []byte(`"status":200`), []byte(`"status":201`))
		}
		answered(r)
		done(r)
	})
}

var errRefused = errors.New("the connection was refused")

func requestOf(m message) *http.Request {
	r := &http.Request{Method: m.method, URL: &url.URL{Path: m.path}, Header: http.Header{}, ContentLength: int64(len(m.body)), Body: io.NopCloser(bytes.NewReader(m.body))}
	if m.cut > 0 {
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(m.body[:m.cut]), brokenLine{}))
	}
	for k, v := range m.header {
		r.Header.Set(k, v)
	}
	return r.WithContext(ctx)
}

type brokenLine struct{}

func (brokenLine) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// recorder keeps what the handler writes.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

func (r *recorder) reply() reply {
	out := reply{status: r.status, header: map[string]string{}, body: r.body.Bytes()}
	if out.status == 0 {
		out.status = 200
	}
	for _, k := range []string{"Content-Type", "Retry-After"} {
		if v := r.header.Get(k); v != "" {
			out.header[strings.ToLower(k)] = v
		}
	}
	return out
}
