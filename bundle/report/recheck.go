package report

import (
	"slices"
	"time"

	"constat/evidence"
)

// rechecks lists the visits to an exhibit's address under the exhibit itself,
// the earliest first; each has its own pages and timestamps further on.
func (w *writer) rechecks(m evidence.Manifest) {
	var visits []evidence.Manifest
	for _, e := range w.in.Exhibits {
		if r := e.Manifest.Recheck; r != nil && r.Exhibit == m.Exhibit {
			visits = append(visits, e.Manifest)
		}
	}
	if len(visits) == 0 {
		return
	}
	slices.SortStableFunc(visits, func(a, b evidence.Manifest) int { return a.Started.UTC.Compare(b.Started.UTC) })
	w.head(w.t.T("report.recheck.title"), "")
	cols := []column{
		{title: w.t.T("report.recheck.when"), width: 38},
		{title: w.t.T("report.recheck.state"), width: 27},
		{title: w.t.T("report.recheck.seen"), width: width - 89},
		{title: w.t.T("report.recheck.exhibit"), width: 24},
	}
	var rows [][]cell
	for i, v := range visits {
		if i == maxListed {
			rows = append(rows, []cell{nil, nil, text(w.t.T("report.fact.more", "N", len(visits)-i)), nil})
			break
		}
		rows = append(rows, []cell{
			text(w.moment(v.Started.UTC)),
			{{w.orCode("recheck.state.", string(v.Recheck.State)), bodyBold}},
			w.seen(v), text(v.Exhibit),
		})
	}
	w.table(cols, rows)
	w.skip(1)
	w.para(bodyGray, w.t.T("report.recheck.note"))
}

// seen says what one visit showed, and nothing more.
func (w *writer) seen(m evidence.Manifest) cell {
	r := m.Recheck
	c := text(w.recheckWords(m.Started.UTC, *r))
	if r.SameText != nil {
		c = append(c, part{w.t.T("report.fact.same-text", "Percent", *r.SameText), small})
	}
	return c
}

// recheckWords is a sentence for a reason; one of a later version shows itself.
func (w *writer) recheckWords(at time.Time, r evidence.Recheck) string {
	if key := "recheck.reason." + r.Reason; w.t.Has(key) {
		return w.t.T(key, "When", w.t.DateTime(at.In(w.loc)), "Detail", evidence.Shorten(r.Detail, 200))
	}
	return evidence.Shorten(r.Reason+" "+r.Detail, 300)
}

// result is what came of an exhibit, in a word.
func (w *writer) result(m evidence.Manifest) string {
	if m.Recheck != nil {
		return w.orCode("recheck.state.", string(m.Recheck.State))
	}
	if m.Outcome == evidence.Complete { // a page that was not loaded, or a file, is not called so
		switch m.Kind {
		case evidence.AddressOnly:
			return w.t.T("report.result.address")
		case evidence.Import:
			return w.t.T("report.result.import")
		}
	}
	return w.orCode("outcome.", string(m.Outcome))
}

// recheckFacts says what a visit is a visit to, and what it told.
func (w *writer) recheckFacts(m evidence.Manifest) []fact {
	r := m.Recheck
	if r == nil {
		return nil
	}
	return []fact{
		{w.t.T("report.fact.recheck"), cell{{evidence.Shorten(r.Exhibit, 20), bodyBold}, {grouped(r.ManifestSHA256), mono}}},
		{w.t.T("report.fact.recheck-state"), append(cell{{w.orCode("recheck.state.", string(r.State)), bodyBold}}, w.seen(m)...)},
	}
}
