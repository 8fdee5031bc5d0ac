package flow

import "golang.org/x/sys/windows"

// freeBytes is the room that this user has in the volume of dir.
func freeBytes(dir string) (int64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free, total, all uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, &total, &all); err != nil {
		return 0, err
	}
	return int64(free), nil
}

// errDiskFull is the system's own word for it.
var errDiskFull error = windows.ERROR_DISK_FULL
