package static

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// first sheets come in this order, print last; the others between them by name.
var first = []string{"tokens.css", "base.css", "layout.css"}

const last = "print.css"

// makeStyle joins the sheets and the signs into one file. Comments and spaces stay at home.
func (b *builder) makeStyle(context.Context) error {
	css, err := stylesheet(b.Web)
	if err != nil {
		return err
	}
	b.putHashed("site.css", []byte(css))
	return nil
}

func stylesheet(web fs.FS) (string, error) {
	names, err := fs.Glob(web, "css/*.css")
	if err != nil {
		return "", err
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	var all strings.Builder
	for _, n := range names {
		src, err := fs.ReadFile(web, n)
		if err != nil {
			return "", err
		}
		all.WriteString(minifyCSS(followSystem(string(src))))
		if path.Base(n) == first[0] {
			signs, err := iconCSS(web)
			if err != nil {
				return "", err
			}
			all.WriteString(signs)
		}
	}
	return all.String(), nil
}

func rank(name string) int {
	if path.Base(name) == last {
		return len(first) + 1
	}
	if i := slices.Index(first, path.Base(name)); i >= 0 {
		return i
	}
	return len(first)
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`\s+`)
	cssTight   = regexp.MustCompile(`\s*([{};,])\s*`)
	cssColon   = regexp.MustCompile(`:\s+`)
	darkBlock  = regexp.MustCompile(`(?s):root\[data-theme="dark"\] \{(.*?)\}`)
)

// followSystem repeats the dark tokens for phones that are set to dark, unless the person
// chose light here. Written once in tokens.css, so that the two can't drift apart.
func followSystem(src string) string {
	return darkBlock.ReplaceAllString(src, "$0\n@media screen and (prefers-color-scheme: dark) { :root:not([data-theme=\"light\"]) {$1} }")
}

// minifyCSS drops comments and spaces that mean nothing. Our sheets hold no strings with braces.
func minifyCSS(src string) string {
	s := cssComment.ReplaceAllString(src, "")
	s = cssSpace.ReplaceAllString(s, " ")
	s = cssTight.ReplaceAllString(s, "$1")
	s = cssColon.ReplaceAllString(s, ":")
	return strings.TrimSpace(strings.ReplaceAll(s, ";}", "}"))
}

// sign is one drawn icon.
type sign struct{ name, path string }

// iconCSS makes a class of each drawn sign: a mask, so that it takes the text's colour.
func iconCSS(web fs.FS) (string, error) {
	signs, err := readSigns(web)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, s := range signs {
		fmt.Fprintf(&b, ".icon--%s{--i:%s}", s.name, maskURL(s.path, "2"))
	}
	fmt.Fprintf(&b, ":root{--i-mark:%s}", maskURL(markPath(), "2.4"))
	return b.String(), nil
}

func maskURL(d, width string) string {
	return `url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%23000' stroke-width='` +
		width + `' stroke-linecap='round' stroke-linejoin='round'%3E%3Cpath d='` + d + `'/%3E%3C/svg%3E")`
}

var signLine = regexp.MustCompile(`^([a-z]+)\t([MmLlHhVvCcSsQqAaZz0-9 .-]+)$`)

func readSigns(web fs.FS) ([]sign, error) {
	src, err := fs.ReadFile(web, "icons.tsv")
	if err != nil {
		return nil, fmt.Errorf("read the drawn signs: %w", err)
	}
	var signs []sign
	sc := bufio.NewScanner(bytes.NewReader(src))
	for n := 1; sc.Scan(); n++ {
		if line := sc.Text(); line != "" && !strings.HasPrefix(line, "#") {
			m := signLine.FindStringSubmatch(line)
			if m == nil {
				return nil, fmt.Errorf("static/web/icons.tsv:%d: write a name of small letters, one tab, then SVG path data", n)
			}
			signs = append(signs, sign{m[1], m[2]})
		}
	}
	return signs, sc.Err()
}
