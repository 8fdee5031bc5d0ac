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

// largestFile is how large a file may be on the volume of dir; 0: no limit is known.
func largestFile(dir string) int64 {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0
	}
	volume := make([]uint16, windows.MAX_PATH+1)
	if windows.GetVolumePathName(path, &volume[0], uint32(len(volume))) != nil {
		return 0
	}
	kind := make([]uint16, windows.MAX_PATH+1)
	if windows.GetVolumeInformation(&volume[0], nil, 0, nil, nil, nil, &kind[0], uint32(len(kind))) != nil {
		return 0
	}
	switch windows.UTF16ToString(kind) {
	case "FAT", "FAT32":
		return fatLargest
	}
	return 0
}
