//go:build js && wasm

package device

import "syscall/js"

// The marker's note, and, after a loss, a copy of it until somebody has read it.
func (s *Store) markerKey() string { return "lixianban.store." + s.name }
func (s *Store) lostKey() string   { return s.markerKey() + ".lost" }

// notice compares the database with the marker at each open, and leaves a marker.
func (s *Store) notice(fresh bool) {
	note, marked := remembered(s.markerKey())
	switch {
	case !marked:
		remember(s.markerKey(), "")
	case fresh:
		remember(s.lostKey(), note)
	}
}

// Lost reports whether the database was thrown away since an earlier visit (F14),
// with the last note given to Mark. It stays true, over reloads too, until Mark.
func (s *Store) Lost() (note string, lost bool) { return remembered(s.lostKey()) }

// Mark replaces the note that survives the database, and ends Lost. The note holds
// counts and public receipt numbers, no personal data. Where localStorage is denied
// it does nothing.
func (s *Store) Mark(note string) {
	forget(s.lostKey())
	remember(s.markerKey(), note)
}

func remembered(key string) (string, bool) {
	v, err := call(get(js.Global(), "localStorage"), "getItem", key)
	if err != nil || v.Type() != js.TypeString {
		return "", false
	}
	return v.String(), true
}

func remember(key, value string) {
	call(get(js.Global(), "localStorage"), "setItem", key, value)
}

func forget(key string) {
	call(get(js.Global(), "localStorage"), "removeItem", key)
}
