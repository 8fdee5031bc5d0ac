//go:build !windows

package davtest

import "syscall"

// end has Apache end its children, too: killed, it would leave them at the port. It waits for no
// request.
func (s *Server) end() { _ = s.cmd.Process.Signal(syscall.SIGTERM) }
