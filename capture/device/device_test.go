package device

import (
	"net/netip"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"constat/evidence"
)

func TestProxy(t *testing.T) {
	none := evidence.Precondition{Item: ItemProxy, State: evidence.NotChecked}
	if runtime.GOOS == "linux" {
		none = evidence.Precondition{Item: ItemProxy, State: evidence.Met, Detail: "environment", Values: map[string]string{"form": "environment"}}
	}
	set := func(proxies string) evidence.Precondition {
		return evidence.Precondition{Item: ItemProxy, State: evidence.NotMet, Detail: proxies, Values: map[string]string{"proxies": proxies}}
	}
	for name, row := range map[string]struct {
		env  map[string]string
		want evidence.Precondition
	}{
		"none":  {nil, none},
		"plain": {map[string]string{"http_proxy": "proxy.example:3128"}, set("http_proxy=http://proxy.example:3128")},
		"with credentials": {map[string]string{"HTTPS_PROXY": "ana:secret@proxy.example:3128", "all_proxy": "socks5://ana@proxy.example"},
			set("HTTPS_PROXY=http://proxy.example:3128, all_proxy=socks5://proxy.example")},
		"with credentials that nobody can read": {map[string]string{"http_proxy": "http://ana:p%zz@proxy.example"},
			set("http_proxy")},
	} {
		if got := Proxy(func(n string) string { return row.env[n] }); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: %+v, want %+v", name, got, row.want)
		}
	}
}

// What can be known of this machine is said.
func TestConditionsAreNamed(t *testing.T) {
	for item, p := range map[string]evidence.Precondition{ItemClockKept: KeptClock(), ItemNameServers: NameServers()} {
		if p.Item != item || p.State == "" || p.State != evidence.NotChecked && p.Detail == "" {
			t.Errorf("%+v", p)
		}
	}
}

// What Windows is set to, read on any system.
func TestSettingsOfWindows(t *testing.T) {
	for _, row := range []struct {
		start uint64
		kind  string
		want  evidence.Precondition
	}{
		{3, "NTP", evidence.Precondition{Item: ItemClockKept, State: evidence.Met, Detail: "W32Time: set to follow a source (NTP)",
			Values: map[string]string{"form": "time-service", "kind": "NTP"}}},
		{disabled, "NTP", evidence.Precondition{Item: ItemClockKept, State: evidence.NotMet, Detail: "W32Time: set to follow no source",
			Values: map[string]string{"form": "time-service-off"}}},
		{2, "NoSync", evidence.Precondition{Item: ItemClockKept, State: evidence.NotMet, Detail: "W32Time: set to follow no source",
			Values: map[string]string{"form": "time-service-off"}}},
	} {
		if got := timeService(row.start, row.kind); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%d %s: %+v", row.start, row.kind, got)
		}
	}
	for name, row := range map[string]struct {
		on             bool
		server, script string
		want           []string
	}{
		"none":        {false, "old:1", "", nil},
		"one":         {true, "proxy.example:8080", "", []string{"proxy=http://proxy.example:8080"}},
		"several":     {true, "http=a:1;https=ana:secret@b:2;socks=c:3", "", []string{"http=http://a:1", "https=http://b:2", "socks=http://c:3"}},
		"a script":    {false, "", "http://wpad/x.pac", []string{"auto_proxy=http://wpad/x.pac"}},
		"on, nothing": {true, "", "", nil},
	} {
		if got := internetSettings(row.on, row.server, row.script); !slices.Equal(got, row.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	same := netip.MustParseAddr("fe80::1%3")
	if got := listed([]netip.Addr{same, same, {}, netip.MustParseAddr("::ffff:192.0.2.1")}); !slices.Equal(got, []string{"fe80::1", "192.0.2.1"}) {
		t.Errorf("%q", got)
	}
}
