package capture

import (
	"bytes"
	"context"
	"encoding/json"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"

	"constat/evidence"
)

// resolverCategory is the browser's net log among its traces, without cookies and credentials. There is
// a "disabled-by-default-netlog.sensitive", too, which is none of ours.
const resolverCategory = "netlog"

// Bounds on the log of the resolver. The browser keeps its beginning, where the page's own answer is, and drops what
// no longer fits; what it tells is about twice as large.
const (
	resolverBuffer = 2 << 10         // kilobytes, in the browser
	maxResolver    = 4 << 20         // bytes that are kept until they are read
	resolverStart  = time.Second     // until the browser logs; a capture goes on without
	resolverWait   = 2 * time.Second // until it has told
	maxNames       = 40              // hosts
	maxAddresses   = 32              // of one host
	maxAliases     = 16
	maxHostName    = 255
)

// resolverLog listens to what the browser's resolver does from before a page is asked for until it has loaded.
// Nothing of it is written to a file. A nil one says nothing.
type resolverLog struct {
	root    context.Context
	started chan struct{} // closed when the browser logs, or will not
	refused error
	ended   chan struct{} // closed when all has come, or will not
	once    sync.Once

	mu     sync.Mutex
	events [][]byte
	size   int
	lost   bool // more happened than is kept
	whole  chan struct{}
}

// logResolver asks the browser to begin. It waits for nothing. A browser that has no tab yet may never answer.
func logResolver(root context.Context) *resolverLog {
	l := &resolverLog{root: root, started: make(chan struct{}), ended: make(chan struct{}), whole: make(chan struct{})}
	go func() {
		defer close(l.started)
		ctx, done := context.WithTimeout(root, resolverStart)
		defer done()
		if l.refused = chromedp.ListenBrowser(root, l.hear); l.refused != nil {
			return
		}
		_, l.refused = chromedp.CallBrowser(ctx, tracing.Start, tracing.StartParams{
			TransferMode: tracing.StartTransferModeReportEvents,
			TraceConfig: &tracing.TraceConfig{
				RecordMode: tracing.TraceConfigRecordModeRecordUntilFull, TraceBufferSizeInKb: resolverBuffer,
				IncludedCategories: []string{resolverCategory}, ExcludedCategories: []string{"*"},
			},
		})
	}()
	return l
}

// ready waits until the browser logs, and not longer than it may take to say so.
func (l *resolverLog) ready(ctx context.Context) {
	if l == nil {
		return
	}
	select {
	case <-l.started:
	case <-ctx.Done():
	}
}

// hear takes in what the browser tells at the end; all but the resolver's events is dropped unread.
func (l *resolverLog) hear(event any) {
	switch e := event.(type) {
	case *tracing.EventDataCollected:
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, one := range e.Value {
			if !bytes.Contains(one, []byte(`"HOST_RESOLVER_`)) {
				continue
			}
			if l.size += len(one); l.size > maxResolver {
				l.lost = true
				return
			}
			l.events = append(l.events, bytes.Clone(one))
		}
	case *tracing.EventTracingComplete:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.lost = l.lost || e.DataLossOccurred
		select {
		case <-l.whole: // one is enough
		default:
			close(l.whole)
		}
	}
}

// end asks the browser to stop and to tell; it waits for nothing.
func (l *resolverLog) end() {
	if l == nil {
		return
	}
	l.once.Do(func() {
		go func() {
			defer close(l.ended)
			ctx, done := context.WithTimeout(l.root, resolverWait)
			defer done()
			<-l.started
			if l.refused != nil {
				return
			}
			if _, l.refused = chromedp.CallBrowser(ctx, tracing.End, cdp.Empty{}); l.refused != nil {
				return
			}
			select {
			case <-l.whole:
			case <-ctx.Done():
				l.refused = context.Cause(ctx)
			}
		}()
	})
}

