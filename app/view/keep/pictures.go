package keep

import (
	"context"
	"image"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// picture is the covered picture with what belongs to it.
func (s *exhibitScreen) picture(w *stage.Stage) fyne.CanvasObject {
	words := []string{w.T("cover.covered"), w.T("cover.hold"), w.T("cover.or")}
	s.cover = widget.NewCover(w.Keys(), fyne.NewSize(330, 250), words, func(on bool) { s.hold(w, on) })
	objects := []fyne.CanvasObject{s.cover}
	if pictures := s.e.Pictures(); len(pictures) > 1 {
		show := func(part int) {
			s.part = min(max(part, 1), len(pictures))
			w.Rebuild()
		}
		before := w.Button(widget.ButtonPlain, "cover.before", func() { show(s.part - 1) })
		after := w.Button(widget.ButtonPlain, "cover.after", func() { show(s.part + 1) })
		before.Small()
		after.Small()
		before.Disable(s.part == 1)
		after.Disable(s.part == len(pictures))
		objects = append(objects, widget.Wrap(widget.GapSmall, before, after), widget.NewText(widget.Small(s.place(w, pictures))))
		if sets := s.sets(w, pictures, show); sets != nil {
			objects = append(objects, sets)
		}
	}
	said := w.T("cover.original")
	if s.e.Kind == evidence.Import { // there is no copy with address and date
		said = w.T("cover.imported")
	}
	return widget.Stack(12, append(objects, s.underEighteen(w), s.markButtons(w), widget.NewText(widget.SmallMute(said)))...)
}

// place says where in its set a picture stands; imported pictures are one each
// and are counted as a whole.
func (s *exhibitScreen) place(w *stage.Stage, pictures []look.Picture) string {
	key, n, of := "cover.part", s.part, len(pictures)
	at := pictures[s.part-1]
	if at.Shows != evidence.ShowsFile {
		n, of = at.N, at.Of
	}
	if at.Shows.Stepwise() && at.Shows != evidence.ShowsStills {
		key = "cover.step"
	}
	return w.T(key, "Part", w.Text().Number(int64(n)), "Parts", w.Text().Number(int64(of)))
}

// sets lets one choose what to look at, where there is more than the page; nil if
// there is not.
func (s *exhibitScreen) sets(w *stage.Stage, pictures []look.Picture, show func(part int)) fyne.CanvasObject {
	if s.e.Kind == evidence.Import || pictures[len(pictures)-1].Set == 1 {
		return nil
	}
	var labels [][]widget.Span
	var first []int // of each set
	for i, p := range pictures {
		if p.N == 1 {
			labels = append(labels, []widget.Span{widget.Small(w.Text().T("picture."+string(p.Shows), "N", p.Pane))})
			first = append(first, i+1)
		}
	}
	choices := widget.NewChoice(w.Keys(), pictures[s.part-1].Set-1, func(i int) { show(first[i]) }, labels...)
	objects := make([]fyne.CanvasObject, len(choices))
	for i, c := range choices {
		objects[i] = c
	}
	return widget.Stack(0, objects...)
}

// hold decrypts the picture while it is held, and forgets it on release.
func (s *exhibitScreen) hold(w *stage.Stage, on bool) {
	if !on {
		w.Aside().Stop()
		return
	}
	session, cover, part := w.Session(), s.cover, s.part
	stage.Run(w.Aside(), func(ctx context.Context) (image.Image, error) {
		p, err := session.Look.Preview(ctx, s.e.Case, s.e.Exhibit, part)
		return p.Image, err
	}, func(pic image.Image, err error) {
		if err != nil {
			cover.LetGo()
			w.Explain(err)
			return
		}
		cover.Reveal(pic)
	})
}
