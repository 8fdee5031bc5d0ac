package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"constat/assets/words"
	"constat/capture/displaytest"
	"constat/internal/pace"
)

// onMain takes what must run on the main goroutine, which belongs to Fyne.
var onMain = make(chan func())

// configVariable names the folder in which Fyne keeps its own settings during
// the tests. Fyne watches that folder and makes it anew until its process ends,
// so the tests run in a child and the folder is removed after it.
const configVariable = "CONSTAT_TEST_CONFIG"

// programVariable makes the test binary behave as the program itself.
const programVariable = "CONSTAT_TEST_PROGRAM"

// TestMain keeps the main goroutine for the window and runs the tests beside it.
func TestMain(m *testing.M) {
	if os.Getenv(programVariable) != "" {
		os.Exit(run(context.Background(), nil, os.Getenv))
	}
	if os.Getenv(configVariable) == "" {
		os.Exit(inChild())
	}
	go func() { os.Exit(m.Run()) }() // also where the main goroutine stays in a window that does not end
	for f := range onMain {
		f()
	}
}

func inChild() int {
	dir, err := os.MkdirTemp("", "constat-window-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command(os.Args[0], os.Args[1:]...)
	cmd.Env = append(os.Environ(), configVariable+"="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// patience is how long anything may take; a real browser on a busy machine is slow.
func patience() time.Duration { return pace.Processor().Of(90 * time.Second) }

// The display is as large as the window.
const width, height = 1200, 760

// hands drive the running program as a person does: they look at what the
// canvas shows and send events to the X server. Nothing is called directly.
type hands struct {
	t       testing.TB
	program *program
	text    *words.Text
	over    chan int
	shots   string
	home    string        // of the person, where the test made one
	slack   time.Duration // what of a press is xdotool's own time
}

func launch(t testing.TB, ctx context.Context, o options, env func(string) string) *hands {
	t.Helper()
	text, err := words.For("fr")
	if err != nil {
		t.Fatal(err)
	}
	h := &hands{t: t, text: text, over: make(chan int, 2), shots: os.Getenv("CONSTAT_ARTIFACTS")}
	if h.shots == "" {
		h.shots = t.TempDir()
	}
	if err := os.MkdirAll(h.shots, 0o755); err != nil {
		t.Fatal(err)
	}
	ready := make(chan error, 1)
	onMain <- func() {
		p, err := newProgram(o, env)
		h.program = p
		ready <- err
		if err == nil {
			p.end = func(code int) {
				select {
				case h.over <- code:
				default: // it has ended by itself
				}
			}
			h.over <- p.run(ctx)
		}
	}
	if err := <-ready; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		select {
		case <-h.over:
		default:
			fyne.Do(h.program.view.Exit)
			select {
			case <-h.over:
			case <-time.After(patience()):
				stuck("the program does not end")
			}
		}
	})
	h.waits("the native window", func() bool {
		has := false
		h.look(func() { has = hasNativeWindow(h.program.window) })
		return has
	})
	return h
}

// look runs f where the window lives. When the program has ended nobody runs it, and nobody would say so.
func (h *hands) look(f func()) {
	h.t.Helper()
	ran := make(chan struct{})
	go func() {
		fyne.DoAndWait(f)
		close(ran)
	}()
	select {
	case <-ran:
	case code := <-h.over:
		h.over <- code
	case <-time.After(patience()):
		stuck("the window does not answer")
	}
}

// stuck ends the tests with what every goroutine is doing: what hangs would hang in the test's own end, too.
func stuck(what string) {
	debug.SetTraceback("all")
	panic(what)
}

// waits polls until the window shows what is awaited.
func (h *hands) waits(what string, seen func() bool) {
	h.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience())
	for !seen() {
		select {
		case <-tick.C:
		case code := <-h.over:
			h.over <- code
			h.t.Fatalf("the program ended with %d while waiting for %s", code, what)
		case <-deadline:
			h.picture("failed")
			h.t.Fatalf("no %s within %v; the window says: %s", what, patience(), h.reads())
		}
	}
}

// piece is a piece of text as it is drawn, in pixels of the window.
type piece struct {
	text       string
	x, y, w, h float32
}

// pieces returns the text that is drawn; only what scrolling leaves visible if
// that is wanted.
func (h *hands) pieces(visible bool) []piece {
	var out []piece
	h.look(func() {
		c := h.program.window.Canvas()
		walk(c.Content(), fyne.Position{}, area{size: c.Size()}, func(o fyne.CanvasObject, at fyne.Position, in area) {
			t, ok := o.(*canvas.Text)
			if !ok || strings.TrimSpace(t.Text) == "" || visible && !in.holds(at, t.Size()) {
				return
			}
			out = append(out, piece{t.Text, at.X, at.Y, t.Size().Width, t.Size().Height})
		})
	})
	return out
}

// area is a part of the window.
type area struct {
	at   fyne.Position
	size fyne.Size
}

func (a area) holds(at fyne.Position, size fyne.Size) bool {
	return at.Y >= a.at.Y && at.Y+size.Height <= a.at.Y+a.size.Height
}

// walk visits what is shown, with its place in the window and the area that
// scrolling leaves visible.
func walk(o fyne.CanvasObject, origin fyne.Position, in area, visit func(fyne.CanvasObject, fyne.Position, area)) {
	if o == nil || !o.Visible() {
		return
	}
	at := origin.Add(o.Position())
	visit(o, at, in)
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			walk(c, at, in, visit)
		}
	case *container.Scroll:
		walk(o.Content, at, area{at, o.Size()}, visit)
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			walk(c, at, in, visit)
		}
	}
}

