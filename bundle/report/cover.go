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
	receipt    = 20.0  // height of the receipt
	signatures = 272.5 // the rules above which one signs
)

// cover draws the page that is read in a minute, with the list of exhibits, and the receipt under
// the whole list.
func (w *writer) cover() {
	w.now = footing{section: w.t.T("report.foot.cover")}
	w.newPage()
	w.Bookmark(w.t.T("report.title"), 0)

	w.qr()
	w.y = top + 2
	w.lines(titleStyle, left, width-qrSize-6, w.t.T("report.title"))
	w.lines(bodyGray, left, width-qrSize-6, w.t.T("report.subtitle"))
	w.skip(2)
	w.edge = right - qrSize - 6
	w.facts(40, []fact{
		{w.t.T("report.cover.concerned"), w.orNotTold(w.in.Account.Concerned)},
		{w.t.T("report.cover.by"), w.orNotTold(w.in.Account.MadeBy)},
	})
	w.edge, w.y = right, max(w.y, top+qrSize+1)
	if len(w.chosen()) > 0 {
		w.facts(40, []fact{{w.t.T("report.cover.content"), cell{{w.shareCount(), bodyBold}, {w.shareWords(coverLeftOut), body}}}})
	}
	w.facts(40, []fact{
		{
			w.t.T("report.cover.made"),
			text(w.made() + " · " + w.t.T("report.foot.case", "Title", evidence.Clean(w.in.Case.Title)) + " · " + w.in.Case.ID),
		},
		{w.t.T("report.cover.fingerprint"), cell{{grouped(w.in.Fingerprint), mono}}},
		{w.t.T("report.cover.stamped"), w.fingerprintStamps()},
	})
	w.happened()
	w.accountsAndWish()
	first := w.y+w.listHeight() > signatures-receipt-20 // the list goes on on other pages: what it means comes before
	if first {
		w.boxes()
	}
	w.exhibitList()
	w.maskedOnPaper()
	w.leftOut()
	w.toldSummary()
	if !first {
		w.boxes()
	}
	w.receipt()
}

// tightCover reports whether the cover, with its list and the receipt, fits on one page only with less space
// between things: it is drawn on paper of its own to see. A long list goes on on other pages anyway.
func (w *writer) tightCover() bool {
	const short = 16 // rows
	if len(w.in.Exhibits)+len(w.in.LeftOut) > short {
		return false
	}
	pages := func(tight bool) int {
		d, err := paper.New(paper.Options{Emoji: w.in.Emoji})
		if err != nil {
			return 0
		}
		try := &writer{in: w.in, t: w.t, loc: w.loc, firstOf: map[string]int{}, practice: w.practice}
		try.Doc, try.tight, try.section = d, tight, func() {}
		try.cover()
		return d.Pages()
	}
	return pages(false) > 1 && pages(true) == 1
}

// orNotTold is what the person wrote; what was not told is said so.
func (w *writer) orNotTold(s string) cell {
	if c := asTyped(s); c != nil {
		return c
	}
	return cell{{w.t.T("report.cover.not-told"), bodyGray}}
}

// happened says in a sentence what happened, in the person's words, and what there is to show, from
// facts alone.
func (w *writer) happened() {
	w.head(w.t.T("report.cover.happened"), w.t.T("report.told.unchecked"))
	if said := strings.Join(strings.Fields(evidence.Clean(w.in.Account.Happened)), " "); said != "" {
		w.para(paper.Style{Size: 11}, evidence.Shorten(said, happenedShort))
	} else {
		w.para(bodyGray, w.t.T("report.cover.not-told"))
	}
	w.skip(1)
	w.para(small, w.brief())
}

// Limits of what the cover says; the account has it whole.
const (
	happenedShort = 500 // characters
	askedLines    = 5
	coverAccounts = 6
	coverLeftOut  = 24 // exhibits that were left out; all of them stand below the list
)

