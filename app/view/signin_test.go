package view

import (
	"strings"
	"testing"
	"time"

	"constat/app/flow"
	"constat/evidence"
)

func TestWindowToSignInBeginsWithTheQuestionAboutAge(t *testing.T) {
	t.Setenv("DISPLAY", "") // no window opens here: what it does is tried with a real one, in cmd/constat
	t.Setenv("WAYLAND_DISPLAY", "")
	r := inCase(t)
	r.typeInto(0, "https://example.org/p/1")
	r.press("window.keep.signin")
	r.press("window.signin.open")
	r.sees("window.age.question")
	r.press("window.age.no")
	r.sees("error.browser-start.display.what", "error.browser-start.display.do", "window.signin.over", "window.signin.session-how")
	r.press("window.signin.done")
	r.sees("window.keep.what")

	// Another answer closes the address for good, also for a window.
	r.w.refuse("https://example.org/p/1", flow.SubjectUnsure)
	r.press("window.signin.open")
	r.press("window.age.no")
	r.sees("window.age.stop", "window.help.title")
}

func TestWhatToDoWhenAPageDidNotCome(t *testing.T) {
	r := inCase(t)
	shows := func(outcome evidence.Outcome) {
		s := &exhibitScreen{id: "E-001", part: 1}
		r.w.show(s)
		s.loaded, s.e = true, flow.ExhibitView{
			Exhibit: "E-001", Case: r.w.matter.ID, Kind: evidence.WebCapture, Outcome: outcome, Address: "https://example.org/p/1",
		}
		r.w.rebuild()
	}
	for outcome, wanted := range map[evidence.Outcome][2]bool{ // try again, window
		evidence.LoginPage: {true, true}, evidence.BotCheck: {true, true}, evidence.Removed: {true, false},
		evidence.Blank: {true, true}, evidence.FailedOut: {true, true}, evidence.Partial: {true, true}, evidence.Complete: {false, false},
	} {
		shows(outcome)
		said := r.words()
		for i, key := range []string{"window.capture.again", "window.signin.open"} {
			if got := strings.Contains(said, r.w.text.T(key)); got != wanted[i] {
				t.Errorf("%s: %s is there: %t", outcome, key, got)
			}
		}
		kept := r.w.t("outcome.kept", "Exhibit", "E-001")
		if got := strings.Contains(said, kept); got != wanted[0] {
			t.Errorf("%s: it says that what came is kept: %t", outcome, got)
		}
	}
	for _, key := range []string{"window.capture.again", "window.signin.open"} {
		shows(evidence.LoginPage)
		r.press(key)
		r.sees("window.age.question")
	}
}

func TestAnOpenWindowKeepsTheVaultOpenLonger(t *testing.T) {
	r := inCase(t)
	r.w.window = &flow.Window{}
	r.clock.pass(DefaultLockMinutes*time.Minute + time.Second)
	if left := r.w.lockIn(); left <= 0 {
		t.Errorf("it locks while the person is in the other window: %v", left)
	}
	r.w.window = nil
	if left := r.w.lockIn(); left > 0 {
		t.Errorf("it does not lock: %v", left)
	}
}
