package office

import (
	"strings"

	"lixianban/app/envelope"
)

// KeyFile is an office's key with the office's id in the directory. As text it is
//
//	office ID
//	LIXIANBAN-OFFICE-SECRET-1:…
type KeyFile struct {
	Office string
	Secret envelope.OfficeSecret
}

// Encode writes the two lines.
func (k KeyFile) Encode() string { return "office " + k.Office + "\n" + k.Secret.Encode() + "\n" }

// ParseKeyFile reads what Encode wrote.
func ParseKeyFile(text string) (KeyFile, error) {
	first, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	id, ok := strings.CutPrefix(strings.TrimSpace(first), "office ")
	if !ok || !ValidID(id) {
		return KeyFile{}, &Error{Code: "input", Say: `this is not an office's key file: its first line is "office ID"; give the file that "office key" made`}
	}
	secret, err := envelope.ParseOfficeSecret(rest)
	return KeyFile{id, secret}, err
}

// ValidID tells whether id can name an office: 1 to 32 of a–z 0–9 and -.
func ValidID(id string) bool {
	return id != "" && len(id) <= 32 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
