package static

import (
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	xhtml "golang.org/x/net/html"
)

// Normalise turns what go-app prints for a component into HTML that says the same as the tree in
// the browser, byte for byte the same each time. It reads go-app's own output only:
//
//	attributes   quoted as Go strings there, escaped as HTML here; sorted; aria-x with no value means "true"
//	spaces       the indentation goes, so that no space stands between Chinese runs
//	textarea     its value attribute becomes its text
//	controls     are disabled: the program replaces the page when it starts, and would lose what was typed
//
// Inline styles, handlers and scripts are refused, since the Content-Security-Policy would ignore them.
func Normalise(src string) (string, error) {
	p := &reader{src: src}
	root := &xhtml.Node{Type: xhtml.DocumentNode}
	if err := p.children(root, 0, ""); err != nil {
		return "", fmt.Errorf("%w, near %q", err, p.near())
	}
	if err := tidy(root); err != nil {
		return "", err
	}
	return print(root)
}

// reader walks go-app's output, which is regular: one child a line, two spaces a
// level, a lone text on the line of its parent.
type reader struct {
	src string
	at  int
}

func (p *reader) near() string { return p.src[min(p.at, len(p.src)):min(p.at+40, len(p.src))] }

// children reads what is inside an element at depth up to and with its end tag.
func (p *reader) children(parent *xhtml.Node, depth int, tag string) error {
	indent := strings.Repeat("  ", depth)
	for first := true; ; first = false {
		i := strings.IndexByte(p.src[p.at:], '<')
		if i < 0 {
			i = len(p.src) - p.at
		}
		run := p.src[p.at : p.at+i]
		p.at += i
		alone := first && !strings.HasPrefix(run, "\n")
		if text := unindent(run, indent, alone && tag != ""); text != "" {
			parent.AppendChild(&xhtml.Node{Type: xhtml.TextNode, Data: html.UnescapeString(text)})
		}
		if p.at == len(p.src) {
			if tag != "" {
				return fmt.Errorf("<%s> is not closed", tag)
			}
			return nil
		}
		if strings.HasPrefix(p.src[p.at:], "</") {
			return p.end(tag)
		}
		if err := p.element(parent, depth); err != nil {
			return err
		}
	}
}

// unindent takes go-app's line breaks and indentation off a run of text between two tags.
// A lone text is untouched; a text among other children stands on its own line.
func unindent(run, indent string, alone bool) string {
	if alone {
		return run
	}
	run = strings.TrimPrefix(run, "\n")
	run = strings.TrimPrefix(run, indent)
	// What remains is empty, or texts each ending in a line break, then the next tag's indentation.
	i := strings.LastIndexByte(run, '\n')
	if i < 0 {
		return strings.TrimLeft(run, " ")
	}
	return strings.ReplaceAll(run[:i], "\n"+indent, "")
}

func (p *reader) end(tag string) error {
	want := "</" + tag + ">"
	if tag == "" || !strings.HasPrefix(p.src[p.at:], want) {
		return fmt.Errorf("an end tag that closes nothing")
	}
	p.at += len(want)
	return nil
}

// element reads one start tag and, unless it is void, its children.
func (p *reader) element(parent *xhtml.Node, depth int) error {
	p.at++
	n := &xhtml.Node{Type: xhtml.ElementNode, Data: p.word()}
	if n.Data == "" {
		return fmt.Errorf("a tag without a name")
	}
	parent.AppendChild(n)
	for p.at < len(p.src) && p.src[p.at] == ' ' {
		p.at++
		a, err := p.attribute()
		if err != nil {
			return err
		}
		n.Attr = append(n.Attr, a)
	}
	if p.at >= len(p.src) || p.src[p.at] != '>' {
		return fmt.Errorf("<%s> is cut off", n.Data)
	}
	p.at++
	if void[n.Data] {
		return nil
	}
	return p.children(n, depth+1, n.Data)
}

// word reads a name: everything up to a space, "=" or ">".
func (p *reader) word() string {
	i := strings.IndexAny(p.src[p.at:], " =>")
	if i < 0 {
		i = len(p.src) - p.at
	}
	w := p.src[p.at : p.at+i]
	p.at += i
	return w
}

func (p *reader) attribute() (xhtml.Attribute, error) {
	a := xhtml.Attribute{Key: p.word()}
	if !strings.HasPrefix(p.src[p.at:], "=") {
		if !boolean[a.Key] {
			a.Val = "true"
		}
		return a, nil
	}
	p.at++
	quoted, err := strconv.QuotedPrefix(p.src[p.at:])
	if err != nil {
		return a, fmt.Errorf("the value of %s is not quoted", a.Key)
	}
	p.at += len(quoted)
	a.Val, err = strconv.Unquote(quoted)
	return a, err
}

var void = set("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")

var boolean = set("allowfullscreen", "async", "autofocus", "autoplay", "checked", "controls", "default", "defer",
	"disabled", "download", "formnovalidate", "hidden", "inert", "ismap", "loop", "multiple", "muted", "nomodule",
	"novalidate", "open", "playsinline", "readonly", "required", "reversed", "selected")

var controls = set("button", "input", "select", "textarea")

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

// tidy checks and mends every element below n.
func tidy(n *xhtml.Node) error {
	for d := range n.Descendants() {
		if d.Type != xhtml.ElementNode {
			continue
		}
		if d.Data == "script" || d.Data == "style" {
			return fmt.Errorf("<%s> inside a page: scripts and styles are files of their own", d.Data)
		}
		for _, a := range d.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				return fmt.Errorf("<%s %s=%q>: the Content-Security-Policy refuses it, use a class or a handler", d.Data, a.Key, a.Val)
			}
		}
		if d.Data == "textarea" {
			moveValue(d)
		}
		if controls[d.Data] && !has(d, "disabled") {
			d.Attr = append(d.Attr, xhtml.Attribute{Key: "disabled"})
		}
		slices.SortFunc(d.Attr, func(a, b xhtml.Attribute) int { return strings.Compare(a.Key, b.Key) })
	}
	return nil
}

func has(n *xhtml.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a xhtml.Attribute) bool { return a.Key == key })
}

// moveValue: a textarea's text is its content, not an attribute.
func moveValue(n *xhtml.Node) {
	i := slices.IndexFunc(n.Attr, func(a xhtml.Attribute) bool { return a.Key == "value" })
	if i < 0 {
		return
	}
	if n.FirstChild == nil {
		n.AppendChild(&xhtml.Node{Type: xhtml.TextNode, Data: n.Attr[i].Val})
	}
	n.Attr = slices.Delete(n.Attr, i, i+1)
}

func print(root *xhtml.Node) (string, error) {
	var b strings.Builder
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		if err := xhtml.Render(&b, c); err != nil {
			return "", fmt.Errorf("print the page: %w", err)
		}
	}
	return b.String(), nil
}
