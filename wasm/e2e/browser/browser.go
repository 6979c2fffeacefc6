//go:build !js

package browser

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
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
		chromedp.Flag("lang", "zh-CN"), chromedp.ModifyCmdFunc(ownGroup))...)
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

// Kill ends the browser at once with all processes it has started, as when the phone's
// memory runs out, and waits until none is left: one that outlived the others for a moment
// would still hold the profile when Restart opens it.
func (b *Browser) Kill(tb testing.TB) {
	tb.Helper()
	group := chromedp.FromContext(b.ctx).Browser.Process().Pid
	if err := syscall.Kill(-group, syscall.SIGKILL); err != nil {
		tb.Fatal("kill the browser:", err)
	}
	b.cancel()
	for until := time.Now().Add(Patience); running(group); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			tb.Fatal("a process of the browser does not end")
		}
	}
}

// running reports whether a process of the group still does anything; one that has ended
// and was not yet taken note of does not count.
func running(group int) bool {
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	return slices.ContainsFunc(all, func(stat string) bool {
		b, _ := os.ReadFile(stat)
		f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:])) // state, parent, group
		return len(f) > 2 && f[2] == itoa(group) && f[0] != "Z"
	})
}

// Stored lists the files of the profile's databases, to tell how a loss came about.
func (b *Browser) Stored() (list string) {
	_ = filepath.WalkDir(filepath.Join(b.dir, "Default", "IndexedDB"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			info, _ := d.Info()
			list += fmt.Sprintf("\n%s %d bytes %s", path, info.Size(), info.ModTime().Format(time.StampMilli))
		}
		return nil
	})
	return list
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

// ownGroup lets Kill reach every process of the browser.
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
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
