package report

import (
	"context"
	"errors"
	"image"

	"golang.org/x/image/draw"

	"constat/bundle/paper"
	"constat/evidence"
)

// Measures of the picture that an exhibit's page begins with, in millimetres.
const (
	panelWidth  = 112.0
	panelHeight = 118.0 // of the picture
	panelBand   = 8.4
	panelInner  = panelWidth - 2*framePad
	sideLeft    = left + panelWidth + 5
	sideWidth   = right - sideLeft
	panelPixels = 1000 // a line, at the finest
	wholeFrom   = 0.42 // a picture is shown whole down to this part of the panel's width
	// blurAcross is how many pixels are left of a blurred picture's longer side: no face and
	// no letter can be made of them again.
	blurAcross = 14
)

// panel draws the first picture of an exhibit under a bar with address and time, and returns
// where it ends. Nothing is drawn where there is no picture.
func (w *writer) panel(ctx context.Context, e Exhibit) (end float64, some bool, err error) {
	sets := e.Manifest.PictureSets()
	if len(sets) == 0 {
		return 0, false, nil
	}
	y := w.y
	inner := y + panelBand + framePad
	h, caption := 62.0, ""
	hatched := func(words ...string) {
		w.hatched(left+framePad, inner, panelInner, h, words...)
	}
	var img image.Image
	var cut bool
	var kept image.Point
	less := "" // what paper shows less of
	if e.Mask != LeaveOut {
		img, kept, cut, err = w.panelPicture(ctx, e, sets[0].Pictures[0])
	}
	switch {
	case errors.Is(err, errPicture):
		hatched(w.t.T("report.strip.undrawable", "Reason", evidence.Shorten(err.Error(), 200)))
	case err != nil:
		return 0, false, err
	case e.Mask == LeaveOut:
		hatched(append([]string{w.t.T("report.strip.masked")}, w.sources(e, sets)...)...)
	case w.overBudget(e, w.budget.limit*5/4):
		hatched(append([]string{w.t.T("report.panel.limit")}, w.sources(e, sets)...)...)
	default:
		b := img.Bounds()
		mm := panelMM(b.Dx(), b.Dy())
		pw, ph := mm*float64(b.Dx()), mm*float64(b.Dy())
		if x := left + (panelWidth-pw)/2; e.Mask == Blur {
			less = w.spots(img, kept, x, inner, pw, ph)
		} else {
			less = w.picture(e, w.pictureAlt(e, sets[0].Pictures[0]), img, kept.X, x, inner, pw, ph)
		}
		h = ph
	}
	end = inner + h + framePad
	w.In(paper.Paragraph, func() { w.panelFrame(e, y, end, sets[0].Pictures[0].Name) })
	switch {
	case e.Mask == Blur:
		caption = w.t.T("report.panel.blurred")
	case e.Mask == LeaveOut:
	case cut:
		caption = w.t.T("report.panel.top")
	default:
		caption = w.t.T("report.panel.large")
	}
	if e.Mask == Shown && less != "" {
		if one := less + " · " + caption; w.Width(smallGray, one+" 0000") <= panelWidth {
			caption = one
		} else {
			w.Text(left, end+4.2, smallGray, w.Cut(smallGray, less, panelWidth))
			end += 4.4
		}
	}
	if caption != "" {
		w.In(paper.Paragraph, func() {
			x := left + w.Text(left, end+4.2, smallGray, caption+" ") + 0.5
			if e.Mask == Shown {
				w.refer(setKey(e.Manifest, 0), x, end+4.2, smallGray)
			}
		})
		end += 5.4
	}
	if e.Mask == Blur {
		for _, s := range append([]string{less}, w.unblurred(sets, cut)...) {
			w.Text(left, end+3.2, smallGray, w.Cut(smallGray, s, panelWidth))
			end += 4.4
		}
		for _, s := range w.sources(e, sets) {
			w.Text(left, end+3.2, footMono, w.Cut(footMono, s, panelWidth))
			end += 3.8
		}
	}
	return end, true, nil
}

// pictureAlt is said to whoever does not see a picture. Nobody describes what it shows.
func (w *writer) pictureAlt(e Exhibit, a evidence.Artifact) string {
	return w.t.T("report.alt.picture", "Exhibit", e.Manifest.Exhibit, "File", a.Name)
}

// panelMM is the size of a pixel at which a picture fits into the panel.
func panelMM(w, h int) float64 {
	return min(panelInner/float64(w), panelHeight/float64(h), 2*largestPixel)
}

// panelPixels are those of a line of a panel.
func (w *writer) panelPixels() int {
	if !w.fine.coarser() {
		return panelPixels
	}
	return min(panelPixels, int(float64(w.fine.across)*panelInner/stripWidth))
}

