package view

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"constat/app/view/widget"
)

func TestWhatScrollsByItselfIsChosenAndTurnedThrough(t *testing.T) {
	r := inCase(t)
	s := &exhibitScreen{id: "E-006", e: chat(), loaded: true, part: 1}
	r.put(s)
	sees := func(part int, words ...string) {
		t.Helper()
		if s.part != part {
			t.Errorf("picture %d instead of %d", s.part, part)
		}
		for _, x := range words {
			if !strings.Contains(r.words(), x) {
				t.Errorf("the screen lacks %q", x)
			}
		}
	}
	step := func(n, of string) string { return r.w.t("cover.step", "Part", n, "Parts", of) }
	part := r.w.t("cover.part", "Part", "1", "Parts", "1")
	sees(1, part, r.w.text.T("picture.page"), r.w.text.T("picture.pane", "N", 1), r.w.text.T("picture.pane", "N", 2), r.w.text.T("picture.uncovered"))
	r.press("window.cover.after")
	sees(2, step("1", "16"))
	r.press("window.cover.before")
	sees(1, part)
	r.choose(r.w.text.T("picture.pane", "N", 2))
	sees(18, step("1", "2"))
	r.choose(r.w.text.T("picture.uncovered"))
	sees(20, part)
	if b := r.buttonOf("window.cover.after"); !b.Disabled() {
		t.Error("there is something after the last picture")
	}
	// A page that has nothing else leaves nothing to choose.
	r.put(&exhibitScreen{id: "E-003", e: madeUp(), loaded: true, part: 1})
	if strings.Contains(r.words(), r.w.text.T("picture.page")) {
		t.Error("a choice of one")
	}
}

// choose ticks what has that label.
func (r *rig) choose(label string) {
	r.t.Helper()
	for _, o := range r.everything() {
		if k, ok := o.(*widget.Tick); ok && k.Words() == label {
			test.Tap(k)
			return
		}
	}
	r.t.Fatalf("nothing to choose is called %q", label)
}
