package capture

import (
	"slices"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

// TestLightCaptureRecordsWhatTellsWhetherAPageIsThere: first view, text and
// headers, and nothing that scrolls or takes time.
func TestLightCaptureRecordsWhatTellsWhetherAPageIsThere(t *testing.T) {
	t.Parallel()
	site := serve(t, html(`<body><p style="height:9000px">Ce que tout le monde peut lire.</p><p>Tout en bas.</p>`))
	sink := &memory{}
	c, err := recorder(t, nil).Capture(t.Context(), evidence.Request{Address: site.URL + "/long", Light: true}, sink, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range c.Artifacts {
		names = append(names, a.Name)
	}
	if want := []string{evidence.FirstViewName, evidence.TextName, evidence.HeadersName}; !slices.Equal(names, want) {
		t.Errorf("artifacts %v, want %v", names, want)
	}
	if len(sink.files) != len(names) {
		t.Errorf("%d files were put", len(sink.files))
	}
	wantOutcome(t, c, evidence.Complete)
	if !c.Request.Light || c.Page.Status != 200 || c.Page.Title != "Page" || c.Page.Width != defaultViewWidth || c.Page.Height != defaultViewHeight {
		t.Errorf("request %+v, page %+v", c.Request, c.Page)
	}
	scrolled := c.Preconditions[slices.IndexFunc(c.Preconditions, func(p evidence.Precondition) bool { return p.Item == record.ItemScrolled })]
	if scrolled.State != evidence.NotMet || scrolled.Detail != "not asked for" {
		t.Errorf("scrolled: %+v", scrolled)
	}
}
