package capture

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// What is cut or left out is said, and how much it is.
func TestWhatIsMissingIsSaid(t *testing.T) {
	t.Parallel()
	pane := func(height string) string {
		return `<div style="height:170px;overflow-y:scroll"><div style="height:` + height + `;background:linear-gradient(red,blue)">part</div></div>`
	}
	for code, row := range map[string]struct {
		body   string
		change func(*Config)
		detail string // its beginning
	}{
		record.ProblemCutWidth:  {`<body style="margin:0"><div style="width:3000px">wide</div>`, func(c *Config) { c.Limits.MaxWidth = 2000 }, "cut at 2000 px of 3000 px"},
		record.ProblemTextCut:   {`<p>` + strings.Repeat("many words ", 50), func(c *Config) { c.Limits.MaxText = 100 }, "100 of 549 characters"},
		record.ProblemNoMHTML:   {`<p>page`, func(c *Config) { c.Limits.MaxMHTML = 1 }, "page of "},
		record.ProblemPanesLeft: {strings.Repeat(pane("300px"), 7), nil, "6 of 7"},
		record.ProblemPaneCut:   {pane("90000px"), func(c *Config) { c.Limits.Scroll = 500 * time.Millisecond }, evidence.PaneName(1, 1) + ": "},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			c, _ := take(t, recorder(t, row.change), serve(t, html(row.body)).URL)
			wantOutcome(t, c, evidence.Partial, code)
			if got := detail(c, code); !strings.HasPrefix(got, row.detail) {
				t.Errorf("detail %q, want %q", got, row.detail)
			}
		})
	}
}

// A page that shows something at first and then nothing is no complete record, and not blank either.
func TestPageThatEmptiesItself(t *testing.T) {
	t.Parallel()
	seen, emptied := make(chan struct{}), make(chan struct{})
	server := serve(t, at(map[string]http.HandlerFunc{
		"/": html(`<h1>here</h1><script>onload = () => setTimeout(() => fetch('/wait').then(() => {
			document.body.replaceChildren(); requestAnimationFrame(() => setTimeout(() => fetch('/empty'))) }), 400)</script>`),
		"/wait":  func(w http.ResponseWriter, r *http.Request) { <-seen },
		"/empty": func(w http.ResponseWriter, r *http.Request) { close(emptied) },
	}))
	sink := &memory{fail: func(name string) error {
		if name == evidence.FirstViewName {
			close(seen)
			select {
			case <-emptied:
			case <-time.After(paced(t, 20*time.Second)):
				t.Error("the page did not empty itself")
			}
		}
		return nil
	}}
	c, err := recorder(t, nil).Capture(t.Context(), evidence.Request{Address: server.URL + "/"}, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	consistent(t, c, sink)
	wantOutcome(t, c, evidence.Partial, record.ProblemOneColour)
}

// The limit for the whole ends a capture also when nothing has come yet.
func TestWholeLimitWhileLoading(t *testing.T) {
	t.Parallel()
	server := hanging(t, func(http.ResponseWriter, *http.Request) {})
	r := recorder(t, func(c *Config) { c.Limits.Whole = paced(t, 4*time.Second) })
	if e := refuse[*NetworkError](t, r, server.URL); e.Kind != KindTimeout || e.Code != tab.CodeNoAnswer {
		t.Errorf("error %+v", e)
	}
}
