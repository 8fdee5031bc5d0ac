//go:build !windows

package system

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// NoDumps keeps a crash of this program, and of every program that it starts, from leaving what was
// in memory on the disk. It cannot be taken back. What the system swaps or writes when it
// hibernates is not touched by it.
func NoDumps() error {
	// On Linux a limit of 0 still feeds a program that collects dumps; 1 does neither that nor
	// write a file (core(5)).
	limit := unix.Rlimit{}
	if runtime.GOOS == "linux" {
		limit = unix.Rlimit{Cur: 1, Max: 1}
	}
	var now unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &now); err == nil && now.Max <= limit.Max {
		limit.Max, limit.Cur = now.Max, now.Max
	}
	return unix.Setrlimit(unix.RLIMIT_CORE, &limit)
}
