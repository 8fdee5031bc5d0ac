package keep

import (
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
	"constat/evidence/platform"
)

// besideMost is how many exhibits stand beside what else can be kept; with more, they are looked for.
const besideMost = 4

// beside is what is kept already, covered, the newest first.
func (s *moreScreen) beside(w *stage.Stage) []fyne.CanvasObject {
	list := slices.DeleteFunc(slices.Clone(s.list), isVisit)
	out := []fyne.CanvasObject{widget.NewText(widget.Head(w.T("keep.kept")), widget.Muted("  "+w.Text().Number(int64(len(list)))))}
	if len(list) > besideMost {
		out = append(out, s.find.Entry(w, w.Refresh))
	}
	found := s.find.Of(w, list)
	if len(found) == 0 {
		out = append(out, widget.NewText(widget.Muted(w.T("find.none"))))
	}
	slices.Reverse(found)
	most := min(len(found), besideMost+s.find.More)
	for _, e := range found[:most] {
		out = append(out, widget.NewPressCard(w.Keys(), smallLine(w, e), func() { w.GoTo(&exhibitScreen{id: e.Exhibit}) }))
	}
	if rest := min(len(found)-most, besideMost); rest > 0 {
		more := widget.NewButton(w.Keys(), widget.ButtonQuiet, w.N("keep.more", rest), func() {
			s.find.More += besideMost
			w.Refresh()
		})
		more.Small()
		out = append(out, widget.Row(0, more))
	}
	return out
}

// coverWords say what a covered picture is, and which words tell when it came to be kept.
func coverWords(w *stage.Stage, e look.Exhibit) (cover, when string) {
	switch {
	case e.Closed:
		return w.T("minor.closed"), "keep.kept-at"
	case e.Kind == evidence.AddressOnly:
		return w.T("thumb.none"), "keep.noted-at"
	case len(e.Pictures()) == 0:
		return w.T("thumb.no-picture"), "keep.kept-at"
	}
	return w.T("thumb.covered"), "keep.kept-at"
}

// smallLine is an exhibit in a column: covered, what it is, who published it and where, what was kept and when.
func smallLine(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	cover, _ := coverWords(w, e)
	at := e.Started.UTC.In(w.Now().Location())
	where := shortAddress(e.Address, 40)
	if e.Kind == evidence.Import {
		where = w.N("files.title", len(e.Artifacts))
	}
	if p := e.Platform; p != nil && p.Platform.Name() != "" {
		where = p.Platform.Name()
		if account := p.IDs[platform.FieldAccount]; account != "" {
			where = evidence.Shorten(account, 30) + " · " + where
		}
	}
	words := widget.Stack(2,
		widget.NewText(widget.Span{Text: w.ExhibitTitle(e, 40), Size: widget.SizeSmall, Bold: true}),
		widget.NewLine(widget.SmallMute(where)),
		widget.Row(0, outcomeChip(w, e)),
		widget.NewLine(widget.SmallMute(w.Text().Minute(at))))
	return widget.RowGrow(12, 1, widget.Inset(2, 0, 0, 0, widget.Thumb(72, 60, cover)), words)
}
