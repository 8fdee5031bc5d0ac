package docs

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The recipes of packages take too long for every run of the tests. What can be held without
// running them is held here.

func recipes(t *testing.T) (list []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, "packaging"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if err != nil || len(list) < 15 {
		t.Fatalf("%v, %v", list, err)
	}
	return list
}

func first(t *testing.T, path, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(read(t, filepath.Join(root, path)))
	if m == nil {
		t.Fatalf("%s: nothing matches %s", path, pattern)
	}
	return m[1]
}

func TestOneVersionEverywhere(t *testing.T) {
	version := first(t, "Makefile", `(?m)^VERSION = (\S+)$`)
	for path, pattern := range map[string]string{
		"FyneApp.toml": `(?m)^  Version = "(\S+)"$`,
		"CHANGELOG.md": `(?m)^## (\S+)`,
	} {
		if got := first(t, path, pattern); got != version {
			t.Errorf("%s: %s, the Makefile has %s", path, got, version)
		}
	}
	if id, in := first(t, "packaging/macos/Info.plist", `CFBundleIdentifier</key><string>([^<]+)`), first(t, "FyneApp.toml", `(?m)^  ID = "(\S+)"$`); id != in {
		t.Errorf("Info.plist: %s, FyneApp.toml: %s", id, in)
	}
	if class, title := first(t, "packaging/linux/constat.desktop", `StartupWMClass=(\S+)`), first(t, "cmd/constat/main.go", `NewWindow\("(.*?)"\)`); class != title {
		t.Errorf("the desktop entry waits for a window %q, ours is %q", class, title)
	}
}

// TestRecipesNameWhatIsThere: files of the repository, pinned builders, and shells that can read them.
func TestRecipesNameWhatIsThere(t *testing.T) {
	named := regexp.MustCompile(`(?:^|[\s"=(])((?:packaging|assets|docs|cmd|scripts)/[A-Za-z0-9_./-]+[A-Za-z0-9])`)
	pin := regexp.MustCompile(`(?m)^[A-Z]+=[a-z]\S*/\S*@(\S*)$`)
	pins := 0
	for _, path := range recipes(t) {
		text := read(t, path)
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "rsrc_windows") { // is made, and taken away
				continue
			}
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s names %s, which is not there", path, m[1])
			}
		}
		for _, m := range pin.FindAllStringSubmatch(text, -1) {
			pins++
			if !regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(m[1]) {
				t.Errorf("%s: %s is no pinned version", path, m[0])
			}
		}
		if strings.HasSuffix(path, ".sh") {
			if out, err := exec.Command("sh", "-n", path).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", path, err, out)
			}
			if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 && strings.HasPrefix(text, "#!") { // others are read with '.'
				t.Errorf("%s cannot be run", path)
			}
		}
	}
	if pins != 3 {
		t.Errorf("%d builders are pinned", pins)
	}
}

// TestTheInstallerTakesBackWhatItLays: what it puts into its folder, and nothing else.
func TestTheInstallerTakesBackWhatItLays(t *testing.T) {
	text := read(t, filepath.Join(root, "packaging", "windows", "constat.nsi"))
	list := func(pattern string) (names []string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			names = append(names, m[1])
		}
		slices.Sort(names)
		return names
	}
	laid := append(list(`(?m)^  File "\$\{IN\}/(.*)"`), "uninstall.exe")
	slices.Sort(laid)
	if back := list(`(?m)^  Delete "\$INSTDIR\\(.*)"`); !slices.Equal(laid, back) || len(laid) < 5 {
		t.Errorf("laid %v, taken back %v", laid, back)
	}
	// A whole folder goes only where its name says that a library made it for us.
	for _, m := range regexp.MustCompile(`(?m)^\s*RMDir /r "(.*)"`).FindAllStringSubmatch(text, -1) {
		if !strings.HasSuffix(m[1], `\fyne\constat.desktop`) {
			t.Errorf("%s is removed whole: what a person put there goes with it", m[1])
		}
	}
}

// TestTargetsThatAreShownAreThere: of the page about releases and of the definitions for hosted
// machines.
func TestTargetsThatAreShownAreThere(t *testing.T) {
	makefile := read(t, filepath.Join(root, "Makefile"))
	target := regexp.MustCompile(`(?m)(?:^|[\x60 ])make ((?:[a-z]+-?)+)`)
	n := 0
	for _, page := range []string{"docs/release.md", "README.md", ".github/workflows/ci.yml", ".github/workflows/release.yml"} {
		for _, m := range target.FindAllStringSubmatch(read(t, filepath.Join(root, page)), -1) {
			if strings.Contains(m[1], "packages") || strings.Contains(m[1], "-check") || m[1] == "sums" || m[1] == "licences" {
				n++
				if !strings.Contains(makefile, "\n"+m[1]+":") {
					t.Errorf("%s: no target %s", page, m[1])
				}
			}
		}
	}
	if n < 8 {
		t.Errorf("only %d targets were found", n)
	}
	if ci := read(t, filepath.Join(root, ".ci", "run")); strings.Contains(ci, "packag") || strings.Contains(ci, "-check") {
		t.Error(".ci/run makes packages, which takes longer than all tests")
	}
	for _, page := range []string{".github/workflows/ci.yml", ".github/workflows/release.yml", "packaging/macos/build.sh"} {
		if !strings.Contains(read(t, filepath.Join(root, page)), "NOT RUN YET") {
			t.Errorf("%s does not say that it was not run", page)
		}
	}
}
