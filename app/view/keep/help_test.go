package keep

import (
	"strings"
	"testing"

	"constat/app/flow/keep"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
)

// Help lies over a running capture: nothing ends by it, Escape leads back, and what has ended
// meanwhile is what one comes back to.
func TestHelpDuringACapture(t *testing.T) {
	for name, scale := range map[string]float32{"usual text": 1, "large text": widget.MaxScale} {
		t.Run(name, func(t *testing.T) {
			r := inCase(t)
			r.Large(scale)
			r.W.Rebuild()
			help := func() {
				t.Helper()
				if scale > 1 {
					r.Pick(r.W.T("side.help"))
				} else {
					r.Press("window.side.help")
				}
			}
			r.Exec.Held = true
			s := &captureScreen{request: keep.PreserveRequest{Case: r.W.Desk().Case.ID, Address: "https://exemple.be/", Subject: keep.SubjectAdult}, from: &homeScreen{}}
			r.W.Show(s)
			help()
			r.Sees("window.help.why", "window.help.goes-on")
			if !s.job.Busy() || s.job.Stopped() || r.W.Screen() != stage.Screen(s) {
				t.Fatal("help ends the capture")
			}
			r.Escape()
			r.Sees("window.capture.running", "window.capture.stop")
			if s.job.Stopped() {
				t.Fatal("the way back from help ends the capture")
			}
			r.Press("window.capture.stop")
			r.Press("window.capture.stop-sure")
			help()
			r.Exec.Finish()
			r.Sees("window.help.why")
			if strings.Contains(r.Words(), r.W.T("help.goes-on")) {
				t.Error("help says that something runs which has ended")
			}
			r.Press("window.back")
			r.Sees("window.capture.stopped")
		})
	}
}

// staying is a screen that cannot be shown again, with a field.
type staying struct{ field *widget.Field }

func (s *staying) Build(w *stage.Stage) stage.Page {
	if s.field == nil {
		s.field = widget.NewField(w.Keys(), "")
	}
	return stage.Page{Title: "Code", Stay: true, Body: widget.Stack(0, s.field), Focus: s.field}
}

// Help over what cannot be shown again opens no other way aside; what was typed stays, and so does
// where one was. A lock takes help away with the rest.
func TestHelpOverWhatCannotBeShownAgain(t *testing.T) {
	r := inCase(t)
	s := &staying{}
	r.W.Show(s)
	r.TypeInto(0, "à moitié")
	r.Press("window.side.help")
	for _, key := range []string{"settings.title", "lock", "cases.all"} {
		if strings.Contains(r.Words(), r.W.T(key)) {
			t.Errorf("%q leads away from it", r.W.T(key))
		}
	}
	r.Press("window.back")
	if r.W.Screen() != stage.Screen(s) || s.field.Text != "à moitié" || r.Win.Canvas().Focused() != s.field {
		t.Errorf("back at %T with %q, focus on %T", r.W.Screen(), s.field.Text, r.Win.Canvas().Focused())
	}
	r.W.Show(&homeScreen{})
	r.Press("window.side.help")
	r.Sees("window.settings.title", "window.lock")
	r.Window.Lock()
	r.Sees("window.unlock.what")
	if strings.Contains(r.Words(), r.W.T("help.why")) {
		t.Error("help stays over a locked window")
	}
	r.TypeInto(0, viewtest.Passphrase)
	r.Press("window.unlock.open")
	r.Sees("window.cases.title")
}

// What runs below help may lead on to what cannot be shown again, such as a recovery code: help then
// opens no way aside from it either, and leads back to it.
func TestHelpOverWhatCameMeanwhileAndCannotBeShownAgain(t *testing.T) {
	r := inCase(t)
	r.W.Show(&homeScreen{})
	r.Press("window.side.help")
	r.Sees("window.settings.title", "window.cases.all")
	s := &staying{}
	r.W.Show(s)
	r.Sees("window.help.why")
	for _, key := range []string{"settings.title", "cases.all"} {
		if strings.Contains(r.Words(), r.W.T(key)) {
			t.Errorf("%q leads away from it", r.W.T(key))
		}
	}
	r.Press("window.back")
	if r.W.Screen() != stage.Screen(s) {
		t.Errorf("back at %T", r.W.Screen())
	}
}
