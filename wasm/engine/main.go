//go:build js && wasm

// Command engine is an empty page, alone or, with the build tag engine, with the rules' engine
// as the phone uses it. The difference between both is what the engine costs a phone.
package main

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// use is set by the engine's build, so that nothing of it is left out.
var use func(data []byte) any

type page struct{ app.Compo }

func (p *page) Render() app.UI {
	if use != nil {
		app.Log(use([]byte(app.Getenv("pack"))))
	}
	return app.Div()
}

func main() {
	app.Route("/", func() app.Composer { return &page{} })
	app.RunWhenOnBrowser()
}
