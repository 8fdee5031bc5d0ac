package report

import (
	"strings"
	"time"

	qrcode "github.com/skip2/go-qrcode"

	"constat/bundle/paper"
	"constat/evidence"
)

const (
	qrSize     = 23.0
	pageColumn = width - 169
	signatures = 268.0 // the rules above which one signs
)

// cover draws the page that is read in a minute, and the list of exhibits.
func (w *writer) cover() {
	w.now = footing{section: w.t.T("report.foot.cover")}
	w.newPage()
	w.Bookmark(w.t.T("report.title"), 0)
	w.signatureBlock()
	w.bottom = signatures - 14

	w.qr()
	w.y = top + 2
	w.lines(titleStyle, left, width-qrSize-6, w.t.T("report.title"))
	w.lines(bodyGray, left, width-qrSize-6, w.t.T("report.subtitle"))
	w.y = max(w.y+4, top+qrSize+4)

	w.facts(40, []fact{
		{w.t.T("report.cover.case"), cell{{evidence.Clean(w.in.Case.Title), body}, {w.in.Case.ID, mono}}},
		{w.t.T("report.cover.content"), text(w.content())},
		{w.t.T("report.cover.made"), text(w.made())},
		{w.t.T("report.cover.fingerprint"), cell{{grouped(w.in.Fingerprint), mono}}},
		{w.t.T("report.cover.stamped"), w.fingerprintStamps()},
	})
	w.head(w.t.T("report.brief.title"), "")
	w.para(body, w.brief())
	w.boxes()
	w.exhibitList()
	w.leftOut()
	w.toldSummary()
}

// qr draws the fingerprint for a telephone; the digits beside it are what counts.
func (w *writer) qr() {
	q, err := qrcode.New("sha256:"+w.in.Fingerprint.String(), qrcode.Medium)
	if err != nil {
		return // the text is of fixed length: it always fits
	}
	q.DisableBorder = true
	w.Bitmap(q.Bitmap(), right-qrSize, top, qrSize)
}

// grouped is a digest on two lines, in groups of four.
func grouped(d evidence.Digest) string {
	g := d.Grouped()
	return g[:39] + "\n" + g[40:]
}

