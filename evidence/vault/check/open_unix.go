//go:build !windows

package check

import "syscall"

// openFlags keep an opening from waiting for the other end of a pipe, and from following a link.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW
