package ledger

import (
	"context"
	"embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migration is one numbered step of the schema. Its last statement writes the
// number to meta, so that other tools (wrangler d1 migrations) may run the files too.
type Migration struct {
	Version int
	Name    string // "0001_counter.sql"
	Stmts   []Stmt
}

// Migrations returns the embedded steps in order.
func Migrations() []Migration {
	entries, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		panic(err) // embedded at build time
	}
	var all []Migration
	for _, e := range entries {
		text, err := migrationFiles.ReadFile("migrations/" + e.Name())
		if err != nil {
			panic(err)
		}
		all = append(all, Migration{Version: leadingNumber(e.Name()), Name: e.Name(), Stmts: split(string(text))})
	}
	return all
}

// Migrate brings the schema to the newest version. It may run at every start and
// in several processes at once: each step is one batch and every statement of it
// may run twice. A schema newer than this program is an error: the program is old.
func (l *Ledger) Migrate(ctx context.Context) error {
	all := Migrations()
	have := l.schema(ctx)
	if newest := all[len(all)-1].Version; have > newest {
		return fmt.Errorf("the database has schema %d and this program knows %d: install the newer lixianban", have, newest)
	}
	for _, m := range all {
		if m.Version <= have {
			continue
		}
		if _, err := l.db.Batch(ctx, m.Stmts); err != nil {
			return fmt.Errorf("migration %s: %w", m.Name, err)
		}
	}
	return nil
}

// schema is 0 for a database without tables; a real fault shows in the first step.
func (l *Ledger) schema(ctx context.Context) int {
	v, err := l.Meta(ctx, "schema")
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(v)
	return n
}

func leadingNumber(name string) int {
	n, err := strconv.Atoi(name[:4])
	if err != nil {
		panic("ledger: migration " + name + " has no number")
	}
	return n
}

// split cuts a file at blank lines after a semicolon and drops comment lines.
func split(text string) []Stmt {
	var stmts []Stmt
	for block := range strings.SplitSeq(text, ";\n\n") {
		var lines []string
		for line := range strings.SplitSeq(block, "\n") {
			if !strings.HasPrefix(line, "--") {
				lines = append(lines, line)
			}
		}
		sql := strings.TrimSuffix(strings.TrimSpace(strings.Join(lines, "\n")), ";")
		if strings.HasPrefix(sql, "CREATE TRIGGER") {
			sql += ";" // END closes the body; both dialects want the semicolon inside
		}
		if sql != "" {
			stmts = append(stmts, Stmt{SQL: sql})
		}
	}
	return stmts
}