// accountsAndWish puts the platforms and accounts beside what is asked.
func (w *writer) accountsAndWish() {
	var accounts, asked cell
	for i, a := range w.named() {
		if i == coverAccounts {
			accounts = append(accounts, part{w.t.N("report.cover.more", len(w.named())-i), bodyGray})
			break
		}
		accounts = append(accounts, part{a, body})
	}
	if accounts == nil {
		accounts = w.orNotTold("")
	}
	lines := asTyped(w.in.Account.AskedFor)
	for i, l := range lines {
		if i == askedLines {
			asked = append(asked, part{w.t.N("report.cover.more", len(lines)-i), bodyGray})
			break
		}
		asked = append(asked, part{evidence.Shorten(l.text, 200), body})
	}
	if asked == nil {
		asked = w.orNotTold("")
	}
	w.skip(2.4)
	w.table([]column{{title: w.t.T("report.cover.accounts"), width: width / 2}, {title: w.t.T("report.cover.asked"), width: width / 2}},
		[][]cell{{accounts, asked}})
	if len(w.in.Account.Sections) > 0 {
		w.skip(1)
		w.In(paper.Paragraph, func() {
			x := w.Text(left, w.y+body.Ascent(), bodyGray, w.t.T("report.cover.account-page")+" ")
			w.refer(accountPage, left+x+0.4, w.y+body.Ascent(), bodyGray)
		})
		w.y += body.LineHeight() // not less where there is less space
	}
}

// named are the platforms and accounts of the exhibits, each with what it is known from.
func (w *writer) named() []string {
	var order []string
	of := map[string][]string{}
	for _, e := range w.in.Exhibits {
		said := map[string]string{}
		for _, f := range e.Platform {
			if f.Reason == "" && !f.Derived {
				said[f.Name] = w.platformValue(f)
			}
		}
		platform, account, basis := said["platform"], "", "address"
		for _, name := range []string{"field.account", "field.account-id", "field.phone"} {
			if account == "" {
				account = said[name]
			}
		}
		if platform == "" {
			platform = told(e, "platform")
		}
		if account == "" {
			for _, name := range []string{"account-handle", "account-name", "account-address", "account-id"} {
				if account == "" {
					account, basis = told(e, name), "told"
				}
			}
		}
		if platform == "" && account == "" {
			continue
		}
		s := platform
		if account != "" {
			s = strings.TrimPrefix(platform+" · "+account+" ("+w.t.T("account.basis."+basis)+")", " · ")
		}
		if of[s] == nil {
			order = append(order, s)
		}
		of[s] = append(of[s], e.Manifest.Exhibit)
	}
	for i, s := range order {
		ids := of[s]
		if len(ids) > 4 {
			ids = append(ids[:3:3], "…", ids[len(ids)-1])
		}
		order[i] = s + " · " + strings.Join(ids, ", ")
	}
	return order
}

// told is what the person told of an exhibit, on a line.
func told(e Exhibit, name string) string {
	return evidence.Shorten(strings.Join(strings.Fields(evidence.Clean(e.Facts[name])), " "), 80)
}

// qr draws the fingerprint for a telephone; the digits beside it are what counts.
func (w *writer) qr() {
	q, err := qrcode.New("sha256:"+w.in.Fingerprint.String(), qrcode.Medium)
	if err != nil {
		return // the text is of fixed length: it always fits
	}
	q.DisableBorder = true
	w.Figure(w.t.T("report.alt.qr")+" sha256:"+w.in.Fingerprint.String(), right-qrSize, top, qrSize, qrSize, func() {
		w.Bitmap(q.Bitmap(), right-qrSize, top, qrSize)
	})
}

// grouped is a digest on two lines, in groups of four.
func grouped(d evidence.Digest) string {
	g := d.Grouped()
	return g[:39] + "\n" + g[40:]
}

