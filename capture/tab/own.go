package tab

import (
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"

	"constat/capture/exchange"
)

// Own is one request that is made beside what the page asks for. What becomes of it is no gap of the page.
type Own struct {
	tab     *Tab
	address string
	sent    bool
	end     string // the address that it was sent on to
	status  int64
	why     string   // the browser's code, if it failed
	hops    []Hop    // where it was sent on to another address
	from    []string // network addresses that answered
	ended   bool     // see EndTold
}

// Hop is a request that was answered with another address.
type Hop struct {
	Address string
	Status  int
}

// Own has what a script of ours asks for at this address counted apart, until [Own.Asked].
func (t *Tab) Own(address string) *Own {
	address, _, _ = strings.Cut(address, "#")
	o := &Own{tab: t, address: address}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.traffic.asking = o
	return o
}

// Asked is called when the answer began, or will not: what asks for the address from now on is the page.
func (o *Own) Asked() {
	o.tab.mu.Lock()
	defer o.tab.mu.Unlock()
	if o.tab.traffic.asking == o {
		o.tab.traffic.asking = nil
	}
}

// Sent tells whether it was sent, the status of the answer (nought: none came) and why it failed.
func (o *Own) Sent() (sent bool, status int, why string) {
	o.tab.mu.Lock()
	defer o.tab.mu.Unlock()
	return o.sent, int(o.status), o.why
}

// Hops are those before the address that it ended at, if it was sent on.
func (o *Own) Hops() (hops []Hop, end string) {
	o.tab.mu.Lock()
	defer o.tab.mu.Unlock()
	return slices.Clone(o.hops), o.end
}

// From are the network addresses that answered, on the way and at its end.
func (o *Own) From() []string {
	o.tab.mu.Lock()
	defer o.tab.mu.Unlock()
	return slices.Clone(o.from)
}

// EndTold tells whether the answer itself says where it ends, so that one that breaks off is known.
func (o *Own) EndTold() bool {
	o.tab.mu.Lock()
	defer o.tab.mu.Unlock()
	return o.ended
}

// answer takes in the beginning of an answer.
func (o *Own) answer(r *network.Response) {
	o.status, o.ended = r.Status, exchange.EndTold(r)
	if ip := strings.Trim(r.RemoteIPAddress, "[]"); ip != "" {
		o.from = append(o.from, ip)
	}
}

// own tells whether a request is one of those, from its first event on.
func (f *traffic) own(e *network.EventRequestWillBeSent) bool {
	if o := f.owned[e.RequestID]; o != nil {
		if e.RedirectResponse != nil {
			o.hops = append(o.hops, Hop{e.RedirectResponse.URL, int(e.RedirectResponse.Status)})
			o.answer(e.RedirectResponse)
			o.end, o.status, o.ended = e.Request.URL, 0, false
		}
		return true
	}
	if f.asking == nil || e.Type != network.ResourceTypeFetch || e.Request.URL != f.asking.address {
		return false
	}
	if f.owned == nil {
		f.owned = map[network.RequestID]*Own{}
	}
	f.asking.sent = true
	f.owned[e.RequestID] = f.asking
	return true
}

// ownFailed takes in the end of such a request; false: it is the page's.
func (f *traffic) ownFailed(e *network.EventLoadingFailed) bool {
	o := f.owned[e.RequestID]
	if o == nil {
		return false
	}
	if e.BlockedReason != "" && o.status == 0 {
		o.sent = false // the browser itself refused it, before it went anywhere
	}
	if !e.Canceled || o.status == 0 { // else it was we who had enough
		o.why = e.ErrorText
	}
	return true
}
