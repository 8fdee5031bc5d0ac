//go:build !windows

package capture

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"constat/evidence"
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
	program, started := silent(t)
	r := recorder(t, func(c *Config) { c.Executable.Path, c.Limits.Launch = program, time.Second })
	go started()
	if e := refuse[*BrowserStartError](t, r, "http://127.0.0.1/"); e.Hint != HintTimeout {
		t.Errorf("error %+v", e)
	}
	program, started = silent(t)
	r = recorder(t, func(c *Config) { c.Executable.Path = program })
	ctx, cancel := context.WithCancel(t.Context())
	moment := make(chan time.Time, 1)
	go func() { started(); moment <- time.Now(); cancel() }()
	_, err := r.Capture(ctx, evidence.Request{Address: "http://127.0.0.1/"}, &memory{}, nil)
	if waited := time.Since(<-moment); !errors.Is(err, context.Canceled) || waited > soon {
		t.Errorf("error %v after %v", err, waited)
	}
}
