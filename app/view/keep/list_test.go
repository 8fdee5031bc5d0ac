package keep

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/evidence"
)

// website is a page on loopback that can go away.
func website(t *testing.T) (site *httptest.Server, gone *atomic.Bool, asked *atomic.Int64) {
	gone, asked = &atomic.Bool{}, &atomic.Int64{}
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if gone.Load() {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><title>Publication</title><p>Le texte que tout le monde peut lire "+r.URL.Path)
	}))
	t.Cleanup(site.Close)
	return site, gone, asked
}

// TestAPastedListIsKeptAndVisitedAgain: several addresses in the address field
// lead to a list; each has its own end; what is left can be gone on with; and a
// kept page can be visited again.
func TestAPastedListIsKeptAndVisitedAgain(t *testing.T) {
	r := inCase(t)
	site, gone, asked := website(t)
	// A field of one line makes blanks of line ends.
	r.Fields()[0].SetText(site.URL + "/a " + viewtest.DeadAuthority.URL + "x " + site.URL + "/unsure " + site.URL + "/a")
	r.Press("window.keep.button")
	r.Sees("window.age.question", "window.age.law", "window.age.yes", "window.age.unsure", "window.age.no")
	if got := r.Words(); !strings.Contains(got, r.W.Text().N("window.list.what", 3)) || !strings.Contains(got, r.W.Text().N("window.list.twice", 1)) {
		t.Errorf("the list is not said: %s", got)
	}
	if asked.Load() != 0 {
		t.Error("something was loaded before the question about age")
	}
	r.W.Screen().(*listScreen).unsure[site.URL+"/unsure"] = true
	r.W.Rebuild()
	r.Press("window.age.no")
	r.Sees("window.list.paused", "window.list.state.noted", "error.network.other.what", "outcome.complete")
	if got := r.Words(); !strings.Contains(got, r.W.Text().T("window.list.sum", "Done", "2", "Total", "3")) || !strings.Contains(got, r.W.Text().N("window.list.failed", 1)) {
		t.Errorf("the sum is not said: %s", got)
	}
	loaded := asked.Load()
	r.Press("window.list.home")
	if !strings.Contains(r.Words(), r.W.Text().N("window.list.left", 1, "Total", "3")) {
		t.Errorf("what is left is not offered: %s", r.Words())
	}
	r.Press("window.list.look")
	r.Press("window.list.go-on") // the dead address is tried again, and nothing else
	r.Sees("window.list.paused")
	if asked.Load() != loaded {
		t.Error("what was kept was loaded again")
	}
	list := r.Exhibits()
	if len(list) != 2 || list[0].Kind != evidence.WebCapture || list[1].Kind != evidence.AddressOnly {
		t.Fatalf("exhibits %+v", list)
	}

	// Again later.
	r.W.Show(&exhibitScreen{id: "E-001"})
	r.Sees("window.recheck.what", "window.recheck.how")
	r.Press("window.recheck.button")
	r.Sees("recheck.state.still-online")
	gone.Store(true)
	r.Press("window.recheck.button")
	r.Sees("recheck.state.still-online", "recheck.state.gone")
	e := r.Exhibits()[0]
	if len(e.Rechecks) != 2 {
		t.Fatalf("visits %+v", e.Rechecks)
	}
	last := e.Rechecks[1]
	if want := recheckWords(r.W, last.Time, "status", "404"); !strings.Contains(r.Words(), strings.Join(strings.Fields(want), " ")) {
		t.Errorf("%q is not on the screen: %s", want, r.Words())
	}
	r.Press("window.recheck.look")
	r.Sees("recheck.state.still-online", "window.recheck.limits", "window.recheck.original")
	if strings.Contains(r.Words(), "fichiers existaient") {
		t.Errorf("a visit is spoken of as files: %s", r.Words())
	}
	r.Press("window.recheck.original")
	r.Press("window.keep.title")
	if got := r.Words(); strings.Contains(got, "E-003") || !strings.Contains(got, r.W.Text().T("recheck.state.gone")) {
		t.Errorf("a visit stands with its exhibit: %s", got)
	}
	r.Sees("window.recheck.all")
	// A record of an address is never visited.
	r.W.Show(&exhibitScreen{id: "E-002"})
	if strings.Contains(r.Words(), r.W.Text().T("window.recheck.what")) {
		t.Error("a visit is offered to an address that was only noted")
	}
}

