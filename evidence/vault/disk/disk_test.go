package disk

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWriteAndSweep(t *testing.T) {
	d, dir := New(nil, nil), t.TempDir()
	text := func(w io.Writer) error { _, err := io.WriteString(w, "text"); return err }
	if err := d.Write(dir, "a", text); err != nil {
		t.Fatal(err)
	}
	if err := d.Stage(dir, "b", text); err != nil {
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
	if err := d.Sweep(dir); err != nil {
		t.Fatal(err)
	}
	if got := names(); !slices.Equal(got, []string{"a"}) {
		t.Errorf("after sweeping there are %q", got)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "a")); err != nil || string(b) != "text" {
		t.Errorf("%q, %v", b, err)
	}
	if err := d.Remove(dir, "a", "never"); err != nil || len(names()) != 0 {
		t.Errorf("%q, %v", names(), err)
	}
}

func TestWhatIsNoFileIsNotOpened(t *testing.T) {
	d, dir := New(nil, nil), t.TempDir()
	if f, err := d.FS.Open(dir); !errors.Is(err, ErrNotFile) {
		t.Errorf("%v, %v", f, err)
	}
}

// A folder that is gone is told from a file that is not there.
func TestGone(t *testing.T) {
	d, gone := New(nil, nil), errors.New("gone")
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
	d := New(nil, strings.NewReader("\x01\x02\x03"))
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
