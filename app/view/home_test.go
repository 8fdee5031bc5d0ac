package view

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/evidence"
)

// A case of thousands is drawn a hundred exhibits at a time, newest first.
func TestALongCaseIsDrawnInParts(t *testing.T) {
	r := inCase(t)
	s := &homeScreen{loaded: true}
	for i := range 2*homeMost + 30 {
		s.list = append(s.list, flow.ExhibitView{Exhibit: evidence.ExhibitID(i + 1), Title: "a page"})
	}
	r.put(s)
	drawn := func() (n int) {
		for _, o := range r.everything() {
			if _, ok := o.(*widget.PressCard); ok {
				n++
			}
		}
		return n
	}
	for i, want := range []struct{ drawn, more int }{{homeMost, homeMost}, {2 * homeMost, 30}, {2*homeMost + 30, 0}} {
		if got := drawn(); got != want.drawn {
			t.Errorf("part %d: %d exhibits are drawn, want %d", i+1, got, want.drawn)
		}
		if !strings.Contains(r.words(), "E-230") || strings.Contains(r.words(), "E-001") != (want.more == 0) {
			t.Errorf("part %d: not the newest ones", i+1)
		}
		var more *widget.Button
		for _, o := range r.everything() {
			if b, ok := o.(*widget.Button); ok && b.Words() == r.w.n("keep.more", max(want.more, 1)) {
				more = b
			}
		}
		if (more != nil) != (want.more > 0) {
			t.Fatalf("part %d: more can be shown: %v", i+1, more != nil)
		}
		if more != nil {
			test.Tap(more)
		}
	}
}
