package chrome

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"constat/evidence/held"
)

// Names in the work folder. A capture owns "capture-<random>" and the lock
// "capture-<random>.lock" beside it, because a folder with an open file in it
// cannot be removed on Windows. The gate is held while a folder and its lock
// come into being and while Sweep looks, so that Sweep never meets a folder
// that is not locked yet.
const (
	folderPrefix = "capture-"
	lockSuffix   = ".lock"
	gateName     = "gate.lock"
	gatePause    = 20 * time.Millisecond
	removeLimit  = 5 * time.Second
	removePause  = 20 * time.Millisecond
	memoryPrefix = "constat-"
)

// folder is the private folder of one capture: the browser's profile, HOME and
// temporary files.
type folder struct {
	path string
	lock *flock.Flock
	// inMemory tells that temp is a link to a folder that lies in memory. The
	// browser writes a page into a temporary file when it makes MHTML of it.
	inMemory bool
}

func (f *folder) profile() string { return filepath.Join(f.path, "profile") }
func (f *folder) home() string    { return filepath.Join(f.path, "home") }
func (f *folder) temp() string    { return filepath.Join(f.path, "temp") }
func (f *folder) crashes() string { return filepath.Join(f.path, "crashes") }

// programs holds what stands in the way of the programs that a browser would start.
func (f *folder) programs() string { return filepath.Join(f.path, "programs") }

func makeFolder(ctx context.Context, workDir string) (_ *folder, err error) {
	if err := os.MkdirAll(workDir, 0o700); err != nil {
		return nil, fmt.Errorf("chrome: work folder: %w", err)
	}
	// Browsers take a relative path as relative to places of their own.
	if workDir, err = filepath.Abs(workDir); err != nil {
		return nil, fmt.Errorf("chrome: work folder: %w", err)
	}
	gate, err := holdGate(ctx, workDir)
	if err != nil {
		return nil, err
	}
	defer gate.Unlock()
	path, err := os.MkdirTemp(workDir, folderPrefix) // mode 0700
	if err != nil {
		return nil, fmt.Errorf("chrome: profile folder: %w", err)
	}
	f := &folder{path: path, lock: flock.New(path + lockSuffix)}
	defer func() {
		if err != nil {
			f.remove()
		}
	}()
	if ok, err := f.lock.TryLock(); err != nil || !ok {
		return nil, fmt.Errorf("chrome: lock of the profile folder: %w", errors.Join(err, fs.ErrExist))
	}
	folders := []string{f.profile(), f.home(), f.crashes()}
	if f.inMemory = f.tempInMemory(); !f.inMemory {
		folders = append(folders, f.temp())
	}
	for _, sub := range folders {
		if err := os.Mkdir(sub, 0o700); err != nil {
			return nil, fmt.Errorf("chrome: profile folder: %w", err)
		}
	}
	if err := f.blockPrograms(); err != nil {
		return nil, fmt.Errorf("chrome: profile folder: %w", err)
	}
	return f, nil
}

// blockPrograms puts something that does nothing in the place of the programs with which a
// browser on Linux hands addresses to others. It starts them for mailto: without asking,
// whenever a page wants it.
func (f *folder) blockPrograms() error {
	if runtime.GOOS != "linux" {
		return nil
	}
	if err := os.Mkdir(f.programs(), 0o700); err != nil {
		return err
	}
	for _, name := range []string{"xdg-open", "xdg-email", "xdg-mime", "xdg-settings", "gio", "gvfs-open", "kde-open", "kde-open5", "exo-open"} {
		// A link, because programs may be forbidden where the folder lies.
		if err := os.Symlink("/bin/false", filepath.Join(f.programs(), name)); err != nil {
			return err
		}
	}
	return nil
}

// tempInMemory makes temp a link to a private folder in memory, if there is
// such a place. The link tells Sweep what belongs to this capture.
func (f *folder) tempInMemory() bool {
	for _, root := range memoryRoots() {
		// The name is fixed before the folder exists, so that it is never
		// without its link.
		name := filepath.Join(root, memoryPrefix+filepath.Base(f.path))
		if os.Symlink(name, f.temp()) != nil {
			return false
		}
		if os.Mkdir(name, 0o700) == nil {
			return true
		}
		if os.Remove(f.temp()) != nil {
			return false
		}
	}
	return false
}

// removeMemory deletes what the link points to, if it is one of ours.
func (f *folder) removeMemory(deadline time.Time) error {
	target, err := os.Readlink(f.temp())
	if err != nil || filepath.Base(target) != memoryPrefix+filepath.Base(f.path) ||
		!slices.Contains(memoryRoots(), filepath.Dir(target)) {
		return nil
	}
	return removeAll(target, deadline)
}

// remove deletes the folder and then its lock. Processes that are dying may
// still write, so it tries again for a while; what stays is for [Sweep].
func (f *folder) remove() error { return f.removeUntil(time.Now().Add(removeLimit)) }

func (f *folder) removeUntil(deadline time.Time) error {
	// What cannot be removed in one place keeps nothing in the other; the link to memory is needed
	// until that is empty.
	err := f.removeMemory(deadline)
	if err == nil {
		err = removeAll(f.path, deadline)
	} else {
		err = errors.Join(err, removeAll(f.profile(), deadline))
	}
	if err != nil {
		return errors.Join(err, f.lock.Unlock())
	}
	// Unlock first: an open file cannot be removed on Windows. In between
	// Sweep may find the lock without a folder, which is harmless.
	err = errors.Join(f.lock.Unlock(), os.Remove(f.path+lockSuffix))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return err
}

func removeAll(path string, deadline time.Time) error {
	for {
		err := held.RemoveAll(path)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(removePause)
	}
}

func holdGate(ctx context.Context, workDir string) (*flock.Flock, error) {
	if err := lockable(filepath.Join(workDir, gateName)); err != nil {
		return nil, fmt.Errorf("chrome: work folder: %w", err)
	}
	gate := flock.New(filepath.Join(workDir, gateName))
	if ok, err := gate.TryLockContext(ctx, gatePause); err != nil || !ok {
		return nil, fmt.Errorf("chrome: work folder: %w", errors.Join(err, ctx.Err()))
	}
	return gate, nil
}

const (
	endLimit = 2 * time.Second
	endPause = 5 * time.Millisecond
	endAgain = 100 * time.Millisecond // until somebody is looked for again while a browser ends
	endEmpty = 5                      // looks that find nobody, after which nobody is waited for
)

// endProfile kills every process that was started with this profile and waits
// until none is left, in so many looks: a child can be born while its parent dies.
// It reports whether there was none from the first.
func endProfile(profile string, looks int) (nobody bool) {
	nobody = true
	deadline := time.Now().Add(endLimit)
	for quiet := 0; quiet < looks && time.Now().Before(deadline); {
		pids := profileProcesses(profile)
		for _, pid := range pids {
			killProcess(pid)
		}
		if len(pids) == 0 {
			quiet++
			continue
		}
		quiet, nobody = 0, false
		time.Sleep(endPause)
	}
	return nobody
}
