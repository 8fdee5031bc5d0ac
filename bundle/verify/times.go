package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat/evidence"
)

// A timestamp proves that something was there at its time, and nothing of the time
// before. So each time that the bundle gives of itself is put beside the first
// timestamp that covers it. If that came long after, or the account is of later than
// the timestamp, the account may be true, and is not proven.

// ahead is how far a device's clock may run ahead of an authority's before its
// account is no account of that time any more.
const ahead = 24 * time.Hour

// withoutTime is the line of bag-info.txt that names the exhibits which had no
// verified timestamp of their own when the bundle was made.
const withoutTime = "Constat-Without-Time"

func (p Policy) timely() time.Duration { return cmp.Or(p.Timely, week) }

// covering returns the verified timestamps over a file that can be shown to stand
// today, the earliest first.
func (c *checker) covering(over string) []Timestamp {
	var out []Timestamp
	for _, t := range c.rep.Timestamps {
		if t.Over == over && t.Stands {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Timestamp) int { return a.Time.Compare(b.Time) })
	return out
}

// under counts different roots.
func under(list []Timestamp) int {
	roots := map[evidence.Digest]bool{}
	for _, t := range list {
		roots[t.RootFingerprint] = true
	}
	return len(roots)
}

// proofOfTime says of the evidence, of the whole and of each exhibit since when it is
// proven to exist, and whether all of that is as the policy asks.
func (c *checker) proofOfTime() bool {
	needed := c.o.needed()
	evidenceTimes, wholeTimes := c.covering(evidenceName), c.covering(tagListName)
	ok := c.enough(checkTime, "the fingerprint", evidenceTimes, needed)
	if !c.enough(checkWhole, "the whole (report, READ-ME, scripts and lists)", wholeTimes, needed) {
		ok = false
	}
	if needed == 0 {
		return ok
	}
	first := slices.Concat(evidenceTimes, wholeTimes)
	slices.SortFunc(first, func(a, b Timestamp) int { return a.Time.Compare(b.Time) })
	if !c.exhibitTimes(evidenceTimes) {
		ok = false
	}
	if len(first) > 0 && !c.exportTime(first[0].Time) {
		ok = false
	}
	return ok
}

// enough compares the number of verified timestamps with what is asked for.
func (c *checker) enough(check, what string, list []Timestamp, needed int) bool {
	there := under(list)
	switch {
	case needed == 0:
		c.skip(check, "no timestamp over %s was asked for; there are %d verified ones", what, there)
	case there < needed:
		c.skip(check, "verified timestamps over %s that can be shown to stand today: %d, asked for: %d", what, there, needed)
		return false
	default:
		c.pass(check, "verified timestamps over %s: %d, asked for: %d; first at %s", what, there, needed, stamp(list[0].Time))
	}
	return true
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// exhibitTimes compares each exhibit's own account with what is proven.
func (c *checker) exhibitTimes(overAll []Timestamp) bool {
	named := map[string]bool{}
	for _, id := range strings.Fields(c.info[withoutTime]) {
		named[id] = true
	}
	ok := true
	for _, e := range c.exhibits {
		if e.digest.IsZero() {
			continue // failed already
		}
		own := c.covering(e.dir + "manifest.json")
		t := ExhibitTime{Exhibit: e.id, Kept: e.manifest.Finished, Own: len(own) > 0}
		how := "by a timestamp of its own"
		switch {
		case t.Own:
			t.Proven = own[0].Time
		case len(overAll) > 0:
			t.Proven, how = overAll[0].Time, "by the bundle's; it is without proof of time of its own"
		}
		why := ""
		t.Timely, why = c.timely(t.Kept, t.Proven)
		said := fmt.Sprintf("%s: kept at %s by its own account, proven since %s %s", e.id, stamp(t.Kept), stamp(t.Proven), how)
		switch {
		case t.Proven.IsZero():
			ok = false
			c.skip(checkExhibitTime, "%s: kept at %s by its own account, without proof of time", e.id, stamp(t.Kept))
		case !t.Timely:
			ok = false
			c.skip(checkExhibitTime, "%s: %s", said, why)
		case t.Own:
			c.pass(checkExhibitTime, "%s%s", said, why)
		case named[e.id]:
			c.skip(checkExhibitTime, "%s, as the bundle says", said)
		default:
			ok = false
			c.skip(checkExhibitTime, "%s, and the bundle does not say so", said)
		}
		c.rep.Times = append(c.rep.Times, t)
	}
	return ok
}

// exportTime compares what the bundle says of its own making.
func (c *checker) exportTime(proven time.Time) bool {
	made := c.rep.Created
	if timely, why := c.timely(made, proven); !timely {
		c.skip(checkExportTime, "made at %s by its own account, proven since %s: %s", stamp(made), stamp(proven), why)
		return false
	}
	for _, t := range c.rep.Times {
		if t.Kept.Sub(made) > ahead {
			c.skip(checkExportTime, "made at %s by its own account, before %s, which was kept at %s", stamp(made), t.Exhibit, stamp(t.Kept))
			return false
		}
	}
	c.pass(checkExportTime, "made at %s by its own account, proven since %s", stamp(made), stamp(proven))
	return true
}

// timely says whether a time that something gives of itself is borne out by a
// timestamp, and what there is to remark.
func (c *checker) timely(account, proven time.Time) (ok bool, why string) {
	switch gap := proven.Sub(account); {
	case account.IsZero():
		return false, "it gives no time of its own"
	case proven.IsZero():
		return false, "there is no timestamp"
	case gap > c.o.timely():
		return false, fmt.Sprintf(
			"%.0f days later; more than %.0f are not timely, and the earlier time is not proven",
			gap.Hours()/24,
			c.o.timely().Hours()/24,
		)
	case gap < -ahead:
		return false, fmt.Sprintf("the account is of %.0f days after the timestamp, which cannot be", -gap.Hours()/24)
	case gap < -time.Minute:
		return true, fmt.Sprintf("; the device's clock was ahead by %s", (-gap).Round(time.Second))
	}
	return true, ""
}
