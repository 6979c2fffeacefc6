package screen

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// home is the front page.
type home struct {
	app.Compo
	frame
}

func newHome(f frame) app.Composer { return &home{frame: f} }

// Render shows the page.
func (h *home) Render() app.UI { return app.Main().Body(app.H1().Text("离线办")) }
