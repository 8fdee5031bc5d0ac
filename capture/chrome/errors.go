package chrome

import (
	"fmt"
	"strings"
)

// NotFoundError reports that no usable browser is installed.
type NotFoundError struct {
	Tried []string // names and paths, in order
}

func (e *NotFoundError) Error() string {
	return "no Chromium-based browser found; tried " + strings.Join(e.Tried, ", ")
}

// Hints of a [StartError]: what is known to help.
const (
	// HintRoot: Chromium refuses to run as root with its sandbox.
	HintRoot = "root"
	// HintSandbox: the system offers the browser no sandbox.
	HintSandbox = "sandbox"
	// HintNamespace: the system (AppArmor, as on Ubuntu) lets only browsers that were installed as
	// it likes make their sandbox.
	HintNamespace = "namespace"
	// HintSnap: the browser is a snap, which may use no folder of ours.
	HintSnap = "snap"
	// HintFlatpak: the browser is a Flatpak, which may use no folder of ours and gets no pipe.
	HintFlatpak = "flatpak"
	// HintLibrary: the browser lacks a library of the system.
	HintLibrary = "library"
	// HintAdministrator: started with an administrator's rights, the browser started itself again
	// without them.
	HintAdministrator = "administrator"
	// HintDisplay: there is no screen that a window could open on.
	HintDisplay = "display"
	// HintTimeout: the browser did not answer within Options.Limit.
	HintTimeout = "timeout"
)

// StartError reports a browser that is there and does not start.
type StartError struct {
	Path   string
	Output string // the end of what the browser printed, at most 4 KiB
	Hint   string // one of the Hint… constants, or empty
	Err    error
}

func (e *StartError) Error() string {
	return fmt.Sprintf("browser %s does not start: %v", e.Path, e.Err)
}

func (e *StartError) Unwrap() error { return e.Err }
