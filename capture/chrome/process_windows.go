package chrome

import (
	"os/exec"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// ownGroup keeps a console window from opening.
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.HideWindow = true
}

// browserTree is a job object. When its last handle closes, also because this
// program dies, the system ends every process in it.
type browserTree struct {
	job windows.Handle
	pid int
}

func holdTree(pid int) browserTree {
	t := browserTree{pid: pid}
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return t
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err == nil {
		var process windows.Handle
		process, err = windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
		if err == nil {
			err = windows.AssignProcessToJobObject(job, process)
			windows.CloseHandle(process)
		}
	}
	if err != nil {
		windows.CloseHandle(job)
		return t
	}
	t.job = job
	return t
}

func (t browserTree) kill() {
	if t.job != 0 {
		windows.TerminateJobObject(t.job, 1)
		windows.CloseHandle(t.job)
	}
	killProcess(t.pid)
}

func killProcess(pid int) {
	process, err := windows.OpenProcess(windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return
	}
	windows.TerminateProcess(process, 1)
	windows.CloseHandle(process)
}

// profileProcesses lists the processes that have this profile in their command
// line. Reading the command line of another process needs its memory layout;
// the kernel hands it out as a string (ProcessCommandLineInformation, class 60).
func profileProcesses(profile string) []int {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return nil
	}
	defer windows.CloseHandle(snapshot)
	var pids []int
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		// The switch is quoted when the path holds a blank.
		line := strings.ReplaceAll(commandLine(entry.ProcessID), `"`, "")
		_, rest, found := strings.Cut(line, "--user-data-dir="+profile)
		if found && (rest == "" || rest[0] == ' ') {
			pids = append(pids, int(entry.ProcessID))
		}
	}
	return pids
}

const processCommandLineInformation = 60

func commandLine(pid uint32) string {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return ""
	}
	defer windows.CloseHandle(process)
	// A UNICODE_STRING followed by its characters, which it points to.
	buf := make([]uint64, 8<<10)
	size := uint32(len(buf) * 8)
	var got uint32
	err = windows.NtQueryInformationProcess(process, processCommandLineInformation, unsafe.Pointer(&buf[0]), size, &got)
	if err != nil || got < uint32(unsafe.Sizeof(windows.NTUnicodeString{})) {
		return ""
	}
	return (*windows.NTUnicodeString)(unsafe.Pointer(&buf[0])).String()
}
