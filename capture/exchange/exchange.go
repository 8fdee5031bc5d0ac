package exchange

import (
	"time"

	"github.com/chromedp/cdproto/network"
)

// Exchange is one request with its HTTP redirects, as the browser told it.
type Exchange struct {
	Hops []Hop

	// The raw headers come in events of their own, one for each hop that went
	// over the network, in the order of the hops.
	RawRequests, RawResponses []network.Headers
}

// Hop is one request and its answer.
type Hop struct {
	URL, Method string
	Headers     network.Headers
	Response    *network.Response
	Raw         bool // raw headers exist
	At          time.Time
}

// Ask adds a request.
func (x *Exchange) Ask(r *network.Request) {
	x.Hops = append(x.Hops, Hop{URL: r.URL + r.URLFragment, Method: r.Method, Headers: r.Headers})
}

// Answer adds what came of the last one.
func (x *Exchange) Answer(r *network.Response, raw bool, at time.Time) {
	if len(x.Hops) == 0 {
		return
	}
	h := &x.Hops[len(x.Hops)-1]
	h.Response, h.Raw, h.At = r, raw, at
}

// Last is the last request; nil without one.
func (x *Exchange) Last() *Hop {
	if len(x.Hops) == 0 {
		return nil
	}
	return &x.Hops[len(x.Hops)-1]
}

// Told is a hop with its headers: those that went over the wire, where the
// browser tells them, or else those that it uses itself.
type Told struct {
	*Hop
	Sent, Received network.Headers
	Wire           bool
}

// Told lists the hops.
func (x *Exchange) Told() []Told {
	list := make([]Told, 0, len(x.Hops))
	seen := 0 // raw headers exist only for hops that went over the network
	for i := range x.Hops {
		h := &x.Hops[i]
		one := Told{Hop: h, Sent: h.Headers, Received: network.Headers{}}
		if h.Response != nil {
			one.Received = h.Response.Headers
		}
		if h.Raw && seen < len(x.RawRequests) && seen < len(x.RawResponses) {
			one.Sent, one.Received, one.Wire = x.RawRequests[seen], x.RawResponses[seen], true
			seen++
		}
		list = append(list, one)
	}
	return list
}
