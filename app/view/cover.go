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
	over   stage.Screen // when it was opened
	below  stage.Screen // by now: what runs there may lead on
	stay   bool         // the screen below cannot be shown again
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
	c := &cover{screen: screen, over: w.screen, below: w.screen, stay: w.stay, step: w.step}
	if w.frame.scroll != nil {
		c.at = w.frame.scroll.Offset
	}
	c.focus = nameOf(w.cfg.Window.Canvas())
	w.keys.Release()
	w.cover = c
	w.rebuild()
	w.frame.toTop()
}

// led takes over what there is to know of a screen that what ran below led on to: a recovery code,
// say, which no way aside may leave unread.
func (c *cover) led(w *Window) {
	if c.below == w.screen {
		return
	}
	p := w.screen.Build(w.stage)
	c.below, c.stay, c.step = w.screen, p.Stay, p.Step
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
