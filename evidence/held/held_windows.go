package held

import (
	"errors"

	"golang.org/x/sys/windows"
)

// Is tells whether an error says that another program holds a file.
func Is(err error) bool {
	for _, word := range []error{windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION, windows.ERROR_USER_MAPPED_FILE,
		windows.ERROR_DELETE_PENDING} {
		if errors.Is(err, word) {
			return true
		}
	}
	return false
}

// denied is also what replacing a file ends with that somebody has open.
func denied(err error) bool { return errors.Is(err, windows.ERROR_ACCESS_DENIED) }

// holder asks to be allowed to delete a file, and does not: who has it open without sharing that is
// in the way.
func holder(path string) error {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil
	}
	h, err := windows.CreateFile(name, windows.DELETE, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil,
		windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS|windows.FILE_FLAG_OPEN_REPARSE_POINT, 0)
	if err == nil {
		windows.CloseHandle(h)
		return nil
	}
	if Is(err) {
		return err
	}
	return nil
}

// unknownCall tells whether an error says that a drive does not know what it was asked for.
func unknownCall(err error) bool { return errors.Is(err, windows.ERROR_INVALID_FUNCTION) }
