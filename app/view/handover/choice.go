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

// rowsMost is how many exhibits are drawn at first, and how many more at a time: whoever has hundreds
// looks for some of them, and the rest of the form stays near, for the keys, too.
const rowsMost = 12

// found are the exhibits that are looked for; all of them, as long as nothing is typed.
func (s *exportScreen) found(w *stage.Stage) []look.Exhibit { return s.find.Of(w, s.list) }

// rows are those of them that are drawn.
func (s *exportScreen) rows(w *stage.Stage) []look.Exhibit {
	list := s.found(w)
	return list[:min(len(list), rowsMost+s.find.More)]
}

// finder looks for exhibits by word; nothing while there are few.
func (s *exportScreen) finder(w *stage.Stage) []fyne.CanvasObject {
	if len(s.list) <= rowsMost {
		return nil
	}
	return []fyne.CanvasObject{s.find.Entry(w, func() {
		w.Refresh()
		s.cover(w)
	})}
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
			for _, e := range s.found(w) {
				s.out[e.Exhibit] = out
			}
			w.Refresh()
		}
	}
	takeKey, leaveKey := "export.choose-all", "export.choose-none"
	found := s.found(w)
	if len(found) < len(s.list) {
		takeKey, leaveKey = "export.choose-found", "export.leave-found"
	}
	all, none := w.Button(widget.ButtonPlain, takeKey, mark(false)), w.Button(widget.ButtonPlain, leaveKey, mark(true))
	all.Disable(len(found) == 0)
	none.Disable(len(found) == 0)
	all.Small()
	none.Small()
	if s.open() > 1 {
		objects = append(append(objects, count), s.finder(w)...)
		objects = append(objects, widget.Wrap(widget.GapSmall, all, none))
	}
	if here < s.open() {
		objects = append(objects, widget.NewText(widget.SmallMute(w.T("export.choice-how"))))
	}
	rows := s.rows(w)
	for _, e := range rows {
		objects = append(objects, s.exhibitRow(w, e))
	}
	if len(found) == 0 {
		objects = append(objects, widget.NewText(widget.Muted(w.T("find.none"))))
	}
	if rest := min(len(found)-len(rows), rowsMost); rest > 0 {
		more := widget.NewButton(w.Keys(), widget.ButtonPlain, w.N("keep.more", rest), func() {
			s.find.More += rowsMost
			w.Refresh()
			s.cover(w)
		})
		more.Small()
		objects = append(objects, widget.Row(0, more), widget.NewText(widget.SmallMute(w.T("export.shown", "N", len(rows), "Of", len(found)))))
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
	points := []fyne.CanvasObject{widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(said)))}
	if left, in := r.StillIn(); len(left) > 0 {
		still := w.T("export.still-in", "N", len(left), "List", evidence.ShowIDs(left, 12), "In", evidence.ShowIDs(in, 12))
		points = append(points, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(still))))
	}
	if len(r.Unread) > 0 {
		unread := w.T("export.still-unread", "List", evidence.ShowIDs(r.Unread, 12))
		points = append(points, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(unread))))
	}
	return points
}

// calendars says what came of asking for a proof that needs no authority, where somebody wanted one.
func calendars(w *stage.Stage, r handover.ExportResult) []fyne.CanvasObject {
	taken, of := r.Promises()
	said := ""
	switch {
	case of == 0:
		return nil
	case taken == 0:
		said = w.T("export.calendars-none", "Of", w.Text().Number(int64(of)))
	default:
		said = w.T("export.calendars", "Taken", w.Text().Number(int64(taken)), "Of", w.Text().Number(int64(of)))
	}
	return []fyne.CanvasObject{widget.Point(widget.ToneLook, "clock", widget.NewText(widget.Plain(said)))}
}