// kept says from when to when the exhibits were recorded: of some that is an address alone.
func (w *writer) kept() string {
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
	a, b := w.t.Date(first.In(w.loc)), w.t.Date(last.In(w.loc))
	if a == b {
		return "· " + w.t.T("report.cover.kept-on", "Day", a)
	}
	return "· " + w.t.T("report.cover.kept-between", "From", a, "To", b)
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
	var waiting []string // who has not answered yet, on one line
	for _, s := range w.in.Stamps {
		if s.Verified == nil && !s.Rejected() {
			waiting = append(waiting, evidence.Shorten(s.Authority.Name, 80))
			continue
		}
		c = append(c, part{evidence.Shorten(s.Authority.Name, 80) + " · " + w.stampLine(s), body})
		if said := StandsWords(w.t, s.Until, s.Lapsed); said != "" && s.Verified != nil {
			c = append(c, part{said, small})
		}
	}
	if waiting != nil {
		c = append(c, part{strings.Join(waiting, ", ") + " · " + w.t.T("report.stamp.pending"), body})
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

// boxes says side by side what is proven, what can be checked, and what is not proven.
func (w *writer) boxes() {
	const gap, pad = 3.2, 3.2
	any := verified(w.in.Stamps)
	for _, e := range w.in.Exhibits {
		any += verified(e.Stamps)
	}
	shows := w.t.T("report.shows.unstamped")
	if any > 0 {
		shows = w.t.T("report.shows.stamped")
	}
	texts := [3][2]string{
		{w.t.T("report.shows.title"), shows},
		{w.t.T("report.checkable.title"), w.t.T("report.checkable.text")},
		{w.t.T("report.shows-not.title"), w.t.T("report.shows-not.text")},
	}
	bw := (width - gap*float64(len(texts)-1)) / float64(len(texts))
	var wrapped [3][]string
	most := 0
	for i, b := range texts {
		wrapped[i] = w.Wrap(small, b[1], bw-2*pad)
		most = max(most, len(wrapped[i]))
	}
	h := 2*pad + body.LineHeight() + small.LineHeight()*float64(most)
	w.skip(2.6)
	w.need(h)
	for i, b := range texts {
		x, y := left+float64(i)*(bw+gap), w.y+pad
		w.Box(x, w.y, bw, h, 1, "1234", frameWidth, 20)
		w.In(paper.Heading2, func() { w.Text(x+pad, y+body.Ascent(), bodyBold, b[0]) })
		y += body.LineHeight()
		w.In(paper.Paragraph, func() {
			for _, l := range wrapped[i] {
				w.Text(x+pad, y+small.Ascent(), small, l+" ")
				y += small.LineHeight()
			}
			if i == 1 {
				x += pad + w.Width(small, wrapped[i][len(wrapped[i])-1]) + 1.2
				y -= small.LineHeight()
				w.refer(checkPage, x, y+small.Ascent(), small)
			}
		})
	}
	w.y += h
}

// receipt is signed at the foot of the last page of the list.
func (w *writer) receipt() {
	if w.y+receipt > signatures {
		w.newPage()
	}
	ids := w.in.Exhibits[0].Manifest.Exhibit
	if n := len(w.in.Exhibits); n > 1 {
		ids += " … " + w.in.Exhibits[n-1].Manifest.Exhibit
	}
	s := w.t.N("report.sign.receipt", len(w.in.Exhibits), "IDs", ids, "Start", w.in.Fingerprint.Grouped()[:19])
	y := signatures - 14.5
	w.Line(left, y-4.6, right, y-4.6, hair, hairGray)
	w.In(paper.Paragraph, func() {
		x := w.Text(left, y, body, s+" ")
		w.refer(lastPage, left+x+0.4, y, body)
	})
	third := (width - 8) / 3
	for i, who := range []string{w.t.T("report.sign.officer"), w.t.T("report.sign.person"), w.t.T("report.sign.helper")} {
		x := left + float64(i)*(third+4)
		w.Line(x, signatures, x+third, signatures, 0.3, 20)
		st := paper.Style{Size: 9.6, Gray: true}
		for st.Size > 6 && w.Width(st, who) > third {
			st.Size -= 0.2
		}
		w.Text(x, signatures+4.2, st, who)
	}
}
