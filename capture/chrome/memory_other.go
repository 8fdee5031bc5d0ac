//go:build !linux

package chrome

// memoryRoots lists folders that lie in memory and not on a disk. These
// systems have none by default.
func memoryRoots() []string { return nil }
