package proof

import (
	"time"

	"constat/assets/words"
	"constat/bundle/detail"
	"constat/bundle/report"
	"constat/evidence"
)

// StandsWords says until when a verified time can be shown to stand, or that it
// no longer can, as the report does; empty if that is not known.
func StandsWords(t *words.Text, ts Timestamp) string {
	if ts.StandsUntil == nil {
		return ""
	}
	return report.StandsWords(t, *ts.StandsUntil, !ts.Stands)
}

// ListedWords says what the trusted lists say of the service of a timestamp, as
// the report does; empty if that was not looked up.
func ListedWords(t *words.Text, ts Timestamp) string {
	if ts.Listed == nil {
		return ""
	}
	return report.ListedWords(t, *ts.Listed)
}

// GapWords says the gap between the end of a capture and a timestamp, as the
// report does.
func GapWords(t *words.Text, seconds float64, tries int) string {
	return report.GapWords(t, asDuration(seconds), tries)
}

// ClockWords says how far this device's clock was from an authority's, as the
// report does.
func ClockWords(t *words.Text, c Clock) string {
	return report.ClockWords(t, asDuration(c.Offset), asDuration(c.Uncertainty))
}

// NotVerifiedWords says that this program could not verify a reply, and what of it.
func NotVerifiedWords(t *words.Text, checks []evidence.Check) string {
	return report.NotVerified(t, checks)
}

// CheckDetail is the detail of a timestamp's check, as the report says it.
func CheckDetail(t *words.Text, c evidence.Check) string { return detail.Check(t, c) }

func asDuration(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second))
}
