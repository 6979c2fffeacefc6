//go:build !js

package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Patience bounds each wait for a condition. It is generous because it ends a test
// that fails and costs one that passes nothing.
const Patience = 60 * time.Second

// Browser is one Chromium process with its own profile.
type Browser struct {
	dir    string
	ctx    context.Context
	cancel context.CancelFunc
}

// Start launches Chromium with a fresh profile; it ends with the test.
func Start(tb testing.TB) *Browser {
	tb.Helper()
	b, err := launch(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(b.Close)
	return b
}

var shared struct {
	sync.Mutex
	b *Browser
}

// Shared returns the one browser of a test binary; Main ends it.
func Shared(tb testing.TB) *Browser {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.b != nil {
		return shared.b
	}
	dir, err := os.MkdirTemp("", "e2e-profile-")
	if err == nil {
		shared.b, err = launch(dir)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return shared.b
}

// Main is the TestMain of a package that uses Shared; it returns the exit code.
func Main(m *testing.M) int {
	code := m.Run()
	if b := shared.b; b != nil {
		b.Close()
		os.RemoveAll(b.dir)
	}
	return code
}

func launch(dir string) (*Browser, error) {
	b := &Browser{dir: dir}
	return b, b.start()
}

func (b *Browser) start() error {
	bin, err := find()
	if err != nil {
		return err
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(bin), chromedp.UserDataDir(b.dir), chromedp.NoSandbox, chromedp.WSURLReadTimeout(Patience),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "zh-CN"))...)
	ctx, cancel := chromedp.NewContext(alloc)
	b.ctx, b.cancel = ctx, func() { cancel(); stop() }
	if err := chromedp.Do(ctx); err != nil {
		b.cancel()
		return fmt.Errorf("start %s: %w", bin, err)
	}
	return nil
}

// Close ends the browser and waits for it.
func (b *Browser) Close() { b.cancel() }

// Kill ends the process at once, as when the phone's memory runs out.
func (b *Browser) Kill(tb testing.TB) {
	tb.Helper()
	if err := chromedp.FromContext(b.ctx).Browser.Process().Kill(); err != nil {
		tb.Fatal("kill the browser:", err)
	}
	b.cancel()
}

// Restart starts Chromium again on the profile that Kill or Close left.
func (b *Browser) Restart(tb testing.TB) {
	tb.Helper()
	for _, lock := range []string{"SingletonLock", "SingletonSocket", "SingletonCookie"} {
		os.Remove(filepath.Join(b.dir, lock)) // a killed Chromium leaves them
	}
	if err := b.start(); err != nil {
		tb.Fatal(err)
	}
}

func find() (string, error) {
	for _, name := range []string{os.Getenv("CHROME_BIN"), "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium found: install the package chromium, or set CHROME_BIN to its path")
}

// Phone is one set of storage: IndexedDB, caches, service workers.
type Phone struct {
	b   *Browser
	ctx context.Context // owns the browser context; nil is the profile itself
}

// Phone makes a phone with empty storage, gone with the test.
func (b *Browser) Phone(tb testing.TB) *Phone {
	tb.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatal("make a phone:", err)
	}
	tb.Cleanup(cancel)
	return &Phone{b: b, ctx: ctx}
}

// Profile is the phone whose storage outlives Kill and Restart.
func (b *Browser) Profile() *Phone { return &Phone{b: b} }

func (p *Phone) context() (context.Context, context.CancelFunc) {
	if p.ctx == nil {
		return chromedp.NewContext(p.b.ctx)
	}
	return chromedp.NewContext(p.ctx) // inherits the browser context
}
