package system

import (
	"fmt"
	"strings"
)

// firstWindows11 is the build from which on the same name means another system: the registry still
// says 10.
const firstWindows11 = 22000

// windowsName puts together what Windows says: product ("Windows 10 Pro"), release ("24H2"), build
// and revision.
func windowsName(product, release string, build, revision uint32) string {
	if product == "" {
		product = "Windows"
	}
	if build >= firstWindows11 {
		product = strings.Replace(product, "Windows 10", "Windows 11", 1)
	}
	if release != "" {
		product += " " + release
	}
	return fmt.Sprintf("%s (build %d.%d)", product, build, revision)
}

// macName puts together what macOS says.
func macName(version string, build func() (string, error)) string {
	if b, err := build(); err == nil && b != "" {
		return fmt.Sprintf("macOS %s (%s)", version, b)
	}
	return "macOS " + version
}
