package flow_test

import (
	"strings"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/keep"
	"constat/evidence"
)

// The browser that was prepared is the one that keeps the page; locking leaves none.
func TestPreparedBrowser(t *testing.T) {
	a := flowtest.App(t)
	t.Cleanup(a.Dismiss)
	s, c := flowtest.Open(t, a)
	for range 2 { // asking twice starts one
		if err := a.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := flowtest.Browsers(t, a); n != 1 {
		t.Errorf("%d browsers are ready", n)
	}
	e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: flowtest.Page(t).URL + "/post", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	said := false
	for _, p := range e.Manifest.Precondition {
		said = said || p.Item == "fresh-profile" && p.State == evidence.Met && strings.Contains(p.Detail, "started ahead")
	}
	if !said {
		t.Errorf("the manifest does not say that the browser was started ahead: %+v", e.Manifest.Precondition)
	}
	if n := flowtest.Browsers(t, a); n != 0 {
		t.Errorf("%d browsers after the capture", n)
	}
	if err := a.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	if n := flowtest.Browsers(t, a); n != 0 {
		t.Errorf("%d browsers after locking", n)
	}
}
