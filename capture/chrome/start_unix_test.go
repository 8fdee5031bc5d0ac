//go:build !windows

package chrome

import (
	"context"
	"errors"
	"os"
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
