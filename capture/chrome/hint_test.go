package chrome

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// What browsers and the systems around them print when they cannot start, as reported in public,
// shortened.
func TestHints(t *testing.T) {
	for output, want := range map[string]string{
		"[12:12:1129/1:ERROR:process_singleton_posix.cc(340)] Failed to create /home/a/.config/constat/work/capture-1/profile/SingletonLock: Permission denied (13)\n" +
			"[12:12:1129/1:ERROR:chrome_main_delegate.cc(1)] Failed to create a ProcessSingleton for your profile directory.": HintSnap,
		"Sorry, home directories outside of /home needs configuration.\nSee https://forum.snapcraft.io/t/11209 for details.": HintSnap,
		"cannot create user data directory: /root/snap/chromium/2890: Permission denied":                                     HintSnap,
		"/user.slice/user-1000.slice/session-2.scope is not a snap cgroup for tag snap.chromium.chromium":                    HintSnap,
		"snap-confine has elevated permissions and is not confined but should be.":                                           HintSnap,
		"Command '/usr/bin/chromium-browser' requires the chromium snap to be installed.":                                    HintSnap,
		"[1:1:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! If you are running on Ubuntu 23.10+ or another Linux distro that has disabled unprivileged user namespaces with AppArmor, " +
			"see https://chromium.googlesource.com/chromium/src/+/main/docs/security/apparmor-userns-restrictions.md.": HintNamespace,
		"[1:1:FATAL:zygote_host_impl_linux.cc(117)] No usable sandbox! Update your kernel or see https://chromium.googlesource.com/…":         HintSandbox,
		"Failed to move to new namespace: PID namespaces supported, Network namespace supported, but failed: errno = Operation not permitted": HintNamespace,
		"The SUID sandbox helper binary was found, but is not configured correctly.":                                                          HintSandbox,
		"bwrap: setting up uid map: Permission denied":                                                                                        HintNamespace,
		"error: app/com.google.Chrome/x86_64/stable not installed":                                                                            HintFlatpak,
		"[1:1:ERROR] Running as root without --no-sandbox is not supported.":                                                                  HintRoot,
		"/opt/x/chrome: error while loading shared libraries: libnss3.so: cannot open shared object file":                                     HintLibrary,
		"[1:1:ERROR:ozone_platform_x11.cc(245)] Missing X server or $DISPLAY":                                                                 HintDisplay,
		"something else": "",
	} {
		if got := hintOf(output, ""); got != want {
			t.Errorf("%q: %q, want %q", output, got, want)
		}
	}
	if got := hintOf("something else", HintSnap); got != HintSnap {
		t.Errorf("what is known of the program is %q", got)
	}
}

// A script that starts a snap or a Flatpak is told from a browser, and from a script of a distribution.
func TestWhereAProgramLeads(t *testing.T) {
	dir := t.TempDir()
	for script, want := range map[string]string{
		"#!/bin/sh\nexec /snap/bin/chromium \"$@\"\n":                                     HintSnap,
		"#!/bin/sh\n# not /snap/bin/chromium\nexec /usr/lib/chromium/chromium \"$@\"\n":   "",
		"#!/bin/sh\nexec /usr/bin/flatpak run --branch=stable com.google.Chrome \"$@\"\n": HintFlatpak,
		"\x7fELF /snap/bin/chromium":                                                      "",
	} {
		path := filepath.Join(dir, "browser")
		if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		if got := packed(path); got != want {
			t.Errorf("%q: %q, want %q", script, got, want)
		}
	}
	for path, want := range map[string]string{
		"/snap/bin/chromium": HintSnap, "/var/lib/flatpak/exports/bin/com.google.Chrome": HintFlatpak, "/opt/google/chrome/chrome": "", dir: "",
	} {
		if got := packed(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// A browser that prints what a snap prints, and ends.
func TestASnapIsRecognised(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Executable.Path = filepath.Join(t.TempDir(), "browser")
	script := "#!/bin/sh\nfor a; do case $a in --user-data-dir=*) dir=${a#*=};; esac; done\n" +
		"echo \"[1:1:ERROR] Failed to create $dir/SingletonLock: Permission denied (13)\" >&2\nexit 21\n"
	if err := os.WriteFile(o.Executable.Path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), o)
	if e, ok := errors.AsType[*StartError](err); !ok || e.Hint != HintSnap {
		t.Errorf("%#v", err)
	}
}
