// Package s3test runs a real S3 store with Object Lock on loopback, for tests.
//
// # What it does
//
// [Start] starts versitygw, the gateway of others, over a folder of the test, and makes a bucket
// with locks and one without. The program is built once, with the go command, at a pinned version,
// into .tools/bin; scripts/prepare.sh does it ahead.
//
// # How to use it
//
//	store := s3test.Start(t)
//	place, err := s3.New(s3.Config{Address: store.Locked, User: store.User, Secret: store.Secret, LockDays: 30})
//
// # What it does not do
//
// It is for tests only; a wall keeps everything else from importing it.
package s3test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Module is the store's program, pinned.
const Module = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"

// Store is a running one.
type Store struct {
	Locked, Open string // addresses of buckets: with Object Lock, and without
	User, Secret string
	Dir          string // where the gateway keeps what it is given
	Client       *minio.Client

	cmd  *exec.Cmd
	args []string
	bin  string
}

// program is where the gateway was built, or builds it.
func program(t testing.TB) string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "..", "..", "..", "..", ".tools", "bin")
	name := filepath.Join(dir, "versitygw")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if _, err := os.Stat(name); err == nil {
		return name
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	build := exec.Command("go", "install", Module)
	build.Env = append(os.Environ(), "GOBIN="+tmp, "CGO_ENABLED=0", "GOFLAGS=")
	build.Dir = tmp
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", Module, err, out)
	}
	b, err := os.ReadFile(filepath.Join(tmp, filepath.Base(name)))
	if err != nil {
		t.Fatal(err)
	}
	part := name + "." + filepath.Base(tmp)
	if err := os.WriteFile(part, b, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(part, name); err != nil {
		t.Fatal(err)
	}
	return name
}

// Start starts a store; it ends with the test.
func Start(t testing.TB) *Store {
	t.Helper()
	return StartIn(t, t.TempDir())
}

// StartIn is Start over a folder that is there.
func StartIn(t testing.TB, dir string) *Store {
	t.Helper()
	s := &Store{User: "caseworker", Secret: "a secret of this test", Dir: dir, bin: program(t)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"root", "versions", "meta"} {
		if err := os.Mkdir(filepath.Join(s.Dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.args = []string{"--port", host, "--access", s.User, "--secret", s.Secret, "--quiet", "posix", "--versioning-dir",
		filepath.Join(s.Dir, "versions"), "--sidecar", filepath.Join(s.Dir, "meta"), filepath.Join(s.Dir, "root")}
	s.Client, err = minio.New(host, &minio.Options{Creds: credentials.NewStaticV4(s.User, s.Secret, ""), BucketLookup: minio.BucketLookupPath, MaxRetries: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	s.Again(t)
	ctx := t.Context()
	for name, lock := range map[string]bool{"locked": true, "open": false} {
		if err := s.Client.MakeBucket(ctx, name, minio.MakeBucketOptions{ObjectLocking: lock}); err != nil {
			t.Fatalf("bucket %s: %v", name, err)
		}
	}
	s.Locked, s.Open = "http://"+host+"/locked/vaults", "http://"+host+"/open"
	return s
}

// Again starts the store, which was killed, over what it has.
func (s *Store) Again(t testing.TB) {
	t.Helper()
	s.cmd = exec.Command(s.bin, s.args...)
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := s.Client.ListBuckets(ctx); err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal("the store does not answer")
		case <-tick.C:
		}
	}
}

// Kill ends the store at once.
func (s *Store) Kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}
