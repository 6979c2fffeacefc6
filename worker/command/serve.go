package command

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"lixianban/app/filing"
	"lixianban/worker/host"
)

var serveCommand = Command{
	Name:  "serve",
	Usage: "serve [-addr 127.0.0.1:8080] [-data DIR] [-site DIST] [-demo] [-log]",
	Short: "run the embedded server: the site, the API and SQLite in DIR",
	Run:   serve,
}

func serve(ctx context.Context, env Env) error {
	fs := hostFlags(env, "serve")
	addr := fs.String("addr", "127.0.0.1:8080", "address to listen on")
	data := fs.String("data", "data", "folder of the database and the keys; made if absent")
	site := fs.String("site", "", "folder of the built site; empty serves the API alone")
	demo := fs.Bool("demo", false, "take applications for a demo office that says it is one")
	verbose := fs.Bool("log", false, "log each request (no personal data is in it)")
	if err := parse(fs, env.Args, 0); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(env.Stderr, &slog.HandlerOptions{Level: level(*verbose)}))
	s, err := host.Open(ctx, host.Config{Folder: folder(*data), Site: *site, Demo: *demo, Forms: filing.IDs(), Now: time.Now, Log: log})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		return errors.Join(fmt.Errorf("can't listen on %s: %w; choose another with -addr", *addr, err), s.Close(ctx))
	}
	fmt.Fprint(env.Stdout, addresses(ln.Addr(), *data, *demo))
	err = s.Serve(ctx, ln)
	return errors.Join(err, s.Close(context.WithoutCancel(ctx)))
}

// addresses says what to open, and in a demo how to answer as its office.
func addresses(at net.Addr, data string, demo bool) string {
	url := "http://" + strings.Replace(at.String(), "127.0.0.1", "localhost", 1)
	text := fmt.Sprintf("lixianban is at %s (data in %s). Stop it with Ctrl-C.\n  phone   %s/\n", url, data, url)
	if demo {
		text += fmt.Sprintf("  office  bin/lixianban office list -server %s -key %s/demo/office.key   (then open, decide)\n", url, data)
	}
	return text
}

func level(verbose bool) slog.Level {
	if verbose {
		return slog.LevelInfo
	}
	return slog.LevelWarn
}

func folder(dir string) host.Folder { return host.Folder{Dir: dir, Rand: rand.Reader} }

// hostFlags makes a flag set that names a wrong flag on stderr; usage is Run's to print.
func hostFlags(env Env, name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(env.Stderr)
	fs.Usage = func() {}
	return fs
}

// parse reads flags, which may stand before or after the n arguments (-1: any number).
func parse(fs *flag.FlagSet, args []string, n int) error {
	var rest []string
	for {
		if err := fs.Parse(args); err != nil {
			return ErrUsage
		}
		args = fs.Args()
		if len(args) == 0 {
			break
		}
		rest, args = append(rest, args[0]), args[1:]
	}
	if n >= 0 && len(rest) != n {
		return ErrUsage
	}
	return fs.Parse(append([]string{"--"}, rest...))
}
