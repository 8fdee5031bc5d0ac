package capture

import (
	"strings"

	"constat/evidence"
)

// proxySettings names the proxies that the environment sets, without
// credentials. Settings of the desktop are not seen by a browser with a HOME
// of its own on Linux; elsewhere the browser follows the system's.
func proxySettings(env func(string) string) []string {
	var found []string
	for _, name := range []string{"http_proxy", "https_proxy", "all_proxy", "auto_proxy"} {
		for _, n := range []string{name, strings.ToUpper(name)} {
			if value := env(n); value != "" {
				if !strings.Contains(value, "://") {
					value = "http://" + value
				}
				found = append(found, n+"="+evidence.Shorten(withoutUser(value), 200))
				break
			}
		}
	}
	return found
}
