package device

import (
	"net/url"
	"runtime"
	"strings"

	"constat/evidence"
)

// Proxy says which proxies are set where the browser looks for them.
func Proxy(env func(string) string) evidence.Precondition {
	system, known := systemProxies()
	if found := append(proxySettings(env), system...); len(found) > 0 {
		return evidence.Say("", "{proxies}", strings.Join(found, ", ")).Precondition(ItemProxy, evidence.NotMet)
	}
	if runtime.GOOS == "linux" {
		// With a HOME of its own the browser has only the environment to go by.
		return evidence.Say("environment", "environment").Precondition(ItemProxy, evidence.Met)
	}
	if known {
		return evidence.Say("settings", "the system's settings").Precondition(ItemProxy, evidence.Met)
	}
	return evidence.Precondition{Item: ItemProxy, State: evidence.NotChecked}
}

// proxySettings names the proxies that the environment sets, without
// credentials. Settings of the desktop are not seen by a browser with a HOME
// of its own on Linux; elsewhere the browser follows the system's.
func proxySettings(env func(string) string) []string {
	var found []string
	for _, name := range []string{"http_proxy", "https_proxy", "all_proxy", "auto_proxy"} {
		for _, n := range []string{name, strings.ToUpper(name)} {
			if value := env(n); value != "" {
				found = append(found, namedProxy(n, value))
				break
			}
		}
	}
	return found
}

// namedProxy is a proxy without its credentials.
func namedProxy(name, value string) string {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	if err != nil { // it may hold a password at an unknown place
		return name
	}
	u.User = nil
	return name + "=" + evidence.Shorten(u.String(), 200)
}
