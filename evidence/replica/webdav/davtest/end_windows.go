package davtest

func (s *Server) end() { _ = s.cmd.Process.Kill() }
