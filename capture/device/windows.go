package device

import (
	"strings"

	"constat/evidence"
)

// disabled is how Windows marks a service that never starts.
const disabled = 4

// timeService is what Windows' time service is set to: how it starts, and what it follows (NTP,
// NT5DS, AllSync or NoSync).
func timeService(start uint64, kind string) evidence.Precondition {
	if start == disabled || strings.EqualFold(kind, "NoSync") {
		return evidence.Say("time-service-off", "W32Time: set to follow no source").Precondition(ItemClockKept, evidence.NotMet)
	}
	return evidence.Say("time-service", "W32Time: set to follow a source ({kind})", evidence.Shorten(kind, 20)).
		Precondition(ItemClockKept, evidence.Met)
}

// internetSettings names the proxies of Windows' settings, without credentials: one for all, or
// "http=…;https=…", and a script.
func internetSettings(on bool, server, script string) (found []string) {
	if on {
		for part := range strings.FieldsFuncSeq(server, func(r rune) bool { return r == ';' || r == ' ' }) {
			name, value, ok := strings.Cut(part, "=")
			if !ok {
				name, value = "proxy", part
			}
			found = append(found, namedProxy(name, value))
		}
	}
	if script != "" {
		found = append(found, namedProxy("auto_proxy", script))
	}
	return found
}
