package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"lixianban/app/envelope"
	"lixianban/app/policy"
	"lixianban/app/policy/trust"
	"lixianban/worker/desk"
)

// documents are the signed papers in use, verified.
type documents struct {
	directory envelope.Directory
	index     desk.Index // empty hash: none are published
	lapsed    []trust.Lapse
}

// load verifies what is in documents/ as a phone does. Without any there is no office.
func (f Folder) load(now time.Time, state trust.State) (documents, trust.State, error) {
	root, err := os.ReadFile(f.path("documents/root"))
	if errors.Is(err, fs.ErrNotExist) {
		return documents{}, state, nil
	}
	if err != nil {
		return documents{}, state, err
	}
	bundle, err := os.ReadFile(f.path("documents/bundle"))
	if errors.Is(err, fs.ErrNotExist) {
		return documents{}, state, nil
	}
	if err != nil {
		return documents{}, state, err
	}
	return open(now, root, bundle, state)
}

func open(now time.Time, root, bundle []byte, state trust.State) (documents, trust.State, error) {
	v, err := trust.NewVerifier(root, state)
	if err != nil {
		return documents{}, state, err
	}
	b, err := trust.ParseBundle(bundle)
	if err != nil {
		return documents{}, state, err
	}
	t, err := v.Verify(now, b)
	if err != nil {
		return documents{}, state, err
	}
	d := documents{index: desk.Index{Hash: t.IndexHash, Body: bundle}, lapsed: t.Lapsed}
	if t.Directory != nil {
		if err := envelope.DecodeTolerant(t.Directory, 1<<20, &d.directory); err != nil {
			return documents{}, state, err
		}
		if err := d.directory.Check(); err != nil {
			return documents{}, state, err
		}
	}
	return d, v.State(), nil
}

// publishDemo signs directory, index and timestamp anew and writes the bundle.
func (f Folder) publishDemo(now time.Time, demo Demo, service envelope.ServiceKey, site fs.FS, forms []string) error {
	now = now.UTC().Truncate(time.Second)
	payload, err := json.Marshal(demo.directory(now, service, forms))
	if err != nil {
		return err
	}
	dir, err := trust.SignDirectory(payload, demo.Publish)
	if err != nil {
		return err
	}
	packs, err := packsOf(site)
	if err != nil {
		return err
	}
	version := uint64(now.Unix())
	ref := trust.Pin(version, dir)
	index, err := trust.Index{Version: version, Issued: trust.Time(now), Expires: trust.Time(now.Add(indexFor)), Packs: packs, Directory: &ref}.Sign(demo.Publish)
	if err != nil {
		return err
	}
	stamp, err := trust.Stamp{Version: version, Issued: trust.Time(now), Expires: trust.Time(now.Add(stampFor)), Index: trust.Pin(version, index)}.Sign(demo.Publish)
	if err != nil {
		return err
	}
	return f.replace("documents/bundle", trust.Bundle{Timestamp: stamp, Index: index, Directory: dir}.Bytes())
}

// packsOf lists the compiled packs of a site, by id.
func packsOf(site fs.FS) ([]trust.Pack, error) {
	packs := []trust.Pack{}
	if site == nil {
		return packs, nil
	}
	names, err := fs.Glob(site, "packs/*.pack")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := fs.ReadFile(site, name)
		if err != nil {
			return nil, err
		}
		p, err := policy.Load(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w; build the site again", name, err)
		}
		if id := strings.TrimSuffix(path.Base(name), ".pack"); id != p.ID {
			return nil, fmt.Errorf("%s holds the pack %s; build the site again", name, p.ID)
		}
		ref := trust.Pin(p.Version, b)
		packs = append(packs, trust.Pack{ID: p.ID, Version: ref.Version, Size: ref.Size, SHA256: ref.SHA256, MinEngine: 1})
	}
	packs, err = overlaysOf(site, packs)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(packs, func(a, b trust.Pack) int { return strings.Compare(a.ID, b.ID) })
	return packs, nil
}

// overlaysOf adds the provinces' overlays, each joined once so that none is published that
// a phone would refuse.
func overlaysOf(site fs.FS, packs []trust.Pack) ([]trust.Pack, error) {
	names, err := fs.Glob(site, "packs/*.overlay")
	if err != nil || len(names) == 0 {
		return packs, err
	}
	base, err := fs.ReadFile(site, "packs/national.pack")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := fs.ReadFile(site, name)
		if err != nil {
			return nil, err
		}
		if _, err := policy.Join(base, b); err != nil {
			return nil, fmt.Errorf("%s: %w; build the site again", name, err)
		}
		o, err := policy.ReadOverlay(b)
		if err != nil || o.ID != strings.TrimSuffix(path.Base(name), ".overlay") {
			return nil, fmt.Errorf("%s holds the rules of %s; build the site again", name, o.ID)
		}
		ref := trust.Pin(o.Version, b)
		packs = append(packs, trust.Pack{ID: o.ID, Version: ref.Version, Size: ref.Size, SHA256: ref.SHA256, MinEngine: policy.Engine})
	}
	return packs, nil
}
