package keep

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"constat/app/view/viewtest"
	"constat/app/view/widget"
)

func TestKeyVHoldsThePictureOfTheExhibit(t *testing.T) {
	r := inCase(t)
	s := &exhibitScreen{id: "E-003", e: viewtest.MadeUp(), loaded: true, part: 1}
	r.Exec.Held = true
	r.Put(s)
	v := &fyne.KeyEvent{Name: fyne.KeyV}
	r.W.Keys().Down(v)
	r.W.Keys().Down(v) // the system repeats it
	if !s.cover.Held() || !r.W.Aside().Busy() {
		t.Errorf("held %v, busy %v", s.cover.Held(), r.W.Aside().Busy())
	}
	r.W.Keys().Up(v)
	if s.cover.Held() || r.W.Aside().Busy() {
		t.Error("still held after release")
	}
	r.Exec.Finish()
}

// TestAnExhibitCanBeClosedLater: the answer about age may change after a capture.
func TestAnExhibitCanBeClosedLater(t *testing.T) {
	r := inCase(t)
	e := r.Keep("https://exemple.be/p/1")
	shown := viewtest.MadeUp()
	shown.Exhibit, shown.Case = e.Exhibit, e.Case
	r.Put(&exhibitScreen{id: e.Exhibit, e: shown, loaded: true, part: 1})
	r.Press("window.minor.mark")
	r.Sees("window.minor.what", "window.minor.how", "window.help.child-focus")
	r.Press("window.minor.close")
	r.Sees("error.minor.what", "error.minor.do", "window.help.child-focus")
	if y := r.Scroll().Offset.Y; y != 0 {
		t.Errorf("the screen begins %v below its top, where the warning is", y)
	}
	s := r.W.Screen().(*exhibitScreen)
	if !s.e.Closed || s.cover != nil {
		t.Errorf("closed %v, picture %v", s.e.Closed, s.cover)
	}
	if strings.Contains(r.Words(), r.W.T("minor.mark")) {
		t.Error("a closed exhibit can be closed again")
	}
	r.Press("window.export.title") // the step at the left
	r.Sees("window.minor.not-exported")
}

// The technical lines are one summary each, that counts what is behind it, and open on request.
func TestTechnicalLinesAreFoldedBehindTheirCount(t *testing.T) {
	r := inCase(t)
	e := viewtest.MadeUp()
	r.Put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	have := r.Words()
	for _, want := range []string{
		r.W.N("stamps.passed", 2) + ", " + r.W.N("stamps.failed", 1) + ", " + r.W.N("stamps.not-done", 1),
		r.W.N("conditions.met", 1) + ", " + r.W.N("conditions.not-met", 1) + ", " + r.W.N("conditions.not-checked", 1),
		r.W.N("files.title", 9),
	} {
		if !strings.Contains(have, want) {
			t.Errorf("%q is not shown: %s", want, have)
		}
	}
	hidden := []string{r.W.Text().T("check.imprint"), "page.mhtml", r.W.T("hash.title"), "203.0.113.7"}
	for _, h := range hidden {
		if strings.Contains(have, h) {
			t.Errorf("%q stands in the way", h)
		}
	}
	flat := func(key string) int { return strings.Index(have, strings.Join(strings.Fields(r.W.T(key)), " ")) }
	if at, facts := flat("minor.ask"), flat("facts.title"); at < 0 || at > facts {
		t.Errorf("what is urgent stands behind the facts: %s", have)
	}
	for _, o := range r.Everything() {
		if c, ok := o.(*widget.PressCard); ok {
			test.Tap(c)
		}
	}
	have = r.Words()
	for _, h := range hidden {
		if !strings.Contains(have, h) {
			t.Errorf("%q is not shown on request: %s", h, have)
		}
	}
}
