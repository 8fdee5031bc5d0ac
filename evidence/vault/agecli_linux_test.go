package vault_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"constat/evidence"
)

// TestAgeAloneOpensEverything holds the promise that the person's evidence does
// not depend on this program: the age command-line tool and the passphrase,
// typed at a terminal, open every file of a vault. (The tool is built from the
// module that go.mod pins; it knows post-quantum keys since 1.3.)
func TestAgeAloneOpensEverything(t *testing.T) {
	v, code := newVault(t)
	c := newCase(t, v, "a")
	x := mustCapture(t, c, "picture.png", "picture bytes")
	if err := c.AddReply(t.Context(), x.ID, authority, []byte("reply bytes"), nil, testMoment, testMoment); err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)

	tool := filepath.Join(t.TempDir(), "age")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", tool, "filippo.io/age/cmd/age").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, key := range []struct{ file, secret string }{
		{"identity.age", passphrase}, {"recovery.age", string(code)},
	} {
		plain := atTerminal(t, key.secret, tool, "-d", filepath.Join(v.Dir(), key.file))
		if !bytes.HasPrefix(plain, []byte("# constat-vault/2\nAGE-SECRET-KEY-PQ-1")) || bytes.Count(plain, []byte("\n")) != 2 {
			t.Errorf("%s holds %d bytes that are not the mark and one key line", key.file, len(plain))
		}
	}
	dir := filepath.Join(v.Dir(), "cases", c.Info().ID)
	open := func(elem ...string) string {
		t.Helper()
		return string(atTerminal(t, passphrase, tool, "-d", "-i", filepath.Join(v.Dir(), "identity.age"), filepath.Join(append([]string{dir}, elem...)...)))
	}
	var log strings.Builder
	for seq := 1; seq <= 3; seq++ {
		plain := open("log", fmt.Sprintf("%08d", seq))
		if len(plain)%1024 != 0 {
			t.Errorf("entry %d is %d bytes long", seq, len(plain))
		}
		line, _, _ := strings.Cut(plain, "\n")
		log.WriteString(line + "\n")
	}
	if head, err := evidence.VerifyChain(strings.NewReader(log.String()), nil); err != nil || head != c.Head() {
		t.Errorf("log read by hand: %v, %v", head, err)
	}
	state := string(atTerminal(t, passphrase, tool, "-d", "-i", filepath.Join(v.Dir(), "identity.age"), filepath.Join(v.Dir(), "state.age")))
	if !strings.Contains(state, "\n"+`{"format":"constat-state/1","recipients":[],"version":2,"serial":`) || len(state)%1024 != 0 {
		t.Errorf("state.age by hand: %.200q", state)
	}
	objects, err := os.ReadDir(filepath.Join(dir, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, o := range objects {
		found[open("objects", o.Name())] = true
	}
	for _, want := range []string{"picture bytes", "reply bytes", string(x.ManifestBytes)} {
		if !found[want] {
			t.Errorf("age did not bring out %.20q", want)
		}
	}
	if len(found) != 3 {
		t.Errorf("%d objects, want 3", len(found))
	}
}

// atTerminal runs a program that asks for a passphrase at a terminal of its
// own, answers, and returns what it wrote to its output file (-o).
func atTerminal(t *testing.T, secret, name string, args ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	master, slave := pty(t)
	cmd := exec.CommandContext(t.Context(), name, append([]string{args[0], "-o", out}, args[1:]...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	said := make(chan string, 1)
	go func() {
		var all strings.Builder
		answered := false
		b := make([]byte, 1024)
		for {
			n, err := master.Read(b)
			all.Write(b[:n])
			if !answered && strings.Contains(all.String(), "passphrase") {
				answered = true
				if _, err := master.WriteString(secret + "\n"); err != nil {
					all.WriteString(err.Error())
				}
			}
			if err != nil { // EIO once the program has gone
				said <- all.String()
				return
			}
		}
	}()
	err := cmd.Wait()
	if text := <-said; err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, text)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pty opens a pseudo-terminal.
func pty(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, slave
}
