package sources

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

//go:embed parameters.json regions.json english.tsv notes.tsv places.tsv
var files embed.FS

// value is one collected figure or sentence.
type value struct {
	Value      any    `json:"value"` // number, bool, string, list of strings or of exemptions
	Unit       string `json:"unit"`
	Group      string `json:"group"`
	Source     string `json:"source"`
	Document   string `json:"document"`
	Date       string `json:"date"`
	Confidence string `json:"confidence"`
	Note       string `json:"note"`
	From       string `json:"from"`
	To         string `json:"to"`
	LinkOK     *bool  `json:"link_ok"`
	MirrorOf   string `json:"mirror_of"`
}

// entry is one way in, as regions.json lists it.
type entry struct {
	Kind       string   `json:"kind"`
	Name       string   `json:"name"`
	Steps      []string `json:"steps_zh"`
	Service    string   `json:"service"`
	Source     string   `json:"source"`
	Confidence string   `json:"confidence"`
}

// Place is a region's code and names.
type Place struct{ Code, ZH, EN string }

// note is what the pages of a region add to a service.
type note struct{ service, zh, en string }

// data is everything that was collected.
type data struct {
	places  []Place
	params  map[string]map[string][]value // adcode, key
	entries map[string][]entry
	notes   map[string][]note
	english map[string]string
}

func load() (*data, error) {
	d := &data{params: map[string]map[string][]value{}, entries: map[string][]entry{}, notes: map[string][]note{}, english: map[string]string{}}
	var params []struct {
		Adcode string             `json:"adcode"`
		Params map[string][]value `json:"params"`
	}
	var regions []struct {
		Adcode   string  `json:"adcode"`
		Channels []entry `json:"channels"`
	}
	if err := readJSON("parameters.json", &params); err != nil {
		return nil, err
	}
	if err := readJSON("regions.json", &regions); err != nil {
		return nil, err
	}
	for _, p := range params {
		d.params[p.Adcode] = p.Params
	}
	for _, r := range regions {
		d.entries[r.Adcode] = r.Channels
	}
	return d, d.tables()
}

func readJSON(name string, to any) error {
	raw, err := files.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(raw, to)
	}
	if err != nil {
		return fmt.Errorf("static/packs/sources/%s can't be read: %w", name, err)
	}
	return nil
}

func (d *data) tables() error {
	err := eachRow("places.tsv", 3, func(c []string) { d.places = append(d.places, Place{c[0], c[1], c[2]}) })
	if err == nil {
		err = eachRow("notes.tsv", 4, func(c []string) { d.notes[c[0]] = append(d.notes[c[0]], note{c[1], c[2], c[3]}) })
	}
	if err == nil {
		err = eachRow("english.tsv", 2, func(c []string) { d.english[c[0]] = c[1] })
	}
	return err
}

func eachRow(name string, columns int, f func([]string)) error {
	raw, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(string(raw), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != columns {
			return fmt.Errorf("static/packs/sources/%s:%d has %d columns; it needs %d, with tabs between", name, i+1, len(cells), columns)
		}
		f(cells)
	}
	return nil
}

var quoted = regexp.MustCompile(`“[^”]*”|《[^》]*》`)

// say puts a phrase into English: by its own row, or by the row of its pattern, in
// which ◇ stands for a label that stays Chinese.
func (d *data) say(zh string) (string, bool) {
	if en, ok := d.english[zh]; ok {
		return en, true
	}
	labels := quoted.FindAllString(zh, -1)
	en, ok := d.english[quoted.ReplaceAllString(zh, "◇")]
	if !ok || strings.Count(en, "◇") != len(labels) {
		return "", false
	}
	for _, l := range labels {
		en = strings.Replace(en, "◇", l, 1)
	}
	return en, true
}
