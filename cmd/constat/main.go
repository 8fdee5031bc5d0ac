// Command constat is the desktop program: composition and nothing else. What it
// shows is in app/view, what it does in app/flow.
//
//	constat [--vault DIR] [--data-dir DIR]
//
// CONSTAT_TSA="URL[,ROOTS.pem][;URL…]" names timestamp authorities, CONSTAT_NTP a time server to
// ask during a capture ("system": the system's own, "none"), CONSTAT_BROWSER a browser,
// CONSTAT_NO_SANDBOX=1 switches the browser's sandbox off (the manifest says so). Exit codes: 0
// left, 2 could not start, 3 wrong use.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver"

	"constat/app/flow"
	"constat/app/flow/proof"
	"constat/app/flow/system"
	"constat/app/view"
	"constat/app/view/widget"
	"constat/assets/icons"
)

// Set with -ldflags "-X main.version=… -X main.build=…".
var version, build = "0.0.0-dev", ""

const (
	exitDone     = 0
	exitCannot   = 2
	exitWrongUse = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	_ = system.NoDumps() // where it cannot be had, everything works all the same
	code := run(ctx, os.Args[1:], os.Getenv)
	stop()
	os.Exit(code)
}

// options are the flags.
type options struct{ vault, dataDir string }

func run(ctx context.Context, args []string, env func(string) string) (code int) {
	var o options
	flags := flag.NewFlagSet("constat", flag.ContinueOnError)
	flags.StringVar(&o.vault, "vault", env("CONSTAT_VAULT"), "folder of the vault (or CONSTAT_VAULT)")
	flags.StringVar(&o.dataDir, "data-dir", env("CONSTAT_DATA"), "folder for settings and private work files (or CONSTAT_DATA)")
	showVersion := flags.Bool("version", false, "print the version")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return exitWrongUse
	}
	if *showVersion {
		fmt.Println(strings.TrimSpace("constat " + version + " " + build))
		return exitDone
	}
	release, trouble := checkDisplay(env)
	defer release()
	if trouble != nil {
		tell(trouble.words(env))
		return exitCannot
	}
	defer func() {
		// Fyne panics where a display is there and lets nobody draw, as with the wrong key to it.
		if r := recover(); r != nil {
			if !strings.Contains(fmt.Sprint(r), "GLFW library is not initialized") {
				panic(r)
			}
			tell((&displayTrouble{"dead", "dead.do", displayName(env)}).words(env))
			code = exitCannot
		}
	}()
	p, err := newProgram(o, env)
	if err != nil {
		tell("Constat: " + err.Error())
		return exitCannot
	}
	return p.run(ctx)
}

// program is the composed program, not yet running.
type program struct {
	fyne   fyne.App
	window fyne.Window
	view   *view.Window
	exec   view.Executor
	code   int
	env    func(string) string
	asks   func()         // ends the question whether there is a window
	end    func(code int) // ends the process
}

// newProgram puts everything together. It must run on the main goroutine.
func newProgram(o options, env func(string) string) (*program, error) {
	makeCacheDir()
	app.SetMetadata(fyne.AppMetadata{
		ID: "constat.desktop", Name: "Constat", Version: version, Release: true,
		Icon: fyne.NewStaticResource("icon.svg", icons.App), Migrations: map[string]bool{"fyneDo": true},
	})
	p := &program{fyne: app.New(), exec: view.Background(), env: env, asks: func() {}, end: os.Exit}
	p.fyne.Settings().SetTheme(look(env))
	p.window = p.fyne.NewWindow("Constat")
	p.window.SetMaster()

	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	dir, err := dataDir(o)
	if err != nil {
		return nil, err
	}
	use, problem := newFlow(dir, env)
	if use != nil {
		if s := use.Settings(); s.Look != "" || s.TextPercent > 100 {
			chosen := s.Look
			if chosen == "" && look(env) == widget.LightTheme() {
				chosen = "light"
			}
			p.fyne.Settings().SetTheme(widget.ThemeOf(chosen, float32(max(s.TextPercent, 100))/100))
		}
	}
	built, _ := debug.ReadBuildInfo()
	p.view, err = view.New(view.Config{
		App: use, Problem: problem, Rooms: rooms(), Window: p.window, Clipboard: p.fyne.Clipboard(), Vault: o.vault, Home: home,
		CodeMark: filepath.Join(dir, "code-shown"),
		Locale:   locale(env), Executor: p.exec, Open: p.open, Quit: p.quit, Hearing: hearing(built),
	})
	if err == nil && use != nil {
		p.sweep(use)
	}
	return p, err
}

