package capture

import (
	"net/http"
	"strings"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

// The width that the browser chooses for a page made for computers is a fraction of a pixel wider.
func TestPhoneView(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		head          string
		width, height int
	}{
		"made for phones":    {`<meta name=viewport content="width=device-width,initial-scale=1">`, 412, 3000},
		"made for computers": {"", 980, 3000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			agents := make(chan [2]string, 9)
			page := html(row.head + `<body style="margin:0"><div style="height:3000px;background:linear-gradient(red,blue)"></div>
				<script>document.title = [navigator.maxTouchPoints, 'ontouchstart' in window, navigator.userAgentData?.mobile, navigator.userAgent.includes('Mobile')].join()</script>`)
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" {
					agents <- [2]string{r.UserAgent(), r.Header.Get("Sec-Ch-Ua-Mobile")}
				}
				page(w, r)
			})
			sink := &memory{}
			c, err := recorder(t, nil).Capture(t.Context(), evidence.Request{Address: server.URL + "/", Phone: true}, sink, nil)
			if err != nil {
				t.Fatal(err)
			}
			consistent(t, c, sink)
			wantOutcome(t, c, evidence.Complete)
			if got := <-agents; got != [2]string{c.Browser.UserAgent, "?1"} || !strings.Contains(got[0], "Android") {
				t.Errorf("sent %q, recorded %q", got, c.Browser.UserAgent)
			}
			if c.Page.Title != "5,true,true,true" || c.Page.Width < row.width || c.Page.Width > row.width+1 || c.Page.Height != row.height {
				t.Errorf("title %q, %d × %d", c.Page.Title, c.Page.Width, c.Page.Height)
			}
			if p := precondition(t, c, record.ItemOwnView); p.State != evidence.NotMet || !strings.Contains(p.Detail, c.Browser.UserAgent) {
				t.Errorf("%+v", p)
			}
			if r := c.Request; !r.Phone || r.ViewWidth != phoneViewWidth || r.ViewHeight != phoneViewHeight {
				t.Errorf("request %+v", r)
			}
		})
	}
}
