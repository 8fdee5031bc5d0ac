package keep

import (
	"strconv"
	"time"

	"constat/evidence"
)

// The years that a device can say it is without being asked about it: this program did not exist
// before the first, and a timestamp that is made today does not reach beyond the last.
const (
	firstYear = 2026
	lastYear  = 2060
)

// What is noted of any kind of exhibit.
const (
	ProblemDeviceClock = "device-clock" // the device's year cannot be: the year
	ItemDeviceYear     = "device-year"  // only where it is not met: the device's year can be
)

// OddYear reports whether the device's clock says what cannot be: an empty battery makes it 1970, a
// slip of the finger 2100.
func OddYear(now time.Time) bool { return now.Year() < firstYear || now.Year() > lastYear }

// noteClock says in a manifest that its times come from a clock that cannot be right, so that they
// do not pass for times.
func noteClock(m *evidence.Manifest) {
	if !OddYear(m.Started.UTC) {
		return
	}
	said := evidence.Say("device-says", "this device says that it is {year}", strconv.Itoa(m.Started.UTC.Year()))
	m.Problems = append(m.Problems, said.Problem(ProblemDeviceClock))
	m.Precondition = append(m.Precondition, said.Precondition(ItemDeviceYear, evidence.NotMet))
}
