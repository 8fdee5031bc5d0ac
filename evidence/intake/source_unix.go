//go:build unix

package intake

import "syscall"

// A link or a pipe that was put in the file's place after it was looked at is
// neither followed nor waited for.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
