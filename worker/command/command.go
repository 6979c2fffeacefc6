// Package command is the lixianban tool: one file a subcommand, joined in Run.
// Errors print one sentence that says what to do next and exit with 1; wrong
// usage prints the subcommand's usage and exits with 2.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Env is what a subcommand may touch.
type Env struct {
	Args           []string // after the subcommand's name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
}

// Command is one subcommand.
type Command struct {
	Name, Usage, Short string
	Run                func(ctx context.Context, env Env) error
}

// ErrUsage makes the caller print Usage and exit with 2.
var ErrUsage = errors.New("usage")

// Commands lists the subcommands in the order help shows them. Each file of this
// package that offers one adds its line here.
func Commands() []Command {
	return []Command{
		askCommand,
		checkCommand,
		packCommand,
		serveCommand,
		keysCommand,
		officeCommand,
		auditCommand,
	}
}

// Run finds and runs args[0]; the result is the process's exit code.
func Run(ctx context.Context, env Env) int {
	name := "help"
	if len(env.Args) > 0 {
		name, env.Args = env.Args[0], env.Args[1:]
	}
	i := slices.IndexFunc(Commands(), func(c Command) bool { return c.Name == name })
	if i < 0 {
		help(env.Stderr)
		return exitForUnknown(name)
	}
	c := Commands()[i]
	switch err := c.Run(ctx, env); {
	case errors.Is(err, ErrUsage):
		fmt.Fprintf(env.Stderr, "usage: lixianban %s\n", c.Usage)
		return 2
	case err != nil:
		fmt.Fprintf(env.Stderr, "lixianban %s: %v\n", c.Name, err)
		return 1
	}
	return 0
}

func exitForUnknown(name string) int {
	if name == "help" || name == "-h" || name == "--help" {
		return 0
	}
	return 2
}

func help(w io.Writer) {
	fmt.Fprintln(w, "lixianban: medical-insurance questions answered offline, applications delivered sealed")
	for _, c := range Commands() {
		fmt.Fprintf(w, "  %-10s %s\n", c.Name, c.Short)
	}
}
