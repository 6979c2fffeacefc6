package edge

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// errNoNode is said instead of exec's "executable file not found".
var errNoNode = errors.New("the edge runs on workerd, which needs Node 20 or newer with npm: install both (Debian: apt-get install nodejs npm) and run this again")

// Packages installs wrangler, miniflare and workerd under worker/ as the lock file
// says, unless they are there. Install scripts stay off: workerd's program comes as
// a package of its own.
func Packages(ctx context.Context, source string) error {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return errNoNode
		}
	}
	dir := filepath.Join(source, "worker")
	if upToDate(dir) {
		return nil
	}
	if err := run(ctx, dir, nil, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"); err != nil {
		return fmt.Errorf("install the edge's npm packages (is the registry reachable?): %w", err)
	}
	return nil
}

// upToDate compares npm's own note of what it installed with the lock file's age.
func upToDate(dir string) bool {
	lock, err := os.Stat(filepath.Join(dir, "package-lock.json"))
	done, err2 := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json"))
	return err == nil && err2 == nil && !done.ModTime().Before(lock.ModTime())
}
