package handover

import (
	"context"
	"image"
	"maps"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/flow/look"
	"constat/app/view/choose"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// look finds out what is plugged in, and covers the pictures.
func (s *exportScreen) look(w *stage.Stage) {
	s.read(w, w.App().Sticks, func(sticks []flow.Stick) {
		s.sticks = sticks
		if s.dir == "" && len(s.sticks) == 1 {
			s.put(w, s.sticks[0].Path) // the one that is plugged in for this
		}
	})
}

// cover covers the pictures of the exhibits that are drawn: each has to be read.
func (s *exportScreen) cover(w *stage.Stage) { s.read(w, nil, nil) }

func (s *exportScreen) read(w *stage.Stage, plugged func() []flow.Stick, done func([]flow.Stick)) {
	session, list := w.Session(), s.rows(w)
	have := maps.Clone(s.thumbs)
	list = slices.DeleteFunc(slices.Clone(list), func(e look.Exhibit) bool { return have[e.Exhibit] != nil || e.Closed || len(e.Pictures()) == 0 })
	if plugged == nil && len(list) == 0 {
		return
	}
	type found struct {
		sticks []flow.Stick
		thumbs map[string]image.Image
	}
	stage.Run(w.Aside(), func(ctx context.Context) (found, error) {
		var f found
		if plugged != nil {
			f.sticks = plugged()
		}
		for _, e := range list {
			if m, err := session.Look.Mosaic(ctx, e.Case, e.Exhibit); err == nil {
				have[e.Exhibit] = m
			} else if ctx.Err() != nil {
				return f, err
			}
		}
		f.thumbs = have
		return f, nil
	}, func(f found, err error) {
		if err == nil {
			s.thumbs = f.thumbs
		}
		if done != nil {
			done(f.sticks)
		}
		w.Refresh()
	})
}

// put says where the bundle goes, and what is to be known of that place. It is never a folder that
// nobody chose: others may sit at this device, too.
func (s *exportScreen) put(w *stage.Stage, dir string) {
	s.dir, s.place = dir, nil
	w.Refresh()
	typed := s.name.Text
	type seen struct {
		name  string
		place error
	}
	// A stick that sleeps, or a folder of a network that is gone, answers late or never.
	stage.Run(w.Aside(), func(context.Context) (seen, error) {
		return seen{freeName(dir, typed), flow.Place(dir, false)}, nil
	}, func(x seen, _ error) {
		if s.name.Text == typed && x.name != typed {
			s.name.SetText(x.name)
		}
		if s.place = x.place; s.place != nil {
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