// answers are the resolver's for the hosts, in their order, and why some may be missing.
func (l *resolverLog) answers(ctx context.Context, hosts []string) (_ []evidence.NameAnswer, why string) {
	if l == nil {
		return nil, "not observed"
	}
	l.end()
	select {
	case <-l.ended:
	case <-ctx.Done():
		return nil, "time was up"
	}
	if l.refused != nil {
		return nil, "the browser told nothing: " + evidence.Shorten(l.refused.Error(), 100)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	found := resolved(l.events)
	var list []evidence.NameAnswer
	for _, host := range hosts {
		if a, ok := found[host]; ok && len(list) < maxNames {
			list = append(list, a)
		}
	}
	if l.lost {
		return list, "the browser's log was full"
	}
	return list, "the browser's resolver told nothing of it"
}

// resolverEvent is one of the browser's net log as a trace has it. What an event says at its end stands at its beginning.
type resolverEvent struct {
	Name  string  `json:"name"`
	Phase string  `json:"ph"`
	At    float64 `json:"ts"`
	PID   int64   `json:"pid"`
	ID    struct {
		Local string `json:"local"`
	} `json:"id2"`
	Args struct {
		Params struct {
			Host      string          `json:"host"`
			Since     string          `json:"source_start_time"`
			Secure    bool            `json:"secure"`
			Addresses []string        `json:"address_list"`
			Results   json.RawMessage `json:"results"`
		} `json:"params"`
	} `json:"args"`
}

// resolverResult is one record of an answer.
type resolverResult struct {
	Domain    string `json:"domain_name"`
	Alias     string `json:"alias_target"`
	Endpoints []struct {
		Address string `json:"address"`
	} `json:"endpoints"`
}

// resolved reads the first answer for each host.
func resolved(raw [][]byte) map[string]evidence.NameAnswer {
	events := make([]resolverEvent, 0, len(raw))
	for _, b := range raw {
		var e resolverEvent
		if json.Unmarshal(b, &e) == nil && e.Phase != "e" {
			events = append(events, e)
		}
	}
	slices.SortStableFunc(events, func(a, b resolverEvent) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	type job struct {
		pid         int64
		local, time string
	}
	hosts := map[job]string{} // a number is given again once its job is over: the latest counts
	found := map[string]evidence.NameAnswer{}
	add := func(host, source string, aliases, addresses []string) {
		a := evidence.NameAnswer{Host: host, Source: source, Aliases: aliases}
		for _, one := range addresses {
			ip, err := netip.ParseAddr(one)
			if err != nil || len(a.Addresses) == maxAddresses {
				continue
			}
			if text := ip.WithZone("").String(); !slices.Contains(a.Addresses, text) {
				a.Addresses = append(a.Addresses, text)
			}
		}
		if _, known := found[host]; !known && host != "" && len(a.Addresses) > 0 {
			found[host] = a
		}
	}
	for _, e := range events {
		p := e.Args.Params
		of := job{e.PID, e.ID.Local, p.Since}
		switch e.Name {
		case "HOST_RESOLVER_MANAGER_JOB":
			hosts[of] = hostName(p.Host)
		case "HOST_RESOLVER_MANAGER_HOSTS_HIT":
			if records := results(p.Results); len(records) > 0 {
				aliases, addresses := through(records[0].Domain, records)
				add(hostName(records[0].Domain), evidence.NamesHosts, aliases, addresses)
			}
		case "HOST_RESOLVER_DNS_TASK":
			source := evidence.NamesDNS
			if p.Secure {
				source = evidence.NamesHTTPS
			}
			aliases, addresses := through(hosts[of], results(p.Results))
			add(hosts[of], source, aliases, addresses)
		case "HOST_RESOLVER_SYSTEM_TASK":
			var addresses []string
			for _, one := range p.Addresses[:min(len(p.Addresses), maxAddresses)] {
				if a, err := netip.ParseAddrPort(one); err == nil {
					addresses = append(addresses, a.Addr().String())
				}
			}
			add(hosts[of], evidence.NamesSystem, nil, addresses)
		}
	}
	return found
}

func results(raw json.RawMessage) []resolverResult {
	var list []resolverResult
	if json.Unmarshal(raw, &list) != nil { // of another kind of event it is no list
		return nil
	}
	return list
}

// through goes from the host from alias to alias, and collects the addresses that they lead to.
func through(host string, records []resolverResult) (aliases, addresses []string) {
	names := []string{host}
	for again := true; again && len(aliases) < maxAliases; {
		again = false
		for _, r := range records {
			if r.Alias != "" && slices.Contains(names, r.Domain) && !slices.Contains(names, r.Alias) && len(aliases) < maxAliases {
				names, again = append(names, r.Alias), true
				aliases = append(aliases, evidence.Shorten(r.Alias, maxHostName))
			}
		}
	}
	for _, r := range records {
		if slices.Contains(names, r.Domain) {
			for _, e := range r.Endpoints {
				addresses = append(addresses, e.Address)
			}
		}
	}
	return aliases, addresses
}

// hostName is the host of what the browser's log writes of it: "https://host:port", "host:port" or the host alone. It is empty
// for what is no name.
func hostName(s string) string {
	if !strings.Contains(s, "://") {
		s = "//" + s
	}
	u, err := url.Parse(s)
	if err != nil || len(u.Hostname()) > maxHostName || evidence.Clean(u.Hostname()) != u.Hostname() {
		return ""
	}
	return u.Hostname()
}

// hostsOf are the names of the page's hosts: first of the document that is shown, then of the way to it, then of all
// else that answered.
func (t *taking) hostsOf() []string {
	var hosts []string
	add := func(host string) {
		if _, err := netip.ParseAddr(host); err != nil && host != "" && len(hosts) < maxHosts && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	add(hostName(t.capture.Page.FinalAddress))
	for _, n := range slices.Backward(t.navigations) {
		for _, h := range slices.Backward(n.hops) {
			add(hostName(h.url))
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, host := range t.answering {
		add(host)
	}
	return hosts
}

// names records what the browser's resolver was told of the page's hosts, and says so in the checklist.
func (t *taking) names(ctx context.Context) evidence.Precondition {
	page := &t.capture.Page
	p := evidence.Precondition{Item: ItemNameAnswer, State: evidence.NotChecked}
	answers, why := t.browser.resolver.answers(ctx, t.hostsOf())
	page.Names = answers
	host := hostName(page.FinalAddress)
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
