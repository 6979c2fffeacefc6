package filing

import (
	"fmt"
	"time"
)

// Date is a civil date without a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the civil date of t in t's own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads YYYY-MM-DD; false for anything else and for days that don't exist.
func ParseDate(s string) (Date, bool) {
	t, err := time.Parse("2006-01-02", s)
	return DateOf(t), err == nil
}

// String is YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Add moves by days.
func (d Date) Add(days int) Date { return DateOf(d.utc().AddDate(0, 0, days)) }

// Before tells whether d is earlier than o.
func (d Date) Before(o Date) bool { return d.utc().Before(o.utc()) }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// age is whole years from birth to d. Someone born on 29 February has the birthday
// on 1 March of other years: a guardian is asked a day longer rather than too short.
func (d Date) age(birth Date) int {
	years := d.Year - birth.Year
	if d.Month < birth.Month || d.Month == birth.Month && d.Day < birth.Day {
		years--
	}
	return years
}
