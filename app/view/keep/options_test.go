package keep

import (
	"reflect"
	"strings"
	"testing"

	"constat/app/flow/keep"
	"constat/app/view/viewtest"
	"constat/evidence"
)

func TestOptionsAreFoldedAwayAndForgottenAfterOnePage(t *testing.T) {
	r := inCase(t)
	r.Exec.Held = true
	if strings.Contains(r.Words(), r.W.T("options.phone")) {
		t.Error("the options stand in the way")
	}
	ask := func(address string) keep.PreserveRequest {
		t.Helper()
		r.Fields()[0].SetText(address)
		r.Press("window.keep.button")
		r.Press("window.age.no")
		return r.W.Screen().(*captureScreen).request
	}
	r.Press("window.options.open")
	r.Press("window.options.phone")
	r.Press("window.options.fine")
	r.Press("window.options.left")
	r.Press("window.options.stills")
	r.Press("window.options.no-films")
	want := keep.PreserveRequest{Case: r.W.Desk().Case.ID, Address: "https://exemple.be/1", Subject: keep.SubjectAdult, Phone: true, Scale: 2, LeaveOverlays: true, NoFilms: true, FilmStills: stillSeconds}
	if got := ask("https://exemple.be/1"); !reflect.DeepEqual(got, want) {
		t.Errorf("request %+v, want %+v", got, want)
	}
	r.Press("window.capture.stop")
	r.Press("window.capture.stop-sure")
	r.Exec.Finish()
	r.W.Show(&homeScreen{})
	r.Exec.Finish()
	if got := ask("https://exemple.be/2"); got.Phone || got.Scale != 0 || got.LeaveOverlays || got.NoFilms || got.FilmStills != 0 {
		t.Errorf("the next page is asked for with %+v", got)
	}
}

func TestTheExhibitSaysHowItWasSeen(t *testing.T) {
	r := inCase(t)
	e := viewtest.MadeUp()
	e.Phone = true
	e.Manifest.Request = &evidence.Request{ViewWidth: 412, ViewHeight: 915, Scale: 2, Phone: true, LeaveOverlays: true, NoFilms: true, FilmStills: 10}
	r.Put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1, open: map[string]bool{"noted": true}})
	r.Sees("window.proof.phone", "view.phone", "view.overlays-left", "view.no-films")
	if want := r.W.Text().T("view.window", "Width", "412", "Height", "915", "Scale", 2); !strings.Contains(r.Words(), want) {
		t.Errorf("the screen lacks %q", want)
	}
	e.Manifest.Request = &evidence.Request{ViewWidth: 700, ViewHeight: 500, Scale: 1, Window: true, Zoom: 150, Pinch: 210}
	r.Put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1, open: map[string]bool{"noted": true}})
	for _, want := range []string{r.W.Text().T("view.zoom", "Zoom", 150), r.W.Text().T("view.pinch", "Pinch", 210)} {
		if !strings.Contains(r.Words(), want) {
			t.Errorf("the screen lacks %q", want)
		}
	}
}
