// Package displaytest gives a test a screen of its own, with a mouse and a keyboard: Xvfb
// and xdotool. It is for tests that do what a person does.
package displaytest

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat/internal/pace"
)

// patience is how long a display may take to come.
func patience() time.Duration { return pace.Processor().Of(90 * time.Second) }

// Start starts Xvfb on a free display, with more of its flags, and makes it the test's own.
func Start(t testing.TB, width, height int, more ...string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	memory := t.TempDir()
	cmd := exec.Command("Xvfb", append([]string{"-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height),
		"-dpi", "96", "-nolisten", "tcp", "-fbdir", memory}, more...)...)
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatalf("these tests need Xvfb: %v", err)
	}
	w.Close()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	number := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(r).ReadString('\n')
		number <- strings.TrimSpace(line)
	}()
	select {
	case n := <-number:
		if n == "" {
			t.Fatal("Xvfb did not start")
		}
		t.Setenv("DISPLAY", ":"+n)
		t.Setenv(memoryVariable, filepath.Join(memory, "Xvfb_screen0"))
		t.Setenv("WAYLAND_DISPLAY", "")
	case <-time.After(patience()):
		t.Fatal("Xvfb named no display")
	}
}

// memoryVariable names the file in which the display keeps what it shows.
const memoryVariable = "CONSTAT_TEST_SCREEN"

// Pixels are what the display shows at this moment, four bytes each: read from its memory, which takes a
// millisecond, where a picture taken by a program takes a hundred.
func Pixels(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(os.Getenv(memoryVariable))
	if err != nil || len(b) < 100 {
		t.Fatalf("the memory of the display: %d bytes, %v", len(b), err)
	}
	from := int(binary.BigEndian.Uint32(b)) + 12*int(binary.BigEndian.Uint32(b[76:])) // a header as in xwd, and its colours
	if from >= len(b) {
		t.Fatalf("the memory of the display begins at %d of %d", from, len(b))
	}
	return b[from:]
}

// Changed counts the pixels that are not alike.
func Changed(a, b []byte) (n int) {
	for i := 0; i+4 <= len(a) && i+4 <= len(b); i += 4 {
		if a[i] != b[i] || a[i+1] != b[i+1] || a[i+2] != b[i+2] {
			n++
		}
	}
	return n
}

// Do makes events of mouse and keyboard, in the words of xdotool.
func Do(t testing.TB, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience())
	defer cancel()
	if out, err := exec.CommandContext(ctx, "xdotool", args...).CombinedOutput(); err != nil {
		t.Fatalf("xdotool %v: %v: %s", args, err, out)
	}
}

// Click presses and releases the first button at a place of the screen.
func Click(t testing.TB, x, y int) {
	t.Helper()
	Do(t, "mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// Type types a text.
func Type(t testing.TB, text string) {
	t.Helper()
	Do(t, "type", "--delay", "12", text)
}

// Key presses and releases keys, e.g. "ctrl+w".
func Key(t testing.TB, names ...string) {
	t.Helper()
	Do(t, append([]string{"key"}, names...)...)
}

// Picture keeps what the display shows in the folder CONSTAT_ARTIFACTS, if there is one, for people
// to look at.
func Picture(t testing.TB, name string) {
	t.Helper()
	dir := os.Getenv("CONSTAT_ARTIFACTS")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience())
	defer cancel()
	if out, err := exec.CommandContext(ctx, "import", "-window", "root", filepath.Join(dir, name+".png")).CombinedOutput(); err != nil {
		t.Errorf("picture %s: %v: %s", name, err, out)
	}
}
