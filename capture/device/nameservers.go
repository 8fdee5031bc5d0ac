package device

import (
	"bufio"
	"io"
	"net/netip"
	"os"
	"runtime"
	"strings"

	"constat/evidence"
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

// NameServers lists the servers that the system is set to ask. Whether the browser
// asked those, its own log of names tells; the detail names its source.
func NameServers() evidence.Precondition {
	p := evidence.Precondition{Item: ItemNameServers, State: evidence.NotChecked}
	if runtime.GOOS != "linux" {
		return p
	}
	f, err := os.Open("/etc/resolv.conf")
	if err != nil {
		return p
	}
	defer f.Close()
	if found := nameServers(f); len(found) > 0 {
		return evidence.Say("", "resolv.conf: {servers}", strings.Join(found, ", ")).Precondition(ItemNameServers, evidence.Met)
	}
	return p
}
