package author

import (
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// node is a piece of YAML with its place: what the rest of the compiler reads.
type node struct {
	file      *source
	line, col int
	kind      nodeKind
	text      string // of a scalar
	quoted    bool
	keys      []*node // of a table, in order
	vals      []*node // of a table or a list
}

type nodeKind uint8

const (
	missing nodeKind = iota // absent or null
	scalar
	table
	list
)

var kindNames = [...]string{"nothing", "a plain value", "a mapping (key: value)", "a list"}

type source struct {
	name  string
	lines []string
	data  []byte
}

const maxSource = 2 << 20

// readYAML parses one file; a file that is not there is nil without a word.
func readYAML(s *sink, fsys fs.FS, name string) *node {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil
	}
	src := &source{name: name, lines: strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n"), data: data}
	whole := &node{file: src}
	if len(data) > maxSource {
		s.at(whole, "split it, or take the table out of it", "the file is larger than 2 MB")
		return nil
	}
	f, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		s.list = append(s.list, syntaxError(src, err))
		s.broken = true
		return nil
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		if len(f.Docs) > 1 {
			s.at(whole, "keep one document a file, without ---", "the file holds several YAML documents")
		}
		return &node{file: src, line: 1, col: 1}
	}
	return convert(s, src, f.Docs[0].Body)
}

func syntaxError(src *source, err error) Diagnostic {
	n := &node{file: src}
	msg := err.Error()
	if e, ok := err.(interface{ GetToken() *token.Token }); ok && e.GetToken() != nil {
		n.line, n.col = e.GetToken().Position.Line, e.GetToken().Position.Column
	}
	if e, ok := err.(interface{ GetMessage() string }); ok {
		msg = e.GetMessage()
	}
	msg, _, _ = strings.Cut(msg, "\n")
	return n.diag(false, "check the indentation, the quotes and the spaces after colons", "this is not valid YAML: %s", msg)
}

func convert(s *sink, src *source, a ast.Node) *node {
	n := &node{file: src}
	if t := a.GetToken(); t != nil {
		n.line, n.col = t.Position.Line, t.Position.Column
	}
	switch a := a.(type) {
	case *ast.MappingNode:
		n.kind = table
		for _, v := range a.Values {
			addPair(s, n, v)
		}
	case *ast.MappingValueNode:
		n.kind = table
		addPair(s, n, a)
	case *ast.SequenceNode:
		n.kind = list
		for _, v := range a.Values {
			n.vals = append(n.vals, convert(s, src, v))
		}
	case *ast.NullNode:
	case *ast.StringNode:
		n.kind, n.text = scalar, a.Value
		n.quoted = a.Token.Type == token.SingleQuoteType || a.Token.Type == token.DoubleQuoteType
	case *ast.LiteralNode:
		n.kind, n.text, n.quoted = scalar, a.Value.Value, true
		n.line++ // the text begins under its | or >
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		n.kind, n.text = scalar, strings.TrimSpace(a.GetToken().Value)
	default:
		s.at(n, "write it out plainly", "anchors, tags and other special YAML are not used in packs")
	}
	if n.kind == table && len(n.keys) > 0 {
		n.line, n.col = n.keys[0].line, n.keys[0].col
	}
	return n
}

func addPair(s *sink, n *node, v *ast.MappingValueNode) {
	key := convert(s, n.file, v.Key.(ast.Node))
	for _, k := range n.keys {
		if k.text == key.text {
			s.at(key, "keep one of them", "%q is given twice", key.text)
			return
		}
	}
	val := convert(s, n.file, v.Value)
	if val.kind == missing {
		val.line, val.col = key.line, key.col
	}
	n.keys = append(n.keys, key)
	n.vals = append(n.vals, val)
}

// get finds a table's value; nil when it is absent.
func (n *node) get(key string) *node {
	if n == nil || n.kind != table {
		return nil
	}
	for i, k := range n.keys {
		if k.text == key && n.vals[i].kind != missing {
			return n.vals[i]
		}
	}
	return nil
}