// sweep removes what a run that was killed has left, while the window opens, and says what stays.
func (p *program) sweep(use *flow.App) {
	p.exec.Go(func() {
		if err := use.Sweep(); err != nil {
			p.exec.Do(func() { p.view.Warn(err) })
		}
	})
}

// dataDir is the folder of settings and, unless told otherwise, of the vault.
func dataDir(o options) (string, error) {
	if o.dataDir != "" {
		return o.dataDir, nil
	}
	return system.DataDir()
}

// look is the system's light or dark where the system is sure to say which. On
// others it is light, or dark with FYNE_THEME=dark.
func look(env func(string) string) fyne.Theme {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || env("FYNE_THEME") == "dark" {
		return widget.Theme()
	}
	return widget.LightTheme()
}

// newFlow composes the use cases from the environment.
func newFlow(dir string, env func(string) string) (*flow.App, error) {
	authorities, err := proof.ParseAuthorities(env("CONSTAT_TSA"), os.ReadFile)
	if err != nil {
		return nil, err
	}
	return flow.New(flow.Config{
		DataDir:     dir,
		Beside:      programDir(),
		Version:     version,
		Build:       build,
		Browser:     env("CONSTAT_BROWSER"),
		NoSandbox:   env("CONSTAT_NO_SANDBOX") == "1",
		Authorities: authorities,
		TimeServer:  env("CONSTAT_NTP"),
		SystemTime:  flow.SystemTimeServer,
	})
}

// programDir is the folder of the program, or empty if the system does not say.
func programDir() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Dir(exe)
}

// run shows the window until the person leaves or the system asks the program to end.
func (p *program) run(ctx context.Context) int {
	p.exec.Go(func() {
		<-ctx.Done()
		p.exec.Do(p.view.Exit)
	})
	p.asks = p.exec.Every(openLimit, func() {
		p.asks()
		if !hasNativeWindow(p.window) {
			tell((&displayTrouble{what: "opengl", do: "opengl.do." + systemOf(runtime.GOOS)}).words(p.env))
			p.code = exitCannot
			p.quit()
		}
	})
	p.window.ShowAndRun()
	p.asks()
	return p.code
}

// quit ends the window, and the process where the window does not let go of it: Fyne 2.8 can lose what its
// queue of events asks of a loop that is ending, and waits for it for ever then.
func (p *program) quit() {
	p.asks()
	p.fyne.Quit()
	code := p.code
	p.exec.Go(func() {
		<-time.After(endLimit)
		p.end(code)
	})
}

// endLimit is how long the window may take to end. What was to be locked had its time before.
const endLimit = 2 * time.Second

// openLimit is how long the native window may take to come: without OpenGL,
// Fyne 2.8 waits for it for ever and shows nothing.
const openLimit = 3 * time.Second

func hasNativeWindow(w fyne.Window) bool {
	n, ok := w.(driver.NativeWindow)
	if !ok {
		return true
	}
	has := true
	n.RunNative(func(c any) {
		switch c := c.(type) {
		case driver.X11WindowContext:
			has = c.WindowHandle != 0
		case driver.WaylandWindowContext:
			has = c.WaylandSurface != 0
		case driver.WindowsWindowContext:
			has = c.HWND != 0
		case driver.MacWindowContext:
			has = c.NSWindow != 0
		}
	})
	return has
}

// open shows a file or folder with the system's own program.
func (p *program) open(path string) error {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/… on Windows
	}
	return p.fyne.OpenURL(&url.URL{Scheme: "file", Path: slashed})
}

// locale is the person's language as the system has it; empty where the system
// has none to say.
func locale(env func(string) string) string {
	if v := env("CONSTAT_LANG"); v != "" {
		return v
	}
	return system.Language(env)
}

// makeCacheDir makes the folder that Fyne's cache wants to lie in; Fyne only
// complains when it is missing.
func makeCacheDir() {
	if dir, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(dir, 0o700)
	}
}
