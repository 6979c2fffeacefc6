//go:build !js

// Command lixianban is the embedded server and the tools around it; built for js it
// is the edge instead (main_js.go).
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"lixianban/worker/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command.Run(ctx, command.Env{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv})
	stop()
	os.Exit(code)
}
