package keep

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"constat/app/view/viewtest"
	"constat/app/view/widget"
)

func TestWhatScrollsByItselfIsChosenAndTurnedThrough(t *testing.T) {
	r := inCase(t)
	s := &exhibitScreen{id: "E-006", e: viewtest.Chat(), loaded: true, part: 1}
	r.Put(s)
	sees := func(part int, words ...string) {
		t.Helper()
		if s.part != part {
			t.Errorf("picture %d instead of %d", s.part, part)
		}
		for _, x := range words {
			if !strings.Contains(r.Words(), x) {
				t.Errorf("the screen lacks %q", x)
			}
		}
	}
	step := func(n, of string) string { return r.W.T("cover.step", "Part", n, "Parts", of) }
	part := r.W.T("cover.part", "Part", "1", "Parts", "1")
	sees(1, part, r.W.Text().T("picture.page"), r.W.Text().T("picture.pane", "N", 1), r.W.Text().T("picture.pane", "N", 2), r.W.Text().T("picture.uncovered"))
	r.Press("window.cover.after")
	sees(2, step("1", "16"))
	r.Press("window.cover.before")
	sees(1, part)
	tickWords(r, r.W.Text().T("picture.pane", "N", 2))
	sees(18, step("1", "2"))
	tickWords(r, r.W.Text().T("picture.uncovered"))
	sees(20, part)
	if b := r.ButtonOf("window.cover.after"); !b.Disabled() {
		t.Error("there is something after the last picture")
	}
	// A page that has nothing else leaves nothing to choose.
	r.Put(&exhibitScreen{id: "E-003", e: viewtest.MadeUp(), loaded: true, part: 1})
	if strings.Contains(r.Words(), r.W.Text().T("picture.page")) {
		t.Error("a choice of one")
	}
}

// tickWords ticks what has that label.
func tickWords(r *viewtest.Rig, label string) {
	r.T.Helper()
	for _, o := range r.Everything() {
		if k, ok := o.(*widget.Tick); ok && k.Words() == label {
			test.Tap(k)
			return
		}
	}
	r.T.Fatalf("nothing to choose is called %q", label)
}
