package proof

import (
	"slices"
	"testing"
	"time"

	"constat/assets/authorities"
	"constat/evidence"
)

func TestTurnsKeepThePause(t *testing.T) {
	var x turns
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for i, want := range []time.Duration{0, 15 * time.Second, 30 * time.Second} {
		if got := x.take("http://a", 15*time.Second, now); got != want {
			t.Errorf("question %d waits %v, want %v", i+1, got, want)
		}
	}
	if got := x.take("http://b", 15*time.Second, now); got != 0 {
		t.Errorf("another authority waits %v", got)
	}
	if got := x.take("http://a", 15*time.Second, now.Add(time.Hour)); got != 0 {
		t.Errorf("an hour later it waits %v", got)
	}
	one, two, three := evidence.Authority{URL: "http://a"}, evidence.Authority{URL: "http://c"}, evidence.Authority{URL: "http://b"}
	if got := x.soonest([]evidence.Authority{one, two, three}, now); !slices.Equal(got, []evidence.Authority{two, three, one}) {
		t.Errorf("%v", got)
	}
	if got := x.soonest([]evidence.Authority{one, two, three}, now.Add(2*time.Hour)); !slices.Equal(got, []evidence.Authority{one, two, three}) {
		t.Errorf("with every turn free: %v", got)
	}
	known, err := authorities.List()
	if err != nil {
		t.Fatal(err)
	}
	a := New(Config{Known: known})
	if a.pauseOf("http://timestamp.digicert.com") < 15*time.Second || a.pauseOf("http://127.0.0.1:1") != 0 {
		t.Error("the built-in list's pause is not found, or another's is")
	}
}
