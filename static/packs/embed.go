// Package packs carries the sources of the rule packs into the host's tools. The
// phone never links it: it gets the built packs.
package packs

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// FS is this folder: national/, and a folder a region under regions/.
//
//go:embed national regions
var FS embed.FS

// Provinces lists the codes of the provinces that have rules of their own, ascending.
func Provinces() (codes []string) {
	found, _ := fs.Glob(FS, "regions/*0000/pack.yaml")
	for _, f := range found {
		codes = append(codes, path.Base(path.Dir(f)))
	}
	slices.Sort(codes)
	return codes
}

// Of is national/ with the folders of one province and its cities; "" = national/ alone.
func Of(province string) fs.FS { return only(province) }

// only hides every region's folder but those of a province.
type only string

func (o only) hidden(name string) bool {
	rest, regional := strings.CutPrefix(name, "regions/")
	return regional && (o == "" || !strings.HasPrefix(rest, string(o[:2])))
}

// Open opens what is not hidden.
func (o only) Open(name string) (fs.File, error) {
	if o.hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return FS.Open(name)
}

// ReadDir lists what is not hidden.
func (o only) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := FS.ReadDir(name)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return o.hidden(path.Join(name, e.Name())) }), err
}
