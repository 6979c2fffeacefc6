package screen

// frame is what every page knows of its place: address, language, service.
type frame struct {
	deps    *Deps
	kind    string
	lang    string
	service string
	path    string // without the language's prefix
}

func (f frame) title() string { return f.kind }
func (f frame) about() string { return f.kind }
