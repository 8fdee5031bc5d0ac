package system

import "golang.org/x/sys/windows"

// NoDumps keeps a crash of this program, and of every program that it starts, from being reported
// by Windows, which would write what was in memory. What the system swaps or writes when it
// hibernates is not touched by it.
func NoDumps() error {
	windows.SetErrorMode(windows.SetErrorMode(0) | windows.SEM_FAILCRITICALERRORS | windows.SEM_NOGPFAULTERRORBOX)
	return nil
}
