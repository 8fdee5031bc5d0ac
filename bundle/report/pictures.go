package report

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"constat/bundle/paper"
	"constat/evidence"
)

// Where pictures lie on their page, in millimetres.
const (
	frameTop      = 10.6
	bandHeight    = 9.5
	framePad      = 2.0
	frameBottom   = 267.0
	headingHeight = 6.6
	stripWidth    = width - 2*framePad
	stripHeight   = frameBottom - frameTop - bandHeight - 2*framePad
)

// showing is a set of pictures that is being drawn.
type showing struct {
	e       Exhibit
	set     evidence.PictureSet
	heading string // inside of the frame; empty: none
	spent   *int   // pages of pictures of the exhibit so far
	pages   int    // of this set so far
}

// top is where the free space inside of the frame begins.
func (s *showing) top() float64 { return frameBottom - framePad - s.room() }

// room is the height of that space.
func (s *showing) room() float64 {
	if s.heading == "" {
		return stripHeight
	}
	return stripHeight - headingHeight
}

// source is where the files of the set lie in the bundle.
func (s *showing) source() string { return source(s.e.Manifest.Exhibit, s.set.Pictures) }

func source(exhibit string, files []evidence.Artifact) string {
	s := "data/exhibits/" + exhibit + "/" + files[0].Name
	if len(files) > 1 {
		s += " … " + files[len(files)-1].Name
	}
	return s
}

// full reports whether a limit forbids another page of pictures.
func (w *writer) full(s *showing) bool {
	return s.pages >= MaxStrips || *s.spent >= MaxPages || w.overBudget(s.e, w.budget.limit)
}

