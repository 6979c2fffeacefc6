// Command import writes static/packs/regions, and the list of places in app/screen/view, from static/packs/sources: run
// go run ./static/packs/import from the top folder after a change of the data.
//
// It replaces what it once generated, leaves scenarios and other hand-written files
// alone, and prints what became of the facts.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"lixianban/static/packs/sources"
)

func main() {
	if err := run(filepath.Join("static", "packs", "regions")); err != nil {
		fmt.Fprintln(os.Stderr, "import:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	files, report, err := sources.Generate()
	if err != nil {
		return err
	}
	stale, err := sources.Stale(os.DirFS(dir), files)
	if err != nil {
		return err
	}
	for _, name := range stale {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	for name, body := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, body, 0o644); err != nil {
			return err
		}
	}
	places, err := sources.Places()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.FromSlash(sources.PlacesFile), places, 0o644); err != nil {
		return err
	}
	fmt.Printf("%d files; %+v\n", len(files), report.Counts())
	return nil
}
