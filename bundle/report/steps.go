package report

import (
	"cmp"
	"context"
	"errors"
	"image"

	"constat/evidence"
)

// Measures of pages with several windows, in millimetres.
const (
	stepCaption = 4.2
	stepGap     = 2.0
	// smallestPixel of a plain screen (scale 1) at which text of usual size is
	// still read without effort: as many windows share a page as stay above it.
	smallestPixel = 0.125
	mostColumns   = 4
	mostRows      = 3
)

// grid is how the windows of a set share a page.
type grid struct {
	columns, rows int
	mm            float64 // size of a pixel
}

// gridFor fits windows of w × h pixels at that scale into a page with so much room.
func gridFor(w, h, scale int, room float64) grid {
	size := func(columns, rows int) float64 {
		across := (stripWidth - float64(columns-1)*stepGap) / float64(columns)
		down := room/float64(rows) - stepCaption
		return min(across/float64(w), down/float64(h), largestPixel/float64(scale))
	}
	best := grid{1, 1, size(1, 1)}
	for columns := 1; columns <= mostColumns; columns++ {
		for rows := 1; rows <= mostRows; rows++ {
			if mm := size(columns, rows); columns*rows > best.columns*best.rows && mm*float64(scale) >= smallestPixel {
				best = grid{columns, rows, mm}
			}
		}
	}
	return best
}

// planSteps says which of n steps are printed on so many pages: all, or as many
// pages from the beginning as from the end, where the newest of a chat is, and a
// page between that says so. Steps from skip up to resume, counted from 0, are left out.
func planSteps(n, perPage, pages int) (skip, resume int) {
	if n <= perPage*pages {
		return n, n
	}
	tail := (pages - 1) / 2
	return perPage * (pages - 1 - tail), n - perPage*tail
}

// steps draws windows after steps of scrolling, as many a page as are legible.
func (w *writer) steps(ctx context.Context, s *showing) error {
	files := s.set.Pictures
	size, err := measure(ctx, s.e, files[0])
	if err != nil {
		return err
	}
	scale := 1
	if r := s.e.Manifest.Request; r != nil && r.Scale > 1 {
		scale = r.Scale
	}
	g := gridFor(size.X, size.Y, scale, s.room())
	perPage := g.columns * g.rows
	skip, resume := planSteps(len(files), perPage, min(MaxStrips, MaxPages-*s.spent))
	for i := 0; i < len(files); {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i == skip && skip < resume || w.full(s) {
			end := resume
			if w.full(s) {
				end = len(files)
			}
			w.framed(s)
			w.covered(s, w.t.T(stepWords(s.set)+"skipped", "From", i+1, "To", end, "Of", len(files)))
			i = end
			continue
		}
		end := min(i+perPage, len(files))
		if i < skip {
			end = min(end, skip)
		}
		if err := w.windows(ctx, s, g, i, end); err != nil {
			return err
		}
		i = end
	}
	return nil
}

// stepWords are the words for one picture of a set: a window after a step, or a sheet with moments of a film.
func stepWords(set evidence.PictureSet) string {
	if set.Shows == evidence.ShowsStills {
		return "report.sheet."
	}
	return "report.step."
}

// windows draws one page with the steps from, from+1, … before to.
func (w *writer) windows(ctx context.Context, s *showing, g grid, from, to int) error {
	w.framed(s)
	files := s.set.Pictures
	across := (stripWidth - float64(g.columns-1)*stepGap) / float64(g.columns)
	down := s.room() / float64(g.rows)
	made := "" // of the first that is smaller
	for i := from; i < to; i++ {
		x := left + framePad + float64((i-from)%g.columns)*(across+stepGap)
		y := s.top() + float64((i-from)/g.columns)*down
		w.Text(x, y+stepCaption-1.2, smallGray, w.Cut(smallGray, w.t.T(stepWords(s.set)+"caption", "N", i+1, "Of", len(files))+" · "+files[i].Name, across))
		img, err := w.window(ctx, s.e, files[i])
		if errors.Is(err, errPicture) {
			w.hatched(x, y+stepCaption, across, down-stepCaption-stepGap,
				w.t.T("report.strip.undrawable", "Reason", evidence.Shorten(err.Error(), 200)))
			continue
		}
		if err != nil {
			return err
		}
		b := img.Bounds()
		mm := min(g.mm, across/float64(b.Dx()), (down-stepCaption)/float64(b.Dy())) // of another size than the first
		pw, ph := mm*float64(b.Dx()), mm*float64(b.Dy())
		px := x + (across-pw)/2
		print := w.fine.forPrint(img, pw)
		made = cmp.Or(made, w.picture(s.e, w.pictureAlt(s.e, files[i]), print, b.Dx(), px, y+stepCaption, pw, ph))
		w.Box(px, y+stepCaption, pw, ph, 0, "", hair, hairGray)
	}
	if made != "" {
		made = " · " + made
	}
	w.under(s, w.t.T(stepWords(s.set)+"range", "From", from+1, "To", to, "Of", len(files))+" · "+w.t.T(stepWords(s.set)+"repeated")+made)
	return nil
}

// window decodes one picture, on its own: it is let go when it has been drawn.
func (w *writer) window(ctx context.Context, e Exhibit, a evidence.Artifact) (image.Image, error) {
	if _, err := measure(ctx, e, a); err != nil {
		return nil, err
	}
	return decode(ctx, e, a)
}
