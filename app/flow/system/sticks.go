package system

import "path/filepath"

// Sticks are the drives that can be taken along: USB sticks, memory cards, disks with a cable.
func Sticks() (roots []string) {
	for _, root := range Drives() {
		if removable(filepath.Clean(root)) {
			roots = append(roots, root)
		}
	}
	return roots
}
