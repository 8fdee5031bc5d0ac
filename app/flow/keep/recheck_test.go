package keep_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

// turncoat is a site whose one page becomes something else when a test says so.
type turncoat struct {
	*httptest.Server
	now   atomic.Pointer[string]
	asked atomic.Int64
}

const (
	keptPage    = "<title>Publication</title><p>Compte_x a publié une photo de moi sans me demander, et voilà le texte.</p>"
	otherPage   = "<title>Publication</title><p>Des recettes de cuisine pour toute la famille, avec du pain et des légumes.</p>"
	signInPage  = "<title>Connexion</title><form><input type=password></form><p>Connectez-vous</p>"
	removedPage = "404"
)

func newTurncoat(t *testing.T) *turncoat {
	s := &turncoat{}
	s.become(keptPage)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			http.NotFound(w, r)
			return
		}
		s.asked.Add(1)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch body := *s.now.Load(); {
		case body == "404":
			http.Error(w, "Introuvable", http.StatusNotFound)
		case body == "410":
			http.Error(w, "Retiré", http.StatusGone)
		case body == signInPage && r.URL.Path != "/login":
			http.Redirect(w, r, "/login", http.StatusFound)
		default:
			_, _ = io.WriteString(w, "<!doctype html>"+body)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *turncoat) become(body string) { s.now.Store(&body) }

// TestVisitedAgain: each visit says what was seen, is an exhibit of its own
// with its own timestamp, and travels into the bundle.
func TestVisitedAgain(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{})
	a := flowtest.App(t, authority.Authority())
	s, c := flowtest.Open(t, a)
	site := newTurncoat(t)
	kept, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: site.URL + "/post", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	visit := func(exhibit string) look.Exhibit {
		t.Helper()
		list, err := s.Keep.Recheck(t.Context(), keep.RecheckRequest{Case: c.ID, Exhibits: []string{exhibit}}, evidence.NoProgress{})
		if err != nil || len(list) != 1 {
			t.Fatalf("%d visits, %v", len(list), err)
		}
		return list[0]
	}
	var want []string
	see := func(e look.Exhibit, state evidence.RecheckState, reason, detail string) {
		t.Helper()
		r := e.Recheck
		if e.Kind != evidence.Rechecked || r == nil || r.Exhibit != kept.Exhibit || r.ManifestSHA256 != kept.ManifestSHA256 {
			t.Fatalf("visit %+v of %+v", e, r)
		}
		if r.State != state || r.Reason != reason || r.Detail != detail {
			t.Errorf("%s, %s, %q; want %s, %s, %q", r.State, r.Reason, r.Detail, state, reason, detail)
		}
		if len(e.Timestamps) != 1 || e.Pending() {
			t.Errorf("timestamps %+v", e.Timestamps)
		}
		want = append(want, e.Exhibit+" "+reason)
	}
	first := visit("E-001")
	see(first, evidence.StillOnline, "same", "")
	var names []string
	for _, f := range first.Artifacts {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "first-view.png page.txt headers.json" || !first.Manifest.Request.Light {
		t.Errorf("a visit keeps %s", got)
	}
	if len(first.Pictures()) != 1 {
		t.Errorf("pictures %+v", first.Pictures())
	}
	site.become(otherPage)
	see(visit("E-002"), evidence.Changed, "text", "") // a visit stands for what it visited
	site.become(signInPage)
	see(visit("E-001"), evidence.CannotTell, "login-page", "sent to an address with login, password field")
	site.become("410")
	see(visit("E-001"), evidence.Gone, "status", "410")
	site.become("404")
	see(visit("E-001"), evidence.Gone, "status", "404")
	site.Close()
	gone := visit("E-001")
	see(gone, evidence.CannotTell, "network-refused", "net::ERR_CONNECTION_REFUSED")
	if gone.Outcome != evidence.FailedOut || len(gone.Artifacts) != 0 {
		t.Errorf("no page came, and %s with %v was kept", gone.Outcome, gone.Artifacts)
	}

	e, err := s.Look.Exhibit(t.Context(), c.ID, "E-001")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, v := range e.Rechecks {
		got = append(got, v.Exhibit+" "+v.Reason)
		if i > 0 && v.Time.Before(e.Rechecks[i-1].Time) {
			t.Errorf("visits are not in order: %v", e.Rechecks)
		}
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("visits %v, want %v", got, want)
	}
	target := filepath.Join(t.TempDir(), "liasse")
	res, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: target, Language: "fr", Mask: map[string]handover.Masking{"E-001": handover.LeaveOut}}, evidence.NoProgress{})
	if err != nil || !res.Valid {
		t.Fatalf("export: %v %v", err, res.Checks)
	}
	text := stock.Run(t, target, "pdftotext", "-layout", "data/report.pdf", "-")
	if !strings.Contains(text, "Visitée à nouveau") {
		t.Errorf("the report does not list the visits:\n%s", text)
	}
	all, err := s.Look.Exhibits(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	covered := 0 // the visits show the page that is masked
	for _, e := range all {
		if len(e.Pictures()) > 0 {
			covered++
		}
	}
	if n := strings.Count(text, "Image omise"); n != covered || n < 4 {
		t.Errorf("%d exhibits say that their pictures are left off the paper, want %d", n, covered)
	}
	if r, err := s.Check(t.Context(), evidence.NoProgress{}); err != nil || !r.Valid {
		t.Errorf("vault check: %v %v", err, r.Checks)
	}

	// Closed is closed with every visit to it, also when a visit is what was looked at.
	asked := site.asked.Load()
	if _, err := s.Keep.MarkMinor(t.Context(), c.ID, "E-002"); err != nil {
		t.Fatal(err)
	}
	list, err := s.Look.Exhibits(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if !e.Closed {
			t.Errorf("%s is not closed", e.Exhibit)
		}
		if _, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, 1); !errors.Is(err, look.ErrMinor) {
			t.Errorf("%s can be looked at: %v", e.Exhibit, err)
		}
		if _, err := s.Keep.Recheck(t.Context(), keep.RecheckRequest{Case: c.ID, Exhibits: []string{e.Exhibit}}, evidence.NoProgress{}); !errors.Is(err, look.ErrMinor) {
			t.Errorf("%s can be visited: %v", e.Exhibit, err)
		}
	}
	if site.asked.Load() != asked {
		t.Error("a closed page was loaded")
	}
}

