package handover

import (
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow/handover"
	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// chosen are the exhibits that go along; nil: all that may.
func (s *exportScreen) chosen() []string {
	ids := []string{}
	for _, e := range s.list {
		if !e.Closed && !s.out[e.Exhibit] {
			ids = append(ids, e.Exhibit)
		}
	}
	if len(ids) == s.open() {
		return nil
	}
	return ids
}

// open is how many exhibits may go along.
func (s *exportScreen) open() (n int) {
	for _, e := range s.list {
		if !e.Closed {
			n++
		}
	}
	return n
}

// bytes is what the files of the exhibits take that go along.
func (s *exportScreen) bytes() (n int64) {
	for _, e := range s.list {
		if e.Closed || s.out[e.Exhibit] {
			continue
		}
		for _, a := range e.Artifacts {
			n += a.Size
		}
	}
	return n
}

// choice is the list of exhibits, each with a box, a covered picture, and what paper shows of it.
func (s *exportScreen) choice(w *stage.Stage) []fyne.CanvasObject {
	here := s.open()
	if ids := s.chosen(); ids != nil {
		here = len(ids)
	}
	count := widget.NewText(widget.Strong(w.T("export.chosen", "Here", here, "Of", len(s.list), "Bytes", w.Text().Bytes(s.bytes()))))
	objects := []fyne.CanvasObject{widget.NewText(widget.Head(w.T("export.what")))}
	mark := func(out bool) func() {
		return func() {
			for _, e := range s.list {
				s.out[e.Exhibit] = out
			}
			w.Refresh()
		}
	}
	all, none := w.Button(widget.ButtonPlain, "export.choose-all", mark(false)), w.Button(widget.ButtonPlain, "export.choose-none", mark(true))
	all.Small()
	none.Small()
	if s.open() > 1 {
		if widget.Narrow() {
			objects = append(objects, count, widget.Wrap(widget.GapSmall, all, none))
		} else {
			objects = append(objects, widget.RowGrow(widget.GapSmall, 0, count, all, none))
		}
	}
	if here < s.open() {
		objects = append(objects, widget.NewText(widget.SmallMute(w.T("export.choice-how"))))
	}
	for _, e := range s.list {
		objects = append(objects, s.exhibitRow(w, e))
	}
	return objects
}

func (s *exportScreen) exhibitRow(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	title := widget.Small(w.ExhibitTitle(e, 70))
	if e.Closed {
		return widget.RowGrow(12, 1, widget.Thumb(60, 42, ""), widget.NewText(title), widget.NewLine(widget.SmallMute(w.T("minor.not-exported"))))
	}
	var paper fyne.CanvasObject = widget.NewLine(widget.SmallMute(w.T("thumb.no-picture")))
	switch {
	case s.out[e.Exhibit]:
		paper = widget.NewLine(widget.SmallMute(w.T("export.not-taken")))
	case len(e.Pictures()) > 0:
		ways := []handover.Masking{handover.Shown, handover.Blur, handover.LeaveOut}
		chosen := max(slices.Index(ways, s.mask[e.Exhibit]), 0)
		paper = widget.NewPicker(w.Keys(), []string{w.T("export.show"), w.T("export.blur"), w.T("export.leave-out")}, chosen,
			func(i int) { s.mask[e.Exhibit] = ways[i] })
	}
	thumb := widget.Thumb(60, 42, "")
	if m := s.thumbs[e.Exhibit]; m != nil {
		thumb = widget.Blurred(60, 42, m)
	}
	var box fyne.CanvasObject = widget.NewText(title)
	if s.open() > 1 {
		check := widget.NewCheck(w.Keys(), !s.out[e.Exhibit], func(on bool) {
			s.out[e.Exhibit] = !on
			w.Refresh()
		}, title)
		check.Breaks()
		box = check
	}
	if widget.Narrow() {
		return widget.Stack(4, widget.RowGrow(12, 1, thumb, box), widget.Row(0, paper))
	}
	return widget.RowGrow(12, 1, thumb, box, paper)
}

// leftOut says of a bundle that was made what stayed in the vault by choice.
func leftOut(w *stage.Stage, r handover.ExportResult) []fyne.CanvasObject {
	ids := r.ByChoice()
	if len(ids) == 0 {
		return nil
	}
	said := w.Text().T("answer.share", "Here", len(r.Exhibits), "Of", r.Of, "N", len(ids), "List", evidence.ShowIDs(ids, 24))
	return []fyne.CanvasObject{widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(said)))}
}
