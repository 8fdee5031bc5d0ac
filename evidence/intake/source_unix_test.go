//go:build unix

package intake_test

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"constat/evidence"
	"constat/evidence/intake"
)

func TestLinksPipesAndSocketsAreRefused(t *testing.T) {
	dir := t.TempDir()
	plain, link, pipe, socket := filepath.Join(dir, "plain"), filepath.Join(dir, "link"), filepath.Join(dir, "pipe"), filepath.Join(dir, "s")
	if err := os.WriteFile(plain, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(plain, link); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for path, reason := range map[string]intake.Reason{link: intake.SymbolicLink, pipe: intake.Pipe, socket: intake.Socket, "/dev/zero": intake.Device} {
		_, err := intake.FromPath(path)
		wantRefusal(t, err, reason)
	}
}

// What takes the file's place between the look and the opening is neither
// followed nor waited for: opening a pipe would otherwise wait for its writer.
func TestLinkOrPipeInTheFilesPlace(t *testing.T) {
	for name, replace := range map[string]func(path string) error{
		"link": func(path string) error { return os.Symlink("/etc/hostname", path) },
		"pipe": func(path string) error { return syscall.Mkfifo(path, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.jpg")
			if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			src, err := intake.FromPath(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := replace(path); err != nil {
				t.Fatal(err)
			}
			_, err = intake.Import(t.Context(), src, &discard{}, intake.Options{}, evidence.NoProgress{})
			want := intake.Replaced
			if name == "link" {
				want = intake.Unreadable
			}
			wantRefusal(t, err, want)
		})
	}
}
