package keep_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"constat/app/flow/flowtest"
	"constat/app/flow/keep"
	"constat/app/flow/proof"
	"constat/capture/displaytest"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
	"constat/evidence/vault"
	"constat/internal/pace"
)

// shownPage waits until the window shows a page that could be kept.
func shownPage(t *testing.T, w *keep.Window) keep.WindowPage {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.After(pace.Processor().Of(time.Minute))
	for {
		p, err := w.Page(t.Context())
		if err == nil && p.Title != "" {
			return p
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("no page: %v", err)
		}
	}
}

func goneSoon(t *testing.T, w *keep.Window) {
	t.Helper()
	select {
	case <-w.Done():
	case <-time.After(pace.Processor().Of(time.Minute)):
		t.Fatal("the window stays")
	}
}

func TestWindowAsksAboutAgeForEveryPage(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	var loads atomic.Int32
	var private atomic.Bool
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/post" {
			loads.Add(1)
			if private.Load() {
				http.NotFound(w, r)
				return
			}
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Post</title><h1>here</h1>")
	}))
	t.Cleanup(site.Close)
	authority := tsatest.New(t, tsatest.Options{Name: "one"})
	a := flowtest.App(t, authority.Authority())
	s, c := flowtest.Open(t, a)
	address := site.URL + "/post"

	for _, who := range []keep.Subject{keep.SubjectMinor, keep.SubjectUnsure, ""} {
		if w, err := s.Keep.OpenWindow(t.Context(), keep.WindowRequest{Case: c.ID, Address: site.URL + "/" + string(who), Subject: who}); w != nil || !errors.Is(err, keep.ErrSubject) {
			t.Fatalf("subject %q: %v", who, err)
		}
	}
	w, err := s.Keep.OpenWindow(t.Context(), keep.WindowRequest{Case: c.ID, Address: address, Subject: keep.SubjectAdult})
	if err != nil {
		t.Fatal(err)
	}
	p := shownPage(t, w)
	e, err := w.Keep(t.Context(), keep.KeepRequest{Page: p, Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Outcome != evidence.Complete || !e.Manifest.Request.Window || e.Address != address || e.Timestamps[0].State != proof.Verified || loads.Load() != 1 {
		t.Errorf("kept %+v, request %+v, loaded %d times", e.Outcome, e.Manifest.Request, loads.Load())
	}

	// A visit later opens no window, and takes the site's no to a stranger for what it is.
	private.Store(true)
	visits, err := s.Keep.Recheck(t.Context(), keep.RecheckRequest{Case: c.ID, Exhibits: []string{e.Exhibit}}, evidence.NoProgress{})
	if err != nil || len(visits) != 1 {
		t.Fatal(visits, err)
	}
	if m := visits[0].Manifest; m.Request.Window || !m.Browser.Headless || m.Recheck.State != evidence.CannotTell || m.Recheck.Detail != "gone: status 404" {
		t.Errorf("visit %+v of %+v", m.Recheck, m.Request)
	}

	// The address of an exhibit that was closed closes the window as well.
	other, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: site.URL + "/other", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep.MarkMinor(t.Context(), c.ID, other.Exhibit); err != nil {
		t.Fatal(err)
	}
	shut := keep.WindowRequest{Case: c.ID, Address: site.URL + "/other", Subject: keep.SubjectAdult}
	if _, err := s.Keep.OpenWindow(t.Context(), shut); !errors.Is(err, keep.ErrSubject) {
		t.Errorf("window at a closed address: %v", err)
	}

	// Another answer closes the window, and the address with it.
	if _, err := w.Keep(t.Context(), keep.KeepRequest{Page: p, Subject: keep.SubjectUnsure}, evidence.NoProgress{}); !errors.Is(err, keep.ErrSubject) {
		t.Errorf("not sure: %v", err)
	}
	goneSoon(t, w)
	if _, err := s.Keep.OpenWindow(t.Context(), keep.WindowRequest{Case: c.ID, Address: address, Subject: keep.SubjectAdult}); !errors.Is(err, keep.ErrSubject) {
		t.Errorf("asked again: %v", err)
	}

	// A second window takes the place of the first; the lock closes it.
	first, err := s.Keep.OpenWindow(t.Context(), keep.WindowRequest{Case: c.ID, Subject: keep.SubjectAdult})
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Keep.OpenWindow(t.Context(), keep.WindowRequest{Case: c.ID, Subject: keep.SubjectAdult})
	if err != nil {
		t.Fatal(err)
	}
	goneSoon(t, first)
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	goneSoon(t, second)
	if _, err := s.Keep.OpenWindow(t.Context(), keep.WindowRequest{Case: c.ID, Subject: keep.SubjectAdult}); !errors.Is(err, vault.ErrClosed) {
		t.Errorf("window of a locked vault: %v", err)
	}
	if left := flowtest.Left(t, a); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
