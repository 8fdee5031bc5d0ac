package chrome

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"syscall"
)

// dieWithParent lets the kernel kill the browser when this program dies.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }

// profileProcesses lists the processes that have a mark of this profile in their command line.
func profileProcesses(profile string) []int {
	marks := marksOf(profile)
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		line, err := os.ReadFile("/proc/" + e.Name() + "/cmdline")
		if err != nil {
			continue
		}
		// Children rewrite their command line with blanks between arguments.
		if slices.ContainsFunc(marks, func(mark string) bool {
			_, rest, found := bytes.Cut(line, []byte(mark))
			return found && endsArgument(rest)
		}) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func endsArgument(rest []byte) bool {
	return len(rest) == 0 || rest[0] == 0 || rest[0] == ' '
}
