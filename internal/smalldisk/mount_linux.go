package smalldisk

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
)

// Mount mounts a file system of size bytes; it is gone when the test ends.
func Mount(t testing.TB, size int64) Disk {
	t.Helper()
	d := Disk{Dir: t.TempDir()}
	err := syscall.Mount("constat-test", d.Dir, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, fmt.Sprintf("size=%d,mode=0700", size))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("no small disk here: mounting takes the rights of the system's administrator")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(d.Dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", d.Dir, err)
		}
	})
	return d
}
