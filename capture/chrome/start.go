package chrome

import (
	"context"
	"errors"
	"os"
	"runtime"
	"time"
)

// Options say which browser is started, and how.
type Options struct {
	Executable Executable // from [Find]
	// WorkDir is a private folder of this program. Every browser gets a folder of its own in it, with
	// mode 0700; see [Sweep]. It is created if it is missing.
	WorkDir string
	// NoSandbox switches the browser's sandbox off. The record says so.
	NoSandbox bool
	// Window starts a browser that shows windows, and none of them yet; otherwise it shows nothing,
	// and Width and Height are the size of its view, in CSS pixels.
	Window        bool
	Width, Height int
	// Limit is how long it may take until it answers.
	Limit time.Duration
	Now   func() time.Time
	// Flags are added to the command line, as "name" or "name=value". Only tests set them.
	Flags []string
	// Made is called with the profile's folder before the browser starts. Only tests set it.
	Made func(profile string)
}

// errNoDisplay is the cause of a window that cannot open.
var errNoDisplay = errors.New("neither DISPLAY nor WAYLAND_DISPLAY is set")

// Start starts an empty browser in a private folder of its own and waits until it answers. The
// error is a [*StartError], the context's, or that of the folder; then nothing of it is left.
func Start(ctx context.Context, o Options) (*Browser, error) {
	if o.Window && !hasDisplay(os.Getenv) {
		return nil, &StartError{Path: o.Executable.Path, Hint: HintDisplay, Err: errNoDisplay}
	}
	f, err := makeFolder(ctx, o.WorkDir)
	if err != nil {
		return nil, err
	}
	if o.Made != nil {
		o.Made(f.profile())
	}
	b, err := launch(ctx, f, o)
	if err != nil {
		return nil, errors.Join(err, f.remove())
	}
	return b, nil
}

// hasDisplay tells whether a window can open: on Windows and macOS always.
func hasDisplay(env func(string) string) bool {
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" || env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != ""
}
