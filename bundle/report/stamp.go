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

// stamps lists every authority's answer with its checks, renewals last.
func (w *writer) stamps(e Exhibit) {
	w.head(w.t.T("report.stamp.title"), "")
	if len(e.Stamps) == 0 && len(e.Renewals) == 0 {
		w.para(body, w.t.T("report.stamp.none-long"))
		return
	}
	cols := []column{
		{title: w.t.T("report.stamp.authority"), width: 28},
		{title: w.t.T("report.stamp.time"), width: 43},
		{title: w.t.T("report.stamp.state"), width: 36},
		{title: w.t.T("report.stamp.checks"), width: width - 107},
	}
	var rows [][]cell
	add := func(stamps []Stamp, over string, finished time.Time) {
		for _, s := range stamps {
			who := text(evidence.Shorten(s.Authority.Name, 80))
			if s.Label != "" {
				who = append(who, part{w.t.T("timestamp.label."+s.Label, "Date", w.t.Day(s.LabelDate)), small})
			}
			if over != "" {
				who = append(who, part{over, small})
			}
			rows = append(rows, []cell{who, w.stampTime(s, finished), w.stampState(s), w.stampChecks(s)})
		}
	}
	add(e.Stamps, "", e.Manifest.Finished.UTC)
	for i, r := range e.Renewals {
		add(r.Stamps, w.t.T("report.stamp.renewal", "N", i+1, "List", r.ListName), time.Time{})
	}
	w.table(cols, rows)
	if len(e.Renewals) > 0 {
		w.skip(1)
		w.para(bodyGray, w.t.T("report.stamp.renewed"))
	}
}

// stampTime is the time, how long after the end of the capture the answer came,
// and how far the device's clock was off. A renewal has no such gap.
func (w *writer) stampTime(s Stamp, finished time.Time) cell {
	v := s.Verified
	if v == nil {
		return text("–")
	}
	line := w.t.Short(v.Time.UTC()) + " UTC"
	if v.HasAccuracy {
		line += " ±" + w.t.Decimal(v.Accuracy.Seconds(), 3) + " s"
	}
	c := cell{{line, body}}
	if local := v.Time.In(w.loc); w.t.Zone(local) != "UTC" {
		c = append(c, part{"(" + w.t.Clock(local) + " " + w.t.Zone(local) + ")", body})
	}
	if gap, ok := s.Gap(finished); ok && !finished.IsZero() {
		c = append(c, part{GapWords(w.t, gap, s.Tries), small})
	}
	if offset, uncertainty, ok := s.ClockOffset(); ok {
		c = append(c, part{ClockWords(w.t, offset, uncertainty), small})
	}
	return c
}

func (w *writer) stampState(s Stamp) cell {
	if v := s.Verified; v != nil {
		c := text(w.t.T("report.stamp.verified"))
		switch {
		case v.Practice:
			c = append(c, part{evidence.PracticeMark, bodyBold})
		case v.ClaimsQualified:
			c = append(c, part{w.t.T("report.stamp.claims-qualified"), small})
		default:
			c = append(c, part{w.t.T("report.stamp.no-claim"), small})
		}
		if s.Listed != nil && !v.Practice {
			c = append(c, part{ListedWords(w.t, *s.Listed), small})
		}
		if s := StandsWords(w.t, s.Until, s.Lapsed); s != "" {
			c = append(c, part{s, small})
		}
		return append(c, part{w.t.T("report.stamp.serial", "Serial", evidence.Shorten(v.Serial, 60)), small})
	}
	c := cell{{w.stampLine(s), bodyBold}}
	if s.Reason != "" && (!s.Rejected() || len(s.Checks) == 0) {
		c = append(c, part{w.reason(s.Reason), small})
	}
	return c
}

// reason says why a timestamp is missing; "rejected:chain" names a check.
func (w *writer) reason(code string) string {
	code, check, _ := strings.Cut(code, ":")
	s := w.orCode("timestamp.reason.", code)
	if check != "" {
		s += " (" + w.orCode("check.", check) + ")"
	}
	return s
}

// stampChecks lists what passed in one breath, and then what did not, with its
// reason. What is no timestamp for us is said as what it is: that we could not
// verify it. The reply is there for who can.
func (w *writer) stampChecks(s Stamp) cell {
	if s.Rejected() {
		if len(s.Checks) == 0 {
			return nil // what is known stands beside it
		}
		c := cell{{NotVerified(w.t, s.Checks), small}}
		if s.Unverified() && s.FileName != "" {
			c = append(c, part{w.t.T("timestamp.unverified-file", "File", s.FileName), small})
		}
		return c
	}
	var passed []string
	var rest cell
	for _, c := range s.Checks {
		name := w.orCode("check.", c.Name)
		if c.State == evidence.Passed {
			passed = append(passed, name+"\u00a0✓")
			continue
		}
		s := name + ": " + w.orCode("check.state.", string(c.State))
		if c.Detail != "" {
			s += " (" + evidence.Shorten(detail.Check(w.t, c), 200) + ")"
		}
		rest = append(rest, part{s, small})
	}
	if len(passed) == 0 {
		return rest
	}
	return append(cell{{strings.Join(passed, ", "), small}}, rest...)
}
