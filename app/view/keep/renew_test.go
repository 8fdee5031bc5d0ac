package keep

import (
	"strings"
	"testing"
	"time"

	"constat/app/flow/proof"
)

// Renewal is one line and one button, half a year before the end, and nothing
// before that; what came too late for it is said and has none.
func TestTimestampsToBeRenewedAreSaid(t *testing.T) {
	r, _ := deaf(t)
	r.Keep("https://exemple.be/p/1")
	s, ok := r.W.Screen().(*homeScreen)
	if !ok || len(s.list) != 1 {
		t.Fatalf("%T", r.W.Screen())
	}
	show := func(until time.Time) string {
		at := r.Clock.Now()
		s.list[0].Timestamps = []proof.Timestamp{{Authority: "one", State: proof.Verified, Time: &at, StandsUntil: &until, Stands: until.After(at)}}
		r.W.Rebuild()
		return r.Words()
	}
	lapsed := r.W.N("stamps.lapsed", 1)
	if words := show(r.Clock.Now().AddDate(1, 0, 0)); strings.Contains(words, r.W.T("stamps.renew")) || strings.Contains(words, lapsed) {
		t.Errorf("a year before: %s", words)
	}
	if words := show(r.Clock.Now().Add(-time.Hour)); strings.Contains(words, r.W.T("stamps.renew")) || !strings.Contains(words, lapsed) {
		t.Errorf("too late: %s", words)
	}
	until := r.Clock.Now().AddDate(0, 2, 0)
	if words := show(until); !strings.Contains(words, r.W.N("stamps.due", 1, "Date", r.W.Text().Day(until))) || strings.Contains(words, lapsed) {
		t.Errorf("two months before: %s", words)
	}
	r.Press("window.stamps.renew")
	if words := r.Words(); strings.Contains(words, r.W.T("stamps.renew")) || s.asking.Busy() {
		t.Errorf("after asking the list is not read anew: %s", words)
	}
}
