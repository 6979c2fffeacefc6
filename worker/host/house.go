package host

import (
	"context"
	"log/slog"
	"time"

	"lixianban/app/envelope"
)

// retention is how long sealed bytes stay after the office confirmed them (SR-30).
const retention = 30 * 24 * time.Hour

// chores are what the server does beside answering, and how often.
var chores = []struct {
	name  string
	every time.Duration
	do    func(*Server, context.Context) error
}{
	{"seal the audit", time.Second, (*Server).seal},
	{"read new documents", time.Minute, func(s *Server, _ context.Context) error { return s.reload() }},
	{"erase what is past its time", time.Hour, (*Server).sweep},
	{"sign the demo's documents", 24 * time.Hour, func(s *Server, _ context.Context) error { return s.publish() }},
}

// keepHouse does the chores, one at a time, until ctx ends.
func (s *Server) keepHouse(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, c := range chores {
			if time.Duration(n)*time.Second%c.every != 0 {
				continue
			}
			if err := c.do(s, ctx); err != nil && ctx.Err() == nil {
				s.conf.Log.Error("could not "+c.name, "error", err)
			}
		}
	}
}

// seal chains the new audit entries and notes how far the log goes.
func (s *Server) seal(ctx context.Context) error {
	head, err := s.Ledger.Seal(ctx, 1<<16)
	if err != nil || head.Seq == s.noted {
		return err
	}
	s.noted = head.Seq
	return s.conf.Folder.NoteAudit(s.Epoch, head.Seq)
}

const sweepAtOnce = 500

// sweep erases and, when it did, empties the WAL too.
func (s *Server) sweep(ctx context.Context) error {
	now := s.conf.Now()
	total := 0
	for {
		n, err := s.Ledger.Sweep(ctx, envelope.Timestamp(now.Add(-retention)), envelope.Timestamp(now), sweepAtOnce)
		total += n
		if err != nil {
			return err
		}
		if n < sweepAtOnce {
			break
		}
	}
	if total == 0 {
		return nil
	}
	return s.db.Checkpoint(ctx)
}

// quiet drops net/http's own messages: they hold addresses of clients.
type quiet struct{ slog.Handler }

func (quiet) Enabled(context.Context, slog.Level) bool { return false }
