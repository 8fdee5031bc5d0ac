package view_test

import (
	"context"
	"strings"
	"syscall"
	"testing"

	"constat/app/flow"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
)

// noting is a screen on which somebody has typed.
type noting struct{ draft stage.Draft }

func (s *noting) Build(w *stage.Stage) stage.Page { return stage.Page{Title: w.T("facts.title")} }
func (s *noting) Leave(w *stage.Stage)            { s.draft.Leave(w) }

// What cannot be saved while one leaves is not taken for saved, and is said on the screen that comes;
// whether the answer comes at once or later.
func TestWhatCannotBeSavedWhileLeavingIsSaid(t *testing.T) {
	ways := map[string]func(*viewtest.Rig){
		"another screen": func(r *viewtest.Rig) { r.W.Show(r.W.At(stage.Kept)) },
		"lock":           func(r *viewtest.Rig) { r.Window.Lock() },
	}
	for name, leave := range ways {
		for _, late := range []bool{false, true} {
			r := inCase(t)
			tries := 0
			s := &noting{stage.Draft{
				Typed: func() map[string]string { return map[string]string{"platform": "tapé", "new": "aussi"} },
				Save:  func(context.Context, map[string]string) error { tries++; return syscall.ENOSPC },
			}}
			s.draft.Begin(map[string]string{"platform": "avant"})
			r.W.Show(s)
			r.Exec.Late = late
			leave(r)
			r.Exec.Late = false
			r.Exec.Finish()
			want := flow.Explain(&flow.UnsavedError{Err: syscall.ENOSPC}, r.W.Text())
			if have := r.Words(); tries == 0 || !strings.Contains(have, want.What) || !strings.Contains(have, want.Do) {
				t.Errorf("%s, late %v: after %d tries nothing is said: %s", name, late, tries, have)
			}
			if got := s.draft.Changed(); len(got) != 2 {
				t.Errorf("%s, late %v: taken for saved, all but %q", name, late, got)
			}
			r.W.Show(r.W.Screen())
			if r.Noticed() {
				t.Errorf("%s, late %v: it is said again", name, late)
			}
		}
	}
}

// After a quick exit there is nowhere to say it, and nothing waits for it.
func TestWhatCannotBeSavedStopsNoQuickExit(t *testing.T) {
	r := inCase(t)
	tries := 0
	s := &noting{stage.Draft{
		Typed: func() map[string]string { return map[string]string{"platform": "tapé"} },
		Save:  func(context.Context, map[string]string) error { tries++; return syscall.ENOSPC },
	}}
	s.draft.Begin(nil)
	r.W.Show(s)
	r.Window.Exit()
	if r.Quits != 1 || tries != 1 {
		t.Errorf("quit %d times after %d tries", r.Quits, tries)
	}
}
