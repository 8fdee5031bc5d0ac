//go:build !windows && !linux

package chrome

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent does nothing: these systems cannot. Chromium ends by itself
// when the pipe to this program closes.
func dieWithParent(*syscall.SysProcAttr) {}

// profileProcesses lists the processes that have this profile in their command
// line; Chromium hands the switch to all its children.
func profileProcesses(profile string) []int {
	out, err := exec.Command("/bin/ps", "-axww", "-o", "pid=,command=").Output()
	if err != nil {
		return nil
	}
	var pids []int
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		id, command, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		pid, err := strconv.Atoi(id)
		_, rest, found := strings.Cut(command, "--user-data-dir="+profile)
		if err == nil && found && pid != os.Getpid() && (rest == "" || rest[0] == ' ') {
			pids = append(pids, pid)
		}
	}
	return pids
}
