package system

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// machine is a /proc and a /sys with some block devices.
func blockMachine(t *testing.T, swaps string, uuids map[string]string, slaves map[string][]string) string {
	t.Helper()
	root := t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n"+swaps)
	link := func(name string) {
		at := filepath.Join(root, "sys/class/block", name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join("../../devices", name), at); err != nil {
			t.Fatal(err)
		}
	}
	for name, uuid := range uuids {
		write("sys/devices/"+name+"/size", "1")
		if uuid != "" {
			write("sys/devices/"+name+"/dm/uuid", uuid+"\n")
		}
		for _, s := range slaves[name] {
			write("sys/devices/"+name+"/slaves/"+s+"/x", "")
		}
		link(name)
	}
	return root
}

func TestSwapAtRest(t *testing.T) {
	devices := map[string]string{"sda2": "", "sdb1": "", "zram0": "", "loop0": "", "dm-0": "CRYPT-LUKS2-0123-cryptswap", "dm-1": "LVM-abc", "dm-2": "LVM-def"}
	slaves := map[string][]string{"dm-0": {"sda2"}, "dm-1": {"dm-0"}, "dm-2": {"dm-0", "sdb1"}}
	part := func(name string) string { return "/dev/" + name + " partition 100 0 -2\n" }
	for name, x := range map[string]struct {
		swaps string
		want  Rest
	}{
		"none":                      {"", RestNone},
		"a partition":               {part("sda2"), RestPlain},
		"encrypted":                 {part("dm-0"), RestEncrypted},
		"a volume on encrypted":     {part("dm-1"), RestEncrypted},
		"a volume partly on it":     {part("dm-2"), RestPlain},
		"memory":                    {part("zram0"), RestMemory},
		"memory and encrypted":      {part("zram0") + part("dm-0"), RestEncrypted},
		"encrypted and a partition": {part("dm-0") + part("sda2"), RestPlain},
		"not there":                 {part("sdz9"), RestUnknown},
		"behind a loop":             {part("loop0"), RestUnknown},
	} {
		if got := (resting{blockMachine(t, x.swaps, devices, slaves)}).swap(); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
	if got := (resting{t.TempDir()}).swap(); got != RestUnknown {
		t.Errorf("without /proc: %s", got)
	}
}

func TestDiskAtRest(t *testing.T) {
	if got := AtRest("/dev/shm/not-there/yet").Disk; got != RestMemory {
		t.Errorf("memory: %s", got)
	}
	// A folder on a device whose /sys says that it is encrypted.
	var st unix.Stat_t
	dir := "/"
	if err := unix.Stat(dir, &st); err != nil {
		t.Fatal(err)
	}
	if unix.Major(uint64(st.Dev)) == 0 {
		t.Skip("the root of this system has no device of its own, as in a container")
	}
	root := blockMachine(t, "", map[string]string{"dm-9": "CRYPT-LUKS2-x"}, nil)
	at := filepath.Join(root, "sys/dev/block")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../class/block/dm-9", filepath.Join(at, fmt.Sprintf("%d:%d", unix.Major(uint64(st.Dev)), unix.Minor(uint64(st.Dev))))); err != nil {
		t.Fatal(err)
	}
	if got := atRest(root, dir).Disk; got != RestEncrypted {
		t.Errorf("%s", got)
	}
}
