package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/policy/trust"
	"lixianban/static/site"
	"lixianban/worker/desk"
	"lixianban/worker/ledger"
	"lixianban/worker/ledger/sqlite"
)

// Config says what to serve.
type Config struct {
	Folder Folder
	Site   string // the built site's folder; "" serves the API alone
	Demo   bool   // sign a demo office's documents with the folder's demo keys
	Forms  []string
	Now    func() time.Time
	Log    *slog.Logger
}

// Server is an open folder and its handler. Close it when done.
type Server struct {
	http.Handler
	Ledger *ledger.Ledger
	Epoch  string

	conf  Config
	db    *sqlite.DB
	docs  atomic.Pointer[documents]
	state trust.State
	noted int64 // audit entry last written to epoch.json
	demo  Demo
	key   envelope.ServiceKey
	site  fs.FS
}

// Open opens or makes everything in the folder. It fails rather than serve with half of it.
func Open(ctx context.Context, c Config) (*Server, error) {
	if err := os.MkdirAll(c.Folder.Dir, 0o700); err != nil {
		return nil, err
	}
	if c.Site != "" {
		if _, err := os.Stat(c.Site); err != nil {
			return nil, fmt.Errorf("the site is not there (%w): run make build first, or leave -site out to serve the API alone", err)
		}
	}
	db, err := sqlite.Open(c.Folder.Database(), sqlite.Options{})
	if err != nil {
		return nil, err
	}
	s := &Server{conf: c, db: db, Ledger: ledger.New(db)}
	if err := s.start(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	if err := s.Ledger.Migrate(ctx); err != nil {
		return err
	}
	service, err := s.conf.Folder.Service()
	if err != nil {
		return err
	}
	s.key = envelope.ServiceKeyOf(service)
	if s.Epoch, err = s.conf.Folder.Epoch(ctx, s.Ledger); err != nil {
		return err
	}
	if s.conf.Site != "" {
		s.site = os.DirFS(s.conf.Site)
	}
	if err := s.publish(); err != nil {
		return err
	}
	if err := s.reload(); err != nil {
		return fmt.Errorf("the documents in %s: %w", s.conf.Folder.path("documents"), err)
	}
	api := desk.New(desk.Config{Ledger: s.Ledger, Service: service, Epoch: s.Epoch, Now: s.conf.Now, Directory: s.directory, Index: s.index, Log: s.log})
	s.Handler = s.route(api)
	return nil
}

// route gives /v1/ to the counter and the rest to the site.
func (s *Server) route(api http.Handler) http.Handler {
	if s.site == nil {
		return api
	}
	pages := desk.Wrap(site.Handler(s.site), s.conf.Now, nil)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			api.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

func (s *Server) directory(context.Context) (envelope.Directory, error) {
	return s.docs.Load().directory, nil
}

func (s *Server) index(context.Context) (desk.Index, error) { return s.docs.Load().index, nil }

func (s *Server) log(l desk.Line) {
	s.conf.Log.Info("request", "method", l.Method, "route", l.Route, "status", l.Status, "code", l.Code, "bytes", l.Bytes, "ms", l.Took.Milliseconds())
}

// publish signs the demo's documents; on another server they come from elsewhere.
func (s *Server) publish() (err error) {
	if !s.conf.Demo {
		return nil
	}
	now := s.conf.Now()
	if s.demo.Root == nil {
		if s.demo, err = s.conf.Folder.Demo(now); err != nil {
			return err
		}
	}
	return s.conf.Folder.publishDemo(now, s.demo, s.key, s.site, s.conf.Forms)
}

// reload takes the documents in the folder when they verify; else the old ones stay.
func (s *Server) reload() error {
	docs, state, err := s.conf.Folder.load(s.conf.Now(), s.state)
	if err != nil {
		return err
	}
	if old := s.docs.Load(); old == nil || old.index.Hash != docs.index.Hash {
		for _, l := range docs.lapsed {
			s.conf.Log.Warn("a signed document is past its date: publish a new one", "document", l.Doc, "since", l.Since)
		}
	}
	s.state = state
	s.docs.Store(&docs)
	return nil
}

// Close stops the ledger after the work it has accepted.
func (s *Server) Close(ctx context.Context) error {
	return errors.Join(s.seal(ctx), s.db.Close())
}

// Time limits of a connection. A phone on 2 KB/s needs over two minutes for the
// largest envelope; a connection that sends no header in ten seconds is no phone (F35).
const (
	headerTime = 10 * time.Second
	readTime   = 5 * time.Minute
	writeTime  = 10 * time.Minute
	idleTime   = 2 * time.Minute
	closeTime  = 20 * time.Second
	headerSize = 16 << 10
)

// Serve answers on ln until ctx ends, then finishes what is under way.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{Handler: s.Handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerSize, ErrorLog: slog.NewLogLogger(quiet{s.conf.Log.Handler()}, slog.LevelDebug)}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	kept := make(chan struct{})
	go func() { defer close(kept); s.keepHouse(ctx) }()
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		err = srv.Shutdown(bye)
	}
	stop()
	<-kept
	return err
}
