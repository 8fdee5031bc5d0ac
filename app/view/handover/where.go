package handover

import (
	"context"
	"image"
	"maps"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/choose"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// look finds out what is plugged in, and covers the pictures.
func (s *exportScreen) look(w *stage.Stage) {
	app, session, list := w.App(), w.Session(), s.list
	have := maps.Clone(s.thumbs)
	type found struct {
		sticks []flow.Stick
		thumbs map[string]image.Image
	}
	stage.Run(w.Aside(), func(ctx context.Context) (found, error) {
		sticks := app.Sticks()
		for _, e := range list[max(0, len(list)-maxThumbs):] {
			if have[e.Exhibit] != nil || e.Closed || len(e.Pictures()) == 0 {
				continue
			}
			if m, err := session.Look.Mosaic(ctx, e.Case, e.Exhibit); err == nil {
				have[e.Exhibit] = m
			} else if ctx.Err() != nil {
				return found{sticks, have}, err
			}
		}
		return found{sticks, have}, nil
	}, func(f found, _ error) {
		s.sticks, s.thumbs = f.sticks, f.thumbs
		if s.dir == "" && len(s.sticks) == 1 {
			s.put(w, s.sticks[0].Path) // the one that is plugged in for this
			return
		}
		w.Refresh()
	})
}

// maxThumbs is how many pictures are covered: each has to be read.
const maxThumbs = 60

// put says where the bundle goes, and what is to be known of that place. It is never a folder that
// nobody chose: others may sit at this device, too.
func (s *exportScreen) put(w *stage.Stage, dir string) {
	s.dir, s.place = dir, nil
	s.name.SetText(freeName(dir, s.name.Text))
	w.Refresh()
	stage.Run(w.Aside(), func(context.Context) (error, error) { return flow.Place(dir, false), nil }, func(place, _ error) {
		if s.place = place; place != nil {
			w.Refresh()
		}
	})
}

// where offers the sticks that are plugged in, with their room, one's own folder, and any other.
func (s *exportScreen) where(w *stage.Stage) fyne.CanvasObject {
	var buttons []fyne.CanvasObject
	offer := func(dir, words string) {
		b := widget.NewButton(w.Keys(), widget.ButtonPlain, words, func() { s.put(w, dir) })
		b.Small()
		if s.dir == dir {
			b.Marked("check")
		}
		buttons = append(buttons, b)
	}
	for _, x := range s.sticks {
		offer(x.Path, w.T("export.stick", "Name", evidence.Shorten(x.Name, 40), "Free", w.Text().Bytes(x.Free)))
	}
	offer(w.Home(), w.T("export.own"))
	other := w.Button(widget.ButtonPlain, "choose", func() {
		at := s.dir
		if at == "" {
			at = w.Home()
		}
		w.Show(&choose.Screen{
			Title: w.T("export.where"), Hint: w.T("export.where-hint"), At: at,
			Back: func() { w.Show(s) },
			Done: func(dir string) {
				w.Show(s)
				s.put(w, dir)
			},
		})
	})
	other.Small()
	objects := []fyne.CanvasObject{widget.Wrap(widget.GapSmall, append(buttons, other)...)}
	if s.dir != "" {
		objects = append(objects, widget.NewText(widget.Mono(evidence.Shorten(s.dir, 200))))
	}
	if len(s.sticks) == 0 {
		again := w.Button(widget.ButtonQuiet, "export.look-again", func() { s.look(w) })
		again.Small()
		objects = append(objects, widget.RowGrow(12, 0, widget.NewText(widget.SmallMute(w.T("export.no-stick"))), again))
	}
	need := s.bytes()
	objects = append(objects, widget.NewText(widget.SmallMute(w.T("export.needs", "Bytes", w.Text().Bytes(need)))))
	for _, x := range s.sticks {
		if x.Path == s.dir && x.Free < need {
			objects = append(objects, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Small(w.T("export.no-room")))))
		}
	}
	return widget.Stack(4, objects...)
}

// onStick reports whether the bundle was made on something that can be taken along.
func (s *exportScreen) onStick() bool {
	return s.done != nil && slices.ContainsFunc(s.sticks, func(x flow.Stick) bool {
		rel, err := filepath.Rel(x.Path, s.done.Target)
		return err == nil && filepath.IsLocal(rel)
	})
}
