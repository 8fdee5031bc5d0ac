package capture

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"constat/capture/exchange"
	"constat/capture/tab"
	"constat/evidence"
)

// redirects lists the steps from the address that was entered to the last
// navigation. Credentials that a step carries are left out.
func redirects(navigations []*tab.Navigation) []evidence.Redirect {
	list := []evidence.Redirect{}
	for i, n := range navigations {
		if len(n.Hops) == 0 {
			continue
		}
		if i > 0 && navigations[i-1].Last() != nil {
			list = append(list, evidence.Redirect{
				From: exchange.WithoutUser(navigations[i-1].Last().URL),
				To:   exchange.WithoutUser(n.Hops[0].URL),
				Kind: redirectKind(n.Reason),
			})
		}
		for j := 1; j < len(n.Hops); j++ {
			step := evidence.Redirect{From: exchange.WithoutUser(n.Hops[j-1].URL), To: exchange.WithoutUser(n.Hops[j].URL), Kind: "http"}
			if r := n.Hops[j-1].Response; r != nil {
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
func bounded(way []evidence.Redirect) (_ []evidence.Redirect, cut evidence.Said) {
	all := len(way)
	if all > maxWay {
		way = slices.Concat(way[:maxWay/2], way[all-maxWay/2:])
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
	switch {
	case all > maxWay && addresses > 0:
		cut = evidence.Say("way-both", "{#n} of {#of} steps, {#addresses} addresses cut at {#bytes} bytes", maxWay, all, addresses, maxWayAddress)
	case all > maxWay:
		cut = evidence.Say("way-steps", "{#n} of {#of} steps", maxWay, all)
	case addresses > 0:
		cut = evidence.Say("way-addresses", "{#n} addresses cut at {#bytes} bytes", addresses, maxWayAddress)
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
func pageFacts(p *evidence.Page, h *exchange.Hop) {
	r := h.Response
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
	p.ServerDate = exchange.Header(r.Headers, "Date")
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

// outcome reads the answer's status; what the page looks like is not read here.
func outcomeOf(h *exchange.Hop) (evidence.Outcome, bool) {
	r := h.Response
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
	waf := strings.ToLower(exchange.Header(h, "x-amzn-waf-action"))
	return strings.EqualFold(exchange.Header(h, "cf-mitigated"), "challenge") ||
		waf == "challenge" || waf == "captcha" ||
		exchange.Header(h, "x-datadome") != ""
}

// epoch reads the protocol's seconds since 1970.
func epoch(seconds float64) time.Time {
	return time.UnixMilli(int64(seconds * 1000)).UTC()
}