// panelPicture is one picture, or its upper part, no larger than is printed, and of how many pixels that was kept.
func (w *writer) panelPicture(ctx context.Context, e Exhibit, a evidence.Artifact) (image.Image, image.Point, bool, error) {
	img, err := w.window(ctx, e, a)
	if err != nil {
		return nil, image.Point{}, false, err
	}
	if e.Mask == Shown { // it is the first of what follows
		w.ready = readyPicture{e.Manifest.Exhibit, a.Name, img}
	}
	b := img.Bounds()
	cut := false
	if rows := int(float64(b.Dx()) * panelHeight / panelInner); b.Dy() > rows && float64(b.Dy())*wholeFrom > float64(rows) {
		b.Max.Y, cut = b.Min.Y+rows, true
	}
	part := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(part, part.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(part, part.Bounds(), img, b.Min, draw.Over)
	return averaged(part, w.panelPixels()), b.Size(), cut, nil
}

// spots is how many are left of a blurred picture, across and down.
func spots(b image.Rectangle) image.Point {
	n := max(b.Dx(), b.Dy())
	return image.Pt(max(1, b.Dx()*blurAcross/n), max(1, b.Dy()*blurAcross/n))
}

// blurred averages a picture down to a few spots, and draws them large again.
func blurred(img image.Image) image.Image {
	b := img.Bounds()
	n := max(b.Dx(), b.Dy())
	few := image.NewRGBA(image.Rectangle{Max: spots(b)})
	draw.CatmullRom.Scale(few, few.Bounds(), img, b, draw.Src, nil)
	out := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()*240/n), max(1, b.Dy()*240/n)))
	draw.BiLinear.Scale(out, out.Bounds(), few, few.Bounds(), draw.Src, nil)
	return out
}

// unblurred says what of a blurred exhibit is not on paper at all: the rest of its first
// picture, and the number of the others.
func (w *writer) unblurred(sets []evidence.PictureSet, cut bool) (said []string) {
	if cut {
		said = append(said, w.t.T("report.panel.blurred-top"))
	}
	others := -1
	for _, s := range sets {
		others += len(s.Pictures)
	}
	if others > 0 {
		said = append(said, w.t.N("report.panel.blurred-rest", others))
	}
	return said
}

// sources says where the pictures of sets lie.
func (w *writer) sources(e Exhibit, sets []evidence.PictureSet) (where []string) {
	for i, set := range sets {
		if i == maxMaskedNames && len(sets) > i+1 {
			return append(where, w.t.T("report.fact.more", "N", len(sets)-i))
		}
		where = append(where, w.t.T("report.strip.source", "Path", source(e.Manifest.Exhibit, set.Pictures)))
	}
	return where
}

// panelFrame is the frame with address and time; the paper's own, and no part of a picture.
func (w *writer) panelFrame(e Exhibit, from, to float64, file string) {
	w.Box(left, from, panelWidth, to-from, 1.6, "12", frameWidth, 20)
	w.Line(left, from+panelBand, left+panelWidth, from+panelBand, frameWidth, 20)
	base := from + panelBand/2 + 1.2
	x := left + 2.4
	x += w.Text(x, base, bodyBold, e.Manifest.Exhibit+" ") + 1.6
	when := w.t.Short(e.Manifest.Started.UTC.In(w.loc))
	tx := left + panelWidth - 2.4 - w.Width(small, when)
	w.Text(tx, base, small, when+" ")
	pill := tx - 2.4 - x
	w.Box(x, from+1.5, pill, panelBand-3, 2.6, "1234", 0.25, 136)
	what := address(e.Manifest)
	if what == "" {
		what = file
	}
	w.Text(x+2.4, base-0.1, mono, w.Cut(mono, what, pill-4.8))
}

// beside draws facts in the column beside the panel, as many as fit, and returns the rest.
func (w *writer) beside(from, to float64, rows []fact) (rest []fact) {
	w.inFacts(func() { rest = w.drawBeside(from, to, rows) })
	return rest
}

func (w *writer) drawBeside(from, to float64, rows []fact) []fact {
	y := from
	for i, r := range rows {
		if len(r.value) == 0 {
			continue
		}
		h := label.LineHeight()
		var lines []placed
		for j, p := range r.value {
			if j > 0 {
				lines[len(lines)-1].text += " "
			}
			for _, l := range w.Wrap(p.style, p.text, sideWidth) {
				lines = append(lines, placed{l, p.style})
				h += p.style.LineHeight()
			}
		}
		if y+h > to {
			return rows[i:]
		}
		w.In(paper.Row, func() {
			w.In(paper.RowHead, func() { w.Text(sideLeft, y+label.Ascent(), label, w.Cut(label, r.name, sideWidth)) })
			y += label.LineHeight()
			w.In(paper.Cell, func() {
				for _, l := range lines {
					w.Text(sideLeft, y+l.style.Ascent(), l.style, l.text)
					y += l.style.LineHeight()
				}
			})
		})
		y += 1.6
	}
	return nil
}
