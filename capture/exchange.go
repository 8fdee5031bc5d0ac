package capture

import (
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"

	"constat/capture/wacz"
	"constat/evidence"
)

const (
	placeRequest  = evidence.WACZName + ": request"
	placeResponse = evidence.WACZName + ": response"
)

// exchanges takes over what the browser says of a request and its answers,
// without what would let a reader act as the person. The lock is held.
func (a *archive) exchanges(x *transfer) []wacz.Exchange {
	var list []wacz.Exchange
	for i, h := range x.told() {
		if h.response == nil {
			continue
		}
		address, _, _ := strings.Cut(withoutUser(h.url), "#")
		one := wacz.Exchange{
			URL: address, Method: h.method, Date: h.at, Remote: strings.Trim(h.response.RemoteIPAddress, "[]"),
			Posted: x.posted[i].body, PostedCut: x.posted[i].cut,
			Status: int(h.response.Status), StatusText: h.response.StatusText,
			Request: a.keptHeaders(h.sent, placeRequest), Response: a.keptHeaders(h.received, placeResponse),
		}
		list = append(list, one)
	}
	return list
}

// keptHeaders sorts headers, leaves out what carries a session, and counts it.
func (a *archive) keptHeaders(headers network.Headers, place string) []wacz.Header {
	var kept []wacz.Header
	for _, f := range keptHeaders(headers, place, a.left) {
		if len(f.Value) > maxRecordedHead {
			f.Value = f.Value[:maxRecordedHead]
		}
		kept = append(kept, wacz.Header(f))
	}
	return slices.Clip(kept)
}
