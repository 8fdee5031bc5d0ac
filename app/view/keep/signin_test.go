package keep

import (
	"strings"
	"testing"
	"time"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view"
	"constat/evidence"
)

func TestWindowToSignInBeginsWithTheQuestionAboutAge(t *testing.T) {
	t.Setenv("DISPLAY", "") // no window opens here: what it does is tried with a real one, in cmd/constat
	t.Setenv("WAYLAND_DISPLAY", "")
	r := inCase(t)
	r.TypeInto(0, "https://example.org/p/1")
	r.Press("window.keep.signin")
	r.Press("window.signin.open")
	r.Sees("window.age.question")
	r.Press("window.age.no")
	r.Sees("error.browser-start.display.what", "error.browser-start.display.do", "window.signin.over", "window.signin.session-how")
	r.Press("window.signin.done")
	r.Sees("window.keep.what")

	// Another answer closes the address for good, also for a window.
	refuse(r.W, "https://example.org/p/1", keep.SubjectUnsure)
	r.Press("window.signin.open")
	r.Press("window.age.no")
	r.Sees("window.age.stop", "window.help.title")
}

func TestWhatToDoWhenAPageDidNotCome(t *testing.T) {
	r := inCase(t)
	shows := func(outcome evidence.Outcome) {
		s := &exhibitScreen{id: "E-001", part: 1}
		r.W.Show(s)
		s.loaded, s.e = true, look.Exhibit{
			Exhibit: "E-001", Case: r.W.Desk().Case.ID, Kind: evidence.WebCapture, Outcome: outcome, Address: "https://example.org/p/1",
		}
		r.W.Rebuild()
	}
	for outcome, wanted := range map[evidence.Outcome][2]bool{ // try again, window
		evidence.LoginPage: {true, true}, evidence.BotCheck: {true, true}, evidence.Removed: {true, false},
		evidence.Blank: {true, true}, evidence.FailedOut: {true, true}, evidence.Partial: {true, true}, evidence.Complete: {false, false},
	} {
		shows(outcome)
		said := r.Words()
		for i, key := range []string{"window.capture.again", "window.signin.open"} {
			if got := strings.Contains(said, r.W.Text().T(key)); got != wanted[i] {
				t.Errorf("%s: %s is there: %t", outcome, key, got)
			}
		}
		kept := r.W.T("outcome.kept", "Exhibit", "E-001")
		if got := strings.Contains(said, kept); got != wanted[0] {
			t.Errorf("%s: it says that what came is kept: %t", outcome, got)
		}
	}
	for _, key := range []string{"window.capture.again", "window.signin.open"} {
		shows(evidence.LoginPage)
		r.Press(key)
		r.Sees("window.age.question")
	}
}

// openWindow is a window that stays open.
type openWindow struct{ browserWindow }

func (openWindow) Done() <-chan struct{} { return nil }

func TestAnOpenWindowKeepsTheVaultOpenLonger(t *testing.T) {
	r := inCase(t)
	s := &signinScreen{from: &homeScreen{}}
	r.Exec.Held = true // no window opens here
	r.W.Show(s)
	r.W.Work().Stop()
	r.Exec.Finish()
	r.Exec.Held = false
	s.window = openWindow{}
	r.Clock.Pass(view.DefaultLockMinutes*time.Minute + time.Second)
	r.Exec.Tick()
	if r.W.Session() == nil {
		t.Fatal("it locks while the person is in the other window")
	}
	s.window = nil
	r.Exec.Tick()
	if r.W.Session() != nil {
		t.Error("it does not lock")
	}
}
