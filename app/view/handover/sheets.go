package handover

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"constat/app/view/choose"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/words"
	"constat/evidence"
)

// sheetDir is where the sheet with the password goes. It is not where the ZIP goes, unless
// somebody says so: whoever has both can read everything.
func (s *exportScreen) sheetDir(w *stage.Stage) string {
	if s.slipDir == "" {
		return w.Home()
	}
	return s.slipDir
}

// freeFile is a name that nothing in the folder has.
func freeFile(dir, stem, ending string) string {
	name := stem + ending
	for i := 2; i < 1000; i++ {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			break
		}
		name = fmt.Sprintf("%s %d%s", stem, i, ending)
	}
	return name
}

// slipForm asks whether a sheet with the password is to be made, and where.
func (s *exportScreen) slipForm(w *stage.Stage) fyne.CanvasObject {
	check := widget.NewCheck(w.Keys(), s.slip, func(on bool) {
		s.slip = on
		w.Rebuild()
	}, widget.Plain(w.T("export.slip")))
	if !s.slip {
		return check
	}
	where := w.Button(widget.ButtonPlain, "choose", func() {
		w.Show(&choose.Screen{Title: w.T("export.slip-where"), Hint: w.T("export.slip-how"), At: s.sheetDir(w),
			Back: func() { w.Show(s) },
			Done: func(dir string) {
				s.slipDir = dir
				w.Show(s)
			},
		})
	})
	where.Small()
	return widget.Stack(4, check, widget.RowGrow(10, 0, widget.NewText(widget.Mono(evidence.Shorten(s.sheetDir(w), 200))), where),
		widget.NewText(widget.SmallMute(w.T("export.slip-how"))))
}

// beside is what lies beside the bundle, or was to.
func (s *exportScreen) beside(w *stage.Stage) (objects []fyne.CanvasObject) {
	r := *s.done
	if r.Slip != "" {
		objects = append(
			objects,
			widget.Point(
				widget.ToneLook,
				"look",
				widget.NewText(widget.Plain(w.T("export.slip-made", "Path", evidence.Shorten(r.Slip, 300))),
					widget.SmallMute(" · "+w.T("export.slip-how"))),
			),
		)
	}
	if r.Beside != "" {
		objects = append(
			objects,
			widget.Point(
				widget.ToneLook,
				"look",
				widget.NewText(widget.Plain(w.T("export.beside", "Why", evidence.Shorten(r.Beside, 300)))),
			),
		)
	}
	if s.answer != "" {
		objects = append(
			objects,
			widget.Point(
				widget.ToneOK,
				"check",
				widget.NewText(widget.Plain(w.T("export.page-made", "Path", evidence.Shorten(s.answer, 300)))),
			),
		)
	}
	return objects
}

// page writes the result of the check beside the bundle, in the language of the report.
func (s *exportScreen) page(w *stage.Stage) {
	r, lang, session, id := *s.done, words.Languages[s.language], w.Session(), w.Desk().Case.ID
	dir := filepath.Dir(r.Target)
	path := filepath.Join(dir, freeFile(dir, stem(r.Target)+"-"+w.T("export.page-name"), ".pdf"))
	stage.Run(w.Aside(), func(ctx context.Context) (string, error) {
		return path, session.Handover.WriteCheck(ctx, path, lang, id, r)
	}, func(path string, err error) {
		if err == nil {
			s.answer = path
			w.Rebuild()
		}
		w.Explain(err)
	})
}
