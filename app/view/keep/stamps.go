package keep

import (
	"context"

	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/app/view/stage"
)

// Freshen lists the case anew after the background asked, without taking the
// focus or the place from the person.
func (s *homeScreen) Freshen(w *stage.Stage) {
	if !s.loaded || s.asking.Busy() {
		return
	}
	session, id := w.Session(), w.Desk().Case.ID
	stage.Run(w.Stamps().Lane(), func(ctx context.Context) ([]look.Exhibit, error) {
		return session.Look.Exhibits(ctx, id)
	}, func(list []look.Exhibit, err error) {
		if err != nil || w.Screen() != stage.Screen(s) || w.Desk().Case.ID != id || s.asking.Busy() {
			return
		}
		s.list = list
		w.Refresh()
	})
}

// missing counts the timestamps that are still to come.
func missing(list []look.Exhibit) int {
	n := 0
	for _, e := range list {
		for _, t := range e.Timestamps {
			if t.State != proof.Verified {
				n++
			}
		}
	}
	return n
}

// missingWords says how many timestamps are missing and when they are asked for again.
func missingWords(w *stage.Stage, n int) string {
	at, now := w.Stamps().Told(), w.Now()
	if at.IsZero() || at.Before(now) {
		return w.N("stamps.missing", n)
	}
	at = at.In(now.Location())
	when := at.Format("15:04")
	if at.YearDay() != now.YearDay() || at.Year() != now.Year() {
		when = w.Text().Short(at)
	}
	return w.N("stamps.missing-at", n, "At", when)
}
