package policy_test

import (
	"testing"
	"time"

	"lixianban/app/policy"
)

func TestDaysAgreeWithTheStandardLibraryOverTwoCenturies(t *testing.T) {
	for d := policy.MinDay; d <= policy.MaxDay; d++ {
		at := time.Unix(int64(d)*86400, 0).UTC()
		y, m, day := d.Civil()
		if y != at.Year() || m != int(at.Month()) || day != at.Day() || policy.DayOf(y, m, day) != d || d.Weekday() != int(at.Weekday()) {
			t.Fatalf("day %d is %v, not %d-%d-%d", d, at, y, m, day)
		}
	}
}

func TestOnlyExistingDaysAreRead(t *testing.T) {
	for _, s := range []string{"2027-02-28", "2028-02-29", "1900-01-01", "2199-12-31"} {
		if d, err := policy.ParseDay(s); err != nil || d.String() != s {
			t.Errorf("%s: %v %v", s, d, err)
		}
	}
	for _, s := range []string{"", "2027-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-1", "2026/01/01", "2026-01-01 ", "１026-01-01", "+026-01-01", "1899-12-31", "2200-01-01"} {
		if d, err := policy.ParseDay(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
}

func TestMonthsEndWhereTheMonthEnds(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-30", 3, "2027-02-28"}, {"2026-01-31", 1, "2026-02-28"}, {"2028-01-31", 1, "2028-02-29"}, {"2025-07-03", 3, "2025-10-03"},
		{"2025-11-06", 3, "2026-02-06"}, {"2026-12-10", 5, "2027-05-10"}, {"2027-01-01", 4, "2027-05-01"}, {"2035-01-01", 13, "2036-02-01"}, {"2026-03-31", -1, "2026-02-28"}, {"2026-01-15", -13, "2024-12-15"},
	} {
		if got := policy.AddMonths(day(t, c.from), c.n).String(); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestMonthsBetweenIsTheLargestCountThatFits(t *testing.T) {
	for a := day(t, "2027-12-25"); a < day(t, "2028-03-05"); a++ {
		for b := a - 100; b < a+100; b++ {
			n := policy.MonthsBetween(a, b)
			if policy.AddMonths(a, n) > b || policy.AddMonths(a, n+1) <= b {
				t.Fatalf("%s … %s: %d", a, b, n)
			}
		}
	}
}

// calendar is 2026 as arranged and 2027 with statutory days early, the usual arrangement late.
func calendar(tb testing.TB) []policy.Year {
	days := func(list ...string) (out []policy.Day) {
		for _, s := range list {
			out = append(out, day(tb, s))
		}
		return out
	}
	span := func(from, to string) (out []policy.Day) {
		for d := day(tb, from); d <= day(tb, to); d++ {
			out = append(out, d)
		}
		return out
	}
	join := func(lists ...[]policy.Day) (out []policy.Day) {
		for _, l := range lists {
			out = append(out, l...)
		}
		return out
	}
	return []policy.Year{
		{Year: 2026, Off: join(span("2026-09-25", "2026-09-27"), span("2026-10-01", "2026-10-07")), Work: days("2026-09-20", "2026-10-10")},
		{Year: 2027, Off: join(days("2027-01-01", "2027-04-05", "2027-05-01", "2027-05-02"), span("2027-02-05", "2027-02-08"), span("2027-10-01", "2027-10-03")),
			LateOff: join(span("2027-01-01", "2027-01-03"), span("2027-02-05", "2027-02-12"), span("2027-04-03", "2027-04-05"), span("2027-05-01", "2027-05-05"), span("2027-10-01", "2027-10-07"))},
	}
}

func TestWorkingDaysFollowTheCalendarAndEndInARange(t *testing.T) {
	for _, c := range []struct {
		from      string
		n         int
		low, high string
	}{
		{"2026-09-14", 10, "2026-09-28", "2026-09-28"}, {"2026-09-28", 15, "2026-10-23", "2026-10-23"}, {"2026-11-23", 10, "2026-12-07", "2026-12-07"},
		{"2026-12-20", 20, "2027-01-18", "2027-01-18"}, {"2027-02-01", 10, "2027-02-17", "2027-02-23"}, {"2027-04-29", 5, "2027-05-06", "2027-05-11"},
		{"2027-09-29", 10, "2027-10-14", "2027-10-20"}, {"2026-11-21", 0, "2026-11-21", "2026-11-21"},
	} {
		low, high, ok := policy.AddWorkdays(calendar(t), day(t, c.from), c.n)
		if !ok || low.String() != c.low || high.String() != c.high {
			t.Errorf("%s + %d working days = %s … %s %v, want %s … %s", c.from, c.n, low, high, ok, c.low, c.high)
		}
	}
	for _, c := range []struct {
		from string
		n    int
	}{{"2027-12-30", 5}, {"2025-12-01", 3}, {"2026-11-21", -1}, {"2026-11-21", 1 << 40}} {
		if low, high, ok := policy.AddWorkdays(calendar(t), day(t, c.from), c.n); ok {
			t.Errorf("%s + %d working days = %s … %s, but the calendar does not reach", c.from, c.n, low, high)
		}
	}
}
