//go:build !windows

package chrome

import (
	"os/exec"
	"syscall"
)

// ownGroup gives the browser a process group of its own, so that all of it can
// be killed at once.
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Setpgid = true
	dieWithParent(cmd.SysProcAttr)
}

func killProcess(pid int) { syscall.Kill(pid, syscall.SIGKILL) }

// browserTree is what holds the processes of a browser together; on Unix that
// is the process group, which needs no handle.
type browserTree struct{ pid int }

func holdTree(pid int) browserTree { return browserTree{pid} }

// kill ends the browser and its children. It is called before the browser is
// waited for, so that the number still means this group.
func (t browserTree) kill() { syscall.Kill(-t.pid, syscall.SIGKILL) }
