//go:build !windows

package device

import (
	"os"
	"strings"

	"constat/evidence"
)

// NameServers lists the servers that the system is set to ask. Whether the browser asked those, its
// own log of names tells; the detail names its source. (macOS keeps that file for programs such as
// this one.)
func NameServers() evidence.Precondition {
	p := evidence.Precondition{Item: ItemNameServers, State: evidence.NotChecked}
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

// systemProxies are those that the browser takes from the system's settings; known tells whether
// they could be read.
func systemProxies() (found []string, known bool) { return nil, false }
