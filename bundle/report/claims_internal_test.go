package report

import (
	"testing"
	"time"

	"constat/assets/words"
	"constat/evidence"
)

// A time that this program read from the disk is written as the report writes times; what a file says stays as written.
func TestTimesOfTheDiskAreSaidAsTimes(t *testing.T) {
	t.Parallel()
	text, err := words.For("fr")
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{t: text, loc: time.FixedZone("CET", 3600)}
	const at = "2026-11-23T10:42:07Z"
	got := w.claimed(evidence.Claim{Name: "modified", Value: at, Source: fromDisk})
	if want := w.moment(time.Date(2026, 11, 23, 10, 42, 7, 0, time.UTC)); got != want || got == at {
		t.Errorf("%q instead of %q", got, want)
	}
	for _, c := range []evidence.Claim{{Value: at, Source: "exif"}, {Value: "hier", Source: fromDisk}} {
		if got := w.claimed(c); got != c.Value {
			t.Errorf("%q of %q became %q", c.Value, c.Source, got)
		}
	}
}
