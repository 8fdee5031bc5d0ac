package capture

import (
	"strings"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

// The overlays as their vendors build them: buttons by the vendor's own names, in any words, and one
// in a shadow root. That of OneTrust is in TestConsentOverlayIsRefusedLast.
func TestConsentOverlaysOfVendors(t *testing.T) {
	t.Parallel()
	const cover = `style="position:fixed;inset:0;background:rgb(200,0,0)"`
	for name, body := range map[string]string{
		"Cookiebot": `<div id=CybotCookiebotDialog ` + cover + `><button id=CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll>Alle zulassen</button>
			<button id=CybotCookiebotDialogBodyButtonDecline onclick="CybotCookiebotDialog.remove()">Nee, bedankt</button></div>`,
		"Didomi": `<div id=didomi-host ` + cover + `><div id=didomi-popup><span class="didomi-continue-without-agreeing" role=button tabindex=0
			onclick="document.getElementById('didomi-host').remove()">Plus tard →</span><button id=didomi-notice-agree-button>D'accord</button></div></div>`,
		"Usercentrics": `<div id=usercentrics-root></div><script>{ const host = document.getElementById('usercentrics-root'), root = host.attachShadow({mode: 'open'});
			root.innerHTML = '<div id=cover><button data-testid=uc-accept-all-button>Ja</button><button data-testid=uc-deny-all-button>Nein danke</button></div>';
			root.getElementById('cover').style = 'position:fixed;inset:0;background:rgb(200,0,0)';
			root.querySelector('[data-testid=uc-deny-all-button]').onclick = () => host.remove(); }</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := `<body style="margin:0;background:rgb(0,200,0)"><p style="margin:0;height:1500px">content</p>` + body +
				`<script>addEventListener('click', (e) => { if (/allow|agree-button|accept/i.test(e.composedPath()[0].id + e.composedPath()[0].dataset?.testid)) document.title = 'accepted'; }, true)</script>`
			c, sink := take(t, recorder(t, nil), serve(t, html(page)).URL)
			wantOutcome(t, c, evidence.Complete, record.ProblemOverlayClosed)
			if got := detail(c, record.ProblemOverlayClosed); !strings.Contains(got, "("+name+")") {
				t.Errorf("detail %q", got)
			}
			if p := rgb(opened(t, sink.files[evidence.TileName(1)]), 640, 700); p != [3]uint32{200, 0, 0} {
				t.Errorf("the page as found is %v", p)
			}
			if p := rgb(opened(t, sink.files[evidence.UncoveredName(1)]), 640, 700); p != [3]uint32{0, 200, 0} {
				t.Errorf("the page without overlay is %v", p)
			}
			if c.Page.Title != "Page" {
				t.Errorf("title %q", c.Page.Title)
			}
		})
	}
}
