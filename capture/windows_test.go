package capture

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

func TestWindowsAreClosedAndKeptAsFacts(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<h1>here</h1><script>if (location.pathname === '/') { open('/second?a=1'); open('/third') }</script>`))
	r := recorder(t, nil)
	r.hooks.loaded = func(ctx context.Context, s *tab.Tab) {
		limit, cancel := s.Within(ctx, paced(t, 10*time.Second))
		defer cancel()
		private := chromedp.FromContext(s.Context()).BrowserContextID
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			pages := 0
			list, err := chromedp.CallBrowser(limit, target.GetTargets, target.GetTargetsParams{})
			if err != nil {
				t.Errorf("windows stay open: %v", err)
				return
			}
			for _, one := range list.TargetInfos {
				if one.Type == "page" && one.BrowserContextID == private {
					pages++
				}
			}
			if pages == 1 {
				return
			}
			<-tick.C
		}
	}
	c, _ := take(t, r, server.URL+"/")
	wantOutcome(t, c, evidence.Complete, record.ProblemPopup, record.ProblemPopup)
	if got, want := detail(c, record.ProblemPopup), server.URL+"/second?a=1"; got != want {
		t.Errorf("detail %q, want %q", got, want)
	}
}

func TestDownloadBesideThePageIsRefused(t *testing.T) {
	t.Parallel()
	page := html(`<h1>here</h1><iframe src="/file" hidden></iframe>`)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/file" {
			page(w, r)
			return
		}
		w.Header().Set("Content-Disposition", `attachment; filename="invoice.exe"`)
		io.WriteString(w, "MZ")
	})
	c, _ := take(t, recorder(t, nil), server.URL+"/")
	if got, want := detail(c, record.ProblemDownload), `"invoice.exe": `+server.URL+"/file"; got != want || c.Outcome != evidence.Complete {
		t.Errorf("detail %q, want %q; outcome %s, problems %v", got, want, c.Outcome, c.Problems)
	}
}

func TestWindowsWithoutEndAreCounted(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<h1>here</h1><script>if (location.pathname === '/') for (let i = 0; i < 15; i++) open('/' + i)</script>`))
	c, _ := take(t, recorder(t, nil), server.URL+"/")
	popups := 0
	for _, p := range c.Problems {
		if p.Code == record.ProblemPopup {
			popups++
		}
	}
	if popups != 10+1 || c.Outcome != evidence.Complete {
		t.Errorf("%d popups, outcome %s, problems %v", popups, c.Outcome, c.Problems)
	}
}