// TestWhatIsNeverVisited: address-only records, files, addresses that are
// closed, and addresses for which the answer about age was not 'adult'.
func TestWhatIsNeverVisited(t *testing.T) {
	a := flowtest.App(t)
	s, c := flowtest.Open(t, a)
	site := newTurncoat(t)
	none := evidence.NoProgress{}
	if _, err := s.Keep.Record(t.Context(), keep.RecordRequest{Case: c.ID, Address: site.URL + "/a"}, none); err != nil {
		t.Fatal(err)
	}
	refused := func(why error, exhibits ...string) {
		t.Helper()
		if _, err := s.Keep.Recheck(t.Context(), keep.RecheckRequest{Case: c.ID, Exhibits: exhibits}, none); !errors.Is(err, why) {
			t.Errorf("%v: %v, want %v", exhibits, err, why)
		}
	}
	refused(keep.ErrNotPage, "E-001")
	refused(keep.ErrNotPage)
	if site.asked.Load() != 0 {
		t.Error("an address that was only noted was loaded")
	}
	for _, path := range []string{"/b", "/c", "/b"} {
		site.become(map[string]string{"/b": keptPage, "/c": otherPage}[path]) // the same picture would close it, too
		if _, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: site.URL + path, Subject: keep.SubjectAdult}, none); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Keep.MarkMinor(t.Context(), c.ID, "E-004"); err != nil {
		t.Fatal(err)
	}
	asked := site.asked.Load()
	refused(look.ErrMinor, "E-004")
	refused(look.ErrMinor, "E-002") // the same address
	unsure := keep.PreserveRequest{Case: c.ID, Address: site.URL + "/c", Subject: keep.SubjectUnsure}
	if _, err := s.Keep.Preserve(t.Context(), unsure, none); !errors.Is(err, keep.ErrSubject) {
		t.Fatalf("unsure may load: %v", err)
	}
	refused(keep.ErrSubject, "E-003")
	refused(keep.ErrNotPage)
	if _, err := s.Keep.Recheck(t.Context(), keep.RecheckRequest{Case: c.ID, Exhibits: []string{"E-003", "E-900"}}, none); err == nil {
		t.Error("an exhibit that is not there was visited")
	}
	if site.asked.Load() != asked {
		t.Error("a page was loaded that must not be")
	}
}
