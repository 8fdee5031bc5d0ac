package report

import "constat/evidence"

// maxDates is how many of a page's relative dates are printed; the manifest has them all.
const maxDates = 30

// dates prints what the page told from now, such as "2 h", beside the absolute date that the page itself
// carries. Nothing is worked out.
func (w *writer) dates(m evidence.Manifest) {
	if m.Page == nil || len(m.Page.Dates) == 0 {
		return
	}
	var rows [][]cell
	for i, d := range m.Page.Dates {
		if i == maxDates {
			rows = append(rows, []cell{nil, text(w.t.T("report.fact.more", "N", len(m.Page.Dates)-i)), nil})
			break
		}
		beside := cell{{w.t.T("report.dates.none"), bodyGray}}
		if d.Absolute != "" {
			beside = text(w.shown(evidence.Shorten(d.Absolute, 120)))
		}
		rows = append(rows, []cell{text(w.shown(evidence.Shorten(d.Shown, 60))), beside, monoCell(evidence.Shorten(d.From, 30))})
	}
	w.head(w.t.T("report.dates.title"), "")
	w.para(bodyGray, w.t.T("report.dates.note", "When", w.moment(m.Started.UTC)))
	w.skip(1)
	w.table([]column{
		{title: w.t.T("report.dates.shown"), width: 45},
		{title: w.t.T("report.dates.absolute"), width: width - 45 - 35},
		{title: w.t.T("report.dates.from"), width: 35},
	}, rows)
}
