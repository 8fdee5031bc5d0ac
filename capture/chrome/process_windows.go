package chrome

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// browserTree is a job object. When its last handle closes, also because this
// program dies, the system ends every process in it.
type browserTree struct {
	pid   int
	name  string        // of the browser's file
	begun time.Time     // it is not older
	stop  chan struct{} // closed when nobody is waited for any more

	mu  sync.Mutex
	job windows.Handle // 0: there is none, or none any more
}

// adoptPause is how often a browser that starts is looked for.
const adoptPause = 3 * time.Millisecond

// ownGroup makes a job for the browser, and has it start asleep: so it is in the job before it can
// have a child, which then is in it, too. What starts it does not say when, so it is looked for by
// its profile; where command lines cannot be read (Wine before 9 cannot) by its name and its age, because
// a browser that nobody wakes never answers.
func ownGroup(cmd *exec.Cmd, profile string) *browserTree {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	// No console opens, in case the browser is named by a script. (HideWindow would hide the
	// browser's own first window.)
	cmd.SysProcAttr.CreationFlags |= windows.CREATE_NO_WINDOW
	t := &browserTree{name: filepath.Base(cmd.Path), begun: time.Now(), job: newJob(), stop: make(chan struct{})}
	if t.job != 0 {
		cmd.SysProcAttr.CreationFlags |= windows.CREATE_SUSPENDED
		go t.adopt(profile)
	}
	return t
}

func newJob() windows.Handle {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		windows.CloseHandle(job)
		return 0
	}
	return job
}

// adopt waits for the browser, puts it into the job and wakes it.
func (t *browserTree) adopt(profile string) {
	tick := time.NewTicker(adoptPause)
	defer tick.Stop()
	for !t.wake(profile) {
		select {
		case <-t.stop:
			return
		case <-tick.C:
		}
	}
}

var resumeProcess = windows.NewLazySystemDLL("ntdll.dll").NewProc("NtResumeProcess")

func (t *browserTree) wake(profile string) bool {
	self := uint32(os.Getpid())
	for _, e := range processes(func(e *windows.ProcessEntry32) bool { return e.ParentProcessID == self }) {
		if !startedWith(e, profile) && !t.unread(e) {
			continue
		}
		process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE|windows.PROCESS_SUSPEND_RESUME, false, e)
		if err != nil {
			continue
		}
		defer windows.CloseHandle(process)
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.job != 0 {
			// A system that forbids it leaves the search by profile, with which End ends what is left.
			_ = windows.AssignProcessToJobObject(t.job, process)
		}
		resumeProcess.Call(uintptr(process))
		return true
	}
	return false
}

// unread reports a process whose command line cannot be read, and which has the browser's name and age.
func (t *browserTree) unread(pid uint32) bool {
	if commandLine(pid) != "" {
		return false
	}
	named := processes(func(e *windows.ProcessEntry32) bool {
		return e.ProcessID == pid && strings.EqualFold(windows.UTF16ToString(e.ExeFile[:]), t.name)
	})
	if len(named) == 0 {
		return false
	}
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return false
	}
	defer windows.CloseHandle(process)
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(process, &created, &exited, &kernel, &user); err != nil {
		return false
	}
	return !time.Unix(0, created.Nanoseconds()).Before(t.begun.Add(-time.Second)) // the clocks tick differently
}

// hold names the browser, once it has been started.
func (t *browserTree) hold(pid int) { t.pid = pid }

func (t *browserTree) kill() {
	t.mu.Lock()
	if t.job != 0 {
		windows.TerminateJobObject(t.job, 1)
		windows.CloseHandle(t.job)
		t.job = 0
		close(t.stop)
	}
	t.mu.Unlock()
	if t.pid > 0 {
		killProcess(t.pid)
	}
}

// elevated tells whether this program has an administrator's rights.
func elevated() bool { return windows.GetCurrentProcessToken().IsElevated() }

func killProcess(pid int) {
	process, err := windows.OpenProcess(windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return
	}
	windows.TerminateProcess(process, 1)
	windows.CloseHandle(process)
}

// profileProcesses lists the processes that have this profile in their command
// line.
func profileProcesses(profile string) []int {
	var pids []int
	for _, pid := range processes(func(*windows.ProcessEntry32) bool { return true }) {
		if startedWith(pid, profile) {
			pids = append(pids, int(pid))
		}
	}
	return pids
}

// processes lists those that are wanted.
func processes(want func(*windows.ProcessEntry32) bool) (pids []uint32) {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return nil
	}
	defer windows.CloseHandle(snapshot)
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		if want(&entry) {
			pids = append(pids, entry.ProcessID)
		}
	}
	return pids
}

func startedWith(pid uint32, profile string) bool {
	// The switch is quoted when the path holds a blank.
	line := strings.ReplaceAll(commandLine(pid), `"`, "")
	_, rest, found := strings.Cut(line, "--user-data-dir="+profile)
	return found && (rest == "" || rest[0] == ' ')
}

// Reading the command line of another process needs its memory layout;
// the kernel hands it out as a string (ProcessCommandLineInformation, class 60).
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
