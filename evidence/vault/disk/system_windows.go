package disk

// OpenFlags: Windows has neither pipes nor devices in folders, and links are looked for before.
const OpenFlags = 0

// syncDir does nothing: Windows has no way to sync a folder, and NTFS journals
// the renames in it.
func (OS) syncDir(string) error { return nil }

// Writable says why the folder cannot be written. Windows tells it only to who tries.
func Writable(string) error { return nil }
