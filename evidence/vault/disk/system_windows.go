package disk

// syncDir does nothing: Windows has no way to sync a folder, and NTFS journals
// the renames in it.
func syncDir(string) error { return nil }
