package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

type calendar struct {
	days   [7]string // Sunday first, as time.Weekday counts
	months [12]string
	// long has day name, day, month name, year; short and clock are layouts of package time.
	long, short string
	join        string // between date and time
	after       string // after the time
	first       string // the first of a month, where it has a form of its own
	point       string // decimal separator
	group       string // thousands separator
	one, many   string // day, days
	hour        string // short
}

var calendars = map[string]calendar{
	"fr": {
		days:   [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
		months: [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
		long:   "%[1]s %[2]s %[3]s %[4]d", short: "02/01/2006", join: " à ", first: "1er", point: ",", group: "\u00a0",
		one: "jour", many: "jours", hour: "h",
	},
	"nl": {
		days:   [7]string{"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
		months: [12]string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
		long:   "%[1]s %[2]s %[3]s %[4]d", short: "02/01/2006", join: " om ", point: ",", group: "\u00a0",
		one: "dag", many: "dagen", hour: "u",
	},
	"de": {
		days:   [7]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
		months: [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
		long:   "%[1]s, %[2]s. %[3]s %[4]d", short: "02.01.2006", join: ", um ", after: " Uhr", point: ",", group: "\u00a0",
		one: "Tag", many: "Tage", hour: "Std.",
	},
	"en": {
		days:   [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		long:   "%[1]s %[2]s %[3]s %[4]d", short: "02 Jan 2006", join: " at ", point: ".", group: "\u00a0",
		one: "day", many: "days", hour: "h",
	},
}

// Date returns the day with its name: "lundi 23 novembre 2026".
func (t *Text) Date(at time.Time) string {
	c := calendars[t.lang]
	day := strconv.Itoa(at.Day())
	if at.Day() == 1 && c.first != "" {
		day = c.first
	}
	return fmt.Sprintf(c.long, c.days[at.Weekday()], day, c.months[at.Month()-1], at.Year())
}

// DateTime returns day and time to the second: "lundi 23 novembre 2026 à 11:42:07".
// It names no zone; say it beside, see [Text.Zone].
func (t *Text) DateTime(at time.Time) string {
	c := calendars[t.lang]
	return t.Date(at) + c.join + at.Format("15:04:05") + c.after
}

// Short returns day and time in figures, as the language writes them: "23/11/2026 11:42:07" in Belgium,
// "23.11.2026 11:42:07" in German, and in English the month by name, since figures are read in two ways there.
func (t *Text) Short(at time.Time) string {
	return at.Format(calendars[t.lang].short + " 15:04:05")
}

// Day returns the day alone, as [Text.Short] does.
func (t *Text) Day(at time.Time) string { return at.Format(calendars[t.lang].short) }

// Duration returns a span for people, in its two largest units: "12 s",
// "4 min 5 s", "2 h 13 min", "3 days 4 h". What is below a second is "0 s".
func (t *Text) Duration(d time.Duration) string {
	c := calendars[t.lang]
	secs := int64(d / time.Second)
	days := c.many
	if secs/86400 == 1 {
		days = c.one
	}
	var parts []string
	for _, u := range []struct {
		n    int64
		name string
	}{{secs / 86400, days}, {secs / 3600 % 24, c.hour}, {secs / 60 % 60, "min"}, {secs % 60, "s"}} {
		if u.n > 0 {
			parts = append(parts, t.Number(u.n)+"\u00a0"+u.name)
		} else if len(parts) > 0 {
			break // "3 days", not "3 days 12 s"
		}
		if len(parts) == 2 {
			break
		}
	}
	if len(parts) == 0 {
		return "0\u00a0s"
	}
	return strings.Join(parts, " ")
}

// Minute returns day and time to the minute: "23/11/2026 11:42".
func (t *Text) Minute(at time.Time) string { return at.Format(calendars[t.lang].short + " 15:04") }

// Clock returns "11:42:07".
func (t *Text) Clock(at time.Time) string { return at.Format("15:04:05") }

// Zone returns the offset of a time: "UTC+1", "UTC−3:30" or "UTC".
func (t *Text) Zone(at time.Time) string {
	_, secs := at.Zone()
	if secs == 0 {
		return "UTC"
	}
	sign := "+"
	if secs < 0 {
		sign, secs = "−", -secs
	}
	s := "UTC" + sign + strconv.Itoa(secs/3600)
	if m := secs % 3600 / 60; m != 0 {
		s += fmt.Sprintf(":%02d", m)
	}
	return s
}

// Number returns a whole number with its thousands grouped by a no-break space.
func (t *Text) Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return sign + strings.Join(append([]string{s}, parts...), calendars[t.lang].group)
}

// Decimal returns a number with the given digits after the decimal separator.
func (t *Text) Decimal(f float64, digits int) string {
	return strings.Replace(strconv.FormatFloat(f, 'f', digits, 64), ".", calendars[t.lang].point, 1)
}

// Bytes returns a size for people, in units of 1,000: "38 Mo" or "38 MB".
func (t *Text) Bytes(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	if t.lang == "fr" {
		units = []string{"octets", "ko", "Mo", "Go", "To"}
	}
	f, i := float64(n), 0
	for f >= 1000 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	if i == 0 {
		return t.Number(n) + "\u00a0" + units[0]
	}
	digits := 0
	if f < 10 {
		digits = 1
	}
	return t.Decimal(f, digits) + "\u00a0" + units[i]
}
