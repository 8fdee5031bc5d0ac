package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"constat/assets/words"
	"constat/bundle/paper"
	"constat/evidence"
)

// writer draws one report.
type writer struct {
	sheet
	in  Input
	t   *words.Text
	loc *time.Location

	pages    []footing      // of each page, in order
	now      footing        // of the page that is begun next
	numbers  []pageRef      // page numbers to be written when they are known
	firstOf  map[string]int // first page, by exhibit, or by what it holds
	practice bool

	budget    budget          // of the bytes of pictures
	fine      fineness        // of those of the exhibit that is being drawn
	ready     readyPicture    // decoded for the panel, and needed once more
	coarse    map[string]bool // exhibits whose pictures are printed less finely than usual
	printed   onPaper         // what paper shows less of than was kept
	unprinted map[string]bool // exhibits of which some are not, since there are too many
}

// footing is what stands at the foot of a page.
type footing struct {
	section string
	second  string // address and time of the exhibit
}

// pageRef is a place that names the first page of an exhibit, or of a set of
// its pictures.
type pageRef struct {
	what  string // a key of writer.firstOf
	page  int
	x, y  float64
	style paper.Style
	in    paper.Element
	row   float64 // height of a row that leads there as a whole, above y; 0: the number alone
}

// lastPage is the number of pages among writer.firstOf.
const lastPage = "last"

// Write draws the report and returns its number of pages. Nothing is written
// to out unless all of it could be drawn.
func Write(ctx context.Context, out io.Writer, in Input, p evidence.Progress) (pages int, err error) {
	t, err := words.For(in.Language)
	if err != nil {
		return 0, err
	}
	if in.Fingerprint.IsZero() {
		return 0, errors.New("report: the fingerprint is not known")
	}
	w := &writer{in: in, t: t, loc: in.Location, firstOf: map[string]int{}, practice: in.isPractice(), budget: newBudget(in.Exhibits),
		coarse: map[string]bool{}, unprinted: map[string]bool{}}
	if w.loc == nil {
		w.loc = time.UTC
	}
	w.Doc, err = paper.New(paper.Options{
		Keywords: "constat-bundle/1 " + in.Fingerprint.String(),
		Title:    t.T("report.title") + " · " + evidence.Clean(in.Case.Title),
		Creator:  in.Software.Name + " " + in.Software.Version,
		Created:  in.CreatedAt,
		Emoji:    in.Emoji,
		Language: in.Language,
		Files:    attached(in, t),
	})
	if err != nil {
		return 0, err
	}
	w.section = func() { w.pages = append(w.pages, w.now) }
	w.tight = w.tightCover()
	w.In(paper.Section, w.cover)
	w.tight = false
	for i, e := range in.Exhibits {
		p.Amount(int64(i), int64(len(in.Exhibits)))
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		w.facing(e)
		w.fine = w.budget.begin(w.PictureBytes())
		w.Pack(w.fine.packing)
		w.In(paper.Section, func() {
			if err = w.exhibit(ctx, e); err == nil {
				err = w.pictures(ctx, e)
			}
		})
		w.budget.end(e, w.fine, w.PictureBytes())
		if err != nil {
			return 0, err
		}
	}
	p.Amount(int64(len(in.Exhibits)), int64(len(in.Exhibits)))
	w.In(paper.Section, w.account)
	w.annexes()
	w.In(paper.Section, w.howToCheck)
	w.finish()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := w.Doc.Write(out); err != nil {
		return 0, fmt.Errorf("report: %w", err)
	}
	return len(w.pages), nil
}

// listFile is the name in the document of the list that the fingerprint is of.
const listFile = "evidence-sha256.txt"

// attached are the files that lie in the document: what a program reads where a person reads the pages.
func attached(in Input, t *words.Text) (out []paper.File) {
	if len(in.List) > 0 {
		out = append(out, paper.File{Name: listFile, MediaType: "text/plain", About: t.T("report.attached.list"), Data: in.List, Created: in.CreatedAt})
	}
	for _, e := range in.Exhibits {
		out = append(out, paper.File{Name: e.Manifest.Exhibit + "-" + evidence.ManifestName, MediaType: "application/json",
			About: t.T("report.attached.manifest", "Exhibit", e.Manifest.Exhibit), Data: e.ManifestBytes, Created: in.CreatedAt})
	}
	return out
}

// isPractice reports whether anything in it is practice: the mark spreads.
func (in Input) isPractice() bool {
	some := in.Practice || in.Case.Practice
	for _, e := range in.Exhibits {
		some = some || e.Manifest.Practice != ""
	}
	return some
}

