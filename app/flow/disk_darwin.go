package flow

import "golang.org/x/sys/unix"

// largestFile is how large a file may be in the file system of dir; 0: no limit is known.
func largestFile(dir string) int64 {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) == nil && unix.ByteSliceToString(st.Fstypename[:]) == "msdos" {
		return fatLargest
	}
	return 0
}
