package author

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"lixianban/app/policy"
)

// Compile turns a pack's folder, or a folder of national and its regions, into one pack. With
// an error among the diagnostics there is no pack; warnings come with one. It ends by loading what it wrote,
// so that a pack which a phone would refuse is never returned.
func Compile(fsys fs.FS) (*policy.Pack, []Diagnostic) {
	u := read(fsys)
	p := u.build(false)
	return p, sortDiags(u.s.list)
}

// folder is one pack's sources as read.
type folder struct {
	dir      string
	pack     rawPack
	cites    []rawCite
	facts    []rawFact
	params   []rawParam
	defs     []rawDef
	calendar []policy.Year
	services []rawService
}

// unit is everything one Compile works on.
type unit struct {
	s        *sink
	national *folder
	regions  []*folder
	cites    []rawCite
	params   []rawParam
	used     map[string]bool
}

func read(fsys fs.FS) *unit {
	u := &unit{s: &sink{}, used: map[string]bool{}}
	for _, dir := range folders(fsys) {
		f := u.s.folder(fsys, dir)
		switch {
		case f == nil:
		case f.pack.base != "":
			u.regions = append(u.regions, f)
		case u.national != nil:
			u.s.at(f.pack.at, "keep one pack without base", "there are two base packs, %q and %q", u.national.pack.id, f.pack.id)
		default:
			u.national = f
		}
	}
	if u.national == nil {
		u.s.list = append(u.s.list, Diagnostic{File: "pack.yaml", Msg: "there is no base pack here", Next: "run it on a folder that holds pack.yaml, or on the folder above national"})
	}
	return u
}

// folders lists the pack folders: the root itself, or those right below it, and the
// regional ones below regions/.
func folders(fsys fs.FS) (dirs []string) {
	for _, pattern := range []string{"pack.yaml", "*/pack.yaml", "regions/*/pack.yaml", "*/regions/*/pack.yaml"} {
		found, _ := fs.Glob(fsys, pattern)
		for _, f := range found {
			dirs = append(dirs, path.Dir(f))
		}
	}
	return dirs
}

func (s *sink) folder(fsys fs.FS, dir string) *folder {
	file := func(name string) *node { return readYAML(s, fsys, path.Join(dir, name)) }
	f := &folder{dir: dir, pack: s.pack(file("pack.yaml"))}
	if f.pack.at == nil {
		return nil
	}
	regional := f.pack.base != ""
	f.cites, f.params = s.cites(file("cites.yaml")), s.params(file("params.yaml"))
	if regional {
		s.regionalHead(f)
	} else {
		f.facts, f.defs, f.calendar = s.facts(file("facts.yaml")), s.defs(file("defs.yaml"), "defs.yaml"), s.calendar(file("calendar.yaml"))
	}
	names, _ := fs.Glob(fsys, path.Join(dir, "services/*.yaml"))
	for _, name := range names {
		f.services = append(f.services, s.serviceFile(readYAML(s, fsys, name), name, regional))
	}
	return f
}

func (s *sink) regionalHead(f *folder) {
	if f.pack.region == "" {
		s.at(f.pack.at, "add region: \"370200\"", "a pack with a base must name its region")
	}
}

func (s *sink) serviceFile(n *node, name string, regional bool) rawService {
	svc := s.service(n, regional)
	want := strings.TrimSuffix(path.Base(name), ".yaml")
	if n != nil && svc.id != "" && svc.id != want {
		s.at(n.get("service"), "rename the file or the service", "the service %q is in a file called %s.yaml", svc.id, want)
	}
	return svc
}

// build joins and lowers everything; names keeps every def printable, for scenarios.
func (u *unit) build(names bool) *policy.Pack {
	if u.national == nil || u.s.broken {
		return nil
	}
	n := u.national
	p := &policy.Pack{ID: n.pack.id, Version: n.pack.version, Title: n.pack.title, Checked: n.pack.checked, Horizon: n.pack.horizon, Calendar: n.calendar}
	u.joinCites()
	u.joinParams()
	for _, c := range u.cites {
		p.Cites = append(p.Cites, c.Cite)
	}
	for _, f := range n.facts {
		p.Facts = append(p.Facts, f.fact)
	}
	for i := range u.params {
		p.Params = append(p.Params, u.param(&u.params[i]))
	}
	for _, r := range u.regions {
		p.Regions = append(p.Regions, r.pack.region)
	}
	slices.Sort(p.Regions)
	for i := range n.services {
		p.Services = append(p.Services, u.service(p, &n.services[i], names))
	}
	u.strayServices()
	return u.finish(p)
}

