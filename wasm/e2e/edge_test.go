//go:build !js

package e2e

import (
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/filing"
	"lixianban/wasm/e2e/proxy"
	workerd "lixianban/worker/e2e"
	"lixianban/worker/edge"
	"lixianban/worker/host"
)

// The same people, and the counter in workerd over D1.
func TestTheJourneysAtTheEdge(t *testing.T) {
	e := startEdge(t)
	for _, j := range []struct {
		name string
		walk func(*house)
	}{
		{"the whole journey", theWholeJourney},
		{"F26 a lost answer is asked for again and counts once", aLostAnswer},
		{"F06 a double tap submits once", aDoubleTap},
	} {
		t.Run(j.name, func(t *testing.T) { j.walk(e.house(t)) })
	}
}

// edgeHouses share one workerd: each counts what came since it was opened.
type edgeHouses struct {
	*workerd.Edge
	tool, data, d1 string
}

func startEdge(t *testing.T) edgeHouses {
	t.Helper()
	tool, site, data := furnish(t)
	e := edgeHouses{tool: tool, data: data, d1: t.TempDir()}
	folder := host.Folder{Dir: data, Rand: rand.Reader}
	publish(t, folder, site)
	service, err := folder.Service()
	if err != nil {
		t.Fatal(err)
	}
	e.Edge = workerd.Start(t, workerd.Plan{
		Site: site, Persist: e.d1, Edge: edge.Plan{Anchor: file(t, data, "root"), Bundle: file(t, data, "bundle")},
		Vars: map[string]string{"SERVICE_SECRET": envelope.EncodeServiceSecret(service), "EPOCH": "0123456789abcdef"},
	})
	return e
}

// publish has the embedded server sign the demo's documents, as it does when it opens.
func publish(t *testing.T, folder host.Folder, site string) {
	t.Helper()
	s, err := host.Open(t.Context(), host.Config{Folder: folder, Site: site, Demo: true, Forms: filing.IDs(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = s.Close(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func file(t *testing.T, data, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, "documents", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// house opens the edge to one test. It is stopped by a line that breaks in front of it.
func (e edgeHouses) house(t *testing.T) *house {
	t.Helper()
	line, err := proxy.New(1, e.Edge.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(line.Close)
	return &house{machine: &edgeHouse{edgeHouses: e, line: line, before: e.Count("submissions")}, t: t, tool: e.tool, data: e.data}
}

type edgeHouse struct {
	edgeHouses
	line   *proxy.Proxy
	before int
}

func (h *edgeHouse) URL(path string) string { return h.line.URL + path }
func (h *edgeHouse) start()                 { h.line.Heal() }
func (h *edgeHouse) stop()                  { h.line.Add(proxy.Rule{Fault: proxy.Refuse{}}) }
func (h *edgeHouse) rows() int              { return h.Count("submissions") - h.before }
func (h *edgeHouse) stored() string         { return h.d1 }
