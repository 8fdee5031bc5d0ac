package device

import (
	"bufio"
	"io"
	"net/netip"
	"slices"
	"strings"
)

// maxNameServers is more than a resolver asks, and maxResolvConf more than its file holds, in bytes.
const (
	maxNameServers = 8
	maxResolvConf  = 64 << 10
)

// nameServers reads the addresses from a file in the format of resolv.conf(5).
func nameServers(r io.Reader) []string {
	var found []string
	lines := bufio.NewScanner(io.LimitReader(r, maxResolvConf))
	for lines.Scan() && len(found) < maxNameServers {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || fields[0] != "nameserver" {
			continue
		}
		if a, err := netip.ParseAddr(fields[1]); err == nil {
			found = append(found, a.WithZone("").String())
		}
	}
	return found
}

// listed is a list of servers as the record has it: each once, without zones, no more than a
// resolver asks.
func listed(servers []netip.Addr) []string {
	var found []string
	for _, a := range servers {
		s := a.Unmap().WithZone("").String()
		if a.IsValid() && len(found) < maxNameServers && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	return found
}
