//go:build !windows && !linux

package chrome

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent does nothing: these systems cannot. Chromium ends by itself
// when the pipe to this program closes.
func dieWithParent(*syscall.SysProcAttr) {}

// profileProcesses lists the processes that have a mark of this profile in their command line.
func profileProcesses(profile string) []int {
	out, err := exec.Command("/bin/ps", "-axww", "-o", "pid=,command=").Output()
	if err != nil {
		return nil
	}
	marks := marksOf(profile)
	var pids []int
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		id, command, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		pid, err := strconv.Atoi(id)
		if err == nil && pid != os.Getpid() && slices.ContainsFunc(marks, func(mark string) bool {
			_, rest, found := strings.Cut(command, mark)
			return found && (rest == "" || rest[0] == ' ')
		}) {
			pids = append(pids, pid)
		}
	}
	return pids
}
