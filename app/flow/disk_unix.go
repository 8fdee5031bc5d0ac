//go:build unix

package flow

import "golang.org/x/sys/unix"

// freeBytes is the room that this user has in the file system of dir.
func freeBytes(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(uint64(st.Bavail) * uint64(st.Bsize)), nil
}

// errDiskFull is the system's own word for it, besides ENOSPC: a quota.
var errDiskFull error = unix.EDQUOT
