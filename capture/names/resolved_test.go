package names

import (
	"fmt"
	"strings"
	"testing"

	"constat/evidence"
)

// netLog is an event of the browser's net log, as Chromium 156 writes it into a trace.
func netLog(at int, id, phase, name, params string) []byte {
	return fmt.Appendf(nil, `{"args":{"params":{%s"source_start_time":"1653439"},"source_type":"HOST_RESOLVER_IMPL_JOB"},"cat":"netlog","id2":{"local":%q},"name":%q,"ph":%q,"pid":1,"tid":2,"ts":%d}`,
		params, id, name, phase, at)
}

const dnsRecords = `"results":[{"alias_target":"cdn.test","domain_name":"a.test","query_type":"A","source":"dns","type":"alias"},` +
	`{"domain_name":"cdn.test","endpoints":[{"address":"192.0.2.1","port":0},{"address":"2001:db8::1","port":0},{"address":"192.0.2.1","port":0}],"query_type":"A","source":"dns","type":"data"}],`

func TestResolved(t *testing.T) {
	job := netLog(1, "0x7", "b", "HOST_RESOLVER_MANAGER_JOB", `"host":"https://a.test:8443",`)
	for name, c := range map[string]struct {
		events [][]byte
		want   string
	}{
		"name server": {[][]byte{job, netLog(2, "0x7", "b", "HOST_RESOLVER_DNS_TASK", dnsRecords+`"secure":false,`)},
			"[{a.test [192.0.2.1 2001:db8::1] [cdn.test] dns}]"},
		"over HTTPS": {[][]byte{job, netLog(2, "0x7", "b", "HOST_RESOLVER_DNS_TASK", dnsRecords+`"secure":true,`)},
			"[{a.test [192.0.2.1 2001:db8::1] [cdn.test] dns-over-https}]"},
		"told late first": {[][]byte{netLog(2, "0x7", "b", "HOST_RESOLVER_DNS_TASK", dnsRecords), job},
			"[{a.test [192.0.2.1 2001:db8::1] [cdn.test] dns}]"},
		"the system, after a name server had nothing": {[][]byte{job, netLog(2, "0x7", "b", "HOST_RESOLVER_DNS_TASK", ""),
			netLog(3, "0x7", "b", "HOST_RESOLVER_SYSTEM_TASK", `"address_list":["[::1]:0","127.0.0.1:0","no"],`)},
			"[{a.test [::1 127.0.0.1] [] system}]"},
		"list of hosts": {[][]byte{netLog(1, "0x6", "n", "HOST_RESOLVER_MANAGER_HOSTS_HIT",
			`"results":[{"domain_name":"a.test","endpoints":[{"address":"127.0.0.1","port":0}],"source":"hosts","type":"data"},{"domain_name":"a.test","error":-105,"type":"error"}],`)},
			"[{a.test [127.0.0.1] [] hosts}]"},
		"a number that is given again": {[][]byte{job, netLog(2, "0x7", "b", "HOST_RESOLVER_DNS_TASK", dnsRecords),
			netLog(4, "0x7", "b", "HOST_RESOLVER_MANAGER_JOB", `"host":"https://b.test",`),
			netLog(5, "0x7", "b", "HOST_RESOLVER_SYSTEM_TASK", `"address_list":["192.0.2.9:0"],`)},
			"[{a.test [192.0.2.1 2001:db8::1] [cdn.test] dns} {b.test [192.0.2.9] [] system}]"},
		"the first answer counts": {[][]byte{job, netLog(2, "0x7", "b", "HOST_RESOLVER_DNS_TASK", dnsRecords),
			netLog(3, "0x7", "b", "HOST_RESOLVER_SYSTEM_TASK", `"address_list":["192.0.2.9:0"],`)},
			"[{a.test [192.0.2.1 2001:db8::1] [cdn.test] dns}]"},
		"no job":             {[][]byte{netLog(2, "0x7", "b", "HOST_RESOLVER_DNS_TASK", dnsRecords)}, "[]"},
		"records of another": {[][]byte{netLog(1, "0x7", "b", "HOST_RESOLVER_MANAGER_JOB", `"host":"https://b.test",`), netLog(2, "0x7", "b", "HOST_RESOLVER_DNS_TASK", dnsRecords)}, "[]"},
		"of another form":    {[][]byte{[]byte(`{"args":[]}`), []byte(`nonsense`), netLog(1, "0x6", "n", "HOST_RESOLVER_MANAGER_HOSTS_HIT", `"results":{},`)}, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			found, list := resolved(c.events), []evidence.NameAnswer{}
			for _, host := range []string{"a.test", "b.test"} {
				if a, ok := found[host]; ok {
					list = append(list, a)
				}
			}
			if got := fmt.Sprint(list); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func FuzzResolved(f *testing.F) {
	f.Add(string(netLog(1, "0x7", "b", "HOST_RESOLVER_MANAGER_JOB", `"host":"https://a.test:8443",`)), string(netLog(2, "0x7", "b", "HOST_RESOLVER_DNS_TASK", dnsRecords)))
	f.Fuzz(func(t *testing.T, one, two string) {
		for host, a := range resolved([][]byte{[]byte(one), []byte(two)}) {
			if host == "" || len(host) > maxHost || len(a.Addresses) == 0 || len(a.Addresses) > maxAddresses || len(a.Aliases) > maxAliases {
				t.Errorf("%q: %+v", host, a)
			}
			for _, s := range append(a.Aliases, host) {
				if evidence.Clean(s) != s {
					t.Errorf("%q", s)
				}
			}
			if strings.ContainsAny(strings.Join(a.Addresses, ""), "% \n") {
				t.Errorf("%q", a.Addresses)
			}
		}
	})
}
