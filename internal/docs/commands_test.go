package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// constatctl builds the program once for a test.
func constatctl(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "constatctl")
	cmd := exec.Command("go", "build", "-o", program, "./cmd/constatctl")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// blocks are what stands in fences, of pages that show commands.
func blocks(t *testing.T, path string) (list []string) {
	t.Helper()
	for _, m := range fence.FindAllStringSubmatch(read(t, filepath.Join(root, path)), -1) {
		list = append(list, m[2])
	}
	return list
}

var (
	shown = regexp.MustCompile(`(?m)^(?:bin/)?constatctl (.*)$`)
	flag  = regexp.MustCompile(`--[a-z][a-z-]*`)
)

// TestEveryCommandThatIsShownIsOne asks the program for the help on each command of
// README and manual, and looks that its flags are there.
func TestEveryCommandThatIsShownIsOne(t *testing.T) {
	program := constatctl(t)
	known := map[string]string{}
	help := func(path string) string {
		t.Helper()
		if got, there := known[path]; there {
			return got
		}
		out, err := exec.Command(program, append(strings.Fields(path), "--help")...).CombinedOutput()
		if err != nil {
			t.Errorf("constatctl %s --help: %v\n%s", path, err, out)
		}
		known[path] = string(out)
		return known[path]
	}
	n := 0
	for _, page := range []string{"README.md", "SECURITY.md", "docs/manual/constatctl.md"} {
		for _, block := range blocks(t, page) {
			for _, m := range shown.FindAllStringSubmatch(block, -1) {
				line, _, _ := strings.Cut(m[1], "   ") // what follows is said of it
				words := strings.Fields(line)
				// "vault create|check": each is a command; the flags are of one of them.
				paths, all := []string{words[0]}, help(words[0])
				for _, word := range words[1:] {
					if !strings.Contains(all, "Available Commands:") {
						break
					}
					var longer []string
					for _, path := range paths {
						for sub := range strings.SplitSeq(word, "|") {
							longer = append(longer, path+" "+sub)
						}
					}
					paths, all = longer, ""
					for _, path := range paths {
						all += help(path)
					}
				}
				for _, path := range paths {
					n++
					if !strings.Contains(help(path), "constatctl "+path) {
						t.Errorf("%s: constatctl %s is no command:\n%s", page, path, help(path))
					}
				}
				for _, f := range flag.FindAllString(line, -1) {
					if !strings.Contains(all, f) {
						t.Errorf("%s: constatctl %s has no %s:\n%s", page, strings.Join(paths, ", "), f, all)
					}
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d commands were found", n)
	}
}

// TestTheFormatsCanBeFollowedByHand runs the blocks of docs/formats.md that need
// nothing but the page itself, and compares what they print with what it says.
func TestTheFormatsCanBeFollowedByHand(t *testing.T) {
	page := read(t, filepath.Join(root, "docs", "formats.md"))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "formats.md"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, script := range blocks(t, "docs/formats.md") {
		if !strings.Contains(script, "formats.md |") && !strings.Contains(script, "formats.md | sed") && !strings.Contains(script, "code=60RK") {
			continue
		}
		ran++
		cmd := exec.Command("sh", "-eu", "-c", script)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%v\n%s\n%s", err, script, out)
		}
		for line := range strings.Lines(string(out)) {
			for _, word := range strings.Fields(line) {
				hex := regexp.MustCompile(`^[0-9a-f]{64,128}$`).MatchString(word)
				if hex && !strings.Contains(page, word) {
					t.Errorf("%s is printed, and the page does not say it:\n%s", word, script)
				}
			}
			if strings.HasSuffix(strings.TrimSpace(line), "FAILED") {
				t.Errorf("%s", line)
			}
		}
		if strings.Contains(script, "code=60RK") {
			if six := strings.Fields(string(out)); len(six) != 2 || six[0] != six[1] || len(six[0]) != 6 {
				t.Errorf("the recovery code's own digits: %q", out)
			}
		}
	}
	if ran != 3 {
		t.Errorf("%d blocks were run", ran)
	}
}
