package held

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var (
	errHeld      = errors.New("sharing violation")
	errForbidden = errors.New("access denied")
)

// clock is a system whose files are held, and whose time passes while it is waited for.
func clock(shown bool) (p patience, waited *time.Duration) {
	waited = new(time.Duration)
	begin := time.Unix(0, 0)
	return patience{
		now:   func() time.Time { return begin.Add(*waited) },
		sleep: func(d time.Duration) { *waited += d },
		held:  func(err error) bool { return errors.Is(err, errHeld) },
		maybe: func(err error) bool { return errors.Is(err, errForbidden) },
		who: func(path string) error {
			if shown && path == "to" {
				return errHeld
			}
			return nil
		},
	}, waited
}

// A file that is held for a moment is had; one that is held for longer is named, and nothing waits
// for ever.
func TestPatience(t *testing.T) {
	for name, row := range map[string]struct {
		err    error
		until  time.Duration // from then on there is no error
		shown  bool
		want   string // the path of an *Error
		waited bool
		fails  bool
	}{
		"free":              {err: nil},
		"for a moment":      {err: errHeld, until: time.Second, waited: true},
		"denied, a moment":  {err: errForbidden, until: time.Second, waited: true},
		"for long":          {err: &fs.PathError{Op: "unlink", Path: "in/it", Err: errHeld}, until: time.Hour, want: "in/it", waited: true, fails: true},
		"denied, and held":  {err: errForbidden, until: time.Hour, shown: true, want: "to", waited: true, fails: true},
		"denied":            {err: errForbidden, until: time.Hour, waited: true, fails: true},
		"something else":    {err: fs.ErrNotExist, until: time.Hour, fails: true},
		"no file to be had": {err: &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}, until: time.Hour, fails: true},
	} {
		p, waited := clock(row.shown)
		err := p.do(func() error {
			if *waited >= row.until {
				return nil
			}
			return row.err
		}, "from", "to")
		e, named := errors.AsType[*Error](err)
		if (err != nil) != row.fails || named != (row.want != "") || named && e.Path != row.want || row.fails && !errors.Is(err, row.err) {
			t.Errorf("%s: %v", name, err)
		}
		if (*waited > 0) != row.waited || *waited > Limit+lastPause {
			t.Errorf("%s: waited %v", name, *waited)
		}
	}
}

func TestTheRealThing(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	f, err := Open(a, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), Rename(a, b), Remove(b)); err != nil {
		t.Error(err)
	}
	tree(t, dir)
	if err := RemoveAll(dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it stays: %v", err)
	}
	if err := Remove(b); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// tree makes folders with files in dir.
func tree(t *testing.T, dir string) {
	t.Helper()
	deep := filepath.Join(dir, "profile", "Default")
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "a"), filepath.Join(dir, "profile", "b"), filepath.Join(deep, "c")} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOneByOne: as os.RemoveAll, it follows no link, and a path that is not there is no error.
func TestOneByOne(t *testing.T) {
	dir, outside := filepath.Join(t.TempDir(), "work"), t.TempDir()
	tree(t, dir)
	tree(t, outside)
	if err := os.Symlink(outside, filepath.Join(dir, "profile", "link")); err != nil {
		t.Log("no links here:", err)
	}
	if err := errors.Join(oneByOne(dir), oneByOne(dir)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it stays: %v", err)
	}
	if _, err := os.Stat(filepath.Join(outside, "profile", "Default", "c")); err != nil {
		t.Errorf("what a link leads to is gone: %v", err)
	}
	file := filepath.Join(outside, "a")
	if err := oneByOne(file); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file stays: %v", err)
	}
}
