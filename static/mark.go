package static

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
)

// The mark of Lixianban: a tick that drops into a tray, done and kept. It is drawn
// from this one table as SVG, as PNG and as a css mask, so no picture is committed.
type point struct{ x, y float64 }

// markLines on a field of 24×24.
var markLines = [][]point{
	{{5.2, 12.2}, {5.2, 18.4}, {18.8, 18.4}, {18.8, 12.2}},
	{{8.2, 10.2}, {11.3, 13.6}, {17.2, 6.4}},
}

// markWidth is the width of its lines in the icon.
const markWidth = 2.4

var (
	markGround = color.RGBA{0x0a, 0x54, 0x40, 0xff}
	markInk    = color.RGBA{0xfb, 0xf8, 0xf1, 0xff}
)

func markPath() string {
	var b strings.Builder
	for _, line := range markLines {
		for i, p := range line {
			b.WriteString(string("ML"[min(i, 1)]) + fmt.Sprintf("%g %g", p.x, p.y))
		}
	}
	return b.String()
}

// makeIcons writes the icons that installing asks for.
func (b *builder) makeIcons(context.Context) error {
	b.putHashed("icon.svg", markSVG())
	for _, ic := range icons {
		body, err := drawMark(ic)
		if err != nil {
			return err
		}
		b.putHashed(ic.name, body)
	}
	return nil
}

// icon is one PNG to draw. Scale shrinks the mark inside the field: a maskable icon
// may be cut to a circle of 80 %, so its ground goes to the edges and its mark is smaller.
type icon struct {
	name    string
	size    int
	scale   float64
	corner  float64 // of the ground, in the field's units
	purpose string
}

var icons = []icon{
	{"icon-192.png", 192, 1, 6, "any"},
	{"icon-512.png", 512, 1, 6, "any"},
	{"icon-maskable.png", 512, .78, 0, "maskable"},
	{"icon-touch.png", 180, .9, 0, ""},
}

func markSVG() []byte {
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">` +
		`<rect width="24" height="24" rx="6" fill="#0a5440"/>` +
		`<path d="` + markPath() + `" fill="none" stroke="#fbf8f1" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>`)
}

// drawMark paints by distance: how far each pixel's middle is from the ground and from the lines.
func drawMark(ic icon) ([]byte, error) {
	img := image.NewNRGBA(image.Rect(0, 0, ic.size, ic.size))
	unit := 24 / float64(ic.size)
	for y := range ic.size {
		for x := range ic.size {
			p := point{(float64(x) + .5) * unit, (float64(y) + .5) * unit}
			ground := cover(boxDistance(p, ic.corner), unit)
			ink := cover(lineDistance(shrink(p, ic.scale))*ic.scale, unit)
			img.SetNRGBA(x, y, blend(ground, ink))
		}
	}
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	err := enc.Encode(&buf, img)
	return buf.Bytes(), err
}

// cover is how much of a pixel lies inside, from its distance to the edge.
func cover(distance, unit float64) float64 { return math.Max(0, math.Min(1, .5-distance/unit)) }

func blend(ground, ink float64) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-ink) + float64(b)*ink)) }
	return color.NRGBA{mix(markGround.R, markInk.R), mix(markGround.G, markInk.G), mix(markGround.B, markInk.B),
		uint8(math.Round(255 * math.Max(ground, ink)))}
}

// shrink moves a point of the icon to where it lies on the full-size mark.
func shrink(p point, scale float64) point {
	return point{12 + (p.x-12)/scale, 12 + (p.y-12)/scale}
}

// boxDistance to a field-filling square with round corners, negative inside.
func boxDistance(p point, corner float64) float64 {
	dx, dy := math.Abs(p.x-12)-12+corner, math.Abs(p.y-12)-12+corner
	return math.Hypot(math.Max(dx, 0), math.Max(dy, 0)) + math.Min(math.Max(dx, dy), 0) - corner
}

// lineDistance to the nearest edge of the mark's lines, negative inside.
func lineDistance(p point) float64 {
	best := math.Inf(1)
	for _, line := range markLines {
		for i := 1; i < len(line); i++ {
			best = math.Min(best, segmentDistance(p, line[i-1], line[i]))
		}
	}
	return best - markWidth/2
}

func segmentDistance(p, a, b point) float64 {
	vx, vy := b.x-a.x, b.y-a.y
	t := ((p.x-a.x)*vx + (p.y-a.y)*vy) / (vx*vx + vy*vy)
	t = math.Max(0, math.Min(1, t))
	return math.Hypot(p.x-a.x-t*vx, p.y-a.y-t*vy)
}
