//go:build !windows

package chrome

import (
	"os/exec"
	"path/filepath"
	"syscall"
)

// browserTree is what holds the processes of a browser together; on Unix that
// is the process group, which needs no handle.
type browserTree struct{ pid int }

// ownGroup gives the browser a process group of its own, so that all of it can
// be killed at once.
func ownGroup(cmd *exec.Cmd, _ string) *browserTree {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Setpgid = true
	dieWithParent(cmd.SysProcAttr)
	return &browserTree{}
}

// hold names the browser, once it has been started.
func (t *browserTree) hold(pid int) { t.pid = pid }

// kill ends the browser and its children. It is called before the browser is
// waited for, so that the number still means this group.
func (t *browserTree) kill() {
	if t.pid > 0 {
		syscall.Kill(-t.pid, syscall.SIGKILL)
	}
}

// marksOf is what a process of this profile has in its command line. Chromium hands the profile to all its
// children but to those that write crash reports: they leave the group, end by themselves some time after the
// browser, and are known by the folder that they write into.
func marksOf(profile string) []string {
	f := folder{path: filepath.Dir(profile)}
	return []string{"--user-data-dir=" + f.profile(), "--database=" + f.crashes()}
}

func killProcess(pid int) { syscall.Kill(pid, syscall.SIGKILL) }

// elevated: here, the rights of an administrator are root's.
func elevated() bool { return false }