// pictures draws what there is to see of an exhibit, one set after the other.
func (w *writer) pictures(ctx context.Context, e Exhibit) error {
	sets := e.Manifest.PictureSets()
	if e.Mask != Shown {
		return nil // its first page says so, with what is masked
	}
	defer func() { w.ready = readyPicture{} }()
	spent := 0
	for i, set := range sets {
		s := &showing{e: e, set: set, spent: &spent, heading: w.setHeading(e.Manifest, sets, i)}
		w.firstOf[setKey(e.Manifest, i)] = w.Pages() + 1
		if spent >= MaxPages {
			w.framed(s)
			w.covered(s, w.t.T("report.strip.limit", "Max", MaxPages))
			if set.Shows == evidence.ShowsFile {
				return nil // hundreds may follow
			}
			continue
		}
		draw := w.roll
		if set.Shows.Stepwise() {
			draw = w.steps
		}
		err := draw(ctx, s)
		if errors.Is(err, errPicture) {
			w.framed(s)
			w.covered(s, w.t.T("report.strip.undrawable", "Reason", evidence.Shorten(err.Error(), 200)))
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setKey is the place of a set in writer.firstOf.
func setKey(m evidence.Manifest, i int) string { return m.Exhibit + "/" + strconv.Itoa(i) }

// setHeading says what the pictures of a set show. The page alone needs no
// words; of an imported picture it is what it was called and when it says that it was taken.
func (w *writer) setHeading(m evidence.Manifest, sets []evidence.PictureSet, i int) string {
	switch set := sets[i]; {
	case set.Shows == evidence.ShowsFile:
		return w.fileHeading(m, set.Pictures[0].Name)
	case set.Shows == evidence.ShowsPage && len(sets) == 1:
		return ""
	case set.Shows == evidence.ShowsPane:
		return w.t.T("picture.pane", "N", set.Pane)
	case set.Shows == evidence.ShowsStills:
		return w.t.T("picture.stills", "N", set.Pane)
	case set.Shows == evidence.ShowsUncovered:
		return w.t.T("picture.uncovered") + w.refusedWith(m)
	default:
		return w.t.T("picture." + string(set.Shows))
	}
}

// fileHeading is the name that a file had, and the date that it says it was taken, as written: of
// fifteen photos each must be known by itself.
func (w *writer) fileHeading(m evidence.Manifest, artifact string) string {
	if parent, ok := parentOf(m, artifact); ok {
		artifact = parent.Name
	}
	said := evidence.Shorten(originalName(m, artifact), 80)
	for _, name := range []string{"taken", "digitized", "created"} {
		if value, ok := claim(m, artifact, name); ok {
			return said + " · " + w.orCode("claim.", name) + " " + evidence.Shorten(value, 40)
		}
	}
	return said
}

// refusedWith names the button with which a consent overlay was refused: a page
// chose its words.
func (w *writer) refusedWith(m evidence.Manifest) string {
	for _, p := range m.Problems {
		if p.Code != "overlay-closed" {
			continue
		}
		if quoted, err := strconv.QuotedPrefix(p.Detail); err == nil {
			if text, err := strconv.Unquote(quoted); err == nil && evidence.Clean(text) != "" {
				return w.t.T("report.strip.refused", "Button", evidence.Shorten(text, 60))
			}
		}
	}
	return ""
}

// pictureList says before all pictures which sets there are, and where: what
// matters of a chat is not on the strip of its page.
func (w *writer) pictureList(e Exhibit) {
	sets := e.Manifest.PictureSets()
	if e.Mask != Shown || len(sets) < 2 || sets[0].Shows == evidence.ShowsFile {
		return
	}
	w.head(w.t.T("report.set.title"), "")
	cols := []column{
		{title: w.t.T("report.set.what"), width: width - 24 - 62 - pageColumn},
		{title: w.t.T("report.set.count"), width: 24, right: true},
		{title: w.t.T("report.file.name"), width: 62},
		{title: w.t.T("report.list.page"), width: pageColumn},
	}
	w.In(paper.Table, func() {
		again := w.titled(cols)
		for i, set := range sets {
			names := set.Pictures[0].Name
			if n := len(set.Pictures); n > 1 {
				names += " … " + set.Pictures[n-1].Name
			}
			row := []cell{text(w.setHeading(e.Manifest, sets, i)), {{w.t.Number(int64(len(set.Pictures))), body}}, monoCell(names), nil}
			w.rowWithPage(cols, row, setKey(e.Manifest, i), again)
		}
	})
	if sets[0].Shows == evidence.ShowsSteps {
		w.skip(1)
		w.para(bodyGray, w.t.T("report.set.steps-note"))
	}
}

// maxMaskedNames is how many sets are named where none is shown.
const maxMaskedNames = 12

// framed begins a page with the frame of pictures: exhibit, address and time, as
// in an address bar, and what is shown. It is drawn by the report and is no part
// of a picture.
func (w *writer) framed(s *showing) {
	w.newPage()
	if s.pages == 0 && s.heading != "" {
		w.Bookmark(s.heading, 1)
	}
	s.pages++
	*s.spent++
	if s.heading != "" {
		heading := func() {
			w.Text(left+2.6, frameTop+bandHeight+headingHeight/2+1.2, bodyBold, w.Cut(bodyBold, s.heading, width-5.2))
		}
		if s.pages == 1 {
			w.In(paper.Heading2, heading)
		} else {
			w.Aside(heading)
		}
	}
	w.Aside(func() { w.frame(s) }) // each page repeats it
}

func (w *writer) frame(s *showing) {
	e := s.e
	w.Box(left, frameTop, width, frameBottom-frameTop, 1.6, "12", frameWidth, 20)
	w.Line(left, frameTop+bandHeight, right, frameTop+bandHeight, frameWidth, 20)
	base := frameTop + bandHeight/2 + 1.2
	x := left + 2.6
	x += w.Text(x, base, bodyBold, e.Manifest.Exhibit) + 3

	at := e.Manifest.Started.UTC
	local := at.In(w.loc)
	zone := w.t.Zone(local)
	tail := " (" + w.t.Clock(at) + " UTC)"
	if zone == "UTC" {
		tail = " UTC"
	}
	day := w.t.Day(local) + " "
	end := right - 2.6
	tw := w.Width(body, day) + w.Width(bodyBold, w.t.Clock(local)) + w.Width(body, tail)
	tx := end - tw
	tx += w.Text(tx, base, body, day)
	tx += w.Text(tx, base, bodyBold, w.t.Clock(local))
	w.Text(tx, base, body, tail)

	pill := end - tw - 3 - x
	w.Box(x, frameTop+1.7, pill, bandHeight-3.4, 3, "1234", 0.25, 136)
	what := address(e.Manifest)
	if what == "" {
		what = s.set.Pictures[0].Name
	}
	w.Text(x+2.8, base-0.1, mono, w.Cut(mono, what, pill-5.6))
	if s.heading != "" {
		y := frameTop + bandHeight
		w.Line(left, y+headingHeight, right, y+headingHeight, hair, hairGray)
	}
}

// under writes below the frame what is in it, and where the files are.
func (w *writer) under(s *showing, caption string) {
	e := s.e
	where := w.t.T("report.strip.source", "Path", s.source())
	if s.set.Shows == evidence.ShowsFile {
		of := s.set.Pictures[0]
		if parent, ok := parentOf(e.Manifest, of.Name); ok {
			of = parent // the file itself is the evidence, not its picture
		}
		where = source(e.Manifest.Exhibit, []evidence.Artifact{of}) + " · SHA-256 " + of.SHA256.String()
	}
	if film, ok := filmOf(e.Manifest, s.set); ok {
		where = source(e.Manifest.Exhibit, []evidence.Artifact{film}) + " · SHA-256 " + film.SHA256.String()
	}
	y, step := frameBottom+4.2, 4.0
	lines := w.Wrap(smallGray, caption, width)
	if len(lines) > 1 { // what paper shows less of is not cut away
		y, step = frameBottom+3.6, 3.4
		lines = []string{lines[0], w.Cut(smallGray, strings.Join(lines[1:], " "), width)}
	}
	for _, l := range lines {
		w.Text(left, y, smallGray, l)
		y += step
	}
	w.Text(left, y, footMono, w.Cut(footMono, where, width))
}

// covered fills the frame with a field that says what is not drawn, and where it is.
func (w *writer) covered(s *showing, why string) {
	w.hatched(left+2*framePad, s.top()+framePad, width-4*framePad, 110, why, w.t.T("report.strip.source", "Path", s.source()))
}

// hatched is a field with slanting lines and words in its middle.
func (w *writer) hatched(x, y, fw, fh float64, words ...string) {
	w.Figure(w.t.T("report.alt.covered")+" "+strings.Join(words, " "), x, y, fw, fh, func() { w.drawHatched(x, y, fw, fh, words) })
}

func (w *writer) drawHatched(x, y, fw, fh float64, words []string) {
	w.Fill(x, y, fw, fh, 240)
	w.Hatch(x, y, fw, fh, 6)
	var lines []string
	for _, s := range words {
		lines = append(lines, w.Wrap(body, s, fw-20)...)
	}
	lh := body.LineHeight() * 1.1
	ty := y + fh/2 - lh*float64(len(lines))/2
	w.Fill(x+8, ty-3, fw-16, lh*float64(len(lines))+6, 255)
	for _, l := range lines {
		w.TextCenter(x+fw/2, ty+body.Ascent(), body, l)
		ty += lh
	}
}
