package view

import (
	"reflect"
	"strings"
	"testing"

	"constat/app/flow"
	"constat/evidence"
)

func TestOptionsAreFoldedAwayAndForgottenAfterOnePage(t *testing.T) {
	r := inCase(t)
	r.exec.held = true
	if strings.Contains(r.words(), r.w.t("options.phone")) {
		t.Error("the options stand in the way")
	}
	ask := func(address string) flow.PreserveRequest {
		t.Helper()
		r.fields()[0].SetText(address)
		r.press("window.keep.button")
		r.press("window.age.no")
		return r.w.screen.(*captureScreen).request
	}
	r.press("window.options.open")
	r.press("window.options.phone")
	r.press("window.options.fine")
	r.press("window.options.left")
	want := flow.PreserveRequest{Case: r.w.matter.ID, Address: "https://exemple.be/1", Subject: flow.SubjectAdult, Phone: true, Scale: 2, LeaveOverlays: true}
	if got := ask("https://exemple.be/1"); !reflect.DeepEqual(got, want) {
		t.Errorf("request %+v, want %+v", got, want)
	}
	r.press("window.capture.stop")
	r.exec.finish()
	r.w.show(&homeScreen{})
	r.exec.finish()
	if got := ask("https://exemple.be/2"); got.Phone || got.Scale != 0 || got.LeaveOverlays {
		t.Errorf("the next page is asked for with %+v", got)
	}
}

func TestTheExhibitSaysHowItWasSeen(t *testing.T) {
	r := inCase(t)
	e := madeUp()
	e.Phone = true
	e.Manifest.Request = &evidence.Request{ViewWidth: 412, ViewHeight: 915, Scale: 2, Phone: true, LeaveOverlays: true}
	r.put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	r.sees("window.proof.phone", "view.phone", "view.overlays-left")
	if want := r.w.text.T("view.window", "Width", "412", "Height", "915", "Scale", 2); !strings.Contains(r.words(), want) {
		t.Errorf("the screen lacks %q", want)
	}
	e.Manifest.Request = &evidence.Request{ViewWidth: 700, ViewHeight: 500, Scale: 1, Window: true, Zoom: 150, Pinch: 210}
	r.put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	for _, want := range []string{r.w.text.T("view.zoom", "Zoom", 150), r.w.text.T("view.pinch", "Pinch", 210)} {
		if !strings.Contains(r.words(), want) {
			t.Errorf("the screen lacks %q", want)
		}
	}
}
