package view_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
)

// shift presses the key three times on whatever has the focus, as the driver does.
func shift(r *viewtest.Rig) {
	for range 3 {
		e := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
		if k, ok := r.Win.Canvas().Focused().(desktop.Keyable); ok {
			k.KeyDown(e)
			continue
		}
		r.Win.Canvas().(desktop.Canvas).OnKeyDown()(e)
	}
}

// TestQuickExitWorksOverEveryMenu opens each drop-down and each field's menu of each place, and
// leaves over it.
func TestQuickExitWorksOverEveryMenu(t *testing.T) {
	for _, place := range []stage.Place{stage.Kept, stage.Remove, stage.Complain, stage.Handover, stage.Settings} {
		for _, kind := range []string{"list", "field", "press"} {
			r := inCase(t)
			r.Keep("https://example.org/1")
			r.W.Show(r.W.At(place))
			opened := false
			for _, o := range r.Everything() {
				switch o := o.(type) {
				case *widget.Picker:
					if kind != "field" && !opened {
						test.Tap(o)
						opened = true
					}
				case *widget.Field:
					if kind == "field" && !opened {
						o.TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(400, 300)})
						opened = true
					}
				}
			}
			if !opened {
				continue
			}
			top := r.Win.Canvas().Overlays().Top()
			if top == nil {
				t.Errorf("%s: no menu of a %s", place, kind)
				continue
			}
			if kind == "press" { // one press where quick exit is, although the menu lies over it
				exit := r.ButtonOf("window.exit")
				at := fyne.CurrentApp().Driver().AbsolutePositionForObject(exit).AddXY(5, 5)
				top.(*fyne.Container).Objects[0].(fyne.Tappable).Tapped(&fyne.PointEvent{AbsolutePosition: at})
			} else {
				shift(r)
			}
			if r.Quits != 1 {
				t.Errorf("%s: quick exit is dead over the menu of a %s", place, kind)
			}
			if r.Win.Canvas().Overlays().Top() != nil {
				t.Errorf("%s: the menu of a %s is still there", place, kind)
			}
		}
	}
}

// A menu closes with Escape, and with the screen that it belongs to.
func TestAMenuClosesWithItsScreen(t *testing.T) {
	r := inCase(t)
	open := func() {
		for _, o := range r.Everything() {
			if p, ok := o.(*widget.Picker); ok {
				test.Tap(p)
				return
			}
		}
	}
	open()
	r.Escape()
	if r.Win.Canvas().Overlays().Top() != nil {
		t.Error("Escape does not close it")
	}
	r.Sees("window.keep.what")
	open()
	r.Window.Lock()
	if r.Win.Canvas().Overlays().Top() != nil {
		t.Error("it lies over the lock")
	}
	r.Sees("window.unlock.what", "window.side.help")
}
