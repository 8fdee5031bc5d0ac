package sight

import (
	"testing"
	"time"

	"constat/evidence"
)

// A viewer has come to rest after a while and after several pictures, whichever is later.
func TestSteady(t *testing.T) {
	for name, c := range map[string]struct {
		pictures string // a letter each; '-' is of one colour
		every    time.Duration
		want     int // pictures until it is steady; 0: not
	}{
		"a fast machine":      {"aaaaaaaaaaaa", 100 * time.Millisecond, 10},
		"a slow machine":      {"aaaaaaaaaaaa", 800 * time.Millisecond, 6},
		"a very slow one":     {"aaaaaa", 10 * time.Second, 6},
		"something came":      {"abbbbbbbb", 300 * time.Millisecond, 7},
		"something came late": {"aaaabbbbbb", time.Second, 10},
		"of one colour":       {"----------", time.Second, 0},
		"it moves":            {"abababababab", time.Second, 0},
		"too few":             {"aaaaa", time.Second, 0},
	} {
		var s steady
		now, got := time.Unix(0, 0), 0
		for i, picture := range c.pictures {
			if s.add(evidence.Sum([]byte(string(picture))), picture == '-', now) && got == 0 {
				got = i + 1
			}
			now = now.Add(c.every)
		}
		if got != c.want || s.taken != len(c.pictures) {
			t.Errorf("%s: steady after %d pictures, want %d", name, got, c.want)
		}
	}
}
