//go:build !js

package policy

import "encoding/json"

// An outcome is printed as JSON by the host's tools only; the phone shows it.

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
