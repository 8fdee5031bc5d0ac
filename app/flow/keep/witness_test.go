package keep_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
)

// A page to sign in to is no witness against a file: neither where it is the same page under another
// address, nor for what was closed itself.
func TestARequestToSignInDoesNotOpenWhatIsClosed(t *testing.T) {
	photo, second := photograph(t, 11, 640, 480), photograph(t, 12, 640, 480)
	signIn := func(picture string) string {
		return "<!doctype html><title>Connexion</title><body style='background:url(" + picture + ")'><form><input type=password></form><p>Connectez-vous"
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := map[string]string{
			"/p?igsh=abc": signIn("/photo.jpg"),
			"/p":          "<!doctype html><title>P</title><img src=/photo.jpg><p>La photo, publiée hier par un compte.",
			"/q":          "<!doctype html><title>Q</title><img src=/photo.jpg><p>La même photo, publiée par un autre compte.",
			"/other":      signIn("/second.jpg"),
		}[r.URL.RequestURI()]
		switch r.URL.Path {
		case "/photo.jpg", "/second.jpg":
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(map[string][]byte{"/photo.jpg": photo, "/second.jpg": second}[r.URL.Path])
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, page)
		}
	}))
	t.Cleanup(srv.Close)
	s, c := flowtest.Open(t, flowtest.App(t))
	dir := t.TempDir()
	kept := func(path string, want evidence.Outcome) string {
		t.Helper()
		e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: srv.URL + path, Subject: keep.SubjectAdult}, evidence.NoProgress{})
		if err != nil || e.Outcome != want {
			t.Fatalf("%s: %s, %v", path, e.Outcome, err)
		}
		return e.Exhibit
	}
	brought := func(name string, b []byte) (look.Exhibit, error) {
		return s.Keep.Import(t.Context(), keep.ImportRequest{Case: c.ID, Files: []string{write(t, dir, name, b)}, Subject: keep.SubjectAdult}, evidence.NoProgress{})
	}
	closes := func(id string, want ...string) {
		t.Helper()
		e, err := s.Keep.MarkMinor(t.Context(), c.ID, id)
		slices.Sort(e.ClosedWith)
		if err != nil || !slices.Equal(e.ClosedWith, want) {
			t.Errorf("%s closed %q, want %q (%v)", id, e.ClosedWith, want, err)
		}
	}
	login := kept("/p?igsh=abc", evidence.LoginPage)
	page := kept("/p", evidence.Complete)
	file, err := brought("photo.jpg", photo)
	if err != nil {
		t.Fatal(err)
	}
	closes(page, login, file.Exhibit)
	if _, err := brought("again.jpg", photo); !errors.Is(err, look.ErrMinor) {
		t.Errorf("the photo comes in again: %v", err)
	}
	if _, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: srv.URL + "/q", Subject: keep.SubjectAdult}, evidence.NoProgress{}); !errors.Is(err, look.ErrMinor) {
		t.Errorf("a page with the photo comes in again: %v", err)
	}
	// What was closed directly stays closed, although pages to sign in to show it behind their form.
	other := kept("/other", evidence.LoginPage)
	if file, err = brought("second.jpg", second); err != nil {
		t.Fatal(err)
	}
	closes(file.Exhibit, other)
	if _, err := brought("once-more.jpg", second); !errors.Is(err, look.ErrMinor) {
		t.Errorf("the second photo comes in again: %v", err)
	}
}
