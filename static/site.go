package static

import (
	"context"
	"io/fs"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Page is one address to prerender.
type Page struct {
	Path  string // "/", "/guide/resident-stop", "/en", "/404"
	Lang  string // "zh-CN" or "en"
	Title string
	About string
	// Porch says that the page is useful with no program; others show a waiting note.
	Porch bool
	New   func() app.Composer
}

// Config says what to build. Paths are of the host's file system.
type Config struct {
	Root  string // the module's folder
	Out   string // replaced as a whole when everything has been made
	Cache string // compressed forms and the trimmed go-app; may be deleted at any time

	Pages []Page
	Web   fs.FS // css/*.css, icons/*.svg, boot.js, sw.js; nil = Root/static/web

	// Main is the package of the program, "./wasm". Wasm, when set, is used instead of building.
	Main string
	Wasm []byte
	// Vars are set in the program by the linker: "main.demo" → "1".
	Vars map[string]string
	// Env is what app.Getenv finds in the browser.
	Env map[string]string
	// Whole links the pinned go-app as it is, with its net/http. For measuring.
	Whole bool

	// Seq grows with each release; a phone refuses a lower one than it has (F22).
	Seq uint64
	// Base is the public address ("https://example.org") for sitemap and canonical links; may be empty.
	Base string

	// Shortcuts of the installed app; each Path is one of Pages.
	Shortcuts []Shortcut

	// Packs are more files to publish below /packs/, by name ("national.pack", "370000.overlay"). The worker keeps only those in .pack.
	Packs map[string][]byte

	Logf func(format string, args ...any) // progress; nil is quiet
}

// Report is what a build made.
type Report struct {
	Build   string // 12 hex digits over everything in the site
	Files   map[string]File
	Wasm    Size // the program, in pieces
	Whole   Size // the same compressed as one file, for comparison; zero when not asked for
	Pieces  int
	CSS     Size
	Porch   Size // the largest page with all it needs to be read, in PorchRequests requests
	PorchOf string
	Trimmed bool
}

// PorchRequests is how many requests a porch page makes before the program is fetched.
const PorchRequests = 5

// File is one file of the site.
type File struct {
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Size is a length in bytes: as it is, and as sent.
type Size struct{ Raw, Gzip, Brotli int }

// Build makes the site and puts it in place of c.Out. When it fails the old site is untouched.
func Build(ctx context.Context, c Config) (Report, error) {
	b := newBuilder(c)
	for _, step := range b.steps() {
		b.logf("%s", step.name)
		if err := step.do(ctx); err != nil {
			return Report{}, err
		}
	}
	return b.report, nil
}
