package proof

import (
	"testing"
	"time"
)

// The time that lasts longest counts; a reminder comes half a year before its end.
func TestWhenARenewalIsReminded(t *testing.T) {
	now := time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC)
	stamp := func(until time.Time) Timestamp { return Timestamp{State: Verified, StandsUntil: &until} }
	far, soon, sooner, over := now.AddDate(2, 0, 0), now.AddDate(0, 4, 0), now.AddDate(0, 1, 0), now.AddDate(0, 0, -1)
	var r Reminder
	for _, list := range [][]Timestamp{
		{stamp(far), stamp(over)}, {stamp(soon), stamp(over)}, {stamp(sooner)}, {stamp(over)}, nil, {{State: Pending}},
	} {
		r.Add(list, now)
	}
	if r != (Reminder{Due: 2, Before: sooner, Lapsed: 1}) {
		t.Errorf("%+v", r)
	}
}
