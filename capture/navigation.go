package capture

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"constat/evidence"
)

// navigation is one request of the main frame with its HTTP redirects, as the
// browser told it.
type navigation struct {
	loader  cdp.LoaderID
	request network.RequestID
	reason  page.ClientNavigationReason // empty for the address that was entered
	hops    []hop
	broken  string // the browser's code, when it failed

	// The raw headers come in events of their own, one for each hop that went
	// over the network, in the order of the hops.
	rawRequests  []network.Headers
	rawResponses []rawResponse
}

type rawResponse struct {
	headers network.Headers
	text    string // verbatim, HTTP/1 only
	status  int
}

// hop is one request and its answer.
type hop struct {
	url, method string
	headers     network.Headers
	response    *network.Response
	raw         bool // raw headers exist
	at          time.Time
}

func (n *navigation) ask(r *network.Request) {
	n.hops = append(n.hops, hop{url: r.URL + r.URLFragment, method: r.Method, headers: r.Headers})
}

func (n *navigation) answer(r *network.Response, raw bool, at time.Time) {
	if len(n.hops) == 0 {
		return
	}
	h := &n.hops[len(n.hops)-1]
	h.response, h.raw, h.at = r, raw, at
}

func (n *navigation) last() *hop {
	if len(n.hops) == 0 {
		return nil
	}
	return &n.hops[len(n.hops)-1]
}

// told is a hop with its headers: those that went over the wire, where the
// browser tells them, or else those that it uses itself.
type told struct {
	*hop
	sent, received network.Headers
	wire           bool
}

func (n *navigation) told() []told {
	list := make([]told, 0, len(n.hops))
	seen := 0 // raw headers exist only for hops that went over the network
	for i := range n.hops {
		h := &n.hops[i]
		one := told{hop: h, sent: h.headers, received: network.Headers{}}
		if h.response != nil {
			one.received = h.response.Headers
		}
		if h.raw && seen < len(n.rawRequests) && seen < len(n.rawResponses) {
			one.sent, one.received, one.wire = n.rawRequests[seen], n.rawResponses[seen].headers, true
			seen++
		}
		list = append(list, one)
	}
	return list
}

// redirects lists the steps from the address that was entered to the last
// navigation. Credentials that a step carries are left out.
func redirects(navigations []*navigation) []evidence.Redirect {
	list := []evidence.Redirect{}
	for i, n := range navigations {
		if len(n.hops) == 0 {
			continue
		}
		if i > 0 && navigations[i-1].last() != nil {
			list = append(list, evidence.Redirect{
				From: withoutUser(navigations[i-1].last().url),
				To:   withoutUser(n.hops[0].url),
				Kind: redirectKind(n.reason),
			})
		}
		for j := 1; j < len(n.hops); j++ {
			step := evidence.Redirect{From: withoutUser(n.hops[j-1].url), To: withoutUser(n.hops[j].url), Kind: "http"}
			if r := n.hops[j-1].response; r != nil {
				step.Status = int(r.Status)
			}
			list = append(list, step)
		}
	}
	return list
}

// Limits of the way to the page in the manifest; headers.json has all of it.
const (
	maxWay        = 100    // steps
	maxWayAddress = 32_768 // bytes of one address
)

// bounded keeps the way small enough for a manifest: a page can lead through
// thousands of steps and addresses of megabytes before it shows anything. It
// keeps both ends, and says what it cut; empty if nothing.
func bounded(way []evidence.Redirect) (_ []evidence.Redirect, cut string) {
	if n := len(way); n > maxWay {
		cut = fmt.Sprintf("%d of %d steps", maxWay, n)
		way = slices.Concat(way[:maxWay/2], way[n-maxWay/2:])
	}
	addresses := 0
	shorten := func(address *string) {
		if len(*address) > maxWayAddress {
			*address = strings.ToValidUTF8((*address)[:maxWayAddress], "") + "…"
			addresses++
		}
	}
	for i := range way {
		shorten(&way[i].From)
		shorten(&way[i].To)
	}
	if addresses > 0 {
		cut = strings.TrimPrefix(fmt.Sprintf("%s, %d addresses cut at %d bytes", cut, addresses, maxWayAddress), ", ")
	}
	return way, cut
}

func redirectKind(r page.ClientNavigationReason) string {
	switch r {
	case page.ClientNavigationReasonMetaTagRefresh:
		return "meta"
	case page.ClientNavigationReasonHTTPHeaderRefresh:
		return "http"
	}
	return "script"
}

// pageFacts fills in what the answer to the last request says.
func pageFacts(p *evidence.Page, h *hop) {
	r := h.response
	if r == nil {
		return
	}
	p.Status, p.StatusText = int(r.Status), evidence.Shorten(r.StatusText, 200)
	p.MediaType, p.HTTPVersion = r.MimeType, r.Protocol
	if r.RemoteIPAddress != "" {
		ip := strings.Trim(r.RemoteIPAddress, "[]")
		p.RemoteAddress = net.JoinHostPort(ip, strconv.FormatInt(r.RemotePort, 10))
		p.LocalNetwork = localNetwork(ip)
	}
	p.ServerDate = header(r.Headers, "Date")
	p.TLS = tlsFacts(r.SecurityDetails)
}

// sharedSpace is RFC 6598: addresses behind a carrier's translation.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// localNetwork reports loopback, private, link-local and shared addresses.
func localNetwork(ip string) bool {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	a = a.Unmap().WithZone("")
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified() || sharedSpace.Contains(a)
}

func tlsFacts(d *network.SecurityDetails) *evidence.TLS {
	if d == nil {
		return nil
	}
	exchange := d.KeyExchange
	if d.KeyExchangeGroup != "" {
		exchange = strings.TrimSpace(exchange + " " + d.KeyExchangeGroup)
	}
	t := &evidence.TLS{
		Protocol: d.Protocol, Cipher: d.Cipher, KeyExchange: exchange,
		Subject: d.SubjectName, Issuer: d.Issuer, Names: d.SanList,
	}
	t.ValidFrom, t.ValidTo = epoch(float64(d.ValidFrom)), epoch(float64(d.ValidTo))
	return t
}

// header finds a header by name in whatever case the server used.
func header(headers network.Headers, name string) string {
	for k, v := range headers {
		if text, ok := v.(string); ok && strings.EqualFold(k, name) {
			return text
		}
	}
	return ""
}

// outcome reads the answer's status; what the page looks like is not read here.
func outcomeOf(h *hop) (evidence.Outcome, bool) {
	r := h.response
	if r == nil {
		return evidence.Complete, false
	}
	switch r.Status {
	case 404, 410:
		return evidence.Removed, true
	case 401:
		return evidence.LoginPage, true
	case 403, 429, 503:
		if challenged(r.Headers) {
			return evidence.BotCheck, true
		}
	}
	return evidence.Complete, r.Status >= 400
}

// challenged knows the headers with which large providers mark a page that
// asks for a human.
func challenged(h network.Headers) bool {
	waf := strings.ToLower(header(h, "x-amzn-waf-action"))
	return strings.EqualFold(header(h, "cf-mitigated"), "challenge") ||
		waf == "challenge" || waf == "captcha" ||
		header(h, "x-datadome") != ""
}

// epoch reads the protocol's seconds since 1970.
func epoch(seconds float64) time.Time {
	return time.UnixMilli(int64(seconds * 1000)).UTC()
}
