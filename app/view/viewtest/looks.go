package viewtest

import (
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"constat/app/view"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/words"
	"constat/evidence"
)

// Gallery is screens, each made in a state that shows much of it.
type Gallery map[string]func() stage.Screen

// still is a screen that is drawn without starting what it would start.
type still struct{ stage.Screen }

// Put shows a screen as it is, without starting what it would start.
func (r *Rig) Put(s stage.Screen) { r.W.Show(still{s}) }

// Running makes a job that is at a step, or that the person stopped.
func (r *Rig) Running(j *stage.Job, work func(p evidence.Progress)) {
	r.Exec.Late = true
	r.watch(j, work)
	r.Exec.Late = false
	r.Exec.queue = nil
}

// Over makes a job that ended without a result, because the person stopped it or not.
func (r *Rig) Over(j *stage.Job, work func(p evidence.Progress), stopped bool) {
	r.watch(j, func(p evidence.Progress) {
		work(p)
		if stopped {
			_, halt := j.Stopper(r.W)
			halt() // asks
			halt()
		}
	})
}

func (r *Rig) watch(j *stage.Job, work func(p evidence.Progress)) {
	stage.Watch(r.W, j, stage.Task[struct{}]{
		Work: func(_ context.Context, p evidence.Progress) (struct{}, error) {
			work(p)
			return struct{}{}, context.Canceled
		},
	})
}

// Capturing is a capture that is at the picture of the whole page.
func (r *Rig) Capturing(p evidence.Progress) {
	for i, s := range []evidence.Step{evidence.StepBrowser, evidence.StepLoad, evidence.StepFirstView, evidence.StepFullPage} {
		p.Step(s)
		r.Clock.Pass(time.Duration(400+900*i) * time.Millisecond)
	}
	p.Amount(8200, 13250)
}

// Least is the smallest size that the screens are made for.
var Least = fyne.NewSize(1000, 680)

// Look draws every screen in every language at the usual and the least size, and with text twice as
// large, and holds that every piece of text lies within what surrounds it.
func (r *Rig) Look(t *testing.T, screens Gallery) {
	t.Helper()
	r.W.Desk().Case.Practice = true
	if theme := os.Getenv("CONSTAT_LOOK"); theme != "" {
		r.drawn(t, screens, theme)
		return
	}
	for _, scale := range []float32{1, widget.MaxScale} {
		r.Large(scale)
		sizes := []fyne.Size{view.Size, Least}
		if scale > 1 {
			sizes = []fyne.Size{Least}
		}
		for name, make := range screens {
			for _, lang := range words.Languages {
				for _, size := range sizes {
					r.W.Speak(lang)
					r.Win.Resize(size)
					r.Put(make())
					where := fmt.Sprintf("%s %s %vx%v ×%v", name, lang, size.Width, size.Height, scale)
					if got := r.Win.Canvas().Size(); got.Width > size.Width || got.Height > size.Height {
						t.Fatalf("%s: window grew to %v", where, got)
					}
					Cut(t, where, r.Win.Content(), size.Width)
					switch {
					case scale > 1 && (lang == "fr" || lang == "de"):
						r.picture(name + "-" + lang + "-large")
					case scale == 1 && (lang == "fr" || size == Least):
						r.picture(name + "-" + lang + fmt.Sprintf("-%v", size.Width))
					}
				}
			}
		}
	}
	r.Large(1)
}

// drawn is pictures alone, for people who look at another theme than the light one: with CONSTAT_LOOK
// dark, or contrast.
func (r *Rig) drawn(t *testing.T, screens Gallery, theme string) {
	t.Helper()
	for _, scale := range []float32{1, widget.MaxScale} {
		fyne.CurrentApp().Settings().SetTheme(widget.ThemeOf(theme, scale))
		r.Win.Resize(view.Size)
		for name, make := range screens {
			r.Put(make())
			r.picture(fmt.Sprintf("%s-%s-×%v", name, theme, scale))
		}
	}
	r.Large(1)
}

// Large makes text so much larger.
func (r *Rig) Large(scale float32) {
	if widget.Scale() != scale {
		fyne.CurrentApp().Settings().SetTheme(widget.ThemeOf("light", scale))
	}
}

