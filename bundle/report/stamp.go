package report

import (
	"fmt"
	"strings"
	"time"

	"constat/assets/words"
	"constat/bundle/detail"
	"constat/evidence"
	"constat/evidence/trustlist"
	"constat/evidence/tsa"
)

// Stamp is what one timestamp authority answered over a manifest or over the
// bundle's fingerprint.
type Stamp struct {
	Authority evidence.Authority // its RootsPEM is never written anywhere
	FileName  string             // of the reply in the bundle; empty: derived from the authority's name
	Reply     []byte             // RFC 3161 TimeStampResp, DER; empty if none came
	Verified  *tsa.Timestamp     // nil: pending or rejected; only a verified time is ever printed
	Checks    []evidence.Check
	Reason    string // stable code: why pending or rejected; "rejected:<check>" names the check

	Sent, Received time.Time // of question and answer, by the device's clock; zero: not known
	Tries          int       // earlier ones that brought no usable answer
	// Until is when the first certificate or algorithm that the time rests on
	// ends, with what covers it counted; Ends says which: "certificate-ends" or
	// "algorithm-ends". Lapsed: that was before now. Zero: not known.
	Until  time.Time
	Ends   string
	Lapsed bool

	// Listed is what the European trusted lists say of the service; nil: not asked.
	Listed *trustlist.Finding

	Label     string    // what a source said of the authority, looked up as "timestamp.label.<label>"; may be empty
	LabelDate time.Time // of that source
}

// Rejected reports whether an answer came and failed a check.
func (s Stamp) Rejected() bool {
	_, failed := tsa.FirstFailure(s.Checks)
	return s.Verified == nil && (failed || len(s.Reply) > 0 || strings.HasPrefix(s.Reason, "rejected"))
}

// Kept reports whether the reply belongs in the bundle as a timestamp.
func (s Stamp) Kept() bool { return len(s.Reply) > 0 && s.Verified != nil }

// Unverified reports whether the reply belongs in the bundle under a name that
// says so: it came, and this program could not verify it. Another one may.
func (s Stamp) Unverified() bool { return len(s.Reply) > 0 && s.Verified == nil }

// whyNot are the checks that a reply did not pass; those that were not done, if
// none failed.
func whyNot(checks []evidence.Check) []evidence.Check {
	var failed, open []evidence.Check
	for _, c := range checks {
		switch {
		case tsa.Voids(c):
			failed = append(failed, c)
		case c.State == evidence.NotDone && (c.Name == tsa.CheckSignature || c.Name == tsa.CheckChain):
			open = append(open, c)
		}
	}
	if len(failed) > 0 {
		return failed
	}
	return open
}

// NotVerified says that this program could not verify a reply, and what of it.
func NotVerified(t *words.Text, checks []evidence.Check) string {
	var what []string
	for _, c := range whyNot(checks) {
		name := c.Name
		if t.Has("check." + c.Name) {
			name = t.T("check." + c.Name)
		}
		if c.Detail != "" {
			name += " (" + evidence.Shorten(detail.Check(t, c), 200) + ")"
		}
		what = append(what, name)
	}
	if len(what) == 0 {
		return t.T("timestamp.reason.rejected")
	}
	return t.T("timestamp.unverified", "What", strings.Join(what, "; "))
}

// AtTime is the option that has OpenSSL judge the chain at the token's own time,
// with a leading space: without it a token is refused once its signer's
// certificate has expired. It is empty if the time was not verified.
func (s Stamp) AtTime() string {
	if s.Verified == nil {
		return ""
	}
	return fmt.Sprintf(" -attime %d", s.Verified.Time.Unix())
}

// Gap is how long after the end of what was kept the answer came, both by the
// device's clock: so a wrong clock does not change it. Below zero the clock was
// set in between, and the gap is not known. ok is false without a verified time.
func (s Stamp) Gap(finished time.Time) (gap time.Duration, ok bool) {
	if s.Verified == nil || s.Received.IsZero() {
		return 0, false
	}
	return s.Received.Sub(finished), true
}

// ClockOffset is how far the device's clock was ahead of the authority's when
// it asked, and within what bounds. ok is false if that is not known.
func (s Stamp) ClockOffset() (offset, uncertainty time.Duration, ok bool) {
	ahead, uncertainty, ok := tsa.Offset(tsa.Reply{Sent: s.Sent, Received: s.Received}, s.Verified)
	return -ahead, uncertainty, ok
}

// ListedWords says what the trusted lists say of a service, and of which date
// the list is. What the token says of itself is no part of it.
func ListedWords(t *words.Text, f trustlist.Finding) string {
	return t.T("trustlist."+string(f.State), "Country", f.Territory, "Date", t.Day(f.Issued), "N", f.Looked)
}

// StandsWords says until when a verified time can be shown to stand, or that it
// no longer can; it is empty if that is not known.
func StandsWords(t *words.Text, until time.Time, lapsed bool) string {
	switch {
	case until.IsZero():
		return ""
	case lapsed:
		return t.T("timestamp.lapsed", "Date", t.Day(until))
	}
	return t.T("timestamp.stands", "Date", t.Day(until))
}

// GapWords says the gap between the end of a capture and a timestamp.
func GapWords(t *words.Text, gap time.Duration, tries int) string {
	switch {
	case gap < 0:
		return t.T("stamp.gap-unknown")
	case tries > 0:
		return t.N("stamp.gap-tries", tries, "Gap", t.Duration(gap))
	}
	return t.T("stamp.gap", "Gap", t.Duration(gap))
}

// ClockWords says how far the device's clock was from the authority's.
func ClockWords(t *words.Text, offset, uncertainty time.Duration) string {
	sign := "+"
	if offset < 0 {
		sign, offset = "−", -offset
	}
	return t.T("stamp.clock", "Offset", sign+t.Decimal(offset.Seconds(), 1), "Uncertainty", t.Decimal(uncertainty.Seconds(), 1))
}
