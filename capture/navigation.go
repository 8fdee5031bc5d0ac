package capture

import (
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"constat/capture/exchange"
)

// navigation is one request of the main frame with its HTTP redirects, as the
// browser told it.
type navigation struct {
	exchange.Exchange
	loader  cdp.LoaderID
	request network.RequestID
	reason  page.ClientNavigationReason // empty for the address that was entered
	broken  string                      // the browser's code, when it failed
}
