package check

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Whoever can write to the folder may have put anything there. No link is followed, no pipe is
// waited for; what is no file, or no folder, where the vault has one, is a fault of the vault and
// not of the examination.

// notFile are kinds of file that a vault has not got.
const notFile = fs.ModeDir | fs.ModeSymlink | fs.ModeNamedPipe | fs.ModeSocket | fs.ModeDevice | fs.ModeCharDevice

// inside opens the folder of the vault, and looks at every folder on the way to elem.
func (r *run) inside(elem ...string) (*os.Root, string, error) {
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil, "", err
	}
	for i := 1; i < len(elem); i++ {
		info, err := root.Lstat(filepath.Join(elem[:i]...))
		if err == nil && !info.IsDir() {
			err = &errFile{"is out of reach: " + strings.Join(elem[:i], "/") + " is not a folder"}
		}
		if err != nil {
			return nil, "", errors.Join(err, root.Close())
		}
	}
	return root, filepath.Join(elem...), nil
}

// open opens a file of the vault. What is no file there is *errFile.
func (r *run) open(elem ...string) (*os.File, error) {
	root, name, err := r.inside(elem...)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode()&notFile != 0 {
		return nil, &errFile{"is not a file"}
	}
	f, err := root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil && info.Mode()&notFile != 0 {
		err = &errFile{"is not a file"}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// names lists a folder in order; one that is missing is empty. What is no folder there is *errFile.
func (r *run) names(elem ...string) ([]string, error) {
	root, name, err := r.inside(append(elem[:len(elem):len(elem)], ".")...)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), filepath.ToSlash(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list, nil
}