func (u *unit) finish(p *policy.Pack) *policy.Pack {
	if Failed(u.s.list) {
		return nil
	}
	loaded, err := policy.Load(policy.Encode(p))
	if err != nil {
		u.s.at(u.national.pack.at, "shorten or split what the message names", "%s", err)
		return nil
	}
	return loaded
}

func (u *unit) joinCites() {
	u.cites = slices.Clone(u.national.cites)
	for _, r := range u.regions {
		for _, c := range r.cites {
			if slices.ContainsFunc(u.cites, func(o rawCite) bool { return o.ID == c.ID }) {
				u.s.at(c.at, "give it an id of its own, as "+c.ID+"-"+r.pack.region, "the cite %q is already in another folder", c.ID)
			}
			u.cites = append(u.cites, c)
		}
	}
}

// joinParams adds the regions' values to the national parameters they may override.
func (u *unit) joinParams() {
	u.params = slices.Clone(u.national.params)
	for i := range u.params {
		q := &u.params[i]
		q.values = slices.Clone(q.values)
		if q.unit == 0 {
			u.s.at(q.at, "add unit: months", "parameter %q has no unit", q.id)
		}
		if q.title.ZH == "" {
			u.s.at(q.at, "add title: {zh: …, en: …}", "parameter %q has no title", q.id)
		}
		for k := range q.values {
			u.s.paramValue(&q.values[k], "parameter "+q.id, q.unit, "")
		}
	}
	for _, r := range u.regions {
		for _, over := range r.params {
			u.overrideParam(r, over)
		}
	}
	for i := range u.params {
		u.overlaps(&u.params[i])
	}
}

func (u *unit) overrideParam(r *folder, over rawParam) {
	i := slices.IndexFunc(u.params, func(q rawParam) bool { return q.id == over.id })
	if i < 0 || !u.params[i].overridable {
		u.s.at(over.at, "declare it in "+u.national.dir+"/params.yaml with overridable: true", "the national pack has no overridable parameter %q", over.id)
		return
	}
	for _, v := range over.values {
		u.s.paramValue(&v, "parameter "+over.id, u.params[i].unit, r.pack.region)
		u.params[i].values = append(u.params[i].values, v)
	}
}

func (u *unit) overlaps(q *rawParam) {
	for i := range q.values {
		for k := range q.values[:i] {
			a, b := q.values[i].value, q.values[k].value
			if a.Region == b.Region && overlap(a.From, a.To, b.From, b.To) {
				u.s.at(q.values[i].at, "end the earlier one with to: the day before", "two values of parameter %q hold on one day", q.id)
			}
		}
	}
}

// overlap tells whether two inclusive periods share a day; 0 is open.
func overlap(a1, a2, b1, b2 policy.Day) bool {
	return (a2 == 0 || b1 <= a2) && (b2 == 0 || a1 <= b2)
}

func (u *unit) param(q *rawParam) policy.Param {
	out := policy.Param{ID: q.id, Unit: q.unit, Title: q.title, Overridable: q.overridable}
	for _, v := range q.values {
		v.value.Cites = u.citeRefs(v.cites)
		if len(v.cites) == 0 && v.at != nil {
			u.s.at(v.at, "add cites: [W1]", "a value of parameter %q cites nothing", q.id)
		}
		out.Values = append(out.Values, v.value)
	}
	return out
}

// citeRefs turns ids into indices and remembers that they are used.
func (u *unit) citeRefs(list []*node) (refs []int) {
	for _, n := range list {
		id := u.s.scalar(n, "a cite")
		i := slices.IndexFunc(u.cites, func(c rawCite) bool { return c.ID == id })
		switch {
		case i < 0:
			var ids []string
			for _, c := range u.cites {
				ids = append(ids, c.ID)
			}
			u.s.at(n, didYouMean(id, ids), "there is no cite %q", id)
		case slices.Contains(refs, i):
			u.s.at(n, "name it once", "the cite %q is named twice", id)
		default:
			u.used["cite "+id] = true
			refs = append(refs, i)
		}
	}
	return refs
}

func (u *unit) strayServices() {
	for _, r := range u.regions {
		for _, svc := range r.services {
			if svc.id != "" && !slices.ContainsFunc(u.national.services, func(n rawService) bool { return n.id == svc.id }) {
				u.s.at(svc.at, "a region may only change services that national has", "the national pack has no service %q", svc.id)
			}
		}
	}
}
