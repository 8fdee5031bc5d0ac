package keep

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"constat/app/flow/keep"
	"constat/app/view"
	"constat/app/view/widget"
)

func TestCaptureCanBeStopped(t *testing.T) {
	r := inCase(t)
	r.Exec.Held = true
	s := &captureScreen{request: keep.PreserveRequest{Case: r.W.Desk().Case.ID, Address: "https://exemple.be/", Subject: keep.SubjectAdult}, from: &homeScreen{}}
	r.W.Show(s)
	r.Sees("window.capture.running", "window.calm.wrong", "step.load")
	home := r.W.Screen()
	for _, o := range r.Everything() {
		if item, ok := o.(*widget.StepItem); ok {
			test.Tap(item) // the list at the left waits
		}
	}
	if r.W.Screen() != home {
		t.Error("one can walk away from a running capture by accident")
	}
	r.Press("window.capture.stop")
	r.Press("window.capture.stop-sure")
	r.Exec.Finish()
	r.Sees("window.capture.stopped")
	if r.Noticed() {
		t.Errorf("stopping is shown as an error: %+v", r.Words())
	}
}

// Stop asks once, by the pointer and by Escape; Space on it ends nothing.
func TestStopAsksOnceAndSpaceEndsNothing(t *testing.T) {
	r := inCase(t)
	r.Exec.Held = true
	s := &captureScreen{request: keep.PreserveRequest{Case: r.W.Desk().Case.ID, Address: "https://exemple.be/", Subject: keep.SubjectAdult}, from: &homeScreen{}}
	r.W.Show(s)
	for _, key := range []string{"window.capture.stop", "window.capture.stop-sure"} {
		b := r.ButtonOf(key)
		r.Win.Canvas().Focus(b)
		for range 3 {
			b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
		}
		if s.job.Stopped() || r.ButtonOf(key) == nil {
			t.Fatal("Space ends a capture")
		}
		if key == "window.capture.stop" {
			r.Escape()
		}
	}
	if s.job.Stopped() {
		t.Fatal("stopped without being asked")
	}
	r.Win.Canvas().Unfocus()
	r.Escape()
	if !s.job.Stopped() {
		t.Error("a second Escape does not stop")
	}
	r.Exec.Finish()
	r.Sees("window.capture.stopped")
}

// That a page cannot be kept here is said before anything is asked for.
func TestWhatIsMissingIsSaidBeforeTheAddress(t *testing.T) {
	r := inCase(t)
	r.Offline = true
	r.W.Show(&homeScreen{})
	r.Sees("window.ready.title", "error.offline.what", "error.offline.do")
}

func TestAutoLockWaitsForRunningWork(t *testing.T) {
	r := inCase(t)
	r.Exec.Held = true
	r.W.Show(&captureScreen{request: keep.PreserveRequest{Case: r.W.Desk().Case.ID, Address: "https://exemple.be/", Subject: keep.SubjectMinor}, from: &homeScreen{}})
	r.Clock.Pass(2 * view.DefaultLockMinutes * time.Minute)
	r.Exec.Tick()
	if r.W.Session() == nil {
		t.Error("locked while a page was being kept")
	}
	r.Exec.Finish() // flow refuses it, because of the answer about age
	r.Sees("window.age.stop", "window.help.child-focus")
}
