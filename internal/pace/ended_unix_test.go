//go:build !windows

package pace

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// aGo stands for the Go command: it knows one package, whose tests start something that has no end. What holds
// descriptor 3 lives; deaf is empty or what makes it ignore that it is told to end.
const aGo = `#!/bin/sh
case "$*" in
*-export*) ;;
list*) echo constat/x.test constat/x ;;
test*) sh -c "$DEAF echo up >&3; while :; do sleep 1000; done" & wait ;;
esac
`

// Who ends scripts/test.sh, and nothing else, ends all that it started, and leaves no folder behind.
func TestNothingRunsOnWhenTheTestsAreEnded(t *testing.T) {
	// Where this test itself was started with signals ignored, its children would inherit that.
	signal.Notify(make(chan os.Signal, 8), syscall.SIGHUP, syscall.SIGINT)
	defer signal.Reset(syscall.SIGHUP, syscall.SIGINT)
	for _, how := range []struct {
		name string
		with syscall.Signal
		code int
		deaf string
	}{
		{"closed terminal", syscall.SIGHUP, 129, ""},
		{"Ctrl+C", syscall.SIGINT, 130, ""},
		{"told to end", syscall.SIGTERM, 143, ""},
		{"what does not listen", syscall.SIGTERM, 143, "trap '' TERM;"},
	} {
		t.Run(how.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "go"), []byte(aGo), 0o700); err != nil {
				t.Fatal(err)
			}
			temp := filepath.Join(dir, "temp")
			if err := os.Mkdir(temp, 0o700); err != nil {
				t.Fatal(err)
			}
			alive, end, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer alive.Close()
			cmd := exec.Command("sh", "scripts/test.sh")
			cmd.Dir, cmd.ExtraFiles = filepath.Join("..", ".."), []*os.File{end}
			cmd.Env = append(os.Environ(), "PATH="+dir+string(filepath.ListSeparator)+os.Getenv("PATH"), "TMPDIR="+temp, "PACKAGES=x", "DEAF="+how.deaf)
			if err := errors.Join(cmd.Start(), end.Close(), alive.SetReadDeadline(time.Now().Add(Processor().Of(time.Minute)))); err != nil {
				t.Fatal(err)
			}
			heard := bufio.NewReader(alive)
			if _, err := heard.ReadString('\n'); err != nil {
				t.Fatalf("nothing was started: %v", err)
			}
			if err := cmd.Process.Signal(how.with); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != how.code {
				t.Errorf("exit code %d, want %d", code, how.code)
			}
			if _, err := io.Copy(io.Discard, heard); err != nil {
				t.Errorf("something runs on: %v", err)
			}
			if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
