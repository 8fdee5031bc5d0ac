//go:build unix

package system

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// removable reports whether something of its own is mounted at a place where systems put what is
// plugged in.
func removable(root string) bool {
	plugged := false
	for _, at := range []string{"/media/", "/run/media/", "/Volumes/"} {
		plugged = plugged || strings.HasPrefix(root, at)
	}
	return plugged && mounted(root)
}

// mounted reports whether a folder is another file system than the folder that it is in.
func mounted(dir string) bool {
	device := func(path string) (uint64, bool) {
		info, err := os.Stat(path)
		if err != nil {
			return 0, false
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return 0, false
		}
		return uint64(st.Dev), true //nolint:unconvert // of another type on other systems
	}
	here, ok := device(dir)
	above, ok2 := device(filepath.Dir(dir))
	return ok && ok2 && here != above
}
