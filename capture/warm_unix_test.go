//go:build unix

package capture

import (
	"syscall"
	"testing"
)

// A browser that does not answer, as after a system that froze it, is not waited for.
func TestWarmFreezes(t *testing.T) {
	r, _ := replaced(t, syscall.SIGSTOP)
	captureAfter(t, r)
}
