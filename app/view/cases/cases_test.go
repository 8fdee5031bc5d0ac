package cases

import (
	"net"
	"strings"
	"testing"
	"time"
)

func TestPracticeIsMarkedOnEveryScreen(t *testing.T) {
	r := unlocked(t)
	r.Press("window.practice.start")
	r.Sees("practice.mark", "window.keep.what")
	address := r.Fields()[0].Text
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Fatalf("practice address %q", address)
	}
	r.Press("window.keep.button")
	r.Sees("practice.mark", "window.age.question")
	r.Escape()
	r.Press("window.export.title")
	r.Sees("practice.mark")
	r.Press("window.settings.title")
	r.Sees("practice.mark")
	r.Press("window.lock")
	if _, err := net.DialTimeout("tcp", strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/"), time.Second); err == nil {
		t.Error("the practice page is still served after the lock")
	}
}

// With many cases one is found by title, reference or tag; tags stay in the confidential notes.
func TestCasesAreFoundByReferenceAndTag(t *testing.T) {
	r := inCase(t)
	id := r.W.Desk().Case.ID
	for _, title := range []string{"Avril", "Mai", "Juin"} {
		if _, err := r.W.Session().Keep.CreateCase(t.Context(), title); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.W.Session().Complain.Set(t.Context(), id, map[string]string{"reference": "2026/041"}); err != nil {
		t.Fatal(err)
	}
	if err := r.W.Session().Complain.SaveNotes(t.Context(), id, "à rappeler #urgent"); err != nil {
		t.Fatal(err)
	}
	s := &casesScreen{}
	r.W.Show(s)
	if have := r.Words(); !strings.Contains(have, "2026/041") || !strings.Contains(have, "urgent") {
		t.Errorf("reference and tag are not shown: %s", have)
	}
	for words, want := range map[string]string{"041": "Novembre", "urgent": "Novembre", "mai": "Mai"} {
		s.search.SetText(words)
		if got := s.shown(); len(got) != 1 || got[0].Title != want {
			t.Errorf("%q finds %+v", words, got)
		}
	}
	s.search.SetText("")
	s.byName = true
	if got := s.shown(); got[0].Title != "Avril" || len(got) != 4 {
		t.Errorf("by title: %+v", got)
	}
}
