package policy

import "encoding/json"

var unitNames = [...]string{"", "bool", "int", "money", "date", "months", "enum", "text"}

// String is the unit's word in packs and in JSON.
func (u Unit) String() string {
	if int(u) < len(unitNames) {
		return unitNames[u]
	}
	return ""
}

// ParseUnit finds a unit by its word; 0 when there is none.
func ParseUnit(s string) Unit {
	for i, n := range unitNames {
		if i > 0 && n == s {
			return Unit(i)
		}
	}
	return 0
}

// MarshalText writes the unit's word.
func (u Unit) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads the unit's word.
func (u *Unit) UnmarshalText(b []byte) error {
	if *u = ParseUnit(string(b)); *u == 0 {
		return &Error{Code: "wrong_type", Msg: "unknown unit “" + clip(string(b)) + "”"}
	}
	return nil
}

// MarshalJSON writes days as YYYY-MM-DD and money as yuan, and no ends when there are none.
func (a Amount) MarshalJSON() ([]byte, error) {
	out := struct {
		Name    string `json:"name"`
		Unit    Unit   `json:"unit"`
		Low     any    `json:"low,omitempty"`
		High    any    `json:"high,omitempty"`
		Text    Text   `json:"text"`
		Missing string `json:"missing,omitempty"`
	}{Name: a.Name, Unit: a.Unit, Text: a.Text, Missing: a.Missing}
	if a.Missing == "" && a.Unit != Phrase {
		out.Low, out.High = plain(a.Unit, a.Low), plain(a.Unit, a.High)
	}
	return json.Marshal(out)
}

func plain(u Unit, n int64) any {
	switch u {
	case Date, Money:
		return canonical(u, n)
	case Bool:
		return n != 0
	}
	return n
}
