package tab

import (
	"errors"
	"testing"

	"github.com/chromedp/cdproto/cdp"
)

// A browser that shows a page of its own may have begun to load the other again: what went wrong is
// what led to the page that it shows.
func TestErrorPageIsOfTheNavigationThatItShows(t *testing.T) {
	tab := &Tab{}
	tab.way.navigations = []*Navigation{
		{loader: "A"}, {loader: "B", broken: "net::ERR_NAME_NOT_RESOLVED"}, {loader: "C", broken: "net::ERR_ABORTED"},
	}
	for loader, want := range map[cdp.LoaderID]NetworkKind{"B": KindDNS, "elsewhere": KindAborted} {
		tab.shown.frame = &cdp.Frame{LoaderID: loader, URL: "chrome-error://chromewebdata/", UnreachableURL: "http://nowhere.invalid/"}
		got, ok := errors.AsType[*NetworkError](tab.errorPage("http://example.org/"))
		if !ok || got.Kind != want {
			t.Errorf("shows %s: %+v, want %s", loader, got, want)
		}
	}
}
