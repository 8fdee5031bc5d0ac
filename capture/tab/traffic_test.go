package tab

import (
	"testing"
	"time"
)

// An answer over a web socket is waited for at an edge, but not again and again by a page that sends without end.
func TestUnanswered(t *testing.T) {
	began := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	at := func(s int) time.Time { return began.Add(time.Duration(s) * time.Second) }
	for name, row := range map[string]struct {
		said  []int // when it sent something, in seconds since the edge was reached
		heard int   // when something came, -100: never
		now   int
		want  time.Duration
	}{
		"nothing was sent":               {nil, -100, 1, 0},
		"sent at the edge":               {[]int{1}, -100, 2, 4 * time.Second},
		"answered":                       {[]int{1}, 2, 2, 0},
		"never answered":                 {[]int{1}, -100, 7, -time.Second},
		"sent before":                    {[]int{-2}, -100, 1, 2 * time.Second},
		"sent each second, for ever":     {[]int{-3, -2, -1, 0, 1, 2, 3, 4}, -100, 4, time.Second},
		"that is over, too":              {[]int{-3, -2, -1, 0, 1, 2, 3, 4, 5, 6}, -100, 6, -time.Second},
		"sent long ago, and at the edge": {[]int{-20, 1}, -100, 2, 4 * time.Second},
	} {
		var f traffic
		for _, s := range row.said {
			f.says(at(s))
		}
		if row.heard > -100 {
			f.heard = at(row.heard)
		}
		if got := f.unanswered(began, at(row.now)); got != row.want && (got > 0 || row.want > 0) {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}