// Cut walks down with the room that each object leaves to what is in it, and fails
// where something does not fit.
func Cut(t *testing.T, where string, o fyne.CanvasObject, room float32) {
	t.Helper()
	if !o.Visible() {
		return
	}
	if _, ok := o.(interface{ Unseen() }); ok {
		return // it is heard, and drawn elsewhere
	}
	if _, ok := o.(*widget.Field); ok {
		return // a field scrolls
	}
	if x, ok := o.(*canvas.Text); ok {
		if w := x.MinSize().Width; x.Position().X+w > room+1.5 {
			t.Errorf("%s: %q needs %v of %v", where, x.Text, x.Position().X+w, room)
		}
		return
	}
	if x, ok := o.(*widget.Text); ok {
		if h := widget.HeightOf(x, x.Size().Width); h > x.Size().Height+1.5 {
			t.Errorf("%s: %q needs a height of %v, has %v", where, x.Content(), h, x.Size().Height)
		}
	}
	inner := o.Size().Width
	if inner > room-o.Position().X+1.5 {
		t.Errorf("%s: %T at %v is %v wide, room %v", where, o, o.Position().X, inner, room)
	}
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *fyne.Container:
		children = c.Objects
	case *container.Scroll:
		children = []fyne.CanvasObject{c.Content}
	case fyne.Widget:
		children = test.WidgetRenderer(c).Objects()
	}
	for _, c := range children {
		if r, ok := c.(*canvas.Rectangle); ok && r.Position().X < 0 {
			continue // the focus ring lies around its widget
		}
		Cut(t, where, c, inner)
	}
}

// Tab walks every screen with Tab and holds that it reaches everything and brings it
// into view, and that quick exit is heard from all of it.
func (r *Rig) Tab(t *testing.T, screens Gallery) {
	t.Helper()
	r.Win.Resize(Least)
	for name, make := range screens {
		r.Put(make())
		want := map[fyne.Focusable]bool{}
		for _, o := range r.Everything() {
			f, ok := o.(fyne.Focusable)
			if tick, radio := o.(*widget.Tick); ok && !(radio && tick.Disabled()) { // a group is one stop
				want[f] = true
			}
		}
		for f := range want {
			a, ok := f.(fyne.Accessible)
			if !r.hearsShift(f) {
				t.Errorf("%s: quick exit is dead while %T has the focus", name, f)
			}
			if _, field := f.(*widget.Field); !ok || !field && a.AccessibilityLabel() == "" {
				t.Errorf("%s: %T says nothing to assistive technology", name, f)
			}
		}
		scroll := r.Scroll()
		for range 2 * len(want) {
			r.Win.Canvas().FocusNext()
			f := r.Win.Canvas().Focused()
			delete(want, f)
			o := f.(fyne.CanvasObject)
			if !within(scroll.Content.(*fyne.Container), o) {
				continue
			}
			d := fyne.CurrentApp().Driver()
			top := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(scroll).Y
			if top < -1 || top > scroll.Size().Height {
				t.Errorf("%s: %T has the focus at %v, out of view", name, f, top)
			}
		}
		for f := range want {
			t.Errorf("%s: Tab does not reach %T", name, f)
		}
		r.Hears(t, name) // wherever the walk with Tab has scrolled to
	}
}

// hearsShift reports whether a press of Shift reaches quick exit from here.
func (r *Rig) hearsShift(f fyne.Focusable) bool {
	k, ok := f.(desktop.Keyable)
	if !ok {
		return false
	}
	k.KeyDown(&fyne.KeyEvent{Name: fyne.KeyA}) // a row of its own
	k.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	heard := r.W.Keys().Shifts() == 1
	k.KeyDown(&fyne.KeyEvent{Name: fyne.KeyA})
	return heard
}

// within reports whether a container holds an object of its own kind, at any depth.
func within(c *fyne.Container, o fyne.CanvasObject) bool {
	for _, child := range c.Objects {
		if child == o {
			return true
		}
		if inner, ok := child.(*fyne.Container); ok && within(inner, o) {
			return true
		}
	}
	return false
}

// picture writes what the window shows to $CONSTAT_ARTIFACTS, for people.
func (r *Rig) picture(name string) {
	dir := os.Getenv("CONSTAT_ARTIFACTS")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		r.T.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		r.T.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, r.Win.Canvas().Capture()); err != nil {
		r.T.Fatal(err)
	}
}
