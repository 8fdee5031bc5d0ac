package system

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// atRest reads /proc and /sys below root.
func atRest(root, dir string) Resting {
	r := resting{root}
	return Resting{Disk: r.under(dir), Swap: r.swap()}
}

type resting struct{ root string }

func (r resting) read(path string) ([]byte, error) { return os.ReadFile(filepath.Join(r.root, path)) }

// swap goes through what memory is moved to.
func (r resting) swap() Rest {
	b, err := r.read("proc/swaps")
	if err != nil {
		return RestUnknown
	}
	var list []Rest
	lines := bufio.NewScanner(bytes.NewReader(b))
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) < 3 || f[0] == "Filename":
		case f[1] == "file":
			list = append(list, r.under(octal(f[0])))
		default:
			list = append(list, r.named(octal(f[0])))
		}
	}
	if lines.Err() != nil {
		return RestUnknown
	}
	return worst(list...)
}

// octal reads the octal digits that /proc writes for spaces.
func octal(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// named is a block device by its path.
func (r resting) named(path string) Rest {
	name := filepath.Base(path)
	if real, err := filepath.EvalSymlinks(filepath.Join(r.root, path)); err == nil {
		name = filepath.Base(real)
	}
	return r.device("sys/class/block/"+name, 0)
}

// under is the disk of a file or folder, also of one that is not there yet.
func (r resting) under(path string) Rest {
	for {
		var st unix.Stat_t
		err := unix.Stat(path, &st)
		if err == nil {
			return r.numbered(uint64(st.Dev), path)
		}
		up := filepath.Dir(path)
		if up == path {
			return RestUnknown
		}
		path = up
	}
}

func (r resting) numbered(dev uint64, path string) Rest {
	if major := unix.Major(dev); major != 0 {
		return r.device(fmt.Sprintf("sys/dev/block/%d:%d", major, unix.Minor(dev)), 0)
	}
	// A file system without a device of its own: memory, or one that has several.
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err == nil && (fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.RAMFS_MAGIC) {
		return RestMemory
	}
	b, err := r.read("proc/self/mountinfo")
	if err != nil {
		return RestUnknown
	}
	id := fmt.Sprintf("%d:%d", unix.Major(dev), unix.Minor(dev))
	for _, line := range strings.Split(string(b), "\n") {
		before, after, ok := strings.Cut(line, " - ")
		f, g := strings.Fields(before), strings.Fields(after)
		if !ok || len(f) < 5 || f[2] != id || len(g) < 2 || g[0] != "btrfs" || !strings.HasPrefix(g[1], "/dev/") {
			continue
		}
		if r.named(octal(g[1])) == RestPlain {
			return RestPlain
		}
		return RestUnknown // it may have more devices than the one that is named
	}
	return RestUnknown
}

// maxLayers is far above how deep devices lie on one another.
const maxLayers = 12

// device is a block device as /sys has it: encrypted, or on devices that are.
func (r resting) device(dir string, depth int) Rest {
	dir = strings.TrimPrefix(dir, "/")
	real, err := filepath.EvalSymlinks(filepath.Join(r.root, dir))
	if err != nil || depth > maxLayers {
		return RestUnknown
	}
	name := filepath.Base(real)
	if strings.HasPrefix(name, "zram") || strings.HasPrefix(name, "ram") {
		if b, err := os.ReadFile(filepath.Join(real, "backing_dev")); err == nil && strings.TrimSpace(string(b)) != "none" {
			return RestUnknown
		}
		return RestMemory
	}
	if b, err := os.ReadFile(filepath.Join(real, "dm", "uuid")); err == nil && strings.HasPrefix(string(b), "CRYPT-") {
		return RestEncrypted
	}
	if strings.HasPrefix(name, "loop") || strings.HasPrefix(name, "nbd") {
		return RestUnknown // what is behind it is not looked for
	}
	slaves, err := os.ReadDir(filepath.Join(real, "slaves"))
	if err != nil && !os.IsNotExist(err) {
		return RestUnknown
	}
	var list []Rest
	for _, s := range slaves {
		list = append(list, r.device("sys/class/block/"+s.Name(), depth+1))
	}
	if len(list) == 0 {
		return RestPlain
	}
	return worst(list...)
}
