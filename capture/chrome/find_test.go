package chrome

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// machine pretends that these files exist and are executable.
func machine(goos string, env map[string]string, files ...string) FindOptions {
	disk := fstest.MapFS{"x": {Mode: 0o755}}
	program, _ := disk.Stat("x")
	return FindOptions{
		OS:  goos,
		Env: func(name string) string { return env[name] },
		LookPath: func(name string) (string, error) {
			if p := "/usr/bin/" + name; slices.Contains(files, p) {
				return p, nil
			}
			return "", exec.ErrNotFound
		},
		Stat: func(path string) (os.FileInfo, error) {
			if slices.Contains(files, path) {
				return program, nil
			}
			return nil, fs.ErrNotExist
		},
	}
}

func TestFind(t *testing.T) {
	windows := map[string]string{"ProgramFiles": `C:\Program Files`, "LOCALAPPDATA": `C:\Users\a\AppData\Local`}
	for name, row := range map[string]struct {
		options FindOptions
		want    Executable
	}{
		"debian": {machine("linux", nil, "/usr/bin/chromium", "/usr/lib/chromium/chromium"),
			Executable{"/usr/lib/chromium/chromium", "Chromium"}},
		"chrome first": {machine("linux", nil, "/usr/lib/chromium/chromium", "/opt/google/chrome/chrome"),
			Executable{"/opt/google/chrome/chrome", "Google Chrome"}},
		"script only": {machine("linux", nil, "/usr/bin/chromium"),
			Executable{"/usr/bin/chromium", "Chromium"}},
		"snap": {machine("linux", nil, "/snap/bin/chromium"),
			Executable{"/snap/bin/chromium", "Chromium"}},
		"brave": {machine("linux", nil, "/usr/bin/brave-browser", "/opt/brave.com/brave/brave"),
			Executable{"/opt/brave.com/brave/brave", "Brave"}},
		"mac": {machine("darwin", nil, "/Applications/Brave Browser.app/Contents/MacOS/Brave Browser", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
			Executable{"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge", "Microsoft Edge"}},
		"mac home": {machine("darwin", map[string]string{"HOME": "/Users/a"}, "/Users/a/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
			Executable{"/Users/a/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "Google Chrome"}},
		"windows edge": {machine("windows", windows, `C:\Program Files\Microsoft\Edge\Application\msedge.exe`),
			Executable{`C:\Program Files\Microsoft\Edge\Application\msedge.exe`, "Microsoft Edge"}},
		"windows own chrome": {machine("windows", windows, `C:\Users\a\AppData\Local\Google\Chrome\Application\chrome.exe`, `C:\Program Files\Microsoft\Edge\Application\msedge.exe`),
			Executable{`C:\Users\a\AppData\Local\Google\Chrome\Application\chrome.exe`, "Google Chrome"}},
	} {
		if got, err := Find(row.options); err != nil || got != row.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestFindNamed(t *testing.T) {
	o := machine("linux", nil, "/opt/google/chrome/chrome", "/home/a/edge", "/usr/bin/chromium", "/usr/lib/chromium/chromium")
	o.Named = "/home/a/edge"
	if got, err := Find(o); err != nil || got != (Executable{"/home/a/edge", "Microsoft Edge"}) {
		t.Errorf("%+v, %v", got, err)
	}
	o.Named = "chromium"
	if got, err := Find(o); err != nil || got.Path != "/usr/lib/chromium/chromium" {
		t.Errorf("%+v, %v", got, err)
	}
	o.Named = "/home/a/missing"
	var e *NotFoundError
	if _, err := Find(o); !errors.As(err, &e) || !slices.Equal(e.Tried, []string{"/home/a/missing"}) {
		t.Errorf("a named browser that is missing was replaced: %v", err)
	}
}

func TestFindNothing(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		_, err := Find(machine(goos, map[string]string{"ProgramFiles": `C:\P`, "HOME": "/h"}))
		var e *NotFoundError
		if !errors.As(err, &e) || len(e.Tried) < 4 || !strings.Contains(err.Error(), e.Tried[0]) {
			t.Errorf("%s: %v", goos, err)
		}
	}
}
