package tab

import (
	"testing"
	"time"
)

// What is done with a page that loads, by what is known of it. Times are in milliseconds since the
// load was asked for.
func TestDecide(t *testing.T) {
	began := time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return began.Add(time.Duration(ms) * time.Millisecond) }
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	asked := func(traffic int) question { return question{asked: true, traffic: at(traffic)} }
	answered := func(traffic int) question { return question{asked: true, answered: true, traffic: at(traffic)} }
	// page is one that was shown and has loaded after a second, with its last traffic then.
	page := func(change func(*seen)) seen {
		s := seen{look: look{shown: true, loaded: true, traffic: at(1000)}, loadBy: at(30_000), settle: 4 * time.Second, since: at(1000)}
		if change != nil {
			change(&s)
		}
		return s
	}
	for name, row := range map[string]struct {
		seen seen
		now  int
		want decision
	}{
		"nothing has come":                       {seen{loadBy: at(30_000), settle: 4 * time.Second}, 100, decision{wait: ms(29_900)}},
		"nothing comes":                          {seen{loadBy: at(30_000), settle: 4 * time.Second}, 30_001, decision{end: noAnswer}},
		"at the limit it may come":               {seen{loadBy: at(30_000), settle: 4 * time.Second}, 30_000, decision{}},
		"shown, no load event":                   {page(func(s *seen) { s.loaded = false }), 2000, decision{wait: ms(28_000)}},
		"the load event stays away":              {page(func(s *seen) { s.loaded = false }), 30_001, decision{end: neverLoads}},
		"loaded, and on its way to another page": {page(func(s *seen) { s.pending = true }), 2000, decision{wait: ms(28_000)}},
		"that does not come":                     {page(func(s *seen) { s.pending = true }), 30_001, decision{end: neverLoads}},
		"its process ended":                      {page(func(s *seen) { s.crashed = true }), 40_000, decision{end: pageEnded}},
		"broke off, which brings no load event":  {page(func(s *seen) { s.loaded, s.broken = false, true }), 1020, decision{ask: true, wait: ms(130)}},
		"just loaded":                            {page(nil), 1000, decision{wait: lull}},
		"silent for a moment: fonts":             {page(nil), 1020, decision{ask: true, wait: ms(130)}},
		"fonts are asked for":                    {page(func(s *seen) { s.fonts = asked(1000) }), 1030, decision{wait: ms(120)}},
		"fonts are there: a glimpse":             {page(func(s *seen) { s.fonts = answered(1000) }), 1040, decision{glimpse: true, wait: ms(110)}},
		"a glimpse is under way":                 {page(func(s *seen) { s.fonts, s.first, s.taken = answered(1000), asked(1000), 1 }), 1200, decision{wait: ms(3800)}},
		"a glimpse is there, and too early": {page(func(s *seen) { s.fonts, s.first, s.got, s.taken = answered(1000), answered(1000), true, 1 }), 1149,
			decision{wait: ms(1)}},
		"settled with a glimpse": {page(func(s *seen) { s.fonts, s.first, s.got, s.taken = answered(1000), answered(1000), true, 1 }), 1150,
			decision{end: settled, wait: ms(3850)}},
		"a glimpse was not delivered: another": {page(func(s *seen) { s.fonts, s.first, s.taken = answered(1000), answered(1000), 1 }), 1150,
			decision{glimpse: true, wait: ms(3850)}},
		"more came since: fonts anew": {page(func(s *seen) {
			s.fonts, s.first, s.got, s.taken, s.traffic = answered(1000), answered(1000), true, 1, at(1100)
		}), 1130,
			decision{ask: true, wait: ms(120)}},
		"more came since, fonts know: a glimpse anew": {page(func(s *seen) {
			s.fonts, s.first, s.got, s.taken, s.traffic = answered(1100), answered(1000), true, 1, at(1100)
		}), 1300,
			decision{glimpse: true, wait: ms(3700)}},
		"three glimpses are enough": {page(func(s *seen) {
			s.fonts, s.first, s.got, s.taken, s.traffic = answered(1100), answered(1000), true, 3, at(1100)
		}), 1300,
			decision{end: settled, wait: ms(3700)}},
		"a request is under way": {page(func(s *seen) { s.inflight = 1 }), 1500, decision{wait: ms(3500)}},
		"and does not end":       {page(func(s *seen) { s.inflight = 1 }), 5001, decision{end: settled, wait: ms(-1)}},
		"a busy page":            {page(func(s *seen) { s.fonts = asked(1000) }), 5001, decision{end: settled, wait: ms(-1)}},
		"the next page of many, after the time for all": {page(func(s *seen) { s.since, s.inflight = at(33_000), 1 }), 34_001,
			decision{end: settled, wait: ms(2999)}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := decide(row.seen, at(row.now)); got != row.want {
				t.Errorf("%+v, want %+v", got, row.want)
			}
		})
	}
}

// A glimpse is the first view only if nothing came after it was asked for.
func TestGlimpseShowsOnlyWhatHadCome(t *testing.T) {
	came := time.Now()
	of := func(asked, answered, got bool, traffic time.Time) seen {
		return seen{look: look{traffic: traffic}, first: question{asked, answered, came}, got: got}
	}
	for name, row := range map[string]struct {
		of   seen
		want bool
	}{
		"none":           {of(false, false, false, came), false},
		"under way":      {of(true, false, false, came), false},
		"not delivered":  {of(true, true, false, came), false},
		"as it stands":   {of(true, true, true, came), true},
		"more came then": {of(true, true, true, came.Add(time.Nanosecond)), false},
	} {
		if got := row.of.glimpsed(); got != row.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
