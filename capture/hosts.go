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

// resolved is what the browser was answered for the names of the page's hosts.
type resolved struct {
	answers      []evidence.NameAnswer
	precondition evidence.Precondition
}

// hosts are the names of the page's hosts: first of the document that is shown, then of the way to
// it, then of all else that answered.
func (w *way) hosts(page shownPage) []string {
	var hosts []string
	add := func(host string) {
		if _, err := netip.ParseAddr(host); err != nil && host != "" && len(hosts) < tab.MaxHosts && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	add(names.Host(page.Address))
	for _, n := range slices.Backward(page.Way) {
		for _, h := range slices.Backward(n.Hops) {
			add(names.Host(h.URL))
		}
	}
	for _, host := range w.tab.Names() {
		add(host)
	}
	return hosts
}

// names records what the browser's resolver was told of the page's hosts, and says so in the checklist.
func (w *way) names(ctx context.Context, page shownPage) resolved {
	answers, why := w.browser.resolver.Answers(ctx, w.hosts(page))
	host := names.Host(page.Address)
	i := slices.IndexFunc(answers, func(a evidence.NameAnswer) bool { return a.Host == host })
	_, err := netip.ParseAddr(host)
	state := evidence.NotChecked
	switch {
	case i >= 0:
		state, why = evidence.Met, answered(answers[i])
	case err == nil:
		why = evidence.Say("no-name", "no name was asked for")
	}
	if page.facts.RemoteAddress != "" {
		why = evidence.Say("address-used", "{why}; address as used: {address}", why, page.facts.RemoteAddress)
	}
	return resolved{answers, why.Precondition(record.ItemNameAnswer, state)}
}

// answered says by whom, and what.
func answered(a evidence.NameAnswer) evidence.Said {
	addresses := strings.Join(a.Addresses, ", ")
	switch a.Source {
	case evidence.NamesDNS:
		return evidence.Say("answer-dns", "dns: {addresses}", addresses)
	case evidence.NamesHTTPS:
		return evidence.Say("answer-https", "dns-over-https: {addresses}", addresses)
	case evidence.NamesHosts:
		return evidence.Say("answer-hosts", "hosts: {addresses}", addresses)
	case evidence.NamesSystem:
		return evidence.Say("answer-system", "system: {addresses}", addresses)
	}
	return evidence.Say("", "{source}: {addresses}", a.Source, addresses)
}