func (h *hands) reads() string {
	var words []string
	for _, p := range h.pieces(false) {
		words = append(words, p.text)
	}
	return strings.Join(words, " ")
}

// sees waits for the text of a key.
func (h *hands) sees(key string) {
	h.t.Helper()
	want := strings.Join(strings.Fields(h.text.T(key)), " ")
	h.waits(fmt.Sprintf("%s (%q)", key, want), func() bool {
		return strings.Contains(strings.Join(strings.Fields(h.reads()), " "), want)
	})
}

// took is the time beside a step that is done, e.g. "0,9 s".
var took = regexp.MustCompile(`^[0-9]+,[0-9] s$`)

// seesStepDone waits until a step of a job is done, or the whole job.
func (h *hands) seesStepDone(over string) {
	h.t.Helper()
	h.waits("a step that is done", func() bool {
		for _, p := range h.pieces(true) {
			if took.MatchString(p.text) || p.text == h.text.T(over) {
				return true
			}
		}
		return false
	})
}

// find returns where a text is drawn; a text that is scrolled away is brought
// into view with the wheel.
func (h *hands) find(key string) piece {
	h.t.Helper()
	return h.findWords(h.text.T(key))
}

func (h *hands) findWords(want string) piece {
	h.t.Helper()
	var found piece
	h.waits(fmt.Sprintf("%q", want), func() bool {
		for _, p := range h.pieces(true) {
			if p.text == want {
				found = p
				return true
			}
		}
		for _, p := range h.pieces(false) {
			if p.text == want {
				h.xdo("mousemove", "700", "500", "click", "5")
			}
		}
		return false
	})
	return found
}

func (h *hands) point(p piece) {
	h.xdo("mousemove", strconv.Itoa(int(p.x+p.w/2)), strconv.Itoa(int(p.y+p.h/2)))
}

// press presses what bears the text of a key. A title may say the same as a
// button; the last one drawn is pressed.
func (h *hands) press(key string) {
	h.t.Helper()
	h.point(h.find(key))
	h.xdo("click", "1")
	h.heard()
}

// heard waits until the window has taken in what was pressed: what is drawn is in its new place then.
func (h *hands) heard() {
	for range 3 { // each is a turn of its loop
		h.look(func() {})
	}
}

// pressWords presses what bears a text that is in no catalog, e.g. a file's name.
func (h *hands) pressWords(words string) {
	h.t.Helper()
	h.point(h.findWords(words))
	h.xdo("click", "1")
	h.heard()
}

// ownFolder chooses the person's own folder for the bundle, and waits until the form says so: what is
// below has another place then.
func (h *hands) ownFolder() {
	h.t.Helper()
	h.press("window.export.own")
	h.showsHome()
}

func (h *hands) showsHome() {
	h.t.Helper()
	join := func(s string) string { return strings.Join(strings.Fields(s), "") }
	h.waits("the path of the own folder", func() bool { return strings.Contains(join(h.reads()), join(os.Getenv("HOME"))) })
}

// hold presses the mouse on a text, or lets it go.
func (h *hands) hold(key string, down bool) {
	h.t.Helper()
	if !down {
		h.xdo("mouseup", "1")
		return
	}
	h.point(h.find(key))
	h.xdo("mousedown", "1")
}

// can reports whether a text is on the window now.
func (h *hands) can(key string) bool {
	want := h.text.T(key)
	for _, p := range h.pieces(true) {
		if p.text == want {
			return true
		}
	}
	return false
}

func (h *hands) types(s string)  { h.xdo("type", "--delay", "12", s) }
func (h *hands) key(name string) { h.xdo("key", name) }

func (h *hands) xdo(args ...string) {
	h.t.Helper()
	displaytest.Do(h.t, args...)
}

// pictures counts the decoded pictures that are shown.
func (h *hands) pictures() int {
	n := 0
	h.look(func() {
		c := h.program.window.Canvas()
		walk(c.Content(), fyne.Position{}, area{size: c.Size()}, func(o fyne.CanvasObject, _ fyne.Position, _ area) {
			if i, ok := o.(*canvas.Image); ok && i.Image != nil && i.Resource == nil {
				n++
			}
		})
	})
	return n
}

// picture keeps what the display shows, for people to look at, when the window
// has drawn what it has to draw: when three pictures in a row are the same.
func (h *hands) picture(name string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience())
	defer cancel()
	var before []byte
	tick := time.NewTicker(60 * time.Millisecond)
	defer tick.Stop()
	same := 0
	for range 15 { // a blinking cursor may never hold still
		<-tick.C
		now, err := exec.CommandContext(ctx, "import", "-window", "root", "-depth", "8", "rgb:-").Output()
		if err != nil || len(now) != width*height*3 {
			h.t.Errorf("screenshot: %d bytes, %v", len(now), err)
			return
		}
		if !bytes.Equal(before, now) {
			before, same = now, 0
			continue
		}
		if same++; same == 2 {
			break
		}
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		copy(img.Pix[4*i:], before[3*i:3*i+3])
		img.Pix[4*i+3] = 0xff
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.shots, "journey-"+name+".png"), b.Bytes(), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// ended waits for the program to end.
func (h *hands) ended() int {
	h.t.Helper()
	select {
	case code := <-h.over:
		h.over <- code
		return code
	case <-time.After(patience()):
		stuck("the program did not end")
		return -1
	}
}
