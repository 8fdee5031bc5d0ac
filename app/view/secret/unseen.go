package secret

import (
	"fyne.io/fyne/v2"

	"constat/app/view/stage"
	"constat/app/view/widget"
)

// Unseen says after unlocking that a code was shown and perhaps not noted.
func Unseen(w *stage.Stage) fyne.CanvasObject {
	if !w.CodeMark().On() {
		return nil
	}
	return widget.LookCard(
		widget.RowTop(
			12,
			1,
			widget.Inset(3, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)),
			widget.NewText(widget.Strong(w.T("renew.unseen"))),
		),
		widget.NewText(widget.Plain(w.T("renew.unseen-how"))),
		widget.Wrap(widget.GapSmall,
			w.Button(widget.ButtonPlain, "secret.code", func() { w.GoTo(w.At(stage.NewCode)) }),
			w.Button(widget.ButtonPlain, "renew.have", func() {
				err := w.CodeMark().Clear()
				w.Rebuild()
				w.Explain(err)
			})),
	)
}
