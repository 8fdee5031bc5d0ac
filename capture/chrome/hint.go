package chrome

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// signs are what browsers and the systems around them print before they give up, the most telling
// first. They are English on every system.
var signs = []struct {
	hint  string
	words []string // each of them
}{
	{HintRoot, []string{"Running as root without --no-sandbox"}},
	// A snap: its own words, and those of the browser in it, which may not use a folder whose name
	// begins with a dot, or outside of the person's home. Snapd answers for a snap that is not
	// installed, too.
	{HintSnap, []string{"snap-confine"}},
	{HintSnap, []string{"home directories outside of /home"}},
	{HintSnap, []string{"is not a snap cgroup"}},
	{HintSnap, []string{"requires the chromium snap"}},
	{HintSnap, []string{"cannot create user data directory", "/snap/"}},
	{HintSnap, []string{"snap.chromium."}},
	{HintSnap, []string{"/snap/chromium/"}},
	{HintSnap, []string{"SingletonLock: Permission denied"}},
	{HintSnap, []string{"ProcessSingleton", "Permission denied"}},
	{HintFlatpak, []string{"flatpak-spawn"}},
	{HintFlatpak, []string{"error: app/", "not installed"}},
	{HintFlatpak, []string{"/.var/app/"}},
	{HintFlatpak, []string{"/app/bin/", "bwrap"}},
	{HintFlatpak, []string{"flatpak run"}},
	// User namespaces that AppArmor or a setting forbids.
	{HintNamespace, []string{"apparmor-userns"}},
	{HintNamespace, []string{"unprivileged user namespaces"}},
	{HintNamespace, []string{"unprivileged_userns"}},
	{HintNamespace, []string{"setting up uid map: Permission denied"}},
	{HintNamespace, []string{"Failed to move to new namespace", "Operation not permitted"}},
	{HintNamespace, []string{"Failed to move to new namespace", "Permission denied"}},
	{HintSandbox, []string{"No usable sandbox"}},
	{HintSandbox, []string{"SUID sandbox helper binary"}},
	{HintSandbox, []string{"sandbox_host_linux"}},
	{HintSandbox, []string{"Failed to move to new namespace"}},
	{HintDisplay, []string{"Missing X server"}},
	{HintDisplay, []string{"Unable to open X display"}},
	{HintDisplay, []string{"platform failed to initialize"}},
	{HintLibrary, []string{"error while loading shared libraries"}},
	{HintLibrary, []string{"symbol lookup error"}},
	{HintLibrary, []string{"version `GLIBC", "not found"}},
}

// hintOf says what the end of a start points to: what was printed, or else where the program came from.
func hintOf(output string, from string) string {
	for _, s := range signs {
		all := true
		for _, w := range s.words {
			all = all && strings.Contains(output, w)
		}
		if all {
			return s.hint
		}
	}
	return from
}

// maxScript is how much is read of a program that may be a script, in bytes.
const maxScript = 8 << 10

// packed tells, of a program that does not start, whether it leads into a snap or a Flatpak: by where it lies, what it is a link to, or
// what a script in its place starts.
func packed(path string) string {
	places := []string{filepath.ToSlash(path)}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		places = append(places, filepath.ToSlash(target))
	}
	for _, p := range places {
		switch {
		case strings.HasPrefix(p, "/snap/"), strings.HasPrefix(p, "/var/lib/snapd/"), p == "/usr/bin/snap":
			return HintSnap
		case strings.Contains(p, "/flatpak/"):
			return HintFlatpak
		}
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxScript))
	if err != nil || !strings.HasPrefix(string(b), "#!") {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "#"):
		case strings.Contains(line, "/snap/"), strings.Contains(line, "snap run "):
			return HintSnap
		case strings.Contains(line, "flatpak run "), strings.Contains(line, "/flatpak "):
			return HintFlatpak
		}
	}
	return ""
}

// startError is why a browser did not start, with what is known to help. Late tells that it had its time.
func (o Options) startError(err error, late bool, output string) error {
	e := &StartError{Path: o.Executable.Path, Output: output, Err: err}
	e.Hint = hintOf(output, packed(o.Executable.Path))
	switch {
	case e.Hint != "":
	case os.Geteuid() == 0 && !o.NoSandbox && !late:
		e.Hint = HintRoot
	case elevated():
		e.Hint = HintAdministrator
	case late:
		e.Hint = HintTimeout
	}
	if errors.Is(err, context.Canceled) {
		// chromedp's own context, which says nothing about the caller's.
		e.Err = errors.New("it ended or was stopped before it answered")
	}
	return e
}
