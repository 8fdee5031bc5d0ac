package view

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"

	"constat/app/flow"
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
	r.fields()[0].SetText(site.URL + "/a " + deadAuthority.URL + "x " + site.URL + "/unsure " + site.URL + "/a")
	r.press("window.keep.button")
	r.sees("window.list.question", "window.age.law")
	if got := r.words(); !strings.Contains(got, r.w.text.N("window.list.what", 3)) || !strings.Contains(got, r.w.text.N("window.list.twice", 1)) {
		t.Errorf("the list is not said: %s", got)
	}
	if asked.Load() != 0 {
		t.Error("something was loaded before the question about age")
	}
	r.w.screen.(*listScreen).unsure[site.URL+"/unsure"] = true
	r.w.rebuild()
	r.press("window.list.adult")
	r.sees("window.list.paused", "window.list.state.noted", "error.network.other.what", "outcome.complete")
	if got := r.words(); !strings.Contains(got, r.w.text.T("window.list.sum", "Done", "2", "Total", "3")) || !strings.Contains(got, r.w.text.N("window.list.failed", 1)) {
		t.Errorf("the sum is not said: %s", got)
	}
	loaded := asked.Load()
	r.press("window.list.home")
	if !strings.Contains(r.words(), r.w.text.N("window.list.left", 1, "Total", "3")) {
		t.Errorf("what is left is not offered: %s", r.words())
	}
	r.press("window.list.look")
	r.press("window.list.go-on") // the dead address is tried again, and nothing else
	r.sees("window.list.paused")
	if asked.Load() != loaded {
		t.Error("what was kept was loaded again")
	}
	list := r.exhibits()
	if len(list) != 2 || list[0].Kind != evidence.WebCapture || list[1].Kind != evidence.AddressOnly {
		t.Fatalf("exhibits %+v", list)
	}

	// Again later.
	r.w.show(&exhibitScreen{id: "E-001"})
	r.sees("window.recheck.what", "window.recheck.how")
	r.press("window.recheck.button")
	r.sees("recheck.state.still-online")
	gone.Store(true)
	r.press("window.recheck.button")
	r.sees("recheck.state.still-online", "recheck.state.gone")
	e := r.exhibits()[0]
	if len(e.Rechecks) != 2 {
		t.Fatalf("visits %+v", e.Rechecks)
	}
	last := e.Rechecks[1]
	if want := recheckWords(r.w, last.Time, "status", "404"); !strings.Contains(r.words(), strings.Join(strings.Fields(want), " ")) {
		t.Errorf("%q is not on the screen: %s", want, r.words())
	}
	r.press("window.recheck.look")
	r.sees("recheck.state.still-online", "window.recheck.limits", "window.recheck.original")
	if strings.Contains(r.words(), "fichiers existaient") {
		t.Errorf("a visit is spoken of as files: %s", r.words())
	}
	r.press("window.recheck.original")
	r.press("window.exhibit.more")
	if got := r.words(); strings.Contains(got, "E-003") || !strings.Contains(got, r.w.text.T("recheck.state.gone")) {
		t.Errorf("a visit stands with its exhibit: %s", got)
	}
	r.sees("window.recheck.all")
	// A record of an address is never visited.
	r.w.show(&exhibitScreen{id: "E-002"})
	if strings.Contains(r.words(), r.w.text.T("window.recheck.what")) {
		t.Error("a visit is offered to an address that was only noted")
	}
}

func TestAPastedTextThatIsNoListIsRefused(t *testing.T) {
	r := inCase(t)
	r.clip.SetContent("Regarde ça\nhttps://exemple.be/1")
	r.fields()[0].TypedShortcut(&fyne.ShortcutPaste{Clipboard: r.clip})
	r.press("window.keep.button")
	if got := r.words(); !strings.Contains(got, r.w.text.T("error.list-lines.do")) || !strings.Contains(got, "Regarde") {
		t.Errorf("not refused: %s", got)
	}
}

// TestAListOfWhichNobodyIsSureIsOnlyNoted: no page is loaded, for no answer but 'adult'.
func TestAListOfWhichNobodyIsSureIsOnlyNoted(t *testing.T) {
	r := inCase(t)
	site, _, asked := website(t)
	r.fields()[0].SetText(site.URL + "/a " + site.URL + "/b")
	r.press("window.keep.button")
	r.press("window.list.none")
	r.sees("window.list.done")
	for _, e := range r.exhibits() {
		if e.Kind != evidence.AddressOnly {
			t.Errorf("%s is %s", e.Exhibit, e.Kind)
		}
	}
	if asked.Load() != 0 || len(r.exhibits()) != 2 {
		t.Errorf("%d loads, %d exhibits", asked.Load(), len(r.exhibits()))
	}
}

// TestAListCanBeStopped: what was not begun is left, and said.
func TestAListCanBeStopped(t *testing.T) {
	r := inCase(t)
	site, _, asked := website(t)
	r.fields()[0].SetText(site.URL + "/a " + site.URL + "/b")
	r.press("window.keep.button")
	s := r.w.screen.(*listScreen)
	v, err := r.w.session.MakeList(t.Context(), r.w.matter.ID, []flow.ListAddress{{Address: s.addresses[0], Subject: flow.SubjectAdult}, {Address: s.addresses[1], Subject: flow.SubjectAdult}}, flow.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r.exec.held = true
	r.w.show(&keepListScreen{list: v, going: true})
	r.sees("window.list.running", "window.list.state.waiting")
	r.press("window.capture.stop")
	r.exec.finish()
	r.exec.held = false
	r.sees("window.list.paused", "window.list.state.waiting", "window.list.go-on")
	if asked.Load() != 0 || len(r.exhibits()) != 0 {
		t.Errorf("%d loads, %d exhibits", asked.Load(), len(r.exhibits()))
	}
}
