// Package leftover tells tests which processes a folder is still used by, on every system.
//
// # What it does
//
// [Processes] asks the system for the command lines of all processes: Linux and
// macOS with ps, Windows with PowerShell.
//
// # How to use it
//
//	if left := leftover.Processes(profile); len(left) > 0 {
//		t.Errorf("left behind: %q", left)
//	}
//
// # What it promises
//
// What cannot be looked for counts as left behind: a check that sees nothing fails.
// It shares nothing with the program's own way to find its browsers.
//
// # What it does not do
//
// It is for tests only, and ends nothing.
package leftover

import (
	"os/exec"
	"strings"
)

// Processes lists the processes whose command line names the folder, or something in it.
func Processes(dir string) []string { return processes(lister(), dir) }

func processes(lister []string, dir string) []string {
	out, err := exec.Command(lister[0], lister[1:]...).Output()
	if err != nil {
		return []string{"not known: " + strings.Join(lister, " ") + ": " + err.Error()}
	}
	return naming(string(out), dir)
}

// naming lists the lines that name the folder. What follows its name must not be more of a name.
func naming(lines, dir string) (found []string) {
	for line := range strings.Lines(lines) {
		for rest := line; ; {
			_, after, ok := strings.Cut(rest, dir)
			if !ok {
				break
			}
			if rest = after; after == "" || strings.ContainsAny(after[:1], "/\\ \t\r\n\"'") {
				found = append(found, strings.TrimSpace(line))
				break
			}
		}
	}
	return found
}
