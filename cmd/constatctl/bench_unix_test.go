//go:build unix

package main

import (
	"os"
	"syscall"
)

// peakKilobytes is the largest resident size of the process itself, its
// children left out (getrusage counts kilobytes on Linux).
func peakKilobytes(s *os.ProcessState) int64 {
	if u, ok := s.SysUsage().(*syscall.Rusage); ok {
		return u.Maxrss
	}
	return 0
}
