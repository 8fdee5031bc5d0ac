package view_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"constat/app/view/stage"
	"constat/app/view/viewtest"
)

func TestQuickExitFromEverywhere(t *testing.T) {
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	for name, leave := range map[string]func(*viewtest.Rig){
		"button": func(r *viewtest.Rig) { r.Press("window.exit") },
		"close":  func(r *viewtest.Rig) { r.Window.Exit() },
		"shift in a field": func(r *viewtest.Rig) {
			f := r.Fields()[0]
			r.Win.Canvas().Focus(f)
			for range 3 {
				f.KeyDown(shift)
				f.KeyUp(shift)
			}
		},
		"shift on a button": func(r *viewtest.Rig) {
			b := r.ButtonOf("window.keep.button")
			for range 3 {
				b.KeyDown(shift)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := inCase(t)
			r.W.CopySecret("secret")
			session := r.W.Session()
			leave(r)
			if r.Quits != 1 {
				t.Errorf("quit %d times", r.Quits)
			}
			if r.Clip.Content() != "" {
				t.Error("the clipboard was not cleared")
			}
			if _, err := session.Look.Cases(t.Context()); err == nil {
				t.Error("the vault is still open")
			}
			r.Exec.Tick()
			r.Window.Exit()
			if r.Quits != 1 {
				t.Errorf("quit %d times in the end", r.Quits)
			}
		})
	}
}

func TestCapitalLettersDoNotQuit(t *testing.T) {
	r := inCase(t)
	f := r.Fields()[0]
	shift, letter := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}, &fyne.KeyEvent{Name: fyne.KeyB}
	for range 5 {
		f.KeyDown(shift)
		f.KeyDown(letter)
	}
	f.KeyDown(shift)
	r.Clock.Pass(4 * time.Second) // longer than leaving takes
	f.KeyDown(shift)
	f.KeyDown(shift)
	if r.Quits != 0 {
		t.Error("typing capitals left the program")
	}
}

func TestExitCancelsWorkAndDoesNotWaitForEver(t *testing.T) {
	r := inCase(t)
	r.Exec.Held = true
	var seen context.Context
	stage.Run(r.W.Work(), func(ctx context.Context) (int, error) { seen = ctx; return 0, ctx.Err() }, func(int, error) {
		t.Error("a result arrived after quick exit")
	})
	r.Window.Exit()
	if r.Quits != 0 {
		t.Fatal("left before the work ended")
	}
	r.Exec.Tick() // the limit passes
	if r.Quits != 1 {
		t.Error("quick exit waits for work that does not end")
	}
	r.Exec.Finish()
	if seen.Err() == nil {
		t.Error("the work was not cancelled")
	}
}
