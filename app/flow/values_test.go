package flow_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/keep"
	"constat/assets/words"
	"constat/bundle/detail"
	"constat/evidence"
)

// What a captured manifest says by its values it would say by its English details, as manifests of
// earlier versions do.
func TestValuesOfACapturedManifestSayWhatItsDetailsSay(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/post" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><title>Publication</title><body style="margin:0"><img src="/none.png">
			<div style="height:4600px">texte</div><script>confirm("Vous avez 18 ans ?"); window.open("/ailleurs")</script>`)
	}))
	t.Cleanup(site.Close)
	s, c := flowtest.Open(t, flowtest.App(t))
	e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: site.URL + "/post", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	m := e.Manifest
	if len(m.Problems) < 3 || len(m.Precondition) < 10 || len(m.Clock) == 0 {
		t.Fatalf("%d problems, %d preconditions, %d comparisons of the clock", len(m.Problems), len(m.Precondition), len(m.Clock))
	}
	compared := 0
	same := func(lang, of string, values map[string]string, now, before string) {
		if values["form"] != "" {
			compared++
		}
		if now != before {
			t.Errorf("%s: %s: %q by its values %v, %q by its detail", lang, of, now, values, before)
		}
	}
	for _, lang := range words.Languages {
		text, err := words.For(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range m.Problems {
			if p.Detail != "" && p.Values == nil {
				t.Errorf("%s has no values: %q", p.Code, p.Detail)
			}
			old := p
			old.Values = nil
			same(lang, p.Code, p.Values, detail.Problem(text, p), detail.Problem(text, old))
		}
		for _, p := range m.Precondition {
			if p.Detail != "" && p.Values == nil {
				t.Errorf("%s has no values: %q", p.Item, p.Detail)
			}
			old := p
			old.Values = nil
			same(lang, p.Item, p.Values, detail.Precondition(text, p), detail.Precondition(text, old))
		}
		for _, one := range m.Clock {
			old := one
			old.Values = nil
			same(lang, one.Source, one.Values, detail.Clock(text, one), detail.Clock(text, old))
		}
	}
	if compared < 4*8 {
		t.Errorf("only %d were compared", compared)
	}
}
