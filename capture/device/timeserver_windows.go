package device

import "golang.org/x/sys/windows/registry"

// TimeServer is the time server that this system is set to ask; empty if none is known. Nobody is
// asked for it.
func TimeServer() string {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Services\W32Time\Parameters`, registry.QUERY_VALUE)
	if err != nil {
		return ""
	}
	defer key.Close()
	// In a domain the servers are its controllers, and NtpServer is not used.
	if kind, _, err := key.GetStringValue("Type"); err != nil || kind != "NTP" && kind != "AllSync" {
		return ""
	}
	value, _, err := key.GetStringValue("NtpServer")
	if err != nil {
		return ""
	}
	return w32time(value)
}
