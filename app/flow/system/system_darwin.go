package system

import (
	"path/filepath"
	"strings"

	locale "github.com/jeandeaual/go-locale"
	"golang.org/x/sys/unix"
)

func remote(path string) bool {
	var st unix.Statfs_t
	return unix.Statfs(nearest(path), &st) == nil && st.Flags&unix.MNT_LOCAL == 0
}

// Private lets nobody but the person into a folder: on this system it is made so.
func Private(string) error { return nil }

// Name says what system this is, without the name of the device or of anybody.
func Name() string {
	version, err := unix.Sysctl("kern.osproductversion")
	if err != nil {
		return "darwin"
	}
	return macName(version, func() (string, error) { return unix.Sysctl("kern.osversion") })
}

// Language is the person's language: what the terminal says, or else the system's.
func Language(env func(string) string) string {
	if v := environmentLanguage(env); v != "" {
		return v
	}
	if list, err := locale.GetLocales(); err == nil && len(list) > 0 {
		return list[0]
	}
	return ""
}

// DataDir is where settings, private work files and, unless told otherwise, the vault lie.
func DataDir() (string, error) { return configDir() }

// Usual are the folders in which a person keeps files.
func Usual(home string) []string { return usualNames(home) }

// Drives are disks and sticks; the system's own among them is left out.
func Drives() (roots []string) {
	found, _ := filepath.Glob("/Volumes/*")
	for _, f := range found {
		if target, err := filepath.EvalSymlinks(f); err == nil && target != "/" && !strings.HasPrefix(filepath.Base(f), ".") {
			roots = append(roots, f)
		}
	}
	return roots
}
