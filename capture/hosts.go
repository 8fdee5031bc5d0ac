package capture

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"constat/capture/names"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// hostsOf are the names of the page's hosts: first of the document that is shown, then of the way to it, then of all
// else that answered.
func (t *taking) hostsOf() []string {
	var hosts []string
	add := func(host string) {
		if _, err := netip.ParseAddr(host); err != nil && host != "" && len(hosts) < tab.MaxHosts && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	add(names.Host(t.capture.Page.FinalAddress))
	for _, n := range slices.Backward(t.navigations) {
		for _, h := range slices.Backward(n.Hops) {
			add(names.Host(h.URL))
		}
	}
	for _, host := range t.Names() {
		add(host)
	}
	return hosts
}

// nameAnswers records what the browser's resolver was told of the page's hosts, and says so in the checklist.
func (t *taking) nameAnswers(ctx context.Context) evidence.Precondition {
	page := &t.capture.Page
	p := evidence.Precondition{Item: record.ItemNameAnswer, State: evidence.NotChecked}
	answers, why := t.browser.resolver.Answers(ctx, t.hostsOf())
	page.Names = answers
	host := names.Host(page.FinalAddress)
	i := slices.IndexFunc(page.Names, func(a evidence.NameAnswer) bool { return a.Host == host })
	_, err := netip.ParseAddr(host)
	switch {
	case i >= 0:
		p.State, p.Detail = evidence.Met, page.Names[i].Source+": "+strings.Join(page.Names[i].Addresses, ", ")
	case err == nil:
		p.Detail = "no name was asked for"
	default:
		p.Detail = why
	}
	if page.RemoteAddress != "" {
		p.Detail += "; address as used: " + page.RemoteAddress
	}
	return p
}
