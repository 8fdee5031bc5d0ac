//go:build !windows

package chrome

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// silent is a program in the place of the browser that starts and never answers. It tells
// through the pipe that it has started.
func silent(t *testing.T) (program string, started func()) {
	t.Helper()
	dir := t.TempDir()
	program, pipe := filepath.Join(dir, "browser"), filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// What the shell runs keeps the command line, by which the tests find what is left behind.
	script := "#!/bin/sh\necho started > '" + pipe + "'\nwhile read -r line; do :; done <&3\nread -r never < '" + pipe + "'\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return program, func() {
		if b, err := os.ReadFile(pipe); err != nil || string(b) != "started\n" {
			t.Errorf("%q, %v", b, err)
		}
	}
}

func TestBrowserThatNeverAnswers(t *testing.T) {
	t.Parallel()
	var started func()
	o := options(t)
	o.Executable.Path, started = silent(t)
	o.Limit = time.Second
	go started()
	_, err := Start(t.Context(), o)
	if e, ok := errors.AsType[*StartError](err); !ok || e.Hint != HintTimeout {
		t.Errorf("error %v", err)
	}
	o = options(t)
	o.Executable.Path, started = silent(t)
	ctx, cancel := context.WithCancel(t.Context())
	moment := make(chan time.Time, 1)
	go func() { started(); moment <- time.Now(); cancel() }()
	_, err = Start(ctx, o)
	// At once, and two seconds more for a busy machine.
	if waited := time.Since(<-moment); !errors.Is(err, context.Canceled) || waited > paced(t, 3*time.Second) {
		t.Errorf("error %v after %v", err, waited)
	}
}

// What writes crash reports has left the browser's group and does not name the profile: it is ended, too.
func TestCrashHandlersAreEnded(t *testing.T) {
	t.Parallel()
	f, err := makeFolder(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	handler := exec.Command("/bin/sh", "-c", "echo; read line", "handler", "--monitor-self", "--database="+f.crashes(), "--initial-client-fd=4")
	handler.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if _, err := handler.StdinPipe(); err != nil { // it waits as long as the test does
		t.Fatal(err)
	}
	runs, err := handler.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := handler.Start(); err != nil {
		t.Fatal(err)
	}
	// A program that was just started has no command line yet: its first word says that it has.
	if _, err := runs.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- handler.Wait() }()
	if endProfile(f.profile(), 1) {
		t.Error("nobody was seen")
	}
	select {
	case <-ended:
	case <-time.After(paced(t, 10*time.Second)):
		t.Error("it goes on")
	}
	if err := f.remove(); err != nil {
		t.Error(err)
	}
}
