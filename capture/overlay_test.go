package capture

import (
	"strings"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

// overlaid is a green page under a red overlay with that button.
func overlaid(button, script string) string {
	return `<body style="margin:0;background:rgb(0,200,0)"><p style="margin:0;height:3000px">content</p>
		<div id=overlay style="position:fixed;inset:0;background:rgb(200,0,0)">We use cookies.
		<button onclick="document.title='accepted everything'">Accept all</button>` + button + `</div>
		<script>const close = () => { ` + script + ` }</script>`
}

const removes = `document.getElementById('overlay').remove()`

func TestConsentOverlayIsRefusedLast(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ button, what string }{
		"vendor":  {`<button id=onetrust-reject-all-handler onclick="close()">Alles weg</button>`, `"alles weg" (OneTrust), 1 tiles`},
		"French":  {`<button onclick="window.close()">Fermer</button><a role=button onclick="close_()">Continuer sans accepter →</a>`, `"continuer sans accepter", 1 tiles`},
		"Dutch":   {`<div role=button onclick="close_()">Alleen noodzakelijke cookies</div>`, `"alleen noodzakelijke cookies", 1 tiles`},
		"German":  {`<button onclick="close_()">Alle ablehnen</button>`, `"alle ablehnen", 1 tiles`},
		"English": {`<button onclick="close_()">Reject  all</button>`, `"reject all", 1 tiles`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := strings.NewReplacer(`"close()"`, `"close_()"`, "const close =", "const close_ =").Replace(overlaid(row.button, removes))
			c, sink := take(t, recorder(t, nil), serve(t, html(body)).URL)
			wantOutcome(t, c, evidence.Complete, record.ProblemOverlayClosed)
			if got := detail(c, record.ProblemOverlayClosed); got != row.what {
				t.Errorf("detail %q, want %q", got, row.what)
			}
			if p := rgb(opened(t, sink.files[evidence.TileName(1)]), 640, 700); p != [3]uint32{200, 0, 0} {
				t.Errorf("the page as found is %v", p)
			}
			if p := rgb(opened(t, sink.files[evidence.UncoveredName(1)]), 640, 700); p != [3]uint32{0, 200, 0} {
				t.Errorf("the page without overlay is %v", p)
			}
			if c.Page.Title != "Page" || !strings.Contains(string(sink.files[evidence.TextName]), "We use cookies") {
				t.Errorf("title %q, text %q", c.Page.Title, sink.files[evidence.TextName])
			}
		})
	}
}

func TestNothingIsEverAccepted(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"accept only":         overlaid("", ""),
		"leads away":          overlaid(`<a href="/away">Reject all</a>`, ""),
		"sends a form":        overlaid(`<form action="/away"><button>Reject all</button></form>`, ""),
		"a page's own button": `<p>About cookies</p><button onclick="document.body.remove()">Reject</button>`,
		"another dialog":      `<p>Friend request</p><div role=dialog style="position:fixed;top:90px">Anna<button onclick="document.body.remove()">Decline</button></div>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, sink := take(t, recorder(t, nil), serve(t, html(body)).URL)
			wantOutcome(t, c, evidence.Complete)
			if has(c, evidence.UncoveredName(1)) || len(sink.files[evidence.TextName]) == 0 {
				t.Errorf("artifacts %d, text %q", len(c.Artifacts), sink.files[evidence.TextName])
			}
		})
	}
}

func TestOverlayThatStays(t *testing.T) {
	t.Parallel()
	server := serve(t, html(overlaid(`<button>Reject all</button>`, "")))
	c, _ := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete, record.ProblemOverlayStays)
	left, err := recorder(t, nil).Capture(t.Context(), evidence.Request{Address: server.URL, LeaveOverlays: true}, &memory{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantOutcome(t, left, evidence.Complete)
	if !left.Request.LeaveOverlays {
		t.Error("the record does not say that the overlay was left")
	}
}
