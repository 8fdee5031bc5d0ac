package proof

import (
	"time"

	"constat/bundle"
	"constat/evidence"
	"constat/evidence/trustlist"
)

// State says what is known of one authority's timestamp.
type State string

const (
	Verified State = "verified" // every check passed; Time may be shown
	Pending  State = "pending"  // not asked yet, or no usable answer so far
	Rejected State = "rejected" // an answer came and failed a check
)

// Timestamp is one authority's timestamp over an exhibit's manifest.
type Timestamp struct {
	Authority string           `json:"authority"`
	Time      *time.Time       `json:"time"` // UTC; null unless verified
	Accuracy  float64          `json:"accuracy_seconds,omitempty"`
	State     State            `json:"state"`
	Checks    []evidence.Check `json:"checks"`
	Reason    string           `json:"reason,omitempty"` // why pending or rejected: a stable code
	Root      string           `json:"root_sha256,omitempty"`
	Qualified bool             `json:"claims_qualified,omitempty"` // the token's own claim

	// Listed is what the European trusted lists say of the service at the token's
	// own time; null in lists of exhibits, where it is not looked up.
	Listed *trustlist.Finding `json:"trusted_list,omitempty"`
	// StandsUntil is up to when the time can be shown to stand, by itself or by a
	// renewal, and Ends what ends then: a certificate or an algorithm. Stands: that
	// is not over. Past it a time is still said, and that it cannot be shown to
	// stand today.
	StandsUntil *time.Time `json:"stands_until,omitempty"`
	Ends        string     `json:"ends,omitempty"`
	Stands      bool       `json:"stands,omitempty"`

	// Gap is how long after the end of what was kept the answer came, both by
	// this device's clock; below 0 the clock was set in between. Null unless
	// verified. Tries before brought no usable answer.
	Gap   *float64 `json:"gap_seconds,omitempty"`
	Tries int      `json:"earlier_tries,omitempty"`
	// Clock is how far this device's clock was from the authority's.
	Clock *Clock `json:"clock,omitempty"`
	// Label is what a source said of the authority, and when; empty if it is not known.
	Label   string `json:"label,omitempty"`
	LabelOn string `json:"label_on,omitempty"` // YYYY-MM-DD
}

// Clock compares this device's clock with an authority's. It is shown, and
// nothing is corrected by it.
type Clock struct {
	Offset      float64 `json:"offset_seconds"` // this device minus the authority: positive, this device is ahead
	Uncertainty float64 `json:"uncertainty_seconds"`
}

// timestampOf shows a timestamp over something that was finished at a time,
// or over a fingerprint, with the zero time.
func timestampOf(st bundle.Stamp, finished time.Time) Timestamp {
	v := Timestamp{Authority: st.Authority.Name, State: Pending, Checks: st.Checks, Reason: st.Reason, Label: st.Label}
	if !st.LabelDate.IsZero() {
		v.LabelOn = st.LabelDate.Format(time.DateOnly)
	}
	if v.Checks == nil {
		v.Checks = []evidence.Check{}
	}
	switch {
	case st.Verified != nil:
		at := st.Verified.Time.UTC()
		v.State, v.Time, v.Reason = Verified, &at, ""
		v.Root, v.Qualified = st.Verified.RootFingerprint.String(), st.Verified.ClaimsQualified
		if st.Verified.HasAccuracy {
			v.Accuracy = st.Verified.Accuracy.Seconds()
		}
		v.setGap(st, finished)
		if v.Listed = st.Listed; st.Verified.Practice {
			v.Listed = nil
		}
		if !st.Until.IsZero() {
			until := st.Until.UTC()
			v.StandsUntil, v.Ends, v.Stands = &until, st.Ends, !st.Lapsed
		}
		if offset, uncertainty, ok := st.ClockOffset(); ok {
			v.Clock = &Clock{Offset: tenths(offset), Uncertainty: tenths(uncertainty)}
		}
	case len(st.Reply) > 0:
		v.State = Rejected
	}
	return v
}

// setGap says how long after the end of what was kept a verified reply came.
func (v *Timestamp) setGap(st bundle.Stamp, finished time.Time) {
	if finished.IsZero() || st.Received.IsZero() {
		return
	}
	secs := tenths(st.Received.Sub(finished))
	v.Gap, v.Tries = &secs, st.Tries
}

// tenths cuts a span to tenths of a second, as manifests have it.
func tenths(d time.Duration) float64 { return d.Truncate(100 * time.Millisecond).Seconds() }
