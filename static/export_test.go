package static

import "context"

// CompileForTest builds a program with the trimmed go-app or the whole one.
func CompileForTest(ctx context.Context, root, cache, main string, trimmed bool) ([]byte, error) {
	b := newBuilder(Config{Root: root, Cache: cache, Main: main, Whole: !trimmed})
	err := b.makeProgram(ctx)
	return b.wasm, err
}

// Inner names for tests.
var (
	StylesheetForTest = stylesheet
	ReadSignsForTest  = readSigns
	CutForTest        = cut
	DrawMarkForTest   = func(i int) ([]byte, error) { return drawMark(icons[i]) }
)

// PackForTest compresses without keeping.
func PackForTest(body []byte) (Size, error) { return (&packer{}).size(body) }

// Names that tests hold against the sources.
const (
	GoAppForTest        = goApp
	GoAppVersionForTest = goAppVersion
	WorkerAtForTest     = workerAt
)
