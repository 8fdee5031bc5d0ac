package archive

import (
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"

	"constat/capture/exchange"
	"constat/capture/wacz"
	"constat/evidence"
)

const (
	placeRequest  = evidence.WACZName + ": request"
	placeResponse = evidence.WACZName + ": response"
)

// exchanges takes over what the browser says of a request and its answers,
// without what would let a reader act as the person. The lock is held.
func (a *Archive) exchanges(x *transfer) []wacz.Exchange {
	var list []wacz.Exchange
	for i, h := range x.Told() {
		if h.Response == nil {
			continue
		}
		address, _, _ := strings.Cut(exchange.WithoutUser(h.URL), "#")
		one := wacz.Exchange{
			URL: address, Method: h.Method, Date: h.At, Remote: strings.Trim(h.Response.RemoteIPAddress, "[]"),
			Posted: x.posted[i].body, PostedCut: x.posted[i].cut,
			Status: int(h.Response.Status), StatusText: h.Response.StatusText,
			Request: a.keptHeaders(h.Sent, placeRequest), Response: a.keptHeaders(h.Received, placeResponse),
		}
		list = append(list, one)
	}
	return list
}

// keptHeaders sorts headers, leaves out what carries a session, and counts it.
func (a *Archive) keptHeaders(headers network.Headers, place string) []wacz.Header {
	var kept []wacz.Header
	for _, f := range exchange.Keep(headers, place, a.left) {
		if len(f.Value) > maxHead {
			f.Value = f.Value[:maxHead]
		}
		kept = append(kept, wacz.Header(f))
	}
	return slices.Clip(kept)
}
