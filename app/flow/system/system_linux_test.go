package system

import "testing"

func TestMountsOfOthers(t *testing.T) {
	mounts := []byte("/dev/sda1 / ext4 rw 0 0\nserver:/x /media/My\\040Files fuse.sshfs rw 0 0\n/dev/sdb1 /media/My\\040Files/in vfat rw 0 0\nbroken\n")
	for path, want := range map[string]bool{"/home/a": false, "/media/My Files": true, "/media/My Files/x": true, "/media/My Files/in/x": false, "/media/My Files2": false} {
		if got := mountedRemotely(mounts, path); got != want {
			t.Errorf("%s: %t", path, got)
		}
	}
}
