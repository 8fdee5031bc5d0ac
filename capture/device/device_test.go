package device

import (
	"reflect"
	"runtime"
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
