package view

import (
	"fyne.io/fyne/v2"

	"constat/app/view/stage"
)

// Help lies over the present screen: what runs below goes on, what was typed stays, and what cannot
// be shown again is still there. No screen is left for it.

// cover is what lies over a screen.
type cover struct {
	screen stage.Screen
	over   stage.Screen
	stay   bool // the screen below cannot be shown again
	step   int
	at     fyne.Position // how far it was scrolled
	focus  string        // what had the focus
}

// below is the way back: to whatever the screen below is by then.
type below struct{}

func (below) Build(*stage.Stage) stage.Page { return stage.Page{} }

// help shows who helps, over whatever is there.
func (w *Window) help() {
	if w.cover != nil || w.left {
		return
	}
	screen := w.at(stage.Help)
	if r, ok := screen.(stage.Returner); ok {
		r.ReturnTo(below{})
	}
	c := &cover{screen: screen, over: w.screen, stay: w.stay, step: w.step}
	if w.frame.scroll != nil {
		c.at = w.frame.scroll.Offset
	}
	c.focus = nameOf(w.cfg.Window.Canvas())
	w.keys.Release()
	w.cover = c
	w.rebuild()
	w.frame.toTop()
}

// uncover leads back to the screen below, where it was scrolled to.
func (w *Window) uncover() {
	c := w.cover
	w.cover = nil
	w.rebuild()
	if w.screen != c.over { // what ran below has ended, and led on
		return
	}
	w.frame.scroll.ScrollToOffset(c.at)
	w.focusOn(c.focus)
}
