package report

import (
	"slices"
	"strings"
	"time"

	"constat/assets/words"
	"constat/bundle/paper"
	"constat/evidence"
)

// recorded is the word for what was done then: an address that was noted is not kept, nor is a page
// that was visited again.
func (w *writer) recorded(m evidence.Manifest) string {
	switch m.Kind {
	case evidence.AddressOnly:
		return w.t.T("report.fact.noted")
	case evidence.Rechecked:
		return w.t.T("report.fact.visited")
	}
	return w.t.T("report.fact.kept")
}

// allKept reports whether every exhibit was kept, so that the heading can say it.
func (w *writer) allKept() bool {
	return !slices.ContainsFunc(w.in.Exhibits, func(e Exhibit) bool {
		return e.Manifest.Kind == evidence.AddressOnly || e.Manifest.Kind == evidence.Rechecked
	})
}

// recordedAt is the column of when; where not all were kept, each row says what was done.
func (w *writer) recordedAt(m evidence.Manifest) cell {
	at := part{w.t.Minute(m.Started.UTC.In(w.loc)), body}
	if w.allKept() {
		return cell{at}
	}
	return cell{{w.recorded(m), bodyGray}, at}
}

func (w *writer) listColumns() []column {
	when := "report.list.kept"
	if !w.allKept() {
		when = "report.list.when"
	}
	return []column{
		{title: w.t.T("report.list.number"), width: 14},
		{title: w.t.T("report.list.what"), width: 51},
		{title: w.t.T(when) + " (" + w.t.Zone(w.in.CreatedAt.In(w.loc)) + ")", width: 31},
		{title: w.t.T("report.list.outcome"), width: 23},
		{title: w.t.T("report.list.stamp") + " (UTC)", width: 30},
		{title: w.t.T("report.list.paper"), width: 20},
		{title: w.t.T("report.list.page"), width: pageColumn},
	}
}

func (w *writer) listRow(e Exhibit) []cell {
	m := e.Manifest
	what := cell{{evidence.Shorten(w.name(m), 90), body}}
	if a := address(m); a != "" {
		what = append(what, part{evidence.Shorten(strings.TrimPrefix(strings.TrimPrefix(a, "https://"), "http://"), 70), mono})
	}
	return []cell{
		{{m.Exhibit, bodyBold}}, what,
		w.recordedAt(m),
		text(w.result(m)), text(w.stampSummary(e.Stamps)), text(w.onPaper(e)), nil,
	}
}

// listHeight is how much the list needs, with its heading.
func (w *writer) listHeight() float64 {
	cols, h := w.listColumns(), 20.0
	for _, e := range w.in.Exhibits {
		h += w.rowHeight(cols, w.listRow(e))
	}
	return h
}

func (w *writer) exhibitList() {
	w.head(w.t.N("report.list.title", len(w.in.Exhibits)), w.kept())
	cols := w.listColumns()
	w.In(paper.Table, func() {
		again := w.titled(cols)
		for _, e := range w.in.Exhibits {
			w.rowWithPage(cols, w.listRow(e), e.Manifest.Exhibit, again)
		}
	})
}

// onPaper says what the report shows of an exhibit's pictures.
func (w *writer) onPaper(e Exhibit) string {
	switch {
	case len(e.Manifest.PictureSets()) == 0:
		return w.t.T("report.paper.none")
	case e.Mask == Shown:
		return w.t.T("report.paper.shown")
	}
	return w.t.T("report.paper." + string(e.Mask))
}

// maskedOnPaper says below the list whose pictures are masked.
func (w *writer) maskedOnPaper() {
	var ids []string
	for _, e := range w.in.Exhibits {
		if e.Mask != Shown && len(e.Manifest.PictureSets()) > 0 {
			ids = append(ids, e.Manifest.Exhibit+" ("+w.onPaper(e)+")")
		}
	}
	if len(ids) > 0 {
		w.skip(1.6)
		w.para(body, w.t.T("report.cover.masked", "List", strings.Join(ids, ", ")))
	}
}

// rowWithPage draws a short row whose last column will hold the page at which
// an exhibit, or a set of its pictures, begins, once that is known.
func (w *writer) rowWithPage(cols []column, row []cell, what string, again func()) {
	before := w.Pages()
	start := w.y
	w.row(cols, row, again)
	if w.Pages() != before {
		start = w.y - w.rowHeight(cols, row)
	}
	w.numbers = append(
		w.numbers,
		pageRef{what: what, page: w.Pages(), x: right - cols[len(cols)-1].width, y: start + w.pad() + body.Ascent(),
			style: body, row: w.y - start, in: w.last},
	)
}

