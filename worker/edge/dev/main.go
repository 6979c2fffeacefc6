//go:build !js

// Command dev runs the edge on this machine: go run ./worker/edge/dev
//
//	-data DIR     the embedded server's folder, whose demo office and keys are used (data)
//	-site DIR     the built site (dist), "" for the API alone
//	-port N       8787
//	-build-only   build what wrangler deploys and stop
//	-anchor, -bundle FILE   deploy these documents instead of a demo's
//
// It builds the worker with the folder's documents into .cache/edge, migrates a local
// D1 in DIR/d1 and starts wrangler dev, which is workerd. Nothing leaves the machine.
package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"lixianban/app/envelope"
	"lixianban/worker/edge"
	"lixianban/worker/host"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "edge:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	data, site, anchor, bundle string
	port                       int
	buildOnly                  bool
}

func run(ctx context.Context, args []string) error {
	var o options
	f := flag.NewFlagSet("dev", flag.ExitOnError)
	f.StringVar(&o.data, "data", "data", "folder of the demo's keys and documents")
	f.StringVar(&o.site, "site", "dist", "the built site, empty for the API alone")
	f.StringVar(&o.anchor, "anchor", "", "signed root document to deploy under")
	f.StringVar(&o.bundle, "bundle", "", "signed documents to deploy")
	f.IntVar(&o.port, "port", 8787, "port on 127.0.0.1")
	f.BoolVar(&o.buildOnly, "build-only", false, "build and stop")
	_ = f.Parse(args)

	plan, err := o.plan(ctx)
	if err != nil {
		return err
	}
	if err := edge.Build(ctx, plan); err != nil {
		return err
	}
	fmt.Println("built", plan.Out)
	if o.buildOnly {
		return nil
	}
	if err := edge.Packages(ctx, plan.Source); err != nil {
		return err
	}
	return o.serve(ctx, plan)
}

func (o options) plan(ctx context.Context) (edge.Plan, error) {
	p := edge.Plan{Source: ".", Out: filepath.Join(".cache", "edge"), Now: time.Now()}
	if _, err := os.Stat("go.mod"); err != nil {
		return p, errors.New("run this in the folder that holds go.mod")
	}
	if (o.anchor == "") != (o.bundle == "") {
		return p, errors.New("give -anchor and -bundle together: the bundle is verified under the anchor")
	}
	if o.anchor == "" {
		if err := o.demo(ctx); err != nil {
			return p, err
		}
		o.anchor, o.bundle = filepath.Join(o.data, "documents", "root"), filepath.Join(o.data, "documents", "bundle")
	}
	var err error
	if p.Anchor, err = os.ReadFile(o.anchor); err != nil {
		return p, err
	}
	p.Bundle, err = os.ReadFile(o.bundle)
	return p, err
}

// demo lets the embedded server make the folder and sign the demo's documents.
func (o options) demo(ctx context.Context) error {
	folder := host.Folder{Dir: o.data, Rand: rand.Reader}
	s, err := host.Open(ctx, host.Config{Folder: folder, Site: o.site, Demo: true, Forms: []string{"resident-stop@1"},
		Now: time.Now, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	return s.Close(ctx)
}

// serve migrates the local D1 and hands over to wrangler.
func (o options) serve(ctx context.Context, p edge.Plan) error {
	d1, err := filepath.Abs(filepath.Join(o.data, "d1"))
	if err != nil {
		return err
	}
	vars, err := o.vars(p, d1)
	if err != nil {
		return err
	}
	if err := wrangler(ctx, "d1", "migrations", "apply", "DB", "--local", "--persist-to", d1); err != nil {
		return err
	}
	args := []string{"dev", "--local", "--ip", "127.0.0.1", "--port", strconv.Itoa(o.port), "--persist-to", d1, "--env-file", vars}
	if o.site != "" {
		site, err := filepath.Abs(o.site)
		if err != nil {
			return err
		}
		args = append(args, "--assets", site)
	}
	fmt.Printf("the edge will be at http://127.0.0.1:%d (D1 in %s). Stop it with Ctrl-C.\n", o.port, d1)
	return wrangler(ctx, args...)
}

// vars writes what a deployment holds as secrets, readable by its owner only.
func (o options) vars(p edge.Plan, d1 string) (string, error) {
	service, err := host.Folder{Dir: o.data, Rand: rand.Reader}.Service()
	if err != nil {
		return "", err
	}
	epoch, err := epochOf(d1)
	if err != nil {
		return "", err
	}
	path, err := filepath.Abs(filepath.Join(p.Out, "dev.vars"))
	if err != nil {
		return "", err
	}
	text := "SERVICE_SECRET=" + envelope.EncodeServiceSecret(service) + "\nEPOCH=" + epoch + "\n"
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// epochOf keeps the epoch beside the database: who deletes the one deletes the other.
func epochOf(d1 string) (string, error) {
	path := filepath.Join(d1, "epoch")
	if b, err := os.ReadFile(path); err == nil {
		return string(b), nil
	}
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	if err := os.MkdirAll(d1, 0o700); err != nil {
		return "", err
	}
	epoch := hex.EncodeToString(b[:])
	return epoch, os.WriteFile(path, []byte(epoch), 0o600)
}

func wrangler(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join("node_modules", ".bin", "wrangler"), args...)
	cmd.Dir = "worker"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "WRANGLER_SEND_METRICS=false", "CLOUDFLARE_CF_FETCH_ENABLED=false", "CI=1")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	return cmd.Run()
}
