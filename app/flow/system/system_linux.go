package system

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// remoteKinds are numbers of file systems that lie on another device (statfs(2)).
var remoteKinds = map[uint32]bool{
	unix.NFS_SUPER_MAGIC:  true,
	unix.SMB_SUPER_MAGIC:  true,
	unix.CIFS_SUPER_MAGIC: true,
	unix.SMB2_SUPER_MAGIC: true,
	unix.AFS_SUPER_MAGIC:  true,
	unix.AFS_FS_MAGIC:     true,
	unix.CODA_SUPER_MAGIC: true,
	unix.NCP_SUPER_MAGIC:  true,
	unix.CEPH_SUPER_MAGIC: true,
}

// remoteMounts are kinds of mounts by name, of file systems that programs make.
var remoteMounts = []string{"fuse.sshfs", "fuse.rclone", "fuse.davfs*", "davfs*", "fuse.gvfsd-fuse", "fuse.glusterfs", "fuse.s3fs",
	"fuse.google-drive-ocamlfuse", "fuse.onedriver", "fuse.pcloud", "fuse.cifs", "fuse.smbnetfs", "fuse.curlftpfs"}

func remote(path string) bool {
	path = nearest(path)
	var st unix.Statfs_t
	if unix.Statfs(path, &st) == nil && remoteKinds[uint32(st.Type)] {
		return true
	}
	return mountedRemotely(readSmall("/proc/self/mounts"), path)
}

// mountedRemotely looks for the mount that a path is on in a list as of /proc/self/mounts.
func mountedRemotely(mounts []byte, path string) bool {
	best, is := -1, false
	for line := range strings.Lines(string(mounts)) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		point := unescape.Replace(fields[1])
		if (path == point || strings.HasPrefix(path, strings.TrimSuffix(point, "/")+"/")) && len(point) >= best {
			best, is = len(point), matches(fields[2], remoteMounts)
		}
	}
	return is
}

var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// Private lets nobody but the person into a folder: on this system it is made so.
func Private(string) error { return nil }

// Name says what system this is, without the name of the device or of anybody.
func Name() string {
	f, err := os.Open("/etc/os-release")
	if err != nil {
		return "linux"
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if v, ok := strings.CutPrefix(sc.Text(), "PRETTY_NAME="); ok {
			return strings.Trim(v, `"`)
		}
	}
	return "linux"
}

// Language is the person's language as the environment has it; empty if it has none to say.
func Language(env func(string) string) string { return environmentLanguage(env) }

// DataDir is where settings, private work files and, unless told otherwise, the vault lie.
func DataDir() (string, error) { return configDir() }

// Usual are the folders in which a person keeps files, as the desktop names them.
func Usual(home string) []string {
	config := os.Getenv("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(home, ".config")
	}
	var list []string
	for line := range strings.Lines(string(readSmall(filepath.Join(config, "user-dirs.dirs")))) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || name != "XDG_DESKTOP_DIR" && name != "XDG_DOCUMENTS_DIR" && name != "XDG_DOWNLOAD_DIR" {
			continue
		}
		value = strings.Trim(value, `"`)
		if rest, ok := strings.CutPrefix(value, "$HOME/"); ok {
			value = filepath.Join(home, rest)
		}
		if filepath.IsAbs(value) {
			list = append(list, filepath.Clean(value))
		}
	}
	return append(list, usualNames(home)...)
}

// Drives are disks and sticks.
func Drives() (roots []string) {
	for _, pattern := range []string{"/media/*", "/media/*/*", "/run/media/*/*", "/mnt/*"} {
		found, _ := filepath.Glob(pattern)
		roots = append(roots, found...)
	}
	return roots
}
