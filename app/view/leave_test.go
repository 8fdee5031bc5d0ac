package view

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"constat/app/flow"
	"constat/app/view/widget"
)

func TestCaptureCanBeStopped(t *testing.T) {
	r := inCase(t)
	r.exec.held = true
	s := &captureScreen{request: flow.PreserveRequest{Case: r.w.matter.ID, Address: "https://exemple.be/", Subject: flow.SubjectAdult}, from: &homeScreen{}}
	r.w.show(s)
	r.sees("window.capture.running", "window.calm.wrong", "step.load")
	home := r.w.screen
	for _, o := range r.everything() {
		if item, ok := o.(*widget.StepItem); ok {
			test.Tap(item) // the list at the left waits
		}
	}
	if r.w.screen != home {
		t.Error("one can walk away from a running capture by accident")
	}
	r.press("window.capture.stop")
	r.exec.finish()
	r.sees("window.capture.stopped")
	if r.w.notice != nil {
		t.Errorf("stopping is shown as an error: %+v", r.w.notice)
	}
}

func TestQuickExitFromEverywhere(t *testing.T) {
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	for name, leave := range map[string]func(*rig){
		"button": func(r *rig) { r.press("window.exit") },
		"close":  func(r *rig) { r.w.Exit() },
		"shift in a field": func(r *rig) {
			f := r.fields()[0]
			r.win.Canvas().Focus(f)
			for range 3 {
				f.KeyDown(shift)
				f.KeyUp(shift)
			}
		},
		"shift on a button": func(r *rig) {
			b := r.buttonOf("window.keep.button")
			for range 3 {
				b.KeyDown(shift)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := inCase(t)
			r.w.copySecret("secret")
			session := r.w.session
			leave(r)
			if r.quits != 1 {
				t.Errorf("quit %d times", r.quits)
			}
			if r.clip.Content() != "" {
				t.Error("the clipboard was not cleared")
			}
			if _, err := session.Cases(t.Context()); err == nil {
				t.Error("the vault is still open")
			}
			r.exec.tick()
			r.w.Exit()
			if r.quits != 1 {
				t.Errorf("quit %d times in the end", r.quits)
			}
		})
	}
}

func TestCapitalLettersDoNotQuit(t *testing.T) {
	r := inCase(t)
	f := r.fields()[0]
	shift, letter := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}, &fyne.KeyEvent{Name: fyne.KeyB}
	for range 5 {
		f.KeyDown(shift)
		f.KeyDown(letter)
	}
	f.KeyDown(shift)
	r.clock.pass(4 * time.Second) // longer than leaving takes
	f.KeyDown(shift)
	f.KeyDown(shift)
	if r.quits != 0 {
		t.Error("typing capitals left the program")
	}
}

func TestExitCancelsWorkAndDoesNotWaitForEver(t *testing.T) {
	r := inCase(t)
	r.exec.held = true
	var seen context.Context
	run(r.w.work, r.w.life, func(ctx context.Context) (int, error) { seen = ctx; return 0, ctx.Err() }, func(int, error) {
		t.Error("a result arrived after quick exit")
	})
	r.w.Exit()
	if r.quits != 0 {
		t.Fatal("left before the work ended")
	}
	r.exec.tick() // the limit passes
	if r.quits != 1 {
		t.Error("quick exit waits for work that does not end")
	}
	r.exec.finish()
	if seen.Err() == nil {
		t.Error("the work was not cancelled")
	}
}
