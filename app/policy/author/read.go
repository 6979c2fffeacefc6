package author

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lixianban/app/policy"
)

var (
	nameRE = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	idRE   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.+-]*$`)
)

// The readers below turn nodes into values and say what is wrong with them.
// Reading goes on with the zero value, so that one run shows many problems.

// table demands a mapping with only the given keys; nil when it is none.
func (s *sink) table(n *node, what string, keys ...string) *node {
	if n == nil {
		return nil
	}
	if n.kind != table {
		s.at(n, "", "%s must be a mapping (key: value), not %s", what, kindNames[n.kind])
		return nil
	}
	for _, k := range n.keys {
		if keys != nil && !slices.Contains(keys, k.text) {
			s.at(k, didYouMean(k.text, keys), "%s has no key %q", what, k.text)
		}
	}
	return n
}

func (s *sink) items(n *node, what string) []*node {
	if n == nil {
		return nil
	}
	if n.kind != list {
		s.at(n, "", "%s must be a list, not %s", what, kindNames[n.kind])
		return nil
	}
	return n.vals
}

// need is get with a complaint.
func (s *sink) need(n *node, key, what string) *node {
	v := n.get(key)
	if v == nil && n != nil && n.kind == table {
		s.at(n, "add "+key+": …", "%s has no %s", what, key)
	}
	return v
}

func (s *sink) scalar(n *node, what string) string {
	if n == nil {
		return ""
	}
	if n.kind != scalar {
		s.at(n, "", "%s must be a plain value, not %s", what, kindNames[n.kind])
		return ""
	}
	text := strings.TrimSpace(n.text)
	if !policy.CleanText(text) {
		s.at(n, "remove the invisible character, or keep the text on one line and under 4096 bytes", "%s holds a control, bidirectional or invisible character, or is too long", what)
		return ""
	}
	return text
}

// text reads {zh, en}; both must be there.
func (s *sink) text(n *node, what string) policy.Text {
	if s.table(n, what, "zh", "en") == nil {
		return policy.Text{}
	}
	return policy.Text{ZH: s.scalar(s.need(n, "zh", what), what), EN: s.scalar(s.need(n, "en", what), what)}
}

func (s *sink) id(n *node, what string, re *regexp.Regexp) string {
	id := s.scalar(n, what)
	if n != nil && id != "" && !re.MatchString(id) {
		next := "use letters, digits, - _ . +"
		if re == nameRE {
			next = "use small letters, digits and _, starting with a letter"
		}
		s.at(n, next, "%q can't be the id of %s", id, what)
	}
	return id
}

func (s *sink) day(n *node, what string) policy.Day {
	if n == nil {
		return 0
	}
	d, err := policy.ParseDay(s.scalar(n, what))
	if err != nil {
		s.at(n, "write an existing day as YYYY-MM-DD", "%s is not a day: %q", what, n.text)
	}
	return d
}

func (s *sink) whole(n *node, what string, lo, hi int64) int64 {
	if n == nil {
		return lo
	}
	v, err := strconv.ParseInt(s.scalar(n, what), 10, 64)
	if err != nil || v < lo || v > hi {
		s.at(n, "", "%s must be a whole number from %d to %d", what, lo, hi)
		return lo
	}
	return v
}

func (s *sink) flag(n *node, what string) bool {
	if n == nil {
		return false
	}
	text := s.scalar(n, what)
	if text != "true" && text != "false" {
		s.at(n, "", "%s must be true or false", what)
	}
	return text == "true"
}

func (s *sink) oneOf(n *node, what string, allowed ...string) string {
	if n == nil {
		return ""
	}
	text := s.scalar(n, what)
	if !slices.Contains(allowed, text) {
		s.at(n, didYouMean(text, allowed), "%s can't be %q", what, text)
		return ""
	}
	return text
}

// value reads a number, amount, day or bool by its unit.
func (s *sink) value(n *node, what string, u policy.Unit) int64 {
	if n == nil {
		return 0
	}
	text := s.scalar(n, what)
	v, ok := parseValue(u, text)
	if !ok {
		s.at(n, "", "%s must be %s, not %q", what, valueForm[u], text)
	}
	return v
}

var valueForm = map[policy.Unit]string{policy.Bool: "true or false", policy.Int: "a whole number", policy.Months: "a whole number of months",
	policy.Date: "a day as YYYY-MM-DD", policy.Money: "an amount in yuan with at most two decimals"}

func parseValue(u policy.Unit, text string) (int64, bool) {
	switch u {
	case policy.Bool:
		return int64(b2i(text == "true")), text == "true" || text == "false"
	case policy.Date:
		d, err := policy.ParseDay(text)
		return int64(d), err == nil
	case policy.Money:
		return policy.ParseYuan(text)
	case policy.Int, policy.Months:
		n, err := strconv.ParseInt(text, 10, 53)
		return n, err == nil
	}
	return 0, false
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
