package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var places = regexp.MustCompile(`\{([a-z]+)(:[^}]*)?\}`)

// names lists the distinct places of a sentence.
func names(s string) []string {
	var ns []string
	for _, m := range places.FindAllStringSubmatch(s, -1) {
		if !slices.Contains(ns, m[1]) {
			ns = append(ns, m[1])
		}
	}
	slices.Sort(ns)
	return ns
}

func TestEveryRowSpeaksBothLanguagesWithTheSamePlaces(t *testing.T) {
	seen := map[string]bool{}
	for _, area := range areas {
		for _, r := range area {
			switch {
			case seen[r.key]:
				t.Errorf("%s is there twice", r.key)
			case strings.TrimSpace(r.zh) == "" || strings.TrimSpace(r.en) == "":
				t.Errorf("%s lacks a language", r.key)
			case !slices.Equal(names(r.zh), names(r.en)):
				t.Errorf("%s has places %v in Chinese and %v in English", r.key, names(r.zh), names(r.en))
			case strings.Count(r.zh, "{") != len(places.FindAllString(r.zh, -1)) || strings.Count(r.en, "{") != len(places.FindAllString(r.en, -1)):
				t.Errorf("%s has a place that can't be filled", r.key)
			}
			seen[r.key] = true
		}
	}
}

// A person who reads slowly loses the thread of a long sentence.
func TestChineseSentencesAreShort(t *testing.T) {
	for _, area := range areas {
		for _, r := range area {
			for _, s := range strings.FieldsFunc(r.zh, func(c rune) bool { return strings.ContainsRune("。！？；：", c) }) {
				if n := len([]rune(s)); n > 45 {
					t.Errorf("%s: %d characters without a stop: %s", r.key, n, s)
				}
			}
		}
	}
}

func TestTFillsPlacesAndForms(t *testing.T) {
	for _, c := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{ZH, "home.offline-waiting", []any{"n", 3}, "没有网也能用；3 份等着送出"},
		{EN, "home.offline-waiting", []any{"n", 1}, "Works with no network; 1 application waits to be sent"},
		{EN, "home.offline-waiting", []any{"n", 3}, "Works with no network; 3 applications wait to be sent"},
		{"en-GB", "app.name", nil, "Lixianban"},
		{"fr", "app.name", nil, "离线办"},
		{ZH, "status.received", nil, "已送到，编号 {number}"}, // a forgotten argument stays visible
		{ZH, "no.such.key", nil, "no.such.key"},
		{ZH, "shell.call", []any{"number", "{n}%d"}, "打 {n}%d"}, // an argument is not read again
	} {
		if got := T(c.lang, c.key, c.args...); got != c.want {
			t.Errorf("T(%s, %s, %v) = %q, want %q", c.lang, c.key, c.args, got, c.want)
		}
	}
}