// facing sets what the pages of an exhibit say at their foot.
func (w *writer) facing(e Exhibit) {
	at := e.Manifest.Started.UTC
	w.now = footing{
		section: e.Manifest.Exhibit,
		second:  strings.TrimSuffix(w.moment(at)+" · "+address(e.Manifest), " · "),
	}
}

// finish writes what is known only now: feet, page numbers and practice marks.
func (w *writer) finish() {
	for i, f := range w.pages {
		w.Page(i + 1)
		w.Aside(func() {
			w.foot(f, i+1)
			if w.practice {
				w.mark()
			}
		})
	}
	w.firstOf[lastPage] = len(w.pages)
	for _, r := range w.numbers {
		to := w.firstOf[r.what]
		if to == 0 {
			continue // a limit ended the pictures before
		}
		w.Page(r.page)
		number := w.t.Number(int64(to))
		x, wide, h := r.x-1, w.Width(r.style, number)+2, r.style.LineHeight()
		if r.row > 0 {
			x, wide, h = left, width, r.row
		}
		w.Again(r.in, func() {
			w.Link(x, r.y-r.style.Ascent(), wide, h, to, w.t.T("report.alt.page", "N", number), func() { w.Text(r.x, r.y, r.style, number) })
		})
	}
}

// refer has the number of a page written at x, y when it is known, in what is being drawn.
func (w *writer) refer(what string, x, y float64, style paper.Style) {
	w.numbers = append(w.numbers, pageRef{what: what, page: w.Pages(), x: x, y: y, style: style, in: w.Here()})
}

func (w *writer) foot(f footing, n int) {
	w.Line(left, footRule, right, footRule, hair, 150)
	y := footRule + 4.2
	middle := w.t.T("report.foot.bundle", "Start", w.in.Fingerprint.Grouped()[:19])
	number := w.t.T("report.foot.page", "N", n, "Of", len(w.pages))
	mw, nw := w.Width(footMono, middle), w.Width(footStyle, number)
	// The fingerprint stands in the middle, and gives way to a long title.
	name := w.t.T("report.foot.case", "Title", evidence.Clean(w.in.Case.Title)) + " · " + f.section
	name = w.Cut(footStyle, name, width-mw-nw-10)
	x := max(left+(width-mw)/2, left+w.Width(footStyle, name)+5)
	w.Text(left, y, footStyle, name)
	w.Text(x, y, footMono, middle)
	w.Text(right-nw, y, footStyle, number)
	if f.second != "" {
		w.Text(left, y+3.8, footMono, w.Cut(footMono, f.second, width))
	}
}

// mark is drawn on every page of a practice report, in English and in the report's language.
func (w *writer) mark() {
	text := evidence.PracticeMark
	if own := w.t.T("report.practice"); own != text {
		text += " · " + own
	}
	const h = 5.6
	w.Box(left, 3.6, width, h, 1, "1234", 0.5, 0)
	w.TextCenter(paper.PageWidth/2, 3.6+h/2+1.2, bodyBold, text)
}

// moment renders a time in the report's zone and in UTC.
func (w *writer) moment(at time.Time) string {
	local := at.In(w.loc)
	s := w.t.Short(local) + " " + w.t.Zone(local)
	if w.t.Zone(local) != "UTC" {
		s += " (" + w.t.Clock(at.UTC()) + " UTC)"
	}
	return s
}

// orCode returns the text of a key, or the code itself if there is none.
func (w *writer) orCode(prefix, code string) string {
	if key := prefix + code; w.t.Has(key) {
		return w.t.T(key)
	}
	return evidence.Shorten(code, 80)
}

// maxAddress is longer than a line can be; among the facts there is more of an address.
const maxAddress = 400

// address is what an exhibit is known by, cleaned; empty for an import.
func address(m evidence.Manifest) string {
	switch {
	case m.Page != nil && m.Page.FinalAddress != "":
		return evidence.Shorten(m.Page.FinalAddress, maxAddress)
	case m.Request != nil:
		return evidence.Shorten(m.Request.Address, maxAddress)
	}
	return ""
}

// name is the heading of an exhibit.
func (w *writer) name(m evidence.Manifest) string {
	if m.Recheck != nil {
		return w.t.T("report.recheck.of", "Exhibit", evidence.Shorten(m.Recheck.Exhibit, 20))
	}
	if m.Page != nil && m.Page.Title != "" {
		return evidence.Shorten(m.Page.Title, 160)
	}
	if m.Kind == evidence.Import && len(m.Artifacts) > 0 {
		s := evidence.Shorten(originalName(m, m.Artifacts[0].Name), 160)
		if n := len(m.Artifacts) - 1; n > 0 {
			s += " + " + w.t.Number(int64(n))
		}
		return s
	}
	return w.orCode("kind.", string(m.Kind))
}
