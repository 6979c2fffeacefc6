package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"lixianban/worker/ledger"
	"lixianban/worker/ledger/sqlite"
)

var auditCommand = Command{
	Name:  "audit",
	Usage: `audit [-data DIR] [-checkpoint "SEQ HASH"]…   verify the log; keep the line it prints somewhere else`,
	Short: "verify the server's audit log, against checkpoints kept elsewhere",
	Run:   runAudit,
}

func runAudit(ctx context.Context, env Env) error {
	fs := hostFlags(env, "audit")
	data := fs.String("data", "data", "the server's folder")
	var kept many
	fs.Var(&kept, "checkpoint", "a line that an earlier run printed; may be repeated")
	if err := parse(fs, env.Args, 0); err != nil {
		return err
	}
	points, err := checkpoints(kept)
	if err != nil {
		return err
	}
	path := folder(*data).Database()
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no ledger at %s: name the server's folder with -data", path)
	}
	db, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	l := ledger.New(db)
	if _, err := l.Seal(ctx, 1<<30); err != nil {
		return err
	}
	head, err := l.Verify(ctx, points...)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stderr, "the log of %d entries is whole; keep the line below somewhere else\n", head.Seq)
	fmt.Fprintf(env.Stdout, "%d %s\n", head.Seq, head.Hash)
	return nil
}

func checkpoints(lines []string) ([]ledger.Checkpoint, error) {
	var all []ledger.Checkpoint
	for _, line := range lines {
		seq, hash, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := strconv.ParseInt(seq, 10, 64)
		if err != nil || n < 1 || len(hash) != 64 {
			return nil, errors.New(`a checkpoint is a number and 64 hex digits, as this command prints them: -checkpoint "120 9f…"`)
		}
		all = append(all, ledger.Checkpoint{Seq: n, Hash: hash})
	}
	return all, nil
}
