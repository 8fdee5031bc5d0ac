package chrome

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// sweepLimit is how long a sweep tries to remove what does not go, and how long it waits for
// another one, in all.
const sweepLimit = 5 * time.Second

// maxCounted bounds how many files of what stays are counted.
const maxCounted = 10_000

// LeftError reports what a sweep could not remove, or not look through. Parts of pages that were
// loaded may be in it.
type LeftError struct {
	Folders []string // of captures that are over; the work folder itself if that could not be looked through
	Files   int      // in them, as far as they could be counted
	Err     error
}

func (e *LeftError) Error() string {
	return fmt.Sprintf("sweep: %d files of an earlier capture stay in %s: %v", e.Files, strings.Join(e.Folders, ", "), e.Err)
}

// Unwrap returns the causes.
func (e *LeftError) Unwrap() error { return e.Err }

// Sweep removes what captures of a program that was killed left in workDir:
// profile folders, and browsers that still run with them. It touches nothing
// of a capture that is running, in this or in another process: those hold a
// lock, which the system releases when a process ends. It returns how many
// folders it removed. What does not go within seconds is a [*LeftError]; the next sweep
// tries again, and nothing depends on it. A workDir that does not exist is no error.
func Sweep(workDir string) (removed int, err error) {
	if _, err := os.Stat(workDir); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	whole := func(err error) (int, error) { return removed, &LeftError{Folders: []string{workDir}, Err: err} }
	workDir, err = filepath.Abs(workDir)
	if err != nil {
		return whole(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), sweepLimit)
	defer stop()
	gate, err := holdGate(ctx, workDir)
	if err != nil {
		return whole(err)
	}
	defer gate.Unlock()
	entries, err := os.ReadDir(workDir)
	if err != nil {
		return whole(err)
	}
	deadline := time.Now().Add(sweepLimit)
	left := &LeftError{}
	var tried []string // a folder and its lock are two entries
	for _, e := range entries {
		path := filepath.Join(workDir, strings.TrimSuffix(e.Name(), lockSuffix))
		if !strings.HasPrefix(e.Name(), folderPrefix) || slices.Contains(tried, path) {
			continue
		}
		tried = append(tried, path)
		gone, err := sweepOne(path, deadline)
		if err != nil {
			left.Folders = append(left.Folders, path)
			left.Files += countFiles(path, maxCounted-left.Files)
			left.Err = errors.Join(left.Err, err)
		} else if gone {
			removed++
		}
	}
	if left.Err != nil {
		return removed, left
	}
	return removed, nil
}

// sweepOne removes one folder if its capture is over, and tells whether there was one.
func sweepOne(path string, deadline time.Time) (gone bool, err error) {
	if err := lockable(path + lockSuffix); err != nil {
		return false, err
	}
	f := &folder{path: path, lock: flock.New(path + lockSuffix)}
	switch ok, err := f.lock.TryLock(); {
	case err != nil:
		return false, err
	case !ok:
		return false, nil // alive
	}
	_, statErr := os.Lstat(path)
	endProfile(f.profile(), 2)
	if err := f.removeUntil(deadline); err != nil {
		return false, err
	}
	return statErr == nil, nil
}

// lockable refuses what is no file in the place of a lock: opening a pipe that somebody put there
// could last for ever.
func lockable(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "lock", Path: path, Err: errors.New("is not a file")}
	}
	return err
}

// countFiles counts what is no folder below path, up to a number.
func countFiles(path string, most int) (n int) {
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if n >= most {
			return fs.SkipAll
		}
		if err == nil && !d.IsDir() {
			n++
		}
		return nil
	})
	return n
}
