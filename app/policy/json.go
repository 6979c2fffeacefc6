package policy

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