// leftOutWords says why an exhibit of the case is not in the bundle.
func (w *writer) leftOutWords(l LeftOut) string {
	id := evidence.Shorten(l.Exhibit, 20)
	switch l.Reason {
	case LeftOutMinor:
		return w.t.T("report.left-out.minor", "Exhibit", id)
	case LeftOutSame:
		return w.t.T("report.left-out.same", "Exhibit", id)
	case LeftOutDamaged:
		return w.t.T("report.left-out.damaged", "Exhibit", id)
	}
	return w.t.T("report.left-out.other", "Exhibit", id, "Reason", evidence.Shorten(l.Reason, 60))
}

// leftOut says which exhibits of the case are not in the bundle, and why.
func (w *writer) leftOut() {
	said := func(s string) {
		w.skip(1.6)
		w.need(body.LineHeight() * float64(len(w.Wrap(body, s, width)))) // in one piece
		w.para(body, s)
	}
	for _, l := range w.in.LeftOut {
		if l.Reason != LeftOutChoice {
			said(w.leftOutWords(l))
		}
	}
	switch ids := w.chosen(); {
	case len(ids) > 0:
		w.skip(1.6)
		w.para(body, w.shareWords(0))
		for _, s := range w.stillHere() {
			said(s)
		}
		said(w.t.T("report.share.log"))
	case len(w.in.LeftOut) > 0:
		w.skip(1.6)
		w.para(body, w.t.T("report.left-out.log"))
	}
}

func (w *writer) rowHeight(cols []column, row []cell) float64 {
	most := 0.0
	for i, c := range row {
		h := 0.0
		for _, p := range c {
			h += p.style.LineHeight() * float64(len(w.Wrap(p.style, p.text, cols[i].width-colGap)))
		}
		most = max(most, h)
	}
	return most + 2*w.pad()
}

// earliest is the earliest verified time.
func earliest(stamps []Stamp) (first time.Time) {
	for _, s := range stamps {
		if s.Verified != nil && (first.IsZero() || s.Verified.Time.Before(first)) {
			first = s.Verified.Time
		}
	}
	return first
}

// stampSummary is the earliest verified time and how many authorities gave one.
func (w *writer) stampSummary(stamps []Stamp) string {
	first := earliest(stamps)
	switch n := verified(stamps); {
	case n == 0 && len(stamps) > 0:
		return w.stampLine(stamps[0])
	case n == 0:
		return w.t.T("report.stamp.none")
	case n == 1:
		return w.t.Minute(first.UTC())
	default:
		return w.t.Minute(first.UTC()) + " ×" + w.t.Number(int64(n))
	}
}

// ShareWords says how many of the case's exhibits are in a bundle, and which were left out by choice;
// nothing, if none was.
func ShareWords(t *words.Text, here int, out []LeftOut) string {
	w := &writer{t: t, in: Input{Exhibits: make([]Exhibit, here), LeftOut: out}}
	if len(w.chosen()) == 0 {
		return ""
	}
	return w.shareCount() + ". " + w.shareWords(0)
}

// chosen are the exhibits that were left out by choice.
func (w *writer) chosen() (ids []string) {
	for _, l := range w.in.LeftOut {
		if l.Reason == LeftOutChoice {
			ids = append(ids, evidence.Shorten(l.Exhibit, 20))
		}
	}
	return ids
}

// stillHere says which files of what was left out by choice are here nevertheless, in other exhibits.
func (w *writer) stillHere() (said []string) {
	var left, in, unread []string
	for _, l := range w.in.LeftOut {
		if len(l.StillIn) > 0 {
			left, in = append(left, evidence.Shorten(l.Exhibit, 20)), append(in, l.StillIn...)
		}
		if l.Unread {
			unread = append(unread, evidence.Shorten(l.Exhibit, 20))
		}
	}
	slices.Sort(in)
	if in = slices.Compact(in); len(left) > 0 {
		said = append(said, w.t.N("report.share.still", len(left), "List", strings.Join(left, ", "), "In", strings.Join(in, ", ")))
	}
	if len(unread) > 0 {
		said = append(said, w.t.N("report.share.unread", len(unread), "List", strings.Join(unread, ", ")))
	}
	return said
}

// shareCount says how many of the case's exhibits are in the bundle.
func (w *writer) shareCount() string {
	here := len(w.in.Exhibits)
	return w.t.T("report.share.count", "Here", w.t.Number(int64(here)), "Of", w.t.Number(int64(here+len(w.in.LeftOut))))
}

// shareWords says what was left out by choice, with numbers; of the names at most so many, 0: all.
func (w *writer) shareWords(most int) string {
	ids := w.chosen()
	if most == 0 {
		most = len(ids)
	}
	return w.t.T("report.share.choice", "N", w.t.Number(int64(len(ids))), "List", evidence.ShowIDs(ids, most))
}
