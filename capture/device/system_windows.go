package device

import (
	"net/netip"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"

	"constat/evidence"
)

// NameServers lists the servers that the system's connections are set to ask. Whether the browser
// asked those, its own log of names tells; the detail names its source.
func NameServers() evidence.Precondition {
	if found := listed(adapterServers()); len(found) > 0 {
		return evidence.Say("", "adapters: {servers}", strings.Join(found, ", ")).Precondition(ItemNameServers, evidence.Met)
	}
	return evidence.Precondition{Item: ItemNameServers, State: evidence.NotChecked}
}

// adapterServers are the name servers of the connections that are up.
func adapterServers() (servers []netip.Addr) {
	const flags = windows.GAA_FLAG_SKIP_UNICAST | windows.GAA_FLAG_SKIP_ANYCAST | windows.GAA_FLAG_SKIP_MULTICAST | windows.GAA_FLAG_SKIP_FRIENDLY_NAME
	size := uint32(16 << 10)
	for range 3 {
		buf := make([]uint64, size/8+1)
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0]))
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, flags, 0, first, &size)
		if err == windows.ERROR_BUFFER_OVERFLOW {
			continue // the size is now the one that is needed
		}
		if err != nil {
			return nil
		}
		for a := first; a != nil; a = a.Next {
			if a.OperStatus != windows.IfOperStatusUp || a.IfType == windows.IF_TYPE_SOFTWARE_LOOPBACK {
				continue
			}
			for s := a.FirstDnsServerAddress; s != nil; s = s.Next {
				if ip, ok := netip.AddrFromSlice(s.Address.IP()); ok {
					servers = append(servers, ip)
				}
			}
		}
		return servers
	}
	return nil
}

// KeptClock is what the system is set to; whether its time service reached its source is not asked.
func KeptClock() evidence.Precondition {
	start, err := registryNumber(registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Services\W32Time`, "Start")
	kind, err2 := registryText(registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Services\W32Time\Parameters`, "Type")
	if err != nil || err2 != nil {
		return evidence.Precondition{Item: ItemClockKept, State: evidence.NotChecked}
	}
	return timeService(start, kind)
}

// systemProxies are those of the person's settings, which the browser follows.
func systemProxies() (found []string, known bool) {
	const path = `Software\Microsoft\Windows\CurrentVersion\Internet Settings`
	on, err := registryNumber(registry.CURRENT_USER, path, "ProxyEnable")
	if err != nil {
		return nil, false
	}
	server, _ := registryText(registry.CURRENT_USER, path, "ProxyServer")
	script, _ := registryText(registry.CURRENT_USER, path, "AutoConfigURL")
	return internetSettings(on != 0, server, script), true
}

func registryText(root registry.Key, path, name string) (string, error) {
	key, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
	if err != nil {
		return "", err
	}
	defer key.Close()
	s, _, err := key.GetStringValue(name)
	return s, err
}

func registryNumber(root registry.Key, path, name string) (uint64, error) {
	key, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
	if err != nil {
		return 0, err
	}
	defer key.Close()
	n, _, err := key.GetIntegerValue(name)
	return n, err
}
