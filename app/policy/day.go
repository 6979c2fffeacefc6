package policy

import "strconv"

// Days outside these bounds are refused wherever they come in: every calendar
// function stays far from overflow between them.
const (
	MinDay Day = -25567 // 1900-01-01
	MaxDay Day = 84006  // 2199-12-31
)

// ParseDay reads YYYY-MM-DD exactly: two-digit months, a day the month has, 1900 … 2199.
func ParseDay(s string) (Day, error) {
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		y, okY := digits(s[:4])
		m, okM := digits(s[5:7])
		d, okD := digits(s[8:])
		if okY && okM && okD && m >= 1 && m <= 12 && d >= 1 && d <= monthDays(y, m) && y >= 1900 && y <= 2199 {
			return DayOf(y, m, d), nil
		}
	}
	return 0, &Error{Code: "bad_date", Field: "", Msg: "“" + clip(s) + "” is not a day: write an existing day as YYYY-MM-DD, from 1900-01-01 to 2199-12-31"}
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// epoch is 1970-01-01 counted from 0000-03-01, where the arithmetic below starts its years, so
// that leap days come last and nothing is negative. An era has 400 years.
const (
	epoch   = 719468
	eraDays = 146097
)

// DayOf is the day of a civil date from the year 1 on; the month must be 1 … 12, the
// day one the month has.
func DayOf(y, m, d int) Day {
	if m <= 2 {
		y--
		m += 12
	}
	u, yoe := uint32(y)/400, uint32(y)%400
	doy := (153*uint32(m-3)+2)/5 + uint32(d) - 1
	return Day(u*eraDays+yoe*365+yoe/4-yoe/100+doy) - epoch
}

// Civil splits a day from 0000-03-01 on into year, month 1 … 12 and day 1 … 31.
func (d Day) Civil() (year, month, day int) {
	z := uint32(d + epoch)
	doe := z % eraDays
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy-(153*mp+2)/5) + 1
	year = int(yoe + z/eraDays*400)
	if mp >= 10 {
		return year + 1, int(mp) - 9, day
	}
	return year, int(mp) + 3, day
}

// Weekday is 0 for Sunday … 6 for Saturday.
func (d Day) Weekday() int { return ((int(d)+4)%7 + 7) % 7 }

// String is YYYY-MM-DD.
func (d Day) String() string {
	y, m, day := d.Civil()
	b := make([]byte, 0, 10)
	b = strconv.AppendInt(b, int64(y), 10)
	return string(append(b, '-', byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10)))
}

// MarshalText writes YYYY-MM-DD, so that JSON shows days as people write them.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDay.
func (d *Day) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDay(string(b))
	return err
}

// AddMonths moves n calendar months on, at most 400 years either way. Rounding mode "month end": when
// the target month has no such day its last day is taken (30 Nov + 3 = 28 or 29 Feb; S26).
func AddMonths(d Day, n int) Day {
	y, m, day := d.Civil()
	k := uint32(y*12 + m - 1 + n)
	return clampYMD(int(k/12), int(k%12)+1, day)
}

// clampYMD takes the month's last day when the month has no such day.
func clampYMD(y, m, d int) Day { return DayOf(y, m, min(d, monthDays(y, m))) }

// MonthsBetween is the largest n with AddMonths(a, n) ≤ b; negative when b is before a.
func MonthsBetween(a, b Day) int {
	ya, ma, _ := a.Civil()
	yb, mb, _ := b.Civil()
	n := (yb-ya)*12 + mb - ma
	if AddMonths(a, n) > b {
		n--
	}
	return n
}

func monthDays(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// AddWorkdays is the n-th working day after d, d itself not counted, by the
// calendar; n 0 is d itself. low counts with the known days off, high with the estimated ones.
// ok is false when the count leaves the years the calendar lists.
func AddWorkdays(cal []Year, d Day, n int) (low, high Day, ok bool) {
	low, okLow := countWorkdays(cal, d, n, false)
	high, okHigh := countWorkdays(cal, d, n, true)
	return min(low, high), max(low, high), okLow && okHigh
}

func countWorkdays(cal []Year, d Day, n int, late bool) (Day, bool) {
	if n < 0 || n > 1000 {
		return d, false
	}
	year := yearOf(cal, d)
	for n > 0 {
		d++
		if year == nil || d > DayOf(year.Year, 12, 31) {
			if year = yearOf(cal, d); year == nil {
				return d, false
			}
		}
		if year.works(d, late) {
			n--
		}
	}
	return d, true
}

func yearOf(cal []Year, d Day) *Year {
	y, _, _ := d.Civil()
	for i := range cal {
		if cal[i].Year == y {
			return &cal[i]
		}
	}
	return nil
}

func (y *Year) works(d Day, late bool) bool {
	off, work := y.Off, y.Work
	if late && len(y.LateOff)+len(y.LateWork) > 0 {
		off, work = y.LateOff, y.LateWork
	}
	if wd := d.Weekday(); wd == 0 || wd == 6 {
		return holdsDay(work, d)
	}
	return !holdsDay(off, d)
}

func holdsDay(days []Day, d Day) bool {
	for _, x := range days {
		if x == d {
			return true
		}
	}
	return false
}
