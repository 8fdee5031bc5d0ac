package chrome

import (
	"os"

	"golang.org/x/sys/unix"
)

// memoryRoots lists folders that lie in memory and not on a disk: the
// person's own runtime folder, and the one for shared memory.
func memoryRoots() []string {
	var roots []string
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/dev/shm"} {
		var fs unix.Statfs_t
		if dir != "" && unix.Statfs(dir, &fs) == nil && (fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.RAMFS_MAGIC) {
			roots = append(roots, dir)
		}
	}
	return roots
}
