package chrome

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Executable is a browser on this machine.
type Executable struct {
	Path string
	Name string // "Google Chrome", "Chromium", "Microsoft Edge", "Brave" or "browser"
}

// FindOptions say where to look. The zero value looks at this machine.
type FindOptions struct {
	// Named is the person's choice (setting or CONSTAT_BROWSER): a path, or a
	// program name. When it is set nothing else is tried.
	Named string

	// What follows is for tests; nil means this machine.
	OS       string // GOOS
	Env      func(name string) string
	LookPath func(name string) (string, error)
	Stat     func(path string) (os.FileInfo, error)
}

// candidate is one place where a browser may be.
type candidate struct{ name, place string } // place: absolute path, or a program name

const (
	chrome   = "Google Chrome"
	chromium = "Chromium"
	edge     = "Microsoft Edge"
	brave    = "Brave"
)

// Find returns the first browser that it finds: Chrome, Chromium, Edge, Brave.
// Where a distribution puts a shell script in front of the browser, the
// program itself is preferred, because such scripts add switches and keys of their own. The
// error is a [*NotFoundError].
func Find(o FindOptions) (Executable, error) {
	o = o.withDefaults()
	var tried []string
	if o.Named != "" {
		if path, ok := o.resolve(o.Named); ok {
			path = o.behindScript(path)
			return Executable{Path: path, Name: nameOf(path)}, nil
		}
		return Executable{}, &NotFoundError{Tried: []string{o.Named}}
	}
	for _, c := range o.candidates() {
		tried = append(tried, c.place)
		if path, ok := o.resolve(c.place); ok {
			return Executable{Path: o.behindScript(path), Name: c.name}, nil
		}
	}
	return Executable{}, &NotFoundError{Tried: tried}
}

func (o FindOptions) withDefaults() FindOptions {
	if o.OS == "" {
		o.OS = runtime.GOOS
	}
	if o.Env == nil {
		o.Env = os.Getenv
	}
	if o.LookPath == nil {
		o.LookPath = exec.LookPath
	}
	if o.Stat == nil {
		o.Stat = os.Stat
	}
	return o
}

func (o FindOptions) resolve(place string) (string, bool) {
	if !strings.ContainsAny(place, `/\`) {
		path, err := o.LookPath(place)
		if err != nil {
			return "", false
		}
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		return path, true
	}
	info, err := o.Stat(place)
	if err != nil || info.IsDir() || o.OS != "windows" && info.Mode().Perm()&0o111 == 0 {
		return "", false
	}
	return place, true
}

// scripts maps the shell scripts of Linux distributions to the browser behind them.
var scripts = map[string]string{
	"/usr/bin/chromium":              "/usr/lib/chromium/chromium",
	"/usr/bin/chromium-browser":      "/usr/lib64/chromium-browser/chromium-browser",
	"/usr/bin/google-chrome":         "/opt/google/chrome/chrome",
	"/usr/bin/google-chrome-stable":  "/opt/google/chrome/chrome",
	"/usr/bin/microsoft-edge":        "/opt/microsoft/msedge/msedge",
	"/usr/bin/microsoft-edge-stable": "/opt/microsoft/msedge/msedge",
	"/usr/bin/brave-browser":         "/opt/brave.com/brave/brave",
	"/usr/bin/brave-browser-stable":  "/opt/brave.com/brave/brave",
}

func (o FindOptions) behindScript(path string) string {
	if o.OS != "linux" {
		return path
	}
	if program, ok := scripts[path]; ok {
		if found, ok := o.resolve(program); ok {
			return found
		}
	}
	return path
}

func (o FindOptions) candidates() []candidate {
	switch o.OS {
	case "windows":
		return o.windowsCandidates()
	case "darwin":
		return o.darwinCandidates()
	}
	return append([]candidate{
		{chrome, "/opt/google/chrome/chrome"},
		{chromium, "/usr/lib/chromium/chromium"},
		{chromium, "/usr/lib64/chromium-browser/chromium-browser"},
		{edge, "/opt/microsoft/msedge/msedge"},
		{brave, "/opt/brave.com/brave/brave"},
		{chrome, "google-chrome-stable"},
		{chrome, "google-chrome"},
		{chromium, "chromium"},
		{chromium, "chromium-browser"},
		{edge, "microsoft-edge-stable"},
		{edge, "microsoft-edge"},
		{brave, "brave-browser-stable"},
		{brave, "brave-browser"},
		{brave, "brave"},
		// A snap sees only part of the disk, and a Flatpak less, so they come last: what is wrong
		// with them is said better than that there is no browser.
		{chromium, "/snap/bin/chromium"},
	}, o.flatpaks()...)
}

func (o FindOptions) flatpaks() []candidate {
	folders := []string{"/var/lib/flatpak/exports/bin/"}
	if home := o.Env("HOME"); home != "" {
		folders = append(folders, home+"/.local/share/flatpak/exports/bin/")
	}
	var list []candidate
	for _, folder := range folders {
		for _, b := range []candidate{{chrome, "com.google.Chrome"}, {chromium, "org.chromium.Chromium"}, {edge, "com.microsoft.Edge"}, {brave, "com.brave.Browser"}} {
			list = append(list, candidate{b.name, folder + b.place})
		}
	}
	return list
}

func (o FindOptions) darwinCandidates() []candidate {
	var list []candidate
	folders := []string{"/Applications"}
	if home := o.Env("HOME"); home != "" {
		folders = append(folders, home+"/Applications")
	}
	for _, name := range []string{chrome, chromium, edge, brave} {
		app := name
		if name == brave {
			app = "Brave Browser"
		}
		for _, folder := range folders {
			list = append(list, candidate{name, folder + "/" + app + ".app/Contents/MacOS/" + app})
		}
	}
	return list
}

func (o FindOptions) windowsCandidates() []candidate {
	var list []candidate
	for _, b := range []candidate{
		{chrome, `Google\Chrome\Application\chrome.exe`},
		{chromium, `Chromium\Application\chrome.exe`},
		{edge, `Microsoft\Edge\Application\msedge.exe`},
		{brave, `BraveSoftware\Brave-Browser\Application\brave.exe`},
	} {
		for _, variable := range []string{"ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "LOCALAPPDATA"} {
			if folder := o.Env(variable); folder != "" {
				list = append(list, candidate{b.name, strings.TrimRight(folder, `\`) + `\` + b.place})
			}
		}
	}
	return append(list,
		candidate{chrome, "chrome.exe"}, candidate{edge, "msedge.exe"}, candidate{brave, "brave.exe"})
}

func nameOf(path string) string {
	base := strings.ToLower(path[strings.LastIndexAny(path, `/\`)+1:])
	switch {
	case strings.Contains(base, "chromium"):
		return chromium
	case strings.Contains(base, "edge"):
		return edge
	case strings.Contains(base, "brave"):
		return brave
	case strings.Contains(base, "chrome"):
		return chrome
	}
	return "browser"
}