// An address within a shared text is the one that was meant; words alone are refused.
func TestAnAddressIsFoundInWhatIsPasted(t *testing.T) {
	r := inCase(t)
	r.Clip.SetContent("Regarde ça\n(www.exemple.be/1).")
	r.Fields()[0].TypedShortcut(&fyne.ShortcutPaste{Clipboard: r.Clip})
	r.Press("window.keep.button")
	if got := r.Words(); !strings.Contains(got, "https://www.exemple.be/1") || !strings.Contains(got, r.W.T("age.question")) {
		t.Errorf("%s", got)
	}
	r.W.Show(r.W.At(stage.Kept))
	r.Fields()[0].SetText("Regarde ça")
	r.Press("window.keep.button")
	if !r.Noticed() {
		t.Error("words alone were taken for an address")
	}
}

// Addresses that are only noted at the person's wish say nothing about age: their pages can be kept
// later.
func TestOnlyNotingSaysNothingAboutAge(t *testing.T) {
	r := inCase(t)
	site, _, _ := website(t)
	r.Fields()[0].SetText(site.URL + "/a " + site.URL + "/b")
	r.Press("window.keep.only")
	r.Press("window.record.button")
	if strings.Contains(r.Words(), r.W.T("age.question")) || !strings.Contains(r.Words(), r.W.N("list.note", 2)) {
		t.Errorf("%s", r.Words())
	}
	r.W.Screen().(*listScreen).begin(r.W)
	for _, e := range r.Exhibits() {
		if e.Kind != evidence.AddressOnly {
			t.Errorf("%s is %s", e.Exhibit, e.Kind)
		}
	}
	if len(r.Exhibits()) != 2 {
		t.Fatalf("%d exhibits", len(r.Exhibits()))
	}
	if _, err := r.W.Session().Keep.Preserve(t.Context(), keep.PreserveRequest{Case: r.W.Desk().Case.ID, Address: site.URL + "/a", Subject: keep.SubjectAdult}, evidence.NoProgress{}); errors.Is(err, keep.ErrSubject) {
		t.Error("a page whose address was only noted cannot be kept any more")
	}
}

// TestAListOfWhichNobodyIsSureIsOnlyNoted: no page is loaded, for no answer but 'adult'.
func TestAListOfWhichNobodyIsSureIsOnlyNoted(t *testing.T) {
	r := inCase(t)
	site, _, asked := website(t)
	r.Fields()[0].SetText(site.URL + "/a " + site.URL + "/b")
	r.Press("window.keep.button")
	r.Press("window.age.unsure")
	r.Sees("window.list.done")
	for _, e := range r.Exhibits() {
		if e.Kind != evidence.AddressOnly {
			t.Errorf("%s is %s", e.Exhibit, e.Kind)
		}
	}
	if asked.Load() != 0 || len(r.Exhibits()) != 2 {
		t.Errorf("%d loads, %d exhibits", asked.Load(), len(r.Exhibits()))
	}
}

// TestAListCanBeStopped: what was not begun is left, and said.
func TestAListCanBeStopped(t *testing.T) {
	r := inCase(t)
	site, _, asked := website(t)
	r.Fields()[0].SetText(site.URL + "/a " + site.URL + "/b")
	r.Press("window.keep.button")
	s := r.W.Screen().(*listScreen)
	v, err := r.W.Session().Keep.MakeList(t.Context(), r.W.Desk().Case.ID, []keep.ListAddress{{Address: s.addresses[0], Subject: keep.SubjectAdult}, {Address: s.addresses[1], Subject: keep.SubjectAdult}}, keep.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r.Exec.Held = true
	r.W.Show(&keepListScreen{list: v, begin: true})
	r.Sees("window.list.running", "window.list.state.waiting")
	r.Press("window.capture.stop")
	r.Press("window.capture.stop-sure")
	r.Exec.Finish()
	r.Exec.Held = false
	r.Sees("window.list.paused", "window.list.state.waiting", "window.list.go-on")
	if asked.Load() != 0 || len(r.Exhibits()) != 0 {
		t.Errorf("%d loads, %d exhibits", asked.Load(), len(r.Exhibits()))
	}
}
