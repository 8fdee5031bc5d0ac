package leftover

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const planted = "CONSTAT_PLANTED_PROCESS"

// TestMain is the process that is left behind: it ends when nobody holds its input any more.
func TestMain(m *testing.M) {
	if os.Getenv(planted) != "" {
		_, _ = os.Stdout.WriteString("here\n")
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A process that is left behind is seen, under its number, and no longer when it has ended.
func TestAPlantedProcessIsSeen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "work")
	if left := Processes(dir); len(left) != 0 {
		t.Fatalf("before: %q", left)
	}
	// As many arguments as a browser has: none may be cut off.
	args := slices.Repeat([]string{"--some-flag-of-a-browser=with-a-value"}, 100)
	cmd := exec.Command(os.Args[0], append(args, "--user-data-dir="+filepath.Join(dir, "profile"))...)
	cmd.Env = append(os.Environ(), planted+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	here := make([]byte, len("here"))
	_, err = io.ReadFull(out, here)
	left, other := Processes(dir), Processes(dir+"-of-another")
	if closed := in.Close(); closed != nil {
		t.Error(closed)
	}
	if ended := cmd.Wait(); ended != nil {
		t.Error(ended)
	}
	if err != nil || len(left) != 1 || !strings.HasPrefix(left[0], strconv.Itoa(cmd.Process.Pid)+" ") {
		t.Errorf("process %d: %v, %q", cmd.Process.Pid, err, left)
	}
	if len(other) != 0 {
		t.Errorf("of another folder: %q", other)
	}
	if left := Processes(dir); len(left) != 0 {
		t.Errorf("after: %q", left)
	}
}

func TestNaming(t *testing.T) {
	lines := "1 init\r\n 20 browser --user-data-dir=/tmp/a/profile\n3 browser --user-data-dir=/tmp/ab /tmp/a\n4 browser /tmp/ab\n" +
		"5 browser \"--user-data-dir=/tmp/a\"\n6 browser /tmp/a"
	want := []string{"20 browser --user-data-dir=/tmp/a/profile", "3 browser --user-data-dir=/tmp/ab /tmp/a",
		"5 browser \"--user-data-dir=/tmp/a\"", "6 browser /tmp/a"}
	if got := naming(lines, "/tmp/a"); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// A check that cannot look fails.
func TestCannotLook(t *testing.T) {
	if left := processes([]string{filepath.Join(t.TempDir(), "none")}, "/tmp"); len(left) != 1 || !strings.HasPrefix(left[0], "not known: ") {
		t.Errorf("got %q", left)
	}
}
