package disk

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestWriteAndSweep(t *testing.T) {
	d, dir := New("", nil, nil), t.TempDir()
	const text = "age-encryption.org/v1\n…"
	write := func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	if err := d.Write(dir, "a", write); err != nil {
		t.Fatal(err)
	}
	if err := d.Stage(dir, "b", write); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := d.Stage(dir, "c", func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	names := func() (list []string) {
		entries, err := d.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			list = append(list, e.Name())
		}
		return list
	}
	if got := names(); !slices.Equal(got, []string{"a", "b" + PartSuffix}) {
		t.Errorf("there are %q", got)
	}
	if err := d.Sweep(dir, func(string) bool { return true }); err != nil {
		t.Fatal(err)
	}
	if got := names(); !slices.Equal(got, []string{"a"}) {
		t.Errorf("after sweeping there are %q", got)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "a")); err != nil || string(b) != text {
		t.Errorf("%q, %v", b, err)
	}
	if err := d.Remove(dir, "a", "never"); err != nil || len(names()) != 0 {
		t.Errorf("%q, %v", names(), err)
	}
}

func TestWhatIsNoFileIsNotOpened(t *testing.T) {
	d, dir := New("", nil, nil), t.TempDir()
	if f, err := d.FS.Open(dir); !errors.Is(err, ErrNotFile) {
		t.Errorf("%v, %v", f, err)
	}
}

// A folder that is gone is told from a file that is not there.
func TestGone(t *testing.T) {
	d, gone := New("", nil, nil), errors.New("gone")
	_, missing := d.FS.Open(filepath.Join(t.TempDir(), "x"))
	if !d.Missing(missing) || d.Gone(missing) != missing || d.Gone(nil) != nil {
		t.Errorf("%v", missing)
	}
	d.Present = func() error { return gone }
	if d.Missing(missing) || d.Gone(missing) != gone || d.Gone(nil) != nil {
		t.Error("a folder that is gone is a file that is missing")
	}
}

func TestNamesAndReadingUntil(t *testing.T) {
	d := New("", nil, strings.NewReader("\x01\x02\x03"))
	if name, err := d.RandomHex(2); err != nil || name != "0102" {
		t.Errorf("%q, %v", name, err)
	}
	if name, err := d.RandomHex(2); err == nil {
		t.Errorf("%q of too few bytes", name)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	r := Until(ctx, strings.NewReader("text"))
	if n, err := r.Read(make([]byte, 2)); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	why := errors.New("why")
	cancel(why)
	if n, err := r.Read(make([]byte, 2)); n != 0 || !errors.Is(err, why) {
		t.Errorf("%d, %v", n, err)
	}
}

// TestNothingButFilesOfTheVault: whatever lies in the folder, each operation leaves it as it is,
// reaches nothing outside, and ends at once.
func TestNothingButFilesOfTheVault(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // no pipes in folders, and links need a right of their own
	}
	outside := t.TempDir()
	diary, docs := filepath.Join(outside, "diary"), filepath.Join(outside, "docs")
	if err := errors.Join(os.WriteFile(diary, []byte("my diary"), 0o600), os.Mkdir(docs, 0o700),
		os.WriteFile(filepath.Join(docs, "a.part"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	plants := map[string]func(path string) error{
		"link to a file":   func(p string) error { return os.Symlink(diary, p) },
		"link to nothing":  func(p string) error { return os.Symlink(filepath.Join(outside, "new"), p) },
		"link to a folder": func(p string) error { return os.Symlink(docs, p) },
		"pipe":             mkfifo,
		"folder":           func(p string) error { return os.Mkdir(p, 0o700) },
		"file of somebody": func(p string) error { return os.WriteFile(p, []byte("my diary"), 0o600) },
		"hard link":        func(p string) error { return os.Link(diary, p) },
	}
	write := func(w io.Writer) error { _, err := io.WriteString(w, "age-encryption.org/v1\n"); return err }
	for name, plant := range plants {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			d := New(dir, nil, nil)
			for _, p := range []string{"a" + PartSuffix, "b", "sub"} {
				if err := plant(filepath.Join(dir, p)); err != nil {
					t.Fatal(err)
				}
			}
			before := listing(t, outside, dir)
			if err := d.Write(dir, "a", write); !errors.Is(err, ErrNotFile) {
				t.Errorf("written over it: %v", err)
			}
			if err := d.Sweep(dir, func(string) bool { return true }); err != nil {
				t.Errorf("sweep: %v", err)
			}
			if err := d.Remove(dir, "a"); !errors.Is(err, ErrNotFile) && name != "folder" {
				t.Errorf("removed: %v", err)
			}
			if name != "folder" {
				in := filepath.Join(dir, "sub")
				for what, err := range map[string]error{
					"write": d.Write(in, "x", write), "mkdir": d.FS.Mkdir(filepath.Join(in, "y")), "sync": d.FS.SyncDir(in),
					"sweep": d.Sweep(in, func(string) bool { return true }), "remove": d.FS.Remove(filepath.Join(in, "a.part")),
				} {
					if !errors.Is(err, ErrNotFolder) {
						t.Errorf("%s in it: %v", what, err)
					}
				}
			}
			if !strings.HasPrefix(name, "file") && name != "hard link" {
				if _, err := d.FS.Open(filepath.Join(dir, "b")); !errors.Is(err, ErrNotFile) {
					t.Errorf("opened: %v", err)
				}
				if err := d.Write(dir, "b", write); !errors.Is(err, ErrNotFile) {
					t.Errorf("replaced: %v", err)
				}
				_ = os.Remove(filepath.Join(dir, "b"+PartSuffix))
			}
			if name == "folder" {
				_ = os.Mkdir(filepath.Join(dir, "a"+PartSuffix), 0o700) // an empty folder may be removed
			}
			if after := listing(t, outside, dir); after != before {
				t.Errorf("it changed from\n%s\nto\n%s", before, after)
			}
		})
	}
}

// listing is what lies in folders, with what files hold.
func listing(t *testing.T, dirs ...string) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			b.WriteString(path + " " + e.Type().String())
			if err == nil && e.Type().IsRegular() {
				var text []byte
				text, err = os.ReadFile(path)
				b.Write(text)
			}
			b.WriteByte('\n')
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
