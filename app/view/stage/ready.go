package stage

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
)

// Ready says what would keep a page from being kept here, before anything is asked for.
type Ready struct {
	problems []error
	looked   bool
}

// Look finds it out, once.
func (r *Ready) Look(w *Stage) {
	if r.looked {
		return
	}
	r.looked = true
	app, dir := w.App(), w.Folder()
	Run(w.Aside(), func(context.Context) ([]error, error) { return app.Ready(dir), nil }, func(problems []error, _ error) {
		if r.problems = problems; len(problems) > 0 {
			w.Refresh()
		}
	})
}

// Card says it; nil if nothing is missing.
func (r *Ready) Card(w *Stage) fyne.CanvasObject {
	if len(r.problems) == 0 {
		return nil
	}
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("ready.title")))}
	for _, err := range r.problems {
		m := flow.Explain(err, w.Text())
		objects = append(objects, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(m.What+" "), widget.Muted(m.Do))))
	}
	return widget.LookCard(objects...)
}
