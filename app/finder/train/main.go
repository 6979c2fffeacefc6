// Command train makes app/finder/sounds.txt and app/finder/model.bin from
// corpus.txt and the lexicon. Host only; run it from the project's root.
//
// Everything is seeded, so the same sources give the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("dir", "app/finder", "folder of sounds.txt and model.bin")
	only := flag.String("only", "", `"sounds" or "model"; both when empty`)
	flag.Parse()
	if err := run(*dir, *only); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(dir, only string) error {
	if only != "model" {
		if err := os.WriteFile(filepath.Join(dir, "sounds.txt"), Sounds(), 0o644); err != nil {
			return err
		}
	}
	if only == "sounds" {
		return nil
	}
	b, err := Model()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "model.bin"), b, 0o644)
}
