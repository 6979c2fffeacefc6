//go:build !js

// Command shots joins screenshots of the journeys side by side, each cropped to one
// screen of a phone, as the picture of the README:
//
//	E2E_SHOTS=/tmp/shots go test ./wasm/e2e -run TestTheWholeJourney
//	go run ./wasm/e2e/shots -from /tmp/shots -out wasm/e2e/shots/readme.png home-360 question-360 result-360
//
// The picture has 256 colours, the most frequent ones of the screens.
package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// One screen, the room around each, and the table they lie on.
const (
	width, height = 360, 740
	room          = 20
)

var (
	table = color.RGBA{0xd9, 0xd3, 0xc7, 0xff}
	edge  = color.RGBA{0x8a, 0x84, 0x78, 0xff}
)

func main() {
	from := flag.String("from", ".", "folder of the screenshots")
	out := flag.String("out", "readme.png", "the picture")
	flag.Parse()
	if err := run(*from, *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "shots:", err)
		os.Exit(1)
	}
}

func run(from, out string, names []string) error {
	var screens []image.Image
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(from, name+".png"))
		if err != nil {
			return fmt.Errorf("%w; run the journey with E2E_SHOTS=%s first", err, from)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		screens = append(screens, img)
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&b, few(joined(screens))); err != nil {
		return err
	}
	fmt.Printf("%s: %d KB\n", out, (b.Len()+1023)/1024)
	return os.WriteFile(out, b.Bytes(), 0o644)
}

// joined lays the top of each screen beside the last.
func joined(screens []image.Image) *image.RGBA {
	all := image.NewRGBA(image.Rect(0, 0, room+len(screens)*(width+room), height+2*room))
	draw.Draw(all, all.Bounds(), image.NewUniform(table), image.Point{}, draw.Src)
	for i, s := range screens {
		at := image.Rect(0, 0, width, height).Add(image.Pt(room+i*(width+room), room))
		draw.Draw(all, at.Inset(-1), image.NewUniform(edge), image.Point{}, draw.Src)
		draw.Draw(all, at, s, s.Bounds().Min, draw.Src)
	}
	return all
}

// few keeps the 256 most frequent colours and gives every other pixel the nearest of them.
func few(img *image.RGBA) *image.Paletted {
	count := map[color.RGBA]int{}
	each(img, func(x, y int) { count[img.RGBAAt(x, y)]++ })
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range colours[:min(256, len(colours))] {
		palette = append(palette, c)
	}
	to := map[color.RGBA]uint8{}
	for c := range count {
		to[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(img.Bounds(), palette)
	each(img, func(x, y int) { out.SetColorIndex(x, y, to[img.RGBAAt(x, y)]) })
	return out
}

func each(img *image.RGBA, f func(x, y int)) {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			f(x, y)
		}
	}
}
