package names

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"constat/evidence"
)

// entry is one of the browser's net log as a trace has it. What an event says at its end stands at
// its beginning.
type entry struct {
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

// record is one record of an answer.
type record struct {
	Domain    string `json:"domain_name"`
	Alias     string `json:"alias_target"`
	Endpoints []struct {
		Address string `json:"address"`
	} `json:"endpoints"`
}

// resolved reads the first answer for each host.
func resolved(raw [][]byte) map[string]evidence.NameAnswer {
	events := make([]entry, 0, len(raw))
	for _, b := range raw {
		var e entry
		if json.Unmarshal(b, &e) == nil && e.Phase != "e" {
			events = append(events, e)
		}
	}
	slices.SortStableFunc(events, func(a, b entry) int {
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
			hosts[of] = Host(p.Host)
		case "HOST_RESOLVER_MANAGER_HOSTS_HIT":
			if records := results(p.Results); len(records) > 0 {
				aliases, addresses := through(records[0].Domain, records)
				add(Host(records[0].Domain), evidence.NamesHosts, aliases, addresses)
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

func results(raw json.RawMessage) []record {
	var list []record
	if json.Unmarshal(raw, &list) != nil { // of another kind of event it is no list
		return nil
	}
	return list
}

// through goes from the host from alias to alias, and collects the addresses that they lead to.
func through(host string, records []record) (aliases, addresses []string) {
	names := []string{host}
	for again := true; again && len(aliases) < maxAliases; {
		again = false
		for _, r := range records {
			if r.Alias != "" && slices.Contains(names, r.Domain) && !slices.Contains(names, r.Alias) && len(aliases) < maxAliases {
				names, again = append(names, r.Alias), true
				aliases = append(aliases, evidence.Shorten(r.Alias, maxHost))
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

// Host is the host of what the browser's log writes of it: "https://host:port", "host:port" or the
// host alone. It is empty for what is no name.
func Host(s string) string {
	if !strings.Contains(s, "://") {
		s = "//" + s
	}
	u, err := url.Parse(s)
	if err != nil || len(u.Hostname()) > maxHost || evidence.Clean(u.Hostname()) != u.Hostname() {
		return ""
	}
	return u.Hostname()
}
