package screen

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// readiness is how far this phone is from doing without a network.
type readiness int

const (
	coming readiness = iota // also before the program: whether it is ready is not known there
	ready                   // pages, program, rules and the list of offices are all kept here
	online                  // this browser keeps no program: a network is needed at each opening
)

// strips are the words for each on the front page, and those when something waits to be sent.
var strips = map[readiness]struct{ say, waiting, icon string }{
	coming: {"home.coming", "home.waiting", "wait"},
	ready:  {"home.offline", "home.offline-waiting", "done"},
	online: {"home.online", "home.waiting", "info"},
}

// readiness asks the boot script and the supply.
func (f *frame) readiness() readiness {
	boot := app.Window().Get("lixianban")
	switch {
	case !boot.Truthy():
		return coming
	case f.deps.Volatile || boot.Get("volatile").Truthy() || boot.Get("worker").String() == "none":
		return online
	case boot.Get("worker").String() != "ready" || !boot.Get("kept").Truthy() || f.deps.unheard():
		return coming
	}
	return ready
}

// unheard tells that this phone has never been told which offices there are: it must not say that there is none.
func (d *Deps) unheard() bool { return d.Unheard != nil && d.Unheard() }

// unheard is the key of a sentence that says that no office is here, or of the one that
// says that this is not known yet.
func (f *frame) unheard(key string) string {
	if !f.deps.unheard() {
		return key
	}
	return map[string]string{"apply.nowhere-title": "apply.unheard-title", "apply.nowhere": "apply.unheard"}[key]
}