func (w *writer) content() string {
	var first, last time.Time
	for _, e := range w.in.Exhibits {
		at := e.Manifest.Started.UTC
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	n := w.t.N("report.cover.exhibits", len(w.in.Exhibits))
	if first.IsZero() {
		return n
	}
	a, b := w.t.Date(first.In(w.loc)), w.t.Date(last.In(w.loc))
	if a == b {
		return n + ", " + w.t.T("report.cover.kept-on", "Day", a)
	}
	return n + ", " + w.t.T("report.cover.kept-between", "From", a, "To", b)
}

func (w *writer) made() string {
	local := w.in.CreatedAt.In(w.loc)
	s := w.t.DateTime(local) + " " + w.t.Zone(local)
	if w.t.Zone(local) != "UTC" {
		s += " (" + w.t.Clock(w.in.CreatedAt.UTC()) + " UTC)"
	}
	return s + ", " + evidence.Clean(w.in.Software.Name+" "+w.in.Software.Version)
}

func (w *writer) fingerprintStamps() cell {
	var c cell
	for _, s := range w.in.Stamps {
		c = append(c, part{evidence.Shorten(s.Authority.Name, 80) + " · " + w.stampLine(s), body})
		if said := StandsWords(w.t, s.Until, s.Lapsed); said != "" && s.Verified != nil {
			c = append(c, part{said, small})
		}
	}
	if len(c) == 0 {
		c = text(w.t.T("report.cover.unstamped"))
	}
	return c
}

// stampLine says in one line what is known of a timestamp.
func (w *writer) stampLine(s Stamp) string {
	switch {
	case s.Verified != nil:
		return w.t.Short(s.Verified.Time.UTC()) + " UTC"
	case s.Rejected():
		return w.t.T("report.stamp.rejected")
	default:
		return w.t.T("report.stamp.pending")
	}
}

// brief says in a few sentences what is in the bundle, from facts alone.
func (w *writer) brief() string {
	kinds := map[evidence.Kind]int{}
	notWhole, stamped := 0, 0
	for _, e := range w.in.Exhibits {
		kinds[e.Manifest.Kind]++
		if e.Manifest.Kind == evidence.WebCapture && e.Manifest.Outcome != evidence.Complete {
			notWhole++
		}
		if verified(e.Stamps) > 0 {
			stamped++
		}
	}
	var s []string
	add := func(key string, n int) {
		if n > 0 {
			s = append(s, w.t.N(key, n))
		}
	}
	add("report.brief.web", kinds[evidence.WebCapture])
	add("report.brief.import", kinds[evidence.Import])
	add("report.brief.address", kinds[evidence.AddressOnly])
	add("report.brief.recheck", kinds[evidence.Rechecked])
	add("report.brief.not-whole", notWhole)
	s = append(s, w.t.T("report.brief.stamped", "K", stamped, "N", len(w.in.Exhibits)))
	return strings.Join(s, " ")
}

func verified(stamps []Stamp) (n int) {
	for _, s := range stamps {
		if s.Verified != nil {
			n++
		}
	}
	return n
}

// boxes says side by side what is shown and what is not.
func (w *writer) boxes() {
	const gap, pad = 3.8, 3.6
	bw := (width - gap) / 2
	any := verified(w.in.Stamps)
	for _, e := range w.in.Exhibits {
		any += verified(e.Stamps)
	}
	shows := w.t.T("report.shows.unstamped")
	if any > 0 {
		shows = w.t.T("report.shows.stamped")
	}
	texts := [2][2]string{
		{w.t.T("report.shows.title"), shows},
		{w.t.T("report.shows-not.title"), w.t.T("report.shows-not.text")},
	}
	var wrapped [2][]string
	most := 0
	for i, b := range texts {
		wrapped[i] = w.Wrap(body, b[1], bw-2*pad)
		most = max(most, len(wrapped[i]))
	}
	h := 2*pad + body.LineHeight()*float64(most+1)
	w.skip(2.6)
	w.need(h)
	for i, b := range texts {
		x, y := left+float64(i)*(bw+gap), w.y+pad
		w.Box(x, w.y, bw, h, 1, "1234", frameWidth, 20)
		w.Text(x+pad, y+body.Ascent(), bodyBold, b[0])
		for _, l := range wrapped[i] {
			y += body.LineHeight()
			w.Text(x+pad, y+body.Ascent(), body, l)
		}
	}
	w.y += h
}

func (w *writer) exhibitList() {
	w.head(w.t.T("report.list.title"), "")
	zone := w.t.Zone(w.in.CreatedAt.In(w.loc))
	cols := []column{
		{title: w.t.T("report.list.number"), width: 14},
		{title: w.t.T("report.list.what"), width: 66},
		{title: w.t.T("report.list.kept") + " (" + zone + ")", width: 33},
		{title: w.t.T("report.list.outcome"), width: 26},
		{title: w.t.T("report.list.stamp") + " (UTC)", width: 30},
		{title: w.t.T("report.list.page"), width: pageColumn},
	}
	again := w.titled(cols)
	for _, e := range w.in.Exhibits {
		m := e.Manifest
		what := cell{{evidence.Shorten(w.name(m), 90), body}}
		if a := address(m); a != "" {
			what = append(what, part{evidence.Shorten(strings.TrimPrefix(strings.TrimPrefix(a, "https://"), "http://"), 70), mono})
		}
		at := m.Started.UTC.In(w.loc)
		row := []cell{
			{{m.Exhibit, bodyBold}}, what,
			{{at.Format("02.01.2006 15:04"), body}},
			text(w.result(m)), text(w.stampSummary(e.Stamps)), nil,
		}
		w.rowWithPage(cols, row, m.Exhibit, again)
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
	w.numbers = append(w.numbers, pageRef{what, w.Pages(), right - cols[len(cols)-1].width, start + cellPad + body.Ascent()})
}

// leftOut says which exhibits of the case are not in the bundle, and why.
func (w *writer) leftOut() {
	for _, l := range w.in.LeftOut {
		w.skip(1.6)
		id := evidence.Shorten(l.Exhibit, 20)
		s := w.t.T("report.left-out.minor", "Exhibit", id)
		if l.Reason != "minor" {
			s = w.t.T("report.left-out.other", "Exhibit", id, "Reason", evidence.Shorten(l.Reason, 60))
		}
		w.need(body.LineHeight() * float64(len(w.Wrap(body, s, width)))) // in one piece
		w.para(body, s)
	}
	if len(w.in.LeftOut) > 0 {
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
	return most + 2*cellPad
}

// stampSummary is the earliest verified time and how many authorities gave one.
func (w *writer) stampSummary(stamps []Stamp) string {
	var first time.Time
	for _, s := range stamps {
		if s.Verified != nil && (first.IsZero() || s.Verified.Time.Before(first)) {
			first = s.Verified.Time
		}
	}
	switch n := verified(stamps); {
	case n == 0 && len(stamps) > 0:
		return w.stampLine(stamps[0])
	case n == 0:
		return w.t.T("report.stamp.none")
	case n == 1:
		return first.UTC().Format("02.01.2006 15:04")
	default:
		return first.UTC().Format("02.01.2006 15:04") + " ×" + w.t.Number(int64(n))
	}
}

func (w *writer) signatureBlock() {
	third := (width - 8) / 3
	for i, who := range []string{w.t.T("report.sign.person"), w.t.T("report.sign.helper"), w.t.T("report.sign.officer")} {
		x := left + float64(i)*(third+4)
		w.Line(x, signatures, x+third, signatures, 0.3, 20)
		w.Text(x, signatures+4.2, paper.Style{Size: 9.6, Gray: true}, who)
	}
}
