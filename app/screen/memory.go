package screen

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"lixianban/app/envelope"
	"lixianban/app/interview"
	"lixianban/app/outbox"
	"lixianban/app/screen/view"
)

// What the pages keep besides drafts and items, as JSON.
const (
	keySettings = "settings" // in TableMeta: place
	keyPapers   = "papers/"  // in TableInterview, + service: ticked papers
)

// place is where the person is insured.
type place struct {
	Region string `json:"region,omitempty"` // 6-digit adcode; "" = not told
	County string `json:"county,omitempty"` // in the person's words
}

// load reads one JSON value; a missing one leaves v alone.
func (d *Deps) load(ctx context.Context, table, key string, v any) error {
	if d.Store == nil {
		return nil
	}
	r, err := d.Store.Get(ctx, table, key)
	if errors.Is(err, outbox.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(r.Value, v)
}

// save writes one JSON value, last writer wins: these are one person's own choices.
func (d *Deps) save(ctx context.Context, table, key string, v any) error {
	if d.Store == nil {
		return outbox.ErrUnavailable
	}
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return d.keep(ctx, func(ctx context.Context) error {
		return d.Store.Apply(ctx, outbox.Batch{{Table: table, Key: key, Value: data, Rev: outbox.AnyRev}})
	})
}

// place reads where the person is insured; unreadable counts as not told.
func (d *Deps) place(ctx context.Context) place {
	var p place
	_ = d.load(ctx, outbox.TableMeta, keySettings, &p)
	return p
}

// session is the interview of a service as kept, put at today's date and the
// person's region, so that a resumed one is asked by today's rules.
func (d *Deps) session(ctx context.Context, service string) (interview.Session, error) {
	s := interview.Session{Service: service}
	err := d.load(ctx, outbox.TableInterview, service, &s)
	if held, ok := d.unsaved[service]; ok && d.storageTrouble() != "" {
		s = held
	}
	s.Service, s.Region, s.At = service, d.region(ctx), d.today()
	return s, err
}

// region is the region the pack can be asked about: "" while the rules of the person's
// region are not here yet, so that the national ones are told.
func (d *Deps) region(ctx context.Context) string {
	r := d.place(ctx).Region
	if d.Pack == nil || !d.Pack.Knows(r) {
		return ""
	}
	return r
}

// Province is the province the person is insured in, "" when not told.
func (d *Deps) Province(ctx context.Context) string {
	return view.Picked(view.Province(d.place(ctx).Region))
}

// saveSession keeps the answers; while the storage refuses, they live in memory.
func (d *Deps) saveSession(ctx context.Context, s interview.Session) error {
	if d.unsaved == nil {
		d.unsaved = map[string]interview.Session{}
	}
	d.unsaved[s.Service] = s
	return d.save(ctx, outbox.TableInterview, s.Service, s)
}

// Remember leaves the note that outlives the storage: how many applications wait, and the
// numbers of those that arrived. A note about a loss stays until the person has read it.
func (d *Deps) Remember(ctx context.Context) {
	if d.Mark == nil || d.Lost || d.Box == nil {
		return
	}
	if items, err := d.Box.Items(ctx); err == nil {
		d.Mark(view.Keepsake(items))
	}
}

// offices lists the offices of the directory that take a form from a region: sure
// when one's region contains the person's, else every one inside the person's
// region, for the person to choose from.
func offices(dir envelope.Directory, region, form string) (sure *envelope.Office, within []envelope.Office) {
	here := significant(region)
	best := -1
	for i, o := range dir.Offices {
		if !slices.Contains(o.Forms, form) {
			continue
		}
		inside := false
		for _, r := range o.Regions {
			r = significant(r)
			if strings.HasPrefix(here, r) && len(r) > best {
				best, sure = len(r), &dir.Offices[i]
			}
			inside = inside || here != "" && len(r) > len(here) && strings.HasPrefix(r, here)
		}
		if inside {
			within = append(within, o)
		}
	}
	return sure, within
}

// significant drops the trailing pairs of zeros of an adcode: 410000 is 41.
func significant(adcode string) string {
	for strings.HasSuffix(adcode, "00") {
		adcode = strings.TrimSuffix(adcode, "00")
	}
	return adcode
}

// savePlace keeps where the person is insured.
func (d *Deps) savePlace(ctx context.Context, p place) error {
	err := d.save(ctx, outbox.TableMeta, keySettings, p)
	if err == nil && d.Moved != nil {
		d.Moved(ctx)
	}
	return err
}
